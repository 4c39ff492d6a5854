/**
 * What remote Nodes may cost: one account for each, over everything that is kept because of it (packets in slots, half
 * messages, messages delivered and not yet taken, requests at work, answers that wait, broadcasts). Who keeps something
 * charges it and pays it back. Whoever charges asks `room` first and answers a full account with backpressure; who goes on
 * all the same is cut off.
 */
import type { NodeId } from '../../wire/index.ts';

/** Per remote Node. */
export const PEER_BUDGET_BYTES = 8 * 1024 * 1024;
/** For all together. */
export const TOTAL_BUDGET_BYTES = 256 * 1024 * 1024;

/** Of the common account: kept for Nodes that use little. */
const RESERVED_SHARE = 1 / 8;
/** Of its own account: what a Node may use and still count as using little. A guess: a few packets on a few streams. */
const SMALL_SHARE = 1 / 16;

export class MemoryBudget {
  /** What one Node may cost. */
  readonly peerBytes: number;
  readonly totalBytes: number;
  readonly #used = new Map<NodeId, number>();
  #total = 0;

  constructor(peerBytes = PEER_BUDGET_BYTES, totalBytes = TOTAL_BUDGET_BYTES) {
    this.peerBytes = peerBytes;
    this.totalBytes = totalBytes;
  }

  /** Bytes that may still be kept because of this Node; 0 when its account or the common one is used up. */
  room(peer: NodeId): number {
    return Math.max(0, Math.min(this.peerBytes - this.used(peer), this.totalRoom(peer)));
  }

  /**
   * What the common account still has for this Node. An eighth of it is only for those who use little: forty identities
   * that fill all they may must not silence everybody else.
   */
  totalRoom(peer: NodeId): number {
    const usesLittle = this.used(peer) < this.peerBytes * SMALL_SHARE;
    const limit = usesLittle ? this.totalBytes : this.totalBytes * (1 - RESERVED_SHARE);
    return Math.max(0, limit - this.#total);
  }

  used(peer: NodeId): number {
    return this.#used.get(peer) ?? 0;
  }

  get total(): number {
    return this.#total;
  }

  /** Accounts that are not empty, for the debug panel. */
  get accounts(): ReadonlyMap<NodeId, number> {
    return this.#used;
  }

  /** Keeps `bytes` because of `peer`, whatever room there is; negative pays back. */
  charge(peer: NodeId, bytes: number): void {
    const used = this.used(peer) + bytes;
    this.#total += bytes;
    if (used > 0) this.#used.set(peer, used);
    else this.#used.delete(peer);
  }
}
