import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameType, type NodeId, parseFrameHeader } from '../../wire/index.ts';
import type { OwnLife } from '../identity/identity.ts';
import { NEVER, WAKE } from '../protocol.ts';
import type { LinkId, Tell } from '../vocabulary.ts';
import type { TopologyEffect } from './contract.ts';
import { TestNodes } from './nodes.testing.ts';
import type { NodeRecord } from './record.ts';
import { encodeRecords } from './record-list.ts';
import { MAX_ASIDE } from './record-table.ts';
import { encodeDigest, encodeWant, parseRequest } from './request-codec.ts';
import { Topology } from './topology.ts';

function setting(seed = 1) {
  const nodes = new TestNodes(seed);
  const own = nodes.life(undefined, 5);
  const options = {
    own,
    nameHash: nodes.nameHash,
    attributes: new Uint8Array(),
    cryptography: nodes.cryptography,
    random: nodes.random,
  };
  const topology = new Topology(options, 0);
  const link = (peer: OwnLife, now = 0) =>
    topology.handle(
      {
        type: 'link-up',
        peer: peer.id,
        link: 1 as LinkId,
        identity: peer,
        isInitiator: true,
        answersProbes: false,
      },
      now,
    );
  const send = (via: NodeId, type: FrameType, body: Uint8Array, now: number) => {
    const frame = encodeFrame({ type, source: via, hopLimit: 1 }, body);
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(header);
    return topology.handle({ type: 'frame', via, header, frame }, now);
  };
  const tell = (via: NodeId, records: readonly NodeRecord[], now = 0, type: FrameType = FrameType.new_edge) =>
    encodeRecords(records, 4096).flatMap((body) => send(via, type, body, now));
  const wakeUntil = (until: number): TopologyEffect[] => {
    const effects: TopologyEffect[] = [];
    for (let at = topology.nextWakeAt; at <= until; at = topology.nextWakeAt) {
      effects.push(...topology.handle(WAKE, at));
    }
    return effects;
  };
  return { nodes, own, topology, link, send, tell, wakeUntil };
}

const types = (effects: readonly TopologyEffect[]) => effects.map(({ type }) => type);
const tells = (effects: readonly TopologyEffect[], type: FrameType): Tell[] =>
  effects.filter((effect): effect is Tell => effect.type === 'tell' && effect.frameType === type);

