/**
 * What one peer costs us, and what it may: one for each peer, over all its streams and lives. Its limit in the budget is cut in
 * four: three quarters for packets and half messages of ordinary streams, of which one quarter may be messages delivered and
 * not yet taken; one quarter is for what nobody may hold up: the answers to our requests. They have it whatever the rest
 * takes, so they come through whatever handlers do.
 *
 * A message that comes in pieces is admitted before it is put together: there must be room for all of it, so that of several
 * half messages each can be finished. One alone may be larger than everything if nothing else waits; and so may one answer,
 * which waits for nothing else, because a handler may wait for it: only what we asked for is put together at all.
 */
import type { NodeId } from '../../wire/index.ts';
import type { MemoryBudget } from '../memory/budget.ts';

const ORDINARY_SHARE = 3 / 4;
const DELIVERED_SHARE = 1 / 4;
const ANSWERS_SHARE = 1 - ORDINARY_SHARE;

/** A stream whose half message counts. */
export interface Promising {
  readonly promisedBytes: number;
  readonly isForAnswers: boolean;
}

export class Account {
  readonly #peer: NodeId;
  readonly #budget: MemoryBudget;
  /** Delivered and not taken. */
  #deliveredBytes = 0;
  /** What admitted half messages may yet take. */
  #promisedBytes = 0;
  #halfMessages = 0;
  /** What streams of answers keep, and what their half messages may yet take. */
  #answerBytes = 0;
  #promisedAnswerBytes = 0;
  /** Those that may exceed the limit: a message, an answer. */
  #oversized: Promising | undefined;
  #oversizedAnswer: Promising | undefined;

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

  /** A stream keeps so much more or less. */
  kept(stream: Promising, bytes: number): void {
    if (stream.isForAnswers) this.#answerBytes += bytes;
    this.charge(bytes);
  }

  /** Bytes that may be kept for this stream beside what is kept already. */
  room(stream: Promising): number {
    const total = this.#budget.totalRoom(this.#peer);
    if (this.isBeyondLimit(stream)) return total;
    const { peerBytes } = this.#budget;
    const limit = peerBytes * (stream.isForAnswers ? 1 : ORDINARY_SHARE);
    const promisedToOthers = this.#promisedBytes - stream.promisedBytes;
    const room = Math.min(limit - this.#budget.used(this.#peer) - promisedToOthers, total);
    if (!stream.isForAnswers) return room;
    const promisedToOtherAnswers = this.#promisedAnswerBytes - stream.promisedBytes;
    const ofTheirs = peerBytes * ANSWERS_SHARE - this.#answerBytes - promisedToOtherAnswers;
    return Math.max(room, Math.min(ofTheirs, total));
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
  admits(stream: Promising, total: number): boolean {
    if (total > this.#budget.totalRoom(this.#peer)) return false;
    if (total <= this.room(stream)) return true;
    if (stream.isForAnswers) {
      if (this.#oversizedAnswer) return false;
      this.#oversizedAnswer = stream;
      return true;
    }
    if (this.#halfMessages > 0 || this.#deliveredBytes > 0 || this.#oversized) return false;
    this.#oversized = stream;
    return true;
  }

  /** A message of this stream was admitted beyond the limit. */
  isBeyondLimit(stream: Promising): boolean {
    return stream === this.#oversized || stream === this.#oversizedAnswer;
  }

  /** The half message of a stream took more or less than before. */
  promised(stream: Promising, beforeBytes: number, wasActive: boolean, isActive: boolean): void {
    this.#promisedBytes += stream.promisedBytes - beforeBytes;
    if (stream.isForAnswers) this.#promisedAnswerBytes += stream.promisedBytes - beforeBytes;
    this.#halfMessages += Number(isActive) - Number(wasActive);
    if (isActive) return;
    if (this.#oversized === stream) this.#oversized = undefined;
    if (this.#oversizedAnswer === stream) this.#oversizedAnswer = undefined;
  }
}
