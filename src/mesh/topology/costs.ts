/**
 * What each neighbour may cost us: bytes of answers it has not paid for with as many of its own, and verifications. Kept
 * for a while after its Link is gone, so that coming again is no way to start afresh.
 */
import type { NodeId } from '../../wire/index.ts';
import { Allowance } from './allowance.ts';

/** The records of some 2,500 Nodes at once, for one that joins; then ten a second. */
const ANSWER_BYTES = 1024 * 1024;
const ANSWER_BYTES_PER_SECOND = 4 * 1024;
/** A full table at once (four seconds of a core, for a Network of 4,096); then at most a fifth of a core. */
const VERIFICATIONS = 5120;
const VERIFICATIONS_PER_SECOND = 200;
/** Accounts kept; the one opened first goes first. */
const MAX_ACCOUNTS = 256;

interface Account {
  readonly answers: Allowance;
  readonly verifications: Allowance;
}

export class NeighbourCosts {
  readonly #accounts = new Map<NodeId, Account>();

  get size(): number {
    return this.#accounts.size;
  }

  mayAnswer(peer: NodeId, bytes: number, now: number): boolean {
    return this.#of(peer, now).answers.take(bytes, now);
  }

  mayVerify(peer: NodeId, now: number): boolean {
    return this.#of(peer, now).verifications.take(1, now);
  }

  /** Closes accounts that owe nothing. Call now and then. */
  forget(now: number): void {
    for (const [peer, { answers, verifications }] of this.#accounts) {
      if (answers.isFull(now) && verifications.isFull(now)) this.#accounts.delete(peer);
    }
  }

  #of(peer: NodeId, now: number): Account {
    const known = this.#accounts.get(peer);
    if (known) return known;
    const account = {
      answers: new Allowance(ANSWER_BYTES, ANSWER_BYTES_PER_SECOND, now),
      verifications: new Allowance(VERIFICATIONS, VERIFICATIONS_PER_SECOND, now),
    };
    this.#accounts.set(peer, account);
    if (this.#accounts.size > MAX_ACCOUNTS) {
      for (const oldest of this.#accounts.keys()) {
        this.#accounts.delete(oldest);
        break;
      }
    }
    return account;
  }
}
