import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameType, type NodeId, parseFrameHeader } from '../../wire/index.ts';
import { WAKE } from '../protocol.ts';
import type { LinkId, Tell } from '../vocabulary.ts';
import type { TopologyEffect, TopologyEvent } from './contract.ts';
import { BUCKETS } from './digest.ts';
import { TestNodes } from './nodes.testing.ts';
import type { NodeRecord } from './record.ts';
import { RecordCache } from './record-cache.ts';
import { encodeRecords } from './record-list.ts';
import { encodeBuckets, encodeDigest, parseRequest } from './request-codec.ts';
import { Topology } from './topology.ts';

/** A Topology with so many neighbours, at a time when nothing has changed for long. */
function setting(neighbourCount: number, records = new RecordCache()) {
  const nodes = new TestNodes(1);
  const { nameHash, cryptography, random } = nodes;
  const options = {
    own: nodes.life(),
    nameHash,
    attributes: new Uint8Array(),
    cryptography,
    random,
    records,
  };
  const topology = new Topology(options, 0);
  const neighbours = nodes.lives(neighbourCount);
  const handle = (event: TopologyEvent): Tell[] => requests(topology.handle(event, now));
  for (const [i, identity] of neighbours.entries()) {
    const link = (i + 1) as LinkId;
    const up = { type: 'link-up', peer: identity.id, link, identity, isInitiator: true } as const;
    topology.handle({ ...up, answersProbes: false }, 0);
  }
  let now = 0;
  const run = (forMs: number): Tell[] => {
    const effects: TopologyEffect[] = [];
    const until = now + forMs;
    for (let at = topology.nextWakeAt; at <= until; at = topology.nextWakeAt) {
      effects.push(...topology.handle(WAKE, at));
    }
    now = until;
    return requests(effects);
  };
  const hear = (type: FrameType, via: NodeId, body: Uint8Array): Tell[] => {
    const frame = encodeFrame({ type, source: via, hopLimit: 1 }, body);
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(header);
    return handle({ type: 'frame', via, header, frame });
  };
  const ask = (via: NodeId, body: Uint8Array): Tell[] => hear(FrameType.network_state_request, via, body);
  /** A neighbour tells of so many Nodes behind it, itself included. */
  const teach = (via: NodeId, count: number): void => {
    const teacher = neighbours.find(({ id }) => id === via);
    if (!teacher) throw new Error('not a neighbour');
    const behind = nodes.lives(count - 1);
    const all = [nodes.record(teacher, [options.own.id, ...behind.map(({ id }) => id)])];
    for (const own of behind) all.push(nodes.record(own, [via]));
    for (const body of encodeRecords(all, 60_000)) hear(FrameType.network_state, via, body);
  };
  const change = (): void => void handle({ type: 'attributes', bytes: Uint8Array.of(now % 256) });
  const drop = (peer: NodeId): void => {
    const link = (neighbours.findIndex(({ id }) => id === peer) + 1) as LinkId;
    topology.handle({ type: 'link-down', peer, link, reason: 'gone', livedMs: 0 }, now);
  };
  run(30_000);
  return { ids: neighbours.map(({ id }) => id), run, ask, teach, change, drop };
}

function requests(effects: readonly TopologyEffect[]): Tell[] {
  return effects.filter(
    (effect): effect is Tell =>
      effect.type === 'tell' && effect.frameType === FrameType.network_state_request,
  );
}

function kinds(tells: readonly Tell[]): (string | undefined)[] {
  return tells.map(({ body }) => parseRequest(body)?.type);
}

function receivers(tells: readonly Tell[]): NodeId[] {
  return tells.filter(({ body }) => parseRequest(body)?.type === 'digest').map(({ to }) => to);
}

/** That is nobody's, of one who reaches many more Nodes. */
const foreign = encodeDigest('digest', 500, { low: 1, high: 2 });

