/**
 * Whom of the members to link with: for the near slots the nearest of a sample, for the others whoever the sample gave.
 * Random graphs have no far corners and do not fall apart (HyParView, Leitao 2007); nobody sorts a thousand members.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Router, View } from '../topology/view.ts';
import type { NeighboursOptions } from './contract.ts';
import { MAX_DEGREE, MEMBER_SAMPLE, NEAR_SLOTS, TARGET_DEGREE } from './limits.ts';

export interface Choice {
  readonly peer: NodeId;
  readonly why: 'near' | 'random';
}

/** Up to `room` members that are free. @param nearHeld near slots that are taken */
export function chooseMembers(
  { view, router, random }: NeighboursOptions,
  room: number,
  nearHeld: number,
  isFree: (peer: NodeId) => boolean,
): Choice[] {
  const free = view.sample(MEMBER_SAMPLE, random).filter((peer) => isFree(peer) && hasRoom(view, peer));
  const chosen: Choice[] = [];
  for (let slot = nearHeld; slot < NEAR_SLOTS && chosen.length < room && free.length > 0; slot++) {
    const peer = takeNearest(free, router);
    if (peer !== undefined) chosen.push({ peer, why: 'near' });
  }
  // Those who lack Links themselves first: else every newcomer's Links become surplus somewhere.
  const lacking = free.filter((peer) => view.degree(peer) < TARGET_DEGREE);
  const others = free.filter((peer) => view.degree(peer) >= TARGET_DEGREE);
  for (const peer of [...lacking, ...others].slice(0, room - chosen.length))
    chosen.push({ peer, why: 'random' });
  return chosen;
}

/** The last slot of theirs is left for somebody without a path. */
export function hasRoom(view: View, peer: NodeId): boolean {
  return view.degree(peer) < MAX_DEGREE - 1;
}

/** Round trip over the path there is now, ms: a hint of what a Link would have. */
export function pathMs(router: Router, peer: NodeId): number {
  return router.route(peer)?.rttMs ?? Number.POSITIVE_INFINITY;
}

function takeNearest(peers: NodeId[], router: Router): NodeId | undefined {
  let best = 0;
  let bestMs = Number.POSITIVE_INFINITY;
  for (const [at, peer] of peers.entries()) {
    const ms = pathMs(router, peer);
    if (ms >= bestMs) continue;
    best = at;
    bestMs = ms;
  }
  return peers.splice(best, 1)[0];
}
