/**
 * When a peer may be called again: doubling pauses with jitter, so that a room of tabs does not knock in step. A peer that
 * is known to exist is tried four times a minute, for ever; a ghost in the registry, or an address remembered, once.
 */
import { type Random, uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';

const FIRST_PAUSE_MS = 500;
/** Of a peer that has been in the mesh with us. */
export const LONGEST_PAUSE_MS = 15_000;
/** Of one we have only heard of. */
export const LONGEST_GHOST_PAUSE_MS = 60_000;
/** A peer that refused us (wrong key, other version) will do it again. */
export const REFUSED_PAUSE_MS = 60_000;
/** One that has no room has some soon: it trims. */
const FULL_PAUSE_MS = 3_000;
/** A Link that lived less than this did not count as a success. */
export const STABLE_AFTER_MS = 3_000;
/** As many as the rendezvous can tell of (MAX_REGISTERED); beyond it the peer untouched for longest is forgotten. */
const MAX_PEERS = 4_096;

interface Attempt {
  readonly failures: number;
  readonly notBefore: number;
  readonly isRefused: boolean;
}

export class Attempts {
  readonly #random: Random;
  readonly #peers = new Map<NodeId, Attempt>();

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#peers.size;
  }

  /** The time from which on `peer` may be tried; 0 when at once. */
  notBefore(peer: NodeId): number {
    return this.#peers.get(peer)?.notBefore ?? 0;
  }

  /** Failures in a row: how little can be expected of this peer. */
  failures(peer: NodeId): number {
    return this.#peers.get(peer)?.failures ?? 0;
  }

  /** @param isKnown it has been in the mesh with us, so it is no invention of the registry's */
  failed(peer: NodeId, isKnown: boolean, now: number): void {
    const before = this.#peers.get(peer);
    const failures = Math.min(16, (before?.failures ?? 0) + 1);
    const longestMs = isKnown ? LONGEST_PAUSE_MS : LONGEST_GHOST_PAUSE_MS;
    const pauseMs = Math.min(longestMs, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.5 + uniform(this.#random));
    // A refusal is told twice, as itself and as a call that failed: the longer pause holds.
    const heldUntil = before?.isRefused === true ? before.notBefore : 0;
    this.#set(peer, failures, Math.max(now + pauseMs, heldUntil), heldUntil > now);
  }

  refused(peer: NodeId, isFull: boolean, now: number): void {
    const pauseMs = isFull ? FULL_PAUSE_MS * (0.5 + uniform(this.#random)) : REFUSED_PAUSE_MS;
    this.#set(peer, this.failures(peer) + 1, now + pauseMs, true);
  }

  /** A Link ended after `livedMs`: a short life counts as a failure, a long one wipes the slate. Whether it was long. */
  ended(peer: NodeId, livedMs: number, now: number): boolean {
    const isStable = livedMs >= STABLE_AFTER_MS;
    if (isStable) this.#peers.delete(peer);
    else this.failed(peer, true, now);
    return isStable;
  }

  /** Not before `at`, whatever the failures. */
  hold(peer: NodeId, at: number): void {
    const before = this.#peers.get(peer);
    this.#set(peer, before?.failures ?? 0, Math.max(at, before?.notBefore ?? 0), before?.isRefused ?? false);
  }

  forget(peer: NodeId): void {
    this.#peers.delete(peer);
  }

  /** The way to everyone may be open again (the rendezvous is back): nobody waits longer than `withinMs`, but who refused us. */
  relax(withinMs: number, now: number): void {
    for (const [peer, { failures, notBefore, isRefused }] of this.#peers) {
      if (isRefused || notBefore <= now + withinMs) continue;
      // An existing key keeps its place in a Map: changing it while iterating is safe.
      this.#peers.set(peer, { failures, notBefore: now + uniform(this.#random) * withinMs, isRefused });
    }
  }

  #set(peer: NodeId, failures: number, notBefore: number, isRefused: boolean): void {
    this.#peers.delete(peer);
    if (this.#peers.size >= MAX_PEERS) {
      const oldest = this.#peers.keys().next();
      if (!oldest.done) this.#peers.delete(oldest.value);
    }
    this.#peers.set(peer, { failures, notBefore, isRefused });
  }
}
