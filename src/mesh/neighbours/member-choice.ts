/**
 * Whom of the members to link with: for the near slots the nearest of a sample, for the others whoever the sample gave.
 * Random graphs have no far corners and do not fall apart (HyParView, Leitao 2007); nobody sorts a thousand members.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Router, View } from '../topology/view.ts';
import type { NeighboursOptions } from './contract.ts';
import { MAX_DEGREE, MEMBER_SAMPLE, TARGET_DEGREE } from './limits.ts';

export interface Choice {
  readonly peer: NodeId;
  readonly why: 'near' | 'random';
}

/** A member that is free, if there is one in the sample. @param isForNear for a near slot */
export function chooseMember(
  { view, router, random }: NeighboursOptions,
  isForNear: boolean,
  isFree: (peer: NodeId) => boolean,
): Choice | undefined {
  const free = view.sample(MEMBER_SAMPLE, random).filter((peer) => isFree(peer) && hasRoom(view, peer));
  if (isForNear) {
    const nearest = nearestOf(free, router);
    if (nearest !== undefined) return { peer: nearest, why: 'near' };
  }
  // Those who lack Links themselves first: else every newcomer's Links become surplus somewhere.
  const peer = free.find((each) => view.degree(each) < TARGET_DEGREE) ?? free[0];
  return peer && { peer, why: 'random' };
}

/** The last slot of theirs is left for somebody without a path. */
export function hasRoom(view: View, peer: NodeId): boolean {
  return view.degree(peer) < MAX_DEGREE - 1;
}

/** Round trip over the path there is now, ms: a hint of what a Link would have. */
export function pathMs(router: Router, peer: NodeId): number {
  return router.route(peer)?.rttMs ?? Number.POSITIVE_INFINITY;
}

function nearestOf(peers: readonly NodeId[], router: Router): NodeId | undefined {
  let best: NodeId | undefined;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const peer of peers) {
    const ms = pathMs(router, peer);
    if (best !== undefined && ms >= bestMs) continue;
    best = peer;
    bestMs = ms;
  }
  return best;
}
