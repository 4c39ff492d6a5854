/**
 * Who waits until all is here that every peer had when asked. A peer that leaves, or does not answer for long, is not waited for; nor is
 * what a peer said it has and then did not give, or says no more. What it had said before it was asked, and comes only now, is no answer: a
 * laptop that wakes up hears what was said as it fell asleep. With another checkpoint than ours, a peer's answer says nothing yet: one of the two is
 * about to take the other's, and says then what it has.
 */
import type { NodeId } from '../../wire/index.ts';
import type { UpdateHash } from './contract.ts';
import type { History } from './history.ts';
import type { Heads } from './messages.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect, Token } from './room-events.ts';

/** A busy tab answers within this; the mesh calls who is silent for so long dead. */
const PATIENCE_MS = 10_000;

interface Sync {
  /** What is said with a lower number is no answer. */
  readonly question: number;
  readonly asked: Set<NodeId>;
  /** Of these, those that have answered of another checkpoint: what they say of ours is newer. */
  readonly hasAnswered: Set<NodeId>;
  /** What each has answered. */
  readonly wanted: Map<NodeId, readonly UpdateHash[]>;
  readonly untilMs: number;
}

export class Syncs {
  readonly #history: Pick<History, 'tipHash' | 'has'>;
  readonly #peers: Peers;
  readonly #isBehind: (node: NodeId) => boolean;
  readonly #pending = new Map<Token, Sync>();

  /** @param isBehind whether that Node has, as it says by now, something that is not here */
  constructor(history: Pick<History, 'tipHash' | 'has'>, peers: Peers, isBehind: (node: NodeId) => boolean) {
    this.#history = history;
    this.#peers = peers;
    this.#isBehind = isBehind;
  }

  get nextWakeAt(): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { asked, untilMs } of this.#pending.values())
      if (asked.size > 0) soonest = Math.min(soonest, untilMs);
    return soonest;
  }

  /** @param question its number; 0: whatever is said answers it */
  add(token: Token, question: number, nowMs: number): void {
    const asked = new Set(this.#peers.staying);
    const untilMs = nowMs + PATIENCE_MS;
    this.#pending.set(token, { question, asked, hasAnswered: new Set(), wanted: new Map(), untilMs });
  }

  cancel(token: Token): void {
    this.#pending.delete(token);
  }

  get size(): number {
    return this.#pending.size;
  }

  /** There is another checkpoint here: what was answered was about what is closed now, and all are to be asked again. */
  begunAgain(): void {
    for (const { asked, hasAnswered, wanted } of this.#pending.values()) {
      for (const node of wanted.keys()) {
        asked.add(node);
        hasAnswered.add(node);
      }
      wanted.clear();
    }
  }

  answered(from: NodeId, { heads, checkpoint, isQuestion, question: answers = 0 }: Heads): void {
    for (const { question, asked, hasAnswered, wanted } of this.#pending.values()) {
      const isAnswer = question === 0 || (!isQuestion && answers >= question);
      if (!asked.has(from) || !(isAnswer || hasAnswered.has(from))) continue;
      hasAnswered.add(from);
      if (checkpoint === this.#history.tipHash && asked.delete(from)) wanted.set(from, heads);
    }
  }

  /** It is gone. */
  giveUp(node: NodeId): void {
    for (const { asked, wanted } of this.#pending.values()) {
      asked.delete(node);
      wanted.delete(node);
    }
  }

  /** Gives up all; who waits is told. */
  fail(error: Error): readonly RoomEffect[] {
    const failed = [...this.#pending.keys()].map((token): RoomEffect => ({ type: 'failed', token, error }));
    this.#pending.clear();
    return failed;
  }

  settled(nowMs: number): readonly RoomEffect[] {
    const settled: RoomEffect[] = [];
    for (const [token, { asked, wanted, untilMs }] of this.#pending) {
      if (nowMs >= untilMs) asked.clear();
      for (const one of wanted) if (!this.#isOwed(...one)) wanted.delete(one[0]);
      if (asked.size > 0 || wanted.size > 0) continue;
      this.#pending.delete(token);
      settled.push({ type: 'settled', token });
    }
    return settled;
  }

  /** When all is here that it has by now, so is what it had; and what it said that is not never was. */
  #isOwed(node: NodeId, heads: readonly UpdateHash[]): boolean {
    return heads.some((hash) => !this.#history.has(hash)) && this.#isBehind(node);
  }
}
