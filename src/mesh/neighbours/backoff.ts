/** When a peer may be tried again: doubling pauses with jitter, so that a room of tabs does not knock in step. */
import { type Random, uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';

const FIRST_PAUSE_MS = 250;
/** A ghost in the registry costs a try every quarter of a minute. */
const LONGEST_PAUSE_MS = 15_000;
/** A peer that refused us (wrong key, other version) will do it again. */
const REFUSED_PAUSE_MS = 60_000;
/** A Link that lived less than this did not count as a success. */
const STABLE_AFTER_MS = 3000;
const MAX_PEERS = 2048;

interface Attempts {
  failures: number;
  notBefore: number;
}

export class Backoff {
  readonly #random: Random;
  readonly #peers = new Map<NodeId, Attempts>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The time from which on `peer` may be tried; 0 when at once. */
  notBefore(peer: NodeId): number {
    return this.#peers.get(peer)?.notBefore ?? 0;
  }

  /** Failures in a row: how little can be expected of this peer. */
  failures(peer: NodeId): number {
    return this.#peers.get(peer)?.failures ?? 0;
  }

  failed(peer: NodeId, now: number): void {
    const failures = Math.min(16, this.failures(peer) + 1);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    this.#set(peer, { failures, notBefore: now + pauseMs * (0.5 + uniform(this.#random)) });
  }

  refused(peer: NodeId, now: number): void {
    this.#set(peer, { failures: this.failures(peer) + 1, notBefore: now + REFUSED_PAUSE_MS });
  }

  /** A Link ended after `livedMs`: a short life counts as a failure, a long one wipes the slate. */
  ended(peer: NodeId, livedMs: number, now: number): void {
    if (livedMs < STABLE_AFTER_MS) this.failed(peer, now);
    else this.#set(peer, { failures: 0, notBefore: now });
  }

  /** Not before `at`, whatever the failures. */
  hold(peer: NodeId, at: number): void {
    this.#set(peer, { failures: this.failures(peer), notBefore: Math.max(at, this.notBefore(peer)) });
  }

  forget(peer: NodeId): void {
    this.#peers.delete(peer);
  }

  #set(peer: NodeId, attempts: Attempts): void {
    if (!this.#peers.has(peer) && this.#peers.size >= MAX_PEERS) {
      const oldest = this.#peers.keys().next();
      if (!oldest.done) this.#peers.delete(oldest.value);
    }
    this.#peers.set(peer, attempts);
  }
}
