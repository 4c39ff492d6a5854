/**
 * Tells results that were just made from those that a worker had in memory: whoever takes a render over is brought within moments what was
 * made in minutes, and that says nothing of how fast anybody is. A worker does one Block after the other, so it cannot have worked longer
 * than time has passed since its last result. Pure, told the time.
 */
import type { WorkerRef } from '../../farm/index.ts';
import type { NodeId } from '../../wire/index.ts';

/** Of what a Block took, by which two results may come too close together, for the first one says little. A guess. */
const TOLERANCE = 0.5;
/** Results that one worker has on their way come together when the network was slow: two more than it sends before it waits. */
const MOST_TOGETHER = 8;

interface Time {
  readonly atMs: number;
  /** That has passed in which it did nothing that is here. */
  readonly spareMs: number;
}

export class WorkTimes {
  readonly #times = new Map<NodeId, Map<number, Time>>();
  readonly #beganAtMs: number;

  constructor(nowMs: number) {
    this.#beganAtMs = nowMs;
  }

  /** @param elapsedMs what the worker says that it worked for a result that came now */
  isFresh({ node, index }: WorkerRef, elapsedMs: number, nowMs: number): boolean {
    const workers = this.#times.get(node) ?? new Map<number, Time>();
    this.#times.set(node, workers);
    const { atMs, spareMs } = workers.get(index) ?? { atMs: this.#beganAtMs, spareMs: 0 };
    const left = spareMs + nowMs - atMs - elapsedMs;
    if (left < -TOLERANCE * elapsedMs) return false;
    const mostMs = MOST_TOGETHER * elapsedMs;
    workers.set(index, { atMs: nowMs, spareMs: Math.min(Math.max(left, 0), mostMs) });
    return true;
  }

  left(node: NodeId): void {
    this.#times.delete(node);
  }
}