describe('digests', () => {
  it('go to each neighbour in turn, so that none waits longer than it takes to tell them all', () => {
    const { ids, run } = setting(5);
    const told = receivers(run(100_000));
    expect(told.length).toBeGreaterThan(15);
    for (let i = 0; i + 5 <= told.length; i++)
      expect(new Set(told.slice(i, i + 5)), `from ${i}`).toEqual(new Set(ids));
  });

  it('go last to whom we have just compared with', () => {
    const { run, ask } = setting(3);
    const sent = run(60_000).filter(({ body }) => parseRequest(body)?.type === 'digest');
    const [next] = receivers(sent.slice(-3)); // it was told longest ago
    const own = sent.at(-1)?.body ?? new Uint8Array();
    expect(ask(next as NodeId, own)).toEqual([]); // we have the same
    const told = receivers(run(30_000)).slice(0, 3);
    expect(told[2]).toBe(next);
  });

  it('go on to whom we had no time for, because another was teaching us', () => {
    const { run, ask } = setting(4);
    const [first, second, third, fourth] = receivers(run(60_000)).slice(-4) as [
      NodeId,
      NodeId,
      NodeId,
      NodeId,
    ];
    expect(kinds(ask(second, foreign))).toEqual(['buckets']);
    expect(kinds(ask(first, foreign))).toEqual([]);
    expect(receivers(run(20_000)).slice(0, 4)).toEqual([first, third, fourth, second]);
  });

  it('are not put off by neighbours that are different again and again', () => {
    const { ids, run, ask } = setting(3);
    const told: Tell[] = [];
    for (let i = 0; i < 20; i++) {
      ask(ids[i % 3] as NodeId, foreign);
      told.push(...run(300));
    }
    expect(receivers(told).length).toBeGreaterThanOrEqual(4);
  });

  it('go to nobody whose Link is gone', () => {
    const { ids, run, drop } = setting(3);
    drop(ids[1] as NodeId);
    const told = receivers(run(60_000));
    expect(new Set(told)).toEqual(new Set([ids[0], ids[2]]));
  });

  it('of whoever taught us most of what we know are compared once, whatever is on its way: it may have been learning itself', () => {
    const { ids, ask, teach } = setting(2);
    const [teacher, other] = ids as [NodeId, NodeId];
    teach(teacher, 10);
    const like = encodeDigest('digest', 11, { low: 1, high: 2 });
    expect(kinds(ask(other, like))).toEqual([]);
    expect(kinds(ask(teacher, like))).toEqual(['buckets']);
    expect(kinds(ask(teacher, like))).toEqual([]);
  });

  it('that differ for five seconds are compared although changes do not end', () => {
    const { ids, run, ask, teach, change } = setting(2);
    const [teacher, other] = ids as [NodeId, NodeId];
    teach(teacher, 10);
    const like = encodeDigest('digest', 11, { low: 1, high: 2 });
    const answers: number[] = [];
    for (let i = 0; i < 22; i++) {
      change();
      run(300);
      answers.push(ask(other, like).length);
    }
    expect(answers.indexOf(1)).toBe(17); // 5.1 s after the first
    expect(answers.filter((count) => count > 0)).toHaveLength(1);
  });
});

describe('a neighbour that asks for everything again and again', () => {
  it('has nothing laid out for it once its allowance is used up', () => {
    let looks = 0;
    class Counting extends RecordCache {
      override add(record: NodeRecord): void {
        const { bytes } = record;
        Object.defineProperty(record, 'bytes', { get: () => ++looks && bytes });
        super.add(record);
      }
    }
    const { ids, ask, teach } = setting(2, new Counting());
    const [asker, other] = ids as [NodeId, NodeId];
    teach(other, 15);
    const nothing = encodeBuckets(new Uint32Array(BUCKETS));
    const looksFor = (times: number): number => {
      const before = looks;
      for (let i = 0; i < times; i++) ask(asker, nothing);
      return looks - before;
    };
    expect(looksFor(10)).toBeGreaterThan(10 * 15);
    looksFor(2000);
    expect(looksFor(1000)).toBe(0);
  });
});
