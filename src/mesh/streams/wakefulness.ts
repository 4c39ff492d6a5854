/**
 * Time as it counts for patience: without the stretches in which this Node stood still (a frozen tab, a sleeping machine).
 * Woken later than asked by much, it was asleep, and the silence of that time is not the others' fault.
 */

/** Timers of a busy page come late by tenths of a second, those of a hidden one by a second. */
const OVERSLEPT_MS = 2000;

export class Wakefulness {
  #sleptMs = 0;

  /** `askedForMs`: when a wake was asked for, in real time. Answers with the time that counts. */
  at(now: number, askedForMs: number): number {
    const lateMs = now - askedForMs;
    if (lateMs > OVERSLEPT_MS && Number.isFinite(lateMs)) this.#sleptMs += lateMs;
    return now - this.#sleptMs;
  }

  /** The real time of a time that counts. */
  real(atMs: number): number {
    return atMs + this.#sleptMs;
  }
}
