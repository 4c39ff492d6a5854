/** Token buckets: how often a neighbour, and all together, may make us work. Bounded in memory whoever asks. */
import type { NodeId } from '../../wire/index.ts';

/** Buckets of single Nodes; the one unused for longest is forgotten beyond it. The common bucket holds all the same. */
const MAX_BUCKETS = 256;

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  tokens(now: number): number {
    const elapsedMs = Math.max(0, now - this.#at); // a clock that goes back gives nothing
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsedMs / 1000) * this.#rate.perSecond);
    this.#at = now;
    return this.#tokens;
  }

  /** Whether one could be taken. */
  take(now: number): boolean {
    if (this.tokens(now) < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** A bucket for each Node and one for all. */
export class RateLimit {
  readonly #each: Rate;
  readonly #common: TokenBucket;
  readonly #buckets = new Map<NodeId, TokenBucket>();

  constructor(each: Rate, all: Rate, now: number) {
    this.#each = each;
    this.#common = new TokenBucket(all, now);
  }

  take(of: NodeId, now: number): boolean {
    let bucket = this.#buckets.get(of);
    if (bucket) this.#buckets.delete(of);
    else bucket = new TokenBucket(this.#each, now);
    this.#buckets.set(of, bucket); // the most recent at the end
    if (this.#buckets.size > MAX_BUCKETS)
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    return bucket.take(now) && this.#common.take(now);
  }
}
