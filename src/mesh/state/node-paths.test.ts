import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { OpenLink } from '../link/contract.ts';
import type { LinkId } from '../vocabulary.ts';
import { NodePaths } from './node-paths.ts';

const random = seededRandom(5);
const [ADA, BOB, FAR] = [newNodeId(random), newNodeId(random), newNodeId(random)];

function paths(nextHops: readonly (readonly [NodeId, NodeId])[], silent: readonly NodeId[] = []) {
  const open = new Map([ADA, BOB].map((peer, i) => [peer, { peer, link: i as LinkId } as OpenLink]));
  const routes = new Map(nextHops);
  const route = (id: NodeId) => {
    const nextHop = routes.get(id);
    return nextHop && { nextHop, hops: 2, rttMs: 1 };
  };
  return new NodePaths(open, { route } as never, (peer) => silent.includes(peer));
}

it('a neighbour is reached over its Link, whatever the routes say, unless the Link is silent and there is a way around', () => {
  expect(paths([[ADA, BOB]]).to(ADA)).toEqual({ type: 'direct', link: 0 });
  expect(paths([[ADA, BOB]], [ADA]).to(ADA)).toEqual({ type: 'relayed', nextHop: BOB });
  expect(paths([[ADA, ADA]], [ADA]).to(ADA)).toEqual({ type: 'direct', link: 0 });
  expect(paths([], [ADA]).to(ADA)).toEqual({ type: 'direct', link: 0 });
});

it('others are reached over the next hop, if we have a Link to it', () => {
  expect(paths([[FAR, BOB]]).to(FAR)).toEqual({ type: 'relayed', nextHop: BOB });
  expect(paths([[FAR, BOB]]).nextHop(FAR)).toBe(BOB);
  expect(paths([[FAR, newNodeId(random)]]).to(FAR)).toBeUndefined();
  expect(paths([]).to(FAR)).toBeUndefined();
  expect(paths([]).nextHop(ADA)).toBe(ADA);
});
