/** Round trip and loss of one Link, from the SYNs sent and the answers that came back. */
import { hasSameNonce } from './datagram.ts';

/**
 * The gain falls from 1/2 to this: an average over some sixteen probes. RFC 6298's 1/8 wanders by a quarter on ordinary
 * Wi-Fi, and each wandering was news for the whole mesh.
 */
const SMOOTHING = 1 / 16;
/** Loss is counted over this many settled questions: half a minute at one a second. A bit each. */
const LOSS_WINDOW = 32;
/** Questions waiting for an answer; the oldest counts as lost when there are more. Covers 1.6 s of probes in doubt. */
const MAX_PENDING = 8;
/** A question this old is lost. Beyond the round trip of any usable path. */
const LOST_AFTER_MS = 3000;
/** What is published follows only when the average differs by a third and by this much... */
const NEWS_MS = 2;
const NEWS_SHARE = 1 / 3;
/** ... and not more often: bytes at rest are few. */
const NEWS_EVERY_MS = 15_000;

interface Question {
  readonly syn: Uint8Array;
  readonly at: number;
}

export class RoundTrips {
  readonly #pending: Question[] = [];
  /** Bit i: the i-th newest settled question was lost. */
  #lostBits = 0;
  #settledCount = 0;
  #samples = 0;
  #rttMs: number | undefined;
  #publishedMs: number | undefined;
  #publishedAt = Number.NEGATIVE_INFINITY;

  /** Smoothed, ms; undefined until the first answer. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /** Share of the settled questions without an answer, 0..1. */
  get loss(): number {
    let lost = 0;
    for (let bits = this.#lostBits; bits !== 0; bits &= bits - 1) lost++;
    return this.#settledCount === 0 ? 0 : lost / this.#settledCount;
  }

  asked(syn: Uint8Array, now: number): void {
    for (let oldest = this.#pending[0]; oldest !== undefined; oldest = this.#pending[0]) {
      if (now - oldest.at < LOST_AFTER_MS && this.#pending.length < MAX_PENDING) break;
      this.#pending.shift();
      this.#settle(true);
    }
    this.#pending.push({ syn, at: now });
  }

  /** When this was asked; undefined when no such question is open: an answer that proves nothing. */
  answered(ack: Uint8Array, now: number): number | undefined {
    const index = this.#pending.findIndex(({ syn }) => hasSameNonce(syn, ack));
    const [question] = index < 0 ? [] : this.#pending.splice(index, 1);
    if (!question) return undefined;
    this.#settle(false);
    this.sample(now - question.at);
    return question.at;
  }

  /** A round trip measured in another way. */
  sample(rttMs: number): void {
    this.#samples++;
    const measured = Math.max(0, rttMs);
    const gain = Math.max(SMOOTHING, 1 / (this.#samples + 1));
    this.#rttMs = this.#rttMs === undefined ? measured : this.#rttMs + gain * (measured - this.#rttMs);
  }

  /** We stood still: what was asked before is neither answered nor lost. */
  forget(): void {
    this.#pending.length = 0;
  }

  /** The average when it is news to others, else undefined. Asking takes note that it was told. */
  takeNews(now: number): number | undefined {
    const rttMs = this.#rttMs;
    if (rttMs === undefined) return undefined;
    const before = this.#publishedMs;
    if (before !== undefined) {
      if (now - this.#publishedAt < NEWS_EVERY_MS) return undefined;
      if (Math.abs(rttMs - before) < Math.max(NEWS_MS, before * NEWS_SHARE)) return undefined;
    }
    this.#publishedMs = rttMs;
    this.#publishedAt = now;
    return rttMs;
  }

  #settle(isLost: boolean): void {
    this.#lostBits = (this.#lostBits << 1) | (isLost ? 1 : 0); // 32 bits: the oldest falls out by itself
    if (this.#settledCount < LOSS_WINDOW) this.#settledCount++;
  }
}
