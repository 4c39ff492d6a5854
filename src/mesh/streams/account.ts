/**
 * What one peer costs us, and what it may: one for each peer, over all its streams and lives. Its limit in the budget is cut in
 * four: three quarters for packets and half messages of ordinary streams, of which one quarter may be messages delivered and
 * not yet taken; one quarter is for what nobody may hold up: the answers to our requests. So small answers come through
 * whatever handlers do.
 *
 * A message that comes in pieces is admitted before it is put together: there must be room for all of it, so that of several
 * half messages each can be finished. One alone may be larger than everything if nothing else waits.
 */
import type { NodeId } from '../../wire/index.ts';
import type { MemoryBudget } from '../memory/budget.ts';

const ORDINARY_SHARE = 3 / 4;
const DELIVERED_SHARE = 1 / 4;

/** A stream whose half message counts. */
export interface Promising {
  readonly promisedBytes: number;
}

export class Account {
  readonly #peer: NodeId;
  readonly #budget: MemoryBudget;
  /** Delivered and not taken. */
  #deliveredBytes = 0;
  /** What admitted half messages may yet take. */
  #promisedBytes = 0;
  #halfMessages = 0;
  /** The one that may exceed the limit. */
  #oversized: Promising | undefined;

  constructor(peer: NodeId, budget: MemoryBudget) {
    this.#peer = peer;
    this.#budget = budget;
  }

  get deliveredBytes(): number {
    return this.#deliveredBytes;
  }

  /** Ordinary messages may be handed over. */
  get mayDeliver(): boolean {
    return this.#deliveredBytes < this.#budget.peerBytes * DELIVERED_SHARE;
  }

  charge(bytes: number): void {
    if (bytes !== 0) this.#budget.charge(this.#peer, bytes);
  }

  delivered(cost: number): void {
    this.#deliveredBytes += cost;
    this.charge(cost);
  }

  taken(cost: number): void {
    this.#deliveredBytes -= cost;
    this.charge(-cost);
  }

  /** Bytes that may be kept for this stream beside what is kept already. */
  room(stream: Promising, isForAnswers: boolean): number {
    const total = this.#budget.totalRoom(this.#peer);
    if (stream === this.#oversized) return total;
    const limit = this.#budget.peerBytes * (isForAnswers ? 1 : ORDINARY_SHARE);
    const promisedToOthers = this.#promisedBytes - stream.promisedBytes;
    return Math.min(limit - this.#budget.used(this.#peer) - promisedToOthers, total);
  }

  /** Bytes of answers that may wait for this peer. */
  get answerRoom(): number {
    return Math.min(
      this.#budget.room(this.#peer),
      this.#budget.peerBytes - this.#budget.used(this.#peer) - this.#promisedBytes,
    );
  }

  get totalRoom(): number {
    return this.#budget.totalRoom(this.#peer);
  }

  /** Whether a message that takes so many bytes may be put together now. */
  admits(stream: Promising, total: number, isForAnswers: boolean): boolean {
    if (total > this.#budget.totalRoom(this.#peer)) return false;
    if (total <= this.room(stream, isForAnswers)) return true;
    if (this.#halfMessages > 0 || this.#deliveredBytes > 0 || this.#oversized) return false;
    this.#oversized = stream;
    return true;
  }

  /** The half message of a stream took more or less than before. */
  promised(stream: Promising, beforeBytes: number, wasActive: boolean, isActive: boolean): void {
    this.#promisedBytes += stream.promisedBytes - beforeBytes;
    this.#halfMessages += Number(isActive) - Number(wasActive);
    if (!isActive && this.#oversized === stream) this.#oversized = undefined;
  }
}
