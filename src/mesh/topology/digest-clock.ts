/**
 * When the next digest goes out: rarely while nothing happens, soon after things have come to rest, and not at all while they
 * change, but for one now and then: what is on its way makes every digest another, and offers find what is lost.
 */
import { type Random, uniform } from '../../runtime/index.ts';
import { NEVER } from '../protocol.ts';

const EVERY_MS = 5000;
/** For so long after a change digests go out soon after things have come to rest: what was lost is lost now. */
const QUICK_FOR_MS = 5000;
const QUICK_AFTER_MS = 1000;
/** Without a change for so long, things are at rest. */
const REST_MS = 500;
const BUSY_EVERY_MS = 15_000;
/** Each interval is 0.8 to 1.2 of its length, so that Nodes do not fall into step. */
const JITTER = 0.4;

export class DigestClock {
  readonly #random: Random;
  /** The next digest when nothing changes. */
  #regularAt: number;
  /** When it is due because things have come to rest; NEVER when nothing has changed. */
  #restAt = NEVER;
  #restMs: number;
  #busyUntil: number;
  #quickUntil = Number.NEGATIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;

  constructor(random: Random, now: number) {
    this.#random = random;
    this.#regularAt = now + this.#jittered(EVERY_MS);
    this.#restMs = this.#jittered(QUICK_AFTER_MS);
    this.#busyUntil = now + this.#jittered(BUSY_EVERY_MS);
  }

  get dueAt(): number {
    return this.#restAt === NEVER ? this.#regularAt : Math.min(this.#restAt, this.#busyUntil);
  }

  /** Nothing has changed for a moment, so a digest will be sent soon. */
  isAtRest(now: number): boolean {
    return now - this.#changedAt >= REST_MS;
  }

  /** What has changed is still on its way to others, and what others have changed to us. */
  isOnItsWay(now: number): boolean {
    return now - this.#changedAt < QUICK_AFTER_MS;
  }

  /** Something has changed: look soon after it has come to rest. */
  changed(now: number): void {
    this.#changedAt = now;
    this.#quickUntil = now + QUICK_FOR_MS;
    this.#restAt = now + this.#restMs;
  }

  /** Something is different elsewhere: look soon. Nothing has changed here, so what is due already is not put off. */
  lookSoon(now: number): void {
    this.#quickUntil = now + QUICK_FOR_MS;
    this.#restAt = Math.min(this.#restAt, now + this.#restMs);
  }

  /** A digest goes out: when will the next? */
  sent(now: number): void {
    this.#regularAt = now + this.#jittered(EVERY_MS);
    this.#restMs = this.#jittered(QUICK_AFTER_MS);
    this.#restAt = now < this.#quickUntil ? now + this.#restMs : NEVER;
    this.#busyUntil = now + this.#jittered(BUSY_EVERY_MS);
  }

  #jittered(intervalMs: number): number {
    return intervalMs * (1 + JITTER * (uniform(this.#random) - 0.5));
  }
}
