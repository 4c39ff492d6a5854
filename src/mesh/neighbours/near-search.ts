/**
 * Whoever fills the near slots when a mesh is young is seldom the nearest when it has grown. So one looks again, after twice
 * the time each time, since every change of a Link costs all Nodes bytes. Make before break: the nearer one comes first and
 * makes another one surplus.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { NeighboursOptions } from './contract.ts';
import {
  NEAR_GAIN,
  NEAR_GAIN_MIN_MS,
  NEAR_SEARCH_LONGEST_MS,
  NEAR_SEARCH_MS,
  NEAR_SEARCH_SAMPLE,
  NEAR_SLOTS,
  TRIM_ABOVE_DEGREE,
} from './limits.ts';
import { hasRoom, pathMs } from './member-choice.ts';
import { jittered, type Plan } from './plan.ts';
import { nearest } from './surplus.ts';

export class NearSearch {
  readonly #options: NeighboursOptions;
  #searchAt = NEVER;
  #pauseMs = NEAR_SEARCH_MS;

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  plan(plan: Plan, isFree: (peer: NodeId) => boolean): void {
    const { open, random } = this.#options;
    if (open.size > TRIM_ABOVE_DEGREE) return;
    if (plan.now >= this.#searchAt) {
      const peer = nearerMember(this.#options, isFree);
      if (peer !== undefined) plan.call(peer, 'near');
      this.#pauseMs = Math.min(NEAR_SEARCH_LONGEST_MS, this.#pauseMs * 2);
      this.#searchAt = NEVER;
    }
    if (this.#searchAt === NEVER) this.#searchAt = plan.now + jittered(this.#pauseMs, random);
    plan.lookAt(this.#searchAt);
  }
}

/** A member much nearer than our near neighbours are; undefined when a sample has none. */
export function nearerMember(
  options: NeighboursOptions,
  isFree: (peer: NodeId) => boolean,
): NodeId | undefined {
  const { view, router, rttMs, random } = options;
  const last = nearest(options)[NEAR_SLOTS - 1];
  const limitMs = last === undefined ? undefined : rttMs(last);
  if (limitMs === undefined) return undefined;
  let best: NodeId | undefined;
  let bestMs = Math.min(limitMs / NEAR_GAIN, limitMs - NEAR_GAIN_MIN_MS);
  for (const peer of view.sample(NEAR_SEARCH_SAMPLE, random)) {
    const ms = pathMs(router, peer);
    if (ms >= bestMs || !isFree(peer) || !hasRoom(view, peer)) continue;
    best = peer;
    bestMs = ms;
  }
  return best;
}
