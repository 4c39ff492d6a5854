/** A token bucket for each of many keys; as many as `limit` are remembered, and those used longest ago are forgotten first. */
import type { Rate } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

export class Rates {
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(
    readonly rate: Rate,
    readonly limit: number,
  ) {}

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.rate.burst, this.rate.perSecond);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.limit) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket.take(nowMs);
  }
}
