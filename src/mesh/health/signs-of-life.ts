/**
 * When a neighbour was heard last: anything of it, its page (a worker may answer for one that stands still), and it through
 * others. The rendezvous seeing its socket die is a hint to the contrary, for a while, until it answers.
 */
import type { Silence } from './death.ts';

/** A hint keeps its weight this long: frames already under way when the neighbour died must not outlive it. */
const HINT_LASTS_MS = 5000;

export class SignsOfLife {
  #heardAt: number;
  #pageAt: number;
  #elsewhereAt = Number.NEGATIVE_INFINITY;
  #movedAt = Number.NEGATIVE_INFINITY;
  #hintAt = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#heardAt = now;
    this.#pageAt = now;
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  /** Since its page was heard, its worker was. */
  get isPageBusy(): boolean {
    return this.#heardAt > this.#pageAt;
  }

  isHinted(now: number): boolean {
    return now - this.#hintAt < HINT_LASTS_MS;
  }

  silence(now: number): Silence {
    const isHinted = this.isHinted(now);
    return {
      ms: now - (isHinted ? Math.max(this.#heardAt, this.#hintAt) : this.#heardAt),
      pageMs: now - this.#pageAt,
      elsewhereMs: now - this.#elsewhereAt,
      movedMs: this.#movedAt > this.#heardAt ? now - this.#movedAt : Number.POSITIVE_INFINITY,
      isHinted,
    };
  }

  /** Its page has said something. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#pageAt = now;
  }

  /** Its worker has, and the page may stand still. */
  heardWorker(now: number): void {
    this.#heardAt = now;
  }

  heardElsewhere(now: number): void {
    this.#hintAt = Number.NEGATIVE_INFINITY;
    this.#elsewhereAt = now;
  }

  /** It registered anew at the rendezvous. Counts until it is heard again: then its Link has come along. */
  moved(now: number): void {
    this.#hintAt = Number.NEGATIVE_INFINITY;
    this.#movedAt = now;
  }

  /** What we asked then: a hint from before counts no more. */
  answered(askedAt: number): void {
    if (askedAt >= this.#hintAt) this.#hintAt = Number.NEGATIVE_INFINITY;
  }

  hint(now: number): void {
    this.#hintAt = now;
  }

  /** We stood still for so long. Only a clock that went back leaves any of them in the future. */
  forgive(ms: number, now: number): void {
    this.#heardAt = Math.min(now, this.#heardAt + ms);
    this.#pageAt = Math.min(now, this.#pageAt + ms);
    this.#hintAt = Math.min(now, this.#hintAt + ms);
    this.#elsewhereAt = Math.min(now, this.#elsewhereAt);
    this.#movedAt = Math.min(now, this.#movedAt);
  }
}