describe('the topology', () => {
  it('says once that the graph changed and once for each first or newer life', () => {
    const { nodes, topology, link, tell } = setting();
    const [a, b] = nodes.lives(2) as [OwnLife, OwnLife];
    link(a);
    const first = tell(a.id, [nodes.record(a, [b.id]), nodes.record(b, [a.id])]);
    expect(types(first).filter((type) => type === 'graph-changed')).toHaveLength(1);
    expect(first.filter(({ type }) => type === 'peer-life')).toMatchObject([
      { identity: { id: a.id, life: 1 } },
      { identity: { id: b.id, agreementKey: b.agreementKey } },
    ]);
    expect(types(tell(a.id, [nodes.record(b, [a.id], { version: 2 })]))).toEqual(['graph-changed']);
    const newer = { ...b, life: 9 };
    expect(types(tell(a.id, [nodes.record(newer, [a.id])]))).toEqual(['peer-life', 'graph-changed']);
    expect(tell(a.id, [nodes.record(b, [a.id], { version: 3 })])).toEqual([]);
    expect([...topology.view.ids()].sort()).toEqual([a.id, b.id].sort());
    expect(topology.directory.get(b.id)?.life).toBe(9);
  });

  it('lets a farewell of an older life alone, and takes one of the present life at once', () => {
    const { nodes, topology, link, tell } = setting();
    const a = nodes.life();
    const secret = nodes.random.bytes(32);
    const [old, present] = [nodes.life(secret, 3), nodes.life(secret, 4)];
    link(a);
    tell(a.id, [nodes.record(a, [present.id]), nodes.record(present, [a.id])]);
    tell(a.id, [nodes.record(old, [], { hasLeft: true, version: 99 })]);
    expect(topology.view.has(present.id)).toBe(true);
    tell(a.id, [nodes.record(present, [], { hasLeft: true, version: 2 })]);
    expect(topology.view.has(present.id)).toBe(false);
    expect(topology.view.hasLeft(present.id)).toBe(true);
    tell(a.id, [nodes.record(present, [a.id], { version: 1 })]); // a late copy
    expect(topology.view.has(present.id)).toBe(false);
    expect([...topology.remembered()]).toEqual([]);
  });

  it('cannot be told anything of a Node by another: the neighbour that tries is malformed', () => {
    const { nodes, topology, link, send, tell } = setting();
    const [a, b] = nodes.lives(2) as [OwnLife, OwnLife];
    link(a);
    const genuine = nodes.record(b, [a.id]);
    tell(a.id, [nodes.record(a, [b.id]), genuine]);
    const [body = new Uint8Array()] = encodeRecords([genuine], 4096);
    const farewell = encodeRecords(
      [nodes.record(b, [], { hasLeft: true, version: 2 })],
      4096,
    )[0] as Uint8Array;
    farewell[6 + 2 + 1] = 0xff; // a life far ahead
    expect(send(a.id, FrameType.destroy_edge, farewell, 0)).toMatchObject([
      { type: 'drop', isMalformed: true },
    ]);
    expect(send(a.id, FrameType.new_edge, body.subarray(3), 0)).toMatchObject([
      { type: 'drop', isMalformed: true },
    ]);
    expect(topology.view.has(b.id)).toBe(true);
    expect(topology.view.hasLeft(b.id)).toBe(false);
  });

  it('says that it is replaced by a newer life of its own key, and corrects an older one', () => {
    const { nodes, own, topology, link, tell, wakeUntil } = setting();
    const a = nodes.life();
    link(a);
    tell(a.id, [nodes.record(a, [])]);
    wakeUntil(6000);
    expect(tell(a.id, [nodes.record({ ...own, life: 4 }, [a.id], { version: 70 })], 6000)).toEqual([]); // ours is on its way
    expect(tell(a.id, [nodes.record({ ...own, life: 6 }, [a.id])], 6000)).toEqual([{ type: 'replaced' }]);
    tell(a.id, [nodes.record(own, [], { version: 900 })], 7000); // somebody with our key, in our life
    const [announced] = tells(wakeUntil(9000), FrameType.new_edge);
    expect(announced?.body.subarray(2 + 7, 2 + 11)).toEqual(Uint8Array.of(0, 0, 3, 0x85)); // version 901
    expect(topology.view.has(own.id)).toBe(false);
  });

  it('is replaced by a newer life that somebody shows it, and by nothing that its own key has not signed', () => {
    const { nodes, own, topology } = setting();
    const show = (record: Uint8Array) => topology.handle({ type: 'shown', record }, 0);
    const newer = nodes.record({ ...own, life: 6 }).bytes;
    const changed = newer.slice();
    changed[10] = 9; // its version
    const elsewhere = new TestNodes(1, nodes.cryptography, 'loud-otter');
    for (const record of [
      changed,
      newer.subarray(1),
      nodes.record({ ...own, life: 4 }).bytes,
      nodes.record(own, [], { version: 900 }).bytes,
      nodes.record(nodes.life(undefined, 6)).bytes,
      elsewhere.record({ ...own, life: 6 }).bytes,
    ]) {
      expect(show(record)).toEqual([]);
    }
    expect(show(newer)).toEqual([{ type: 'replaced' }]);
  });

  it('passes on what is news and has a path, to whoever has not sent it', () => {
    const { nodes, link, tell, wakeUntil } = setting();
    const [a, b, c, d] = nodes.lives(4) as [OwnLife, OwnLife, OwnLife, OwnLife];
    for (const peer of [a, b, c]) link(peer);
    tell(
      a.id,
      [nodes.record(a, [d.id]), nodes.record(b, [d.id]), nodes.record(c)],
      0,
      FrameType.network_state,
    );
    wakeUntil(1000);
    const news = nodes.record(d, [a.id, b.id]);
    tell(a.id, [news], 2000);
    tell(b.id, [news], 2010);
    const passed = tells(wakeUntil(2100), FrameType.new_edge);
    expect(passed.map(({ to }) => to)).toEqual([c.id]);
    expect(tells(wakeUntil(3000), FrameType.new_edge)).toEqual([]);
  });

  it('does not pass on an invention, and passes on a record as soon as a path leads to it', () => {
    const { nodes, link, tell, wakeUntil } = setting();
    const [a, b, c] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
    link(a);
    link(b);
    tell(a.id, [nodes.record(a, []), nodes.record(b, [])], 0, FrameType.network_state);
    wakeUntil(5000);
    tell(a.id, [nodes.record(c, [a.id])], 6000);
    expect(tells(wakeUntil(6900), FrameType.new_edge)).toEqual([]);
    tell(a.id, [nodes.record(a, [c.id], { version: 2 })], 7000);
    const passed = tells(wakeUntil(8000), FrameType.new_edge).filter(({ to }) => to === b.id);
    expect(passed.reduce((sum, { body }) => sum + body.length, 0)).toBe(2 * (142 + 17 + 2));
  });

  it('keeps nobody out because of 1,024 forged records', () => {
    const { nodes, topology, link, tell, wakeUntil } = setting();
    const [a, hostile, newcomer] = nodes.lives(3) as [OwnLife, OwnLife, OwnLife];
    link(a);
    link(hostile);
    tell(a.id, [nodes.record(a, [])]);
    for (let i = 0; i < MAX_ASIDE; i++) tell(hostile.id, [nodes.record(nodes.life(), [a.id])], 10);
    tell(a.id, [nodes.record(newcomer, [a.id])], 20);
    tell(a.id, [nodes.record(a, [newcomer.id], { version: 2 })], 30);
    expect([...topology.view.ids()].sort()).toEqual([a.id, newcomer.id].sort());
    wakeUntil(30_000);
    expect(topology.view.has(newcomer.id)).toBe(true);
  });

  it('does not grow beyond its bounds under 50,000 records of a hostile neighbour', () => {
    const { nodes, topology, link, tell } = setting();
    const hostile = nodes.life();
    link(hostile);
    tell(hostile.id, [nodes.record(hostile)]);
    let drops = 0;
    let held = 0;
    const strangers: NodeId[] = [];
    for (let i = 0; i < 50_000 / 25; i++) {
      const records = Array.from({ length: 25 }, () => nodes.record(nodes.life(), [hostile.id]));
      for (const { id } of records) strangers.push(id);
      drops += tell(hostile.id, records, i).filter(({ type }) => type === 'drop').length;
    }
    for (const id of strangers) if (topology.directory.get(id)) held++;
    expect(held).toBeLessThanOrEqual(MAX_ASIDE);
    expect(drops).toBeGreaterThan(1000); // verifications, too, have a bound
    expect(topology.view.size).toBe(1);
    expect([...topology.remembered()]).toEqual([]);
  });

  it('does not answer digests without end', () => {
    const { nodes, link, send, tell } = setting();
    const a = nodes.life();
    link(a);
    tell(a.id, [nodes.record(a, [])]);
    let bytes = 0;
    for (let i = 0; i < 20_000; i++) {
      const digest = encodeDigest('digest', 3, { low: i, high: 1 });
      for (const effect of send(a.id, FrameType.network_state_request, digest, 1000 + i)) {
        if (effect.type === 'tell') bytes += effect.body.length + 44;
      }
    }
    expect(bytes).toBeLessThan(1024 * 1024 + 20 * 4096 + 400);
    const want = encodeWant(nodes.lives(300).map(({ id }) => id));
    expect(send(a.id, FrameType.network_state_request, want, 21_000)).toEqual([]); // asks for what nobody has
  });

  it('does not send a record as often as somebody wants it', () => {
    const { nodes, link, send, tell } = setting();
    const a = nodes.life();
    link(a);
    tell(a.id, [nodes.record(a, [])]);
    let bytes = 0;
    for (let i = 0; i < 20_000; i++) {
      for (const effect of send(a.id, FrameType.network_state_request, encodeWant([a.id]), 1000)) {
        if (effect.type === 'tell') bytes += effect.body.length + 44;
      }
    }
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
  });

  it('compares with a new neighbour before it tells anything', () => {
    const { nodes, link, send, tell } = setting();
    const [a, b] = nodes.lives(2) as [OwnLife, OwnLife];
    link(a);
    tell(a.id, [nodes.record(a, [b.id]), nodes.record(b, [a.id])]);
    const [welcome, ...rest] = tells(link(b, 50), FrameType.network_state_request);
    expect(rest).toEqual([]);
    expect(parseRequest(welcome?.body ?? new Uint8Array())).toMatchObject({ type: 'welcome', count: 3 });
    // It has the same but for the two of us: nothing more to say.
    expect(
      tells(send(b.id, FrameType.network_state_request, welcome?.body ?? new Uint8Array(), 60), 1),
    ).toEqual([]);
  });

  it('tells at once of a Link with somebody to whom no other path leads', () => {
    const { nodes, topology, link, tell, wakeUntil } = setting();
    const [a, b, c, newcomer] = nodes.lives(4) as [OwnLife, OwnLife, OwnLife, OwnLife];
    const announcedAt = (until: number) => {
      for (let at = topology.nextWakeAt; at <= until; at = topology.nextWakeAt)
        if (tells(topology.handle(WAKE, at), FrameType.new_edge).length > 0) return at;
      return undefined;
    };
    link(a);
    tell(a.id, [nodes.record(a, [b.id, c.id]), nodes.record(b, [a.id]), nodes.record(c, [a.id])]);
    wakeUntil(5000);
    tell(a.id, [nodes.record(a, [c.id], { version: 2 })], 6000); // b is cut off
    wakeUntil(6500);
    link(b, 6500);
    expect(announcedAt(8000)).toBe(6500);
    wakeUntil(9000);
    link(newcomer, 9000);
    expect(announcedAt(9999)).toBe(9000);
    wakeUntil(11_000);
    link(c, 11_000); // a leads there, too
    expect(announcedAt(12_000)).toBe(11_100);
  });

  it('remembers whom it met and lost, the latest first, 256 of them', () => {
    const { nodes, topology, link, tell, wakeUntil } = setting();
    const a = nodes.life();
    const others = nodes.lives(300);
    link(a);
    tell(a.id, [nodes.record(a, [])]);
    let version = 2;
    others.forEach((other, i) => {
      const now = 10 + i * 1000;
      tell(a.id, [nodes.record(other, [a.id]), nodes.record(a, [other.id], { version: version++ })], now);
      wakeUntil(now + 900);
    });
    wakeUntil(400_000);
    const remembered = [...topology.remembered()];
    expect(remembered).toHaveLength(256);
    expect(remembered[0]).toBe(others[298]?.id);
    expect(remembered).not.toContain(others[0]?.id);
  });

  it('says farewell to every neighbour, and nothing more', () => {
    const { nodes, topology, link, tell } = setting();
    const [a, b] = nodes.lives(2) as [OwnLife, OwnLife];
    link(a);
    link(b);
    const farewell = tells(topology.handle({ type: 'leave' }, 100), FrameType.destroy_edge);
    expect(farewell.map(({ to }) => to)).toEqual([a.id, b.id]);
    expect(farewell[0]?.body[2]).toBe(1);
    expect(tell(a.id, [nodes.record(a)], 200)).toEqual([]);
    expect(topology.nextWakeAt).toBe(NEVER);
  });

  it('throws at nothing that a neighbour sends', () => {
    const { nodes, link, send, tell } = setting();
    const a = nodes.life();
    link(a);
    tell(a.id, [nodes.record(a)]);
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4), fc.uint8Array({ maxLength: 400 }), (type, body) => {
        send(a.id, type, body, 1);
      }),
    );
    expect(send(a.id, FrameType.network_state_request, new Uint8Array(), 1)).toMatchObject([
      { type: 'drop', isMalformed: true },
    ]);
    expect(send(nodes.life().id, FrameType.new_edge, new Uint8Array(), 1)).toEqual([]); // no neighbour
  });
});
