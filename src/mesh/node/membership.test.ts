import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';
import { computeRoutes } from '../routing/routes.ts';
import { Topology } from '../topology/topology.ts';
import { Membership } from './membership.ts';

const info: NodeInfo = { deviceName: 'tab', cores: 4, workers: 3, platform: 'page' };
const random = seededRandom(3);
const [self, near, far] = [newNodeId(random), newNodeId(random), newNodeId(random)];

function setting() {
  const topology = new Topology(self, info);
  const membership = new Membership(self, topology, 0);
  const others = { near: new Topology(near, info), far: new Topology(far, info) };
  others.near.setNeighbours(
    new Map([
      [self, 4],
      [far, 6],
    ]),
  );
  others.far.setNeighbours(new Map([[near, 6]]));
  const update = (now: number) => {
    const links = new Map<NodeId, { health: 'healthy' }>();
    for (const id of topology.own.neighbours.keys()) links.set(id, { health: 'healthy' });
    return membership.update({ topology, routes: computeRoutes(topology.graph(), self), links }, now);
  };
  return { topology, membership, others, update };
}

describe('membership', () => {
  it('begins with ourselves', () => {
    const { membership } = setting();
    expect(membership.members).toMatchObject([{ id: self, isSelf: true, hops: 0, sinceMs: 0 }]);
  });

  it('takes in who has a record and a path, in the order of their coming', () => {
    const { topology, membership, others, update } = setting();
    topology.setNeighbours(new Map([[near, 4]]));
    expect(update(10).joined).toEqual([]);
    topology.merge([others.near.own, others.far.own]);
    expect(update(20).joined.map(({ id }) => id)).toEqual([near, far]);
    expect(membership.members).toMatchObject([
      { id: self },
      { id: near, isNeighbour: true, hops: 1, rttMs: 4, sinceMs: 20 },
      { id: far, isNeighbour: false, hops: 2, rttMs: 10, health: 'healthy' },
    ]);
  });

  it('lets a goodbye take effect at once', () => {
    const { topology, membership, others, update } = setting();
    topology.setNeighbours(new Map([[near, 4]]));
    topology.merge([others.near.own]);
    update(0);
    topology.merge([others.near.leave()]);
    expect(update(1).left).toEqual([{ id: near, reason: 'it said goodbye' }]);
    expect(membership.members).toHaveLength(1);
  });

  it('keeps who lost its last path for a moment, and forgets the moment when a path is back', () => {
    const { topology, membership, others, update } = setting();
    topology.setNeighbours(new Map([[near, 4]]));
    topology.merge([others.near.own]);
    update(0);
    membership.noteLinkEnded(near, 'it fell silent');
    topology.setNeighbours(new Map());
    expect(update(100).left).toEqual([]);
    expect(membership.members[1]).toMatchObject({ id: near, health: 'suspected', hops: undefined });
    topology.setNeighbours(new Map([[near, 4]]));
    update(500);
    topology.setNeighbours(new Map());
    update(1000);
    expect(update(membership.deadlineMs - 1).left).toEqual([]);
    expect(update(membership.deadlineMs).left).toEqual([{ id: near, reason: 'it fell silent' }]);
    expect(membership.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('keeps the same array while nothing changes', () => {
    const { topology, membership, others, update } = setting();
    topology.setNeighbours(new Map([[near, 4]]));
    topology.merge([others.near.own]);
    update(0);
    const before = membership.members;
    expect(update(1).isChanged).toBe(false);
    expect(membership.members).toBe(before);
  });
});
