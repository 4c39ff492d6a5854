/**
 * When the messages of a stream lose patience: each has its own timeout, which counts from its own beginning or from the last
 * progress of the stream, whichever came later. Kept as one lower bound, so that neither progress nor a new message costs more
 * than a comparison; only when the bound is reached are the messages looked at.
 */
import { NEVER } from '../protocol.ts';
import type { Outgoing } from './outgoing-queue.ts';

export class Patience {
  #progressAtMs = 0;
  #notBeforeMs = NEVER;

  /** Nobody loses patience before; perhaps later. */
  get deadlineMs(): number {
    return this.#notBeforeMs;
  }

  began(now: number, timeoutMs: number): void {
    if (now + timeoutMs < this.#notBeforeMs) this.#notBeforeMs = now + timeoutMs;
  }

  progressed(now: number): void {
    this.#progressAtMs = now;
  }

  /** Those whose time is over; the bound is set anew from the others. */
  lost<Ticket>(pending: Iterable<Outgoing<Ticket>>, now: number): Outgoing<Ticket>[] {
    const lost: Outgoing<Ticket>[] = [];
    this.#notBeforeMs = NEVER;
    for (const outgoing of pending) {
      const endMs = this.sinceMs(outgoing) + outgoing.timeoutMs;
      if (endMs <= now) lost.push(outgoing);
      else if (endMs < this.#notBeforeMs) this.#notBeforeMs = endMs;
    }
    return lost;
  }

  /** Since when nothing has happened that counts for this message. */
  sinceMs(outgoing: Outgoing<unknown>): number {
    return Math.max(this.#progressAtMs, outgoing.enqueuedAtMs);
  }
}
