import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { FrameType, type NodeId, newNodeId } from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';
import { Gossip, type GossipEffect } from './gossip.ts';
import { Topology } from './topology.ts';

const info: NodeInfo = { deviceName: 'tab', cores: 4, workers: 3, platform: 'page' };
const random = seededRandom(3);
const [a, b, c] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const links = (...ids: NodeId[]) => new Map(ids.map((id) => [id, 5 as number | undefined]));

function node(id: NodeId) {
  const topology = new Topology(id, info);
  return { topology, gossip: new Gossip(topology, seededRandom(1), 0) };
}

const floods = (effects: readonly GossipEffect[]) => effects.filter((effect) => effect.type === 'flood');
const tells = (effects: readonly GossipEffect[]) => effects.filter((effect) => effect.type === 'tell');

describe('gossip', () => {
  it('announces many new Links as one change, and at once when it was quiet', () => {
    const { gossip } = node(a);
    gossip.linksChanged(links(b), 'new_edge', 100);
    expect(gossip.nextWakeAt).toBe(100);
    gossip.linksChanged(links(b, c), 'new_edge', 100);
    const first = floods(gossip.wake(100, links(b, c)));
    expect(first).toHaveLength(1);
    expect(first[0]?.frame).toBe(FrameType.new_edge);
    gossip.linksChanged(links(c), 'destroy_edge', 101);
    expect(floods(gossip.wake(102, links(c)))).toEqual([]);
    expect(floods(gossip.wake(125, links(c)))[0]?.frame).toBe(FrameType.destroy_edge);
  });

  it('announces wandering round trips seldom, the first and the alarming ones soon', () => {
    const { gossip } = node(a);
    gossip.linksChanged(links(b), 'new_edge', 0);
    gossip.wake(0, links(b));
    gossip.rttChanged(false, 10);
    expect(floods(gossip.wake(900, links(b)))).toEqual([]);
    gossip.rttChanged(true, 900);
    expect(floods(gossip.wake(900, links(b)))).toHaveLength(1);
  });

  it('tells a new neighbour all it knows, and passes on what a neighbour brings as news, once', () => {
    const [left, middle] = [node(a), node(b)];
    middle.gossip.linksChanged(links(a, c), 'new_edge', 0);
    left.gossip.linksChanged(links(b), 'new_edge', 0);
    const cRecord = node(c);
    cRecord.gossip.linksChanged(links(b), 'new_edge', 0);
    middle.topology.merge([cRecord.topology.own]);
    const welcome = tells(middle.gossip.welcome(a));
    expect(welcome).toHaveLength(1);
    const body = welcome[0]?.body as Uint8Array;
    const other = newNodeId(random);
    const passedOn = left.gossip.onState(b, body, [b, other], 0);
    expect(passedOn?.map((effect) => effect.type === 'tell' && effect.to)).toEqual([other]);
    expect(left.topology.hops().get(c)).toBe(2);
    expect(left.gossip.onState(b, body, [b, other], 0)).toEqual([]);
  });

  it('finds by digest what announcements missed, and is silent when nothing is missing', () => {
    const [left, right] = [node(a), node(b)];
    left.gossip.linksChanged(links(b), 'new_edge', 0);
    right.gossip.linksChanged(links(a, c), 'new_edge', 0);
    const cTopology = new Topology(c, info);
    cTopology.setNeighbours(links(b));
    right.topology.merge([cTopology.own, left.topology.own]);
    left.topology.merge([right.topology.own]);
    const [ping] = tells(left.gossip.wake(1000, links(b))).slice(-1);
    expect(ping?.frame).toBe(FrameType.ping);
    const [request] = right.gossip.onDigest(a, ping?.body as Uint8Array) ?? [];
    expect(request?.frame).toBe(FrameType.network_state_request);
    const answer = left.gossip.onStateRequest(b, request?.body as Uint8Array) ?? [];
    // Left has nothing that right lacks, so it asks back and is told.
    expect(answer.map((effect) => effect.frame)).toEqual([FrameType.network_state_request]);
    const [state] = right.gossip.onStateRequest(a, answer[0]?.body as Uint8Array) ?? [];
    left.gossip.onState(b, state?.body as Uint8Array, [], 0);
    expect(left.topology.digest()).toBe(right.topology.digest());
    expect(right.gossip.onDigest(a, left.gossip.digestBody())).toEqual([]);
  });

  it('answers a neighbour that keeps asking only so often', () => {
    const { gossip } = node(a);
    const asker = node(b);
    gossip.linksChanged(links(b), 'new_edge', 0);
    const digest = asker.gossip.digestBody();
    const [request] = asker.gossip.onDigest(a, gossip.digestBody()) ?? [];
    expect(digest).toBeDefined();
    let answered = 0;
    for (let i = 0; i < 100; i++)
      answered += gossip.onStateRequest(b, request?.body as Uint8Array)?.length ? 1 : 0;
    expect(answered).toBeLessThan(20);
    gossip.wake(1000, links(b));
    expect(gossip.onStateRequest(b, request?.body as Uint8Array)?.length).toBeGreaterThan(0);
  });

  it('calls malformed bodies malformed and never throws', () => {
    const { gossip } = node(a);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (body) => {
        gossip.onAnnouncement(body, 0);
        gossip.onState(b, body, [], 0);
        gossip.onStateRequest(b, body);
        gossip.onDigest(b, body);
      }),
    );
    expect(gossip.onAnnouncement(new Uint8Array(3), 0)).toBeUndefined();
    expect(gossip.onDigest(b, new Uint8Array(3))).toBeUndefined();
  });
});
