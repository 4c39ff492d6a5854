/**
 * When a coordinator speaks: every two seconds, soon after something changed, seldom when the Job is over. Whoever is behind is answered
 * now and then, so that a liar cannot make it speak all the time.
 */
import { BEAT_MS, ENDED_BEAT_MS } from './succession.ts';

/** Beats of changes that are no hurry are sent together. */
const CHANGE_MS = 250;
/** After the end beats go on as before for a while: the last one may have been lost. */
const LINGER_MS = 20_000;
/** Between two answers to those who are behind. */
const ANSWER_MS = 1_000;

export class Speaking {
  #atMs = Number.POSITIVE_INFINITY;
  #endedAtMs: number | undefined;
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  get nextWakeAt(): number {
    return this.#atMs;
  }

  /** Something has changed that is no hurry. */
  soon(nowMs: number): void {
    this.#atMs = Math.min(this.#atMs, nowMs + CHANGE_MS);
  }

  /** A beat was sent: when is the next one? */
  spoke(nowMs: number): void {
    const isQuiet = this.#endedAtMs !== undefined && nowMs - this.#endedAtMs >= LINGER_MS;
    this.#atMs = nowMs + (isQuiet ? ENDED_BEAT_MS : BEAT_MS);
  }

  /** Another one coordinates. */
  silence(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
  }

  setOver(isOver: boolean, nowMs: number): void {
    this.#endedAtMs = isOver ? nowMs : undefined;
  }

  mayAnswer(nowMs: number): boolean {
    if (nowMs - this.#answeredAtMs < ANSWER_MS) return false;
    this.#answeredAtMs = nowMs;
    return true;
  }
}
