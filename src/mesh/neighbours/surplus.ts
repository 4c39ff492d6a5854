/**
 * Surplus Links go one at a time and at rest; beyond the cap, where strangers got in during a rush, all that are too many at
 * once and as soon as they have lasted. Never one whose loss could cut the graph (topology/spare-edges.ts: all of
 * those that everyone may cut can go together), never one that its other end needs, and not a near one. Of the rest any,
 * because what chance chose keeps the graph small. None while a neighbour is silent: many may have just died, and the way around a
 * Link may lead through them. At rest a Link is chosen first and goes when nobody has been missed for as long as that takes.
 */
import { uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { NeighboursOptions } from './contract.ts';
import {
  CROWDED_LOOKS,
  MAX_DEGREE,
  MAX_DETOUR_HOPS,
  NEAR_SLOTS,
  SECURE_DEGREE,
  TARGET_DEGREE,
  TRIM_ABOVE_DEGREE,
  TRIM_LONGEST_PAUSE_MS,
  TRIM_MIN_AGE_CROWDED_MS,
  TRIM_MIN_AGE_MS,
  TRIM_QUIET_CROWDED_MS,
  TRIM_QUIET_MS,
  TRIM_SECOND_LOOK_MS,
} from './limits.ts';
import { type Plan, sampleOf } from './plan.ts';

export const TRIM_REASON = 'more Links than needed';

export class Surplus {
  readonly #options: NeighboursOptions;
  #trimAt = 0;
  #failures = 0;
  /** To go at the next look, if it still may. */
  #chosen: NodeId | undefined;

  constructor(options: NeighboursOptions) {
    this.#options = options;
  }

  /** Our own Links changed: quiet begins anew; but where strangers need the room, nobody waits for quiet. */
  changed(now: number): void {
    this.#failures = 0;
    this.#chosen = undefined;
    if (this.#options.open.size > MAX_DEGREE && this.#trimAt > now) return;
    this.#wait(now);
  }

  plan(plan: Plan): void {
    if (this.#options.open.size <= TRIM_ABOVE_DEGREE) return;
    if (plan.now >= this.#trimAt) this.#trim(plan);
    plan.lookAt(this.#trimAt);
  }

  #trim(plan: Plan): void {
    const { open, random } = this.#options;
    const surplus = surplusLinks(this.#options, plan.now);
    const crowd = open.size - MAX_DEGREE;
    if (crowd <= 0 && this.#chosen === undefined && surplus.length > 0) {
      [this.#chosen] = sampleOf(surplus, 1, random);
      this.#trimAt = plan.now + TRIM_SECOND_LOOK_MS;
      return;
    }
    const going =
      crowd > 0 ? sampleOf(surplus, crowd, random) : surplus.filter((peer) => peer === this.#chosen);
    this.#chosen = undefined;
    if (going.length === 0) this.#failures++;
    for (const peer of going) plan.disconnect(peer, TRIM_REASON);
    this.#wait(plan.now);
  }

  #wait(now: number): void {
    const { open, random } = this.#options;
    const isCrowded = open.size > MAX_DEGREE;
    const quietMs = isCrowded ? TRIM_QUIET_CROWDED_MS : TRIM_QUIET_MS;
    const failures = isCrowded ? Math.max(0, this.#failures - CROWDED_LOOKS) : this.#failures;
    const pauseMs = Math.min(TRIM_LONGEST_PAUSE_MS, quietMs * 2 ** Math.min(failures, 8));
    this.#trimAt = now + pauseMs * (1 + uniform(random));
  }
}

/** Those that may go now. */
export function surplusLinks(options: NeighboursOptions, now: number): NodeId[] {
  const { open, view, router, silenceMs } = options;
  for (const peer of open.keys()) if (silenceMs(peer) > 0) return [];
  const near = nearest(options);
  const isCrowded = open.size > MAX_DEGREE;
  const minAgeMs = isCrowded ? TRIM_MIN_AGE_CROWDED_MS : TRIM_MIN_AGE_MS;
  // Who has fewer finds others more easily than a crowded Node gets room.
  const leastLeft = isCrowded ? SECURE_DEGREE : TARGET_DEGREE;
  const mayGo: NodeId[] = [];
  for (const [peer, { sinceMs }] of open) {
    if (now - sinceMs < minAgeMs || near.includes(peer)) continue;
    if (view.degree(peer) > leastLeft && router.hasDetour(peer, MAX_DETOUR_HOPS)) mayGo.push(peer);
  }
  return mayGo.filter((peer) => router.isSpare(peer));
}

/** The neighbours with the shortest round trips, as many as there are near slots, the nearest first. */
export function nearest({ open, rttMs }: Pick<NeighboursOptions, 'open' | 'rttMs'>): NodeId[] {
  const measured: { readonly peer: NodeId; readonly rtt: number }[] = [];
  for (const peer of open.keys()) {
    const rtt = rttMs(peer);
    if (rtt !== undefined) measured.push({ peer, rtt });
  }
  return measured
    .sort((a, b) => a.rtt - b.rtt)
    .slice(0, NEAR_SLOTS)
    .map(({ peer }) => peer);
}
