/** Bytes per second over each of our Links, from the counters of two successive snapshots. */
import type { LinkSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';

export interface Traffic {
  readonly inPerSecond: number;
  readonly outPerSecond: number;
}

interface Reading {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly rate: Traffic;
}

const NONE: Traffic = { inPerSecond: 0, outPerSecond: 0 };
/** How fast a shown rate follows: half of the way to a new value within this time. Calm enough to read. */
const HALF_LIFE_MS = 700;

export class TrafficMeter {
  #last: ReadonlyMap<NodeId, Reading> = new Map();
  #lastMs: number | undefined;

  /** `nowMs` must grow. A Link that is new, or whose counters fell because it was replaced, starts at nought. */
  update(links: readonly LinkSnapshot[], nowMs: number): ReadonlyMap<NodeId, Traffic> {
    const elapsedMs = this.#lastMs === undefined ? 0 : nowMs - this.#lastMs;
    const next = new Map<NodeId, Reading>();
    for (const { peer, bytesIn, bytesOut } of links) {
      const rate = rateSince(this.#last.get(peer), bytesIn, bytesOut, elapsedMs);
      next.set(peer, { bytesIn, bytesOut, rate });
    }
    this.#last = next;
    this.#lastMs = nowMs;
    return new Map([...next].map(([peer, { rate }]) => [peer, rate]));
  }
}

function rateSince(
  before: Reading | undefined,
  bytesIn: number,
  bytesOut: number,
  elapsedMs: number,
): Traffic {
  if (!before || bytesIn < before.bytesIn || bytesOut < before.bytesOut) return NONE;
  if (elapsedMs <= 0) return before.rate;
  const weight = 1 - 0.5 ** (elapsedMs / HALF_LIFE_MS);
  const blend = (from: number, bytes: number) => from + ((1000 * bytes) / elapsedMs - from) * weight;
  return {
    inPerSecond: blend(before.rate.inPerSecond, bytesIn - before.bytesIn),
    outPerSecond: blend(before.rate.outPerSecond, bytesOut - before.bytesOut),
  };
}

/** Width of an Edge in pixels: 1.5 when idle, one more for every ten-fold of traffic above 1 kB/s, at most 7. */
export function edgeWidth(bytesPerSecond: number): number {
  return Math.min(7, 1.5 + Math.max(0, Math.log10(Math.max(1, bytesPerSecond) / 1000)));
}
