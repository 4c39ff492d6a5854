/**
 * How fast an author may write: a leaky bucket for updates and one for their bytes (GCRA, as in ITU-T I.371: all that it remembers is when
 * each would be empty). Its author keeps to it before it writes (drafts.ts), its receivers look whether it does (surplus.ts).
 */
import type { RoomRate } from './contract.ts';

export class Pace {
  readonly #msPerUpdate: number;
  readonly #msPerByte: number;
  readonly #burstMs: number;
  #share = 1;
  /** When what was spent is forgotten. */
  #updatesUntilMs = 0;
  #bytesUntilMs = 0;

  /** @param burstMs what was not spent in so long may be spent at once, and one update always */
  constructor({ updatesPerSecond, bytesPerSecond }: RoomRate, burstMs: number) {
    this.#msPerUpdate = 1000 / updatesPerSecond;
    this.#msPerByte = 1000 / bytesPerSecond;
    this.#burstMs = burstMs;
  }

  /** When the next may follow. A large one may be owed: those behind it wait until it is paid. */
  get readyAtMs(): number {
    const burstMs = Math.max(this.#burstMs, this.#msPerUpdateNow);
    return Math.max(this.#updatesUntilMs + this.#msPerUpdateNow - burstMs, this.#bytesUntilMs - burstMs, 0);
  }

  /** When it is as if nothing had been spent. */
  get restedAtMs(): number {
    return Math.max(this.#updatesUntilMs, this.#bytesUntilMs);
  }

  /** From now on it is that share of the rate; what is owed is owed at the new one. */
  slowTo(share: number, nowMs: number): void {
    const owed = (untilMs: number): number => nowMs + (Math.max(0, untilMs - nowMs) * this.#share) / share;
    this.#updatesUntilMs = owed(this.#updatesUntilMs);
    this.#bytesUntilMs = owed(this.#bytesUntilMs);
    this.#share = share;
  }

  get #msPerUpdateNow(): number {
    return this.#msPerUpdate / this.#share;
  }

  spend(updates: number, bytes: number, nowMs: number): void {
    this.#updatesUntilMs = Math.max(nowMs, this.#updatesUntilMs) + updates * this.#msPerUpdateNow;
    this.#bytesUntilMs = Math.max(nowMs, this.#bytesUntilMs) + (bytes * this.#msPerByte) / this.#share;
  }
}
