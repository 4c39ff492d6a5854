/**
 * Who has rendered how much, and how fast over the last seconds: pure, told the time. Rates come from quarter-second buckets over a
 * sliding window, so they neither jump with each Block nor remember a tab that has left.
 */
import type { NodeId } from '../../wire/index.ts';

const BUCKET_MS = 250;
const WINDOW_BUCKETS = 16;

interface Contribution {
  samples: number;
  /** Samples by bucket number, the window's only. */
  readonly buckets: Map<number, number>;
}

export interface NodeRate {
  readonly node: NodeId;
  readonly samples: number;
  readonly samplesPerSecond: number;
}

/** Counts who has contributed how many samples, and how fast. */
export class Meter {
  readonly #contributions = new Map<NodeId, Contribution>();
  #firstMs: number | undefined;

  /** What somebody else had counted before. */
  remember(node: NodeId, samples: number): void {
    this.#of(node).samples += samples;
  }

  record(node: NodeId, samples: number, nowMs: number): void {
    this.#firstMs ??= nowMs;
    const contribution = this.#of(node);
    contribution.samples += samples;
    const bucket = Math.floor(nowMs / BUCKET_MS);
    contribution.buckets.set(bucket, (contribution.buckets.get(bucket) ?? 0) + samples);
    for (const old of contribution.buckets.keys()) {
      if (old > bucket - WINDOW_BUCKETS) break;
      contribution.buckets.delete(old);
    }
  }

  /** In the order of first contribution. */
  rates(nowMs: number): readonly NodeRate[] {
    const newest = Math.floor(nowMs / BUCKET_MS);
    // The window begins with the first result, not before: else everything looks slow at the start.
    const windowStartMs = Math.max(this.#firstMs ?? nowMs, (newest - WINDOW_BUCKETS + 1) * BUCKET_MS);
    const seconds = Math.max(nowMs - windowStartMs, BUCKET_MS) / 1000;
    return [...this.#contributions].map(([node, { samples, buckets }]) => {
      let recent = 0;
      for (const [bucket, count] of buckets) if (bucket > newest - WINDOW_BUCKETS) recent += count;
      return { node, samples, samplesPerSecond: recent / seconds };
    });
  }

  #of(node: NodeId): Contribution {
    let contribution = this.#contributions.get(node);
    if (!contribution) {
      contribution = { samples: 0, buckets: new Map() };
      this.#contributions.set(node, contribution);
    }
    return contribution;
  }
}
