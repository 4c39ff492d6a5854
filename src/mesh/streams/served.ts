/**
 * A peer's requests at work here and the answers that wait for it. Both are bounded: so many at work, and only as long as
 * there is room in its account for answers as large as its largest recent one. So a peer that asks for much and does not
 * listen is held back before the answers pile up, and an answer that finds no room all the same becomes a short error.
 */
import type { StreamId } from '../vocabulary.ts';
import type { Account } from './account.ts';

/** Requests of one peer that were handed over and not answered; an honest one has a handful. */
export const MAX_AT_WORK = 64;

export class Served {
  readonly #account: Account;
  readonly #atWork = new Map<number, StreamId>();
  #waiting = 0;
  #largestBytes = 0;

  constructor(account: Account) {
    this.#account = account;
  }

  get isIdle(): boolean {
    return this.#atWork.size === 0 && this.#waiting === 0;
  }

  /** Another request may be handed over. The first always may. */
  get mayBegin(): boolean {
    if (this.isIdle) return true;
    if (this.#atWork.size >= MAX_AT_WORK) return false;
    return this.#account.answerRoom > (this.#atWork.size + 1) * this.#largestBytes;
  }

  /** False when a request with this id is at work already: no honest peer asks so. */
  begin(id: number, stream: StreamId): boolean {
    if (this.#atWork.has(id)) return false;
    this.#atWork.set(id, stream);
    return true;
  }

  /** False when nobody asked that (in the peer's present life). */
  finish(id: number): boolean {
    return this.#atWork.delete(id);
  }

  /** Whether an answer may wait; one alone may whatever its size. */
  mayWait(bytes: number): boolean {
    this.#largestBytes = Math.max(bytes, this.#largestBytes * (7 / 8)); // recent: a large one is forgotten after a few small ones
    return bytes <= this.#account.answerRoom || (this.#waiting === 0 && bytes <= this.#account.totalRoom);
  }

  waits(cost: number): void {
    this.#waiting++;
    this.#account.charge(cost);
  }

  left(cost: number): void {
    this.#waiting--;
    this.#account.charge(-cost);
  }

  /** The life that asked is over. */
  forget(): void {
    this.#atWork.clear();
  }
}
