import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameType, type NodeId, parseFrameHeader } from '../../wire/index.ts';
import { WAKE } from '../protocol.ts';
import type { LinkId, Tell } from '../vocabulary.ts';
import type { TopologyEffect } from './contract.ts';
import { TestNodes } from './nodes.testing.ts';
import { encodeDigest, parseRequest } from './request-codec.ts';
import { Topology } from './topology.ts';

/** A Topology with so many neighbours, at a time when nothing has changed for long. */
function setting(neighbourCount: number) {
  const nodes = new TestNodes(1);
  const { nameHash, cryptography, random } = nodes;
  const options = { own: nodes.life(), nameHash, attributes: new Uint8Array(), cryptography, random };
  const topology = new Topology(options, 0);
  const neighbours = nodes.lives(neighbourCount);
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
  const ask = (via: NodeId, body: Uint8Array): Tell[] => {
    const frame = encodeFrame({ type: FrameType.network_state_request, source: via, hopLimit: 1 }, body);
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(header);
    return requests(topology.handle({ type: 'frame', via, header, frame }, now));
  };
  const drop = (peer: NodeId): void => {
    const link = (neighbours.findIndex(({ id }) => id === peer) + 1) as LinkId;
    topology.handle({ type: 'link-down', peer, link, reason: 'gone', livedMs: 0 }, now);
  };
  run(30_000);
  return { ids: neighbours.map(({ id }) => id), run, ask, drop };
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
});
