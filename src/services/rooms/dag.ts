/**
 * The updates of a room that no checkpoint has closed: those that are here with all that came before them, and those that wait for what
 * did. What is in never lacks an ancestor (R2), but what is closed: whatever a Node has is named by its newest checkpoint and its heads, the
 * updates that no other names as a parent.
 */
import type { EpochId, UpdateHash } from './contract.ts';
import type { Refusal, Update } from './update.ts';
import { type Closed, isClosed } from './writers.ts';

/** What may wait for parents: a burst that overtook them. What is pushed out is fetched with its ancestors (catch-up.ts). */
const MAX_WAITING = 1024;
const MAX_WAITING_BYTES = 2 * 1024 * 1024;

export interface Added {
  /** Those that are in now, each after its parents. */
  readonly accepted: readonly Update[];
  readonly refused: readonly { readonly update: Update; readonly reason: Refusal }[];
  /** Those of keys that are no more in use. */
  readonly expired: readonly Update[];
}

/** What the updates here follow: nothing at the room's beginning. */
export interface Ground {
  readonly closed: Closed;
  /** Of the deepest update that is closed, or more. */
  readonly depth: number;
  /** Whose keys count. */
  readonly epoch: EpochId;
}

/** More than anybody writes while two chains of checkpoints go on. It takes 2^29 checkpoints of such steps to where numbers end. */
const MOST_AHEAD = 2 ** 24;

/** The order of a room: ancestors are less deep than what follows from them, and of equally deep ones the hash decides. */
export function comesBefore(a: Update, b: Update): boolean {
  return a.depth !== b.depth ? a.depth < b.depth : a.hash < b.hash;
}

export class Dag {
  readonly #updates = new Map<UpdateHash, Update>();
  readonly #heads = new Set<UpdateHash>();
  /** The oldest first. */
  readonly #waiting = new Map<UpdateHash, Update>();
  /** Who waits for that parent. */
  readonly #waitsFor = new Map<UpdateHash, Set<UpdateHash>>();
  #waitingBytes = 0;
  #bytes = 0;
  #ground: Ground;
  /** Whether these keys may yet be those that count. */
  readonly #isLater: (epoch: EpochId) => boolean;

  /** @param first keys of the beginning; @param isLater whether those of the first come after those of the second */
  constructor(first: EpochId, isLater: (epoch: EpochId, than: EpochId) => boolean = () => false) {
    this.#ground = { closed: new Map(), depth: 0, epoch: first };
    this.#isLater = (epoch) => isLater(epoch, this.#ground.epoch);
  }

  /** Of the updates that are in. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#updates.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get heads(): ReadonlySet<UpdateHash> {
    return this.#heads;
  }

  get(hash: UpdateHash): Update | undefined {
    return this.#updates.get(hash);
  }

  has(hash: UpdateHash): boolean {
    return this.#updates.has(hash);
  }

  isWaiting(hash: UpdateHash): boolean {
    return this.#waiting.has(hash);
  }

  /** Whether it is of keys that may yet be those that count. */
  isNext({ epoch }: Update): boolean {
    return epoch !== this.#ground.epoch && this.#isLater(epoch);
  }

  /** Begins again on another ground. @returns what was here, and what waited, parents first */
  reset(ground: Ground): readonly Update[] {
    const all = [...this.#updates.values(), ...this.#waiting.values()].sort((a, b) => a.depth - b.depth);
    this.#ground = ground;
    for (const map of [this.#updates, this.#heads, this.#waiting, this.#waitsFor]) map.clear();
    this.#bytes = 0;
    this.#waitingBytes = 0;
    return all;
  }

  /**
   * The update, and what had waited for it alone. What lacks a parent waits, and so does what is deeper than it could be by all that is
   * known here: there is a checkpoint that is not. What is closed is known already, or comes too late.
   */
  add(update: Update): Added {
    const accepted: Update[] = [];
    const refused: { update: Update; reason: Refusal }[] = [];
    const expired: Update[] = [];
    const next = [update];
    for (let one = next.pop(); one; one = next.pop()) {
      if (this.#updates.has(one.hash) || isClosed(this.#ground.closed, one)) continue;
      const { closed, epoch } = this.#ground;
      const isNext = this.isNext(one);
      if (one.epoch !== epoch && !isNext) {
        expired.push(one);
        continue;
      }
      const missing = one.parents.filter(
        (parent, i) => !this.#updates.has(parent) && !isClosed(closed, one.places[i] ?? one),
      );
      const depth = isNext ? 'unknown' : this.#depthOf(one);
      if (missing.length > 0 || depth === 'unknown') {
        this.#wait(one, missing);
        continue;
      }
      this.#stopWaiting(one);
      if (depth === 'false') {
        refused.push({ update: one, reason: 'an update lies about its depth' });
        continue;
      }
      this.#accept(one);
      accepted.push(one);
      for (const hash of this.#waitsFor.get(one.hash) ?? []) {
        const freed = this.#waiting.get(hash);
        if (freed) next.push(freed);
      }
      this.#waitsFor.delete(one.hash);
    }
    return { accepted, refused, expired };
  }

  /** Of an update after these, which are in; without any it is deeper than all that is closed. */
  depthAfter(parents: Iterable<UpdateHash>): number {
    let depth = 0;
    for (const parent of parents) depth = Math.max(depth, this.#updates.get(parent)?.depth ?? 0);
    return (depth || this.#ground.depth) + 1;
  }

  /**
   * How deep what is closed was is not known here any more, only that none of it was deeper than the ground, or, if it was closed by a
   * checkpoint that does not count, not much deeper. Whatever is true on one ground is true on all that follow it.
   */
  #depthOf({ depth, parents }: Update): 'true' | 'false' | 'unknown' {
    let deepest = 0;
    let known = 0;
    for (const parent of parents) {
      const update = this.#updates.get(parent);
      if (!update) continue;
      known++;
      deepest = Math.max(deepest, update.depth);
    }
    if (known > 0 && known === parents.length) return depth === deepest + 1 ? 'true' : 'false';
    if (depth <= deepest) return 'false';
    return depth <= Math.max(deepest + 1, this.#ground.depth + MOST_AHEAD) ? 'true' : 'unknown';
  }

  /** Those of these hashes that are in, and all before them. */
  ancestryOf(hashes: Iterable<UpdateHash>): ReadonlySet<UpdateHash> {
    const found = new Set<UpdateHash>();
    const next = [...hashes];
    for (let hash = next.pop(); hash !== undefined; hash = next.pop()) {
      const update = found.has(hash) ? undefined : this.#updates.get(hash);
      if (!update) continue;
      found.add(hash);
      next.push(...update.parents);
    }
    return found;
  }

  /** Whether who has `hashes` has `hash`, too, as far as is known here. */
  isIn(hash: UpdateHash, hashes: Iterable<UpdateHash>): boolean {
    const depth = this.#updates.get(hash)?.depth;
    if (depth === undefined) return false;
    const seen = new Set<UpdateHash>();
    const next = [...hashes];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (one === hash) return true;
      const update = seen.has(one) ? undefined : this.#updates.get(one);
      seen.add(one);
      if (update && update.depth > depth) next.push(...update.parents);
    }
    return false;
  }

  #accept(update: Update): void {
    this.#updates.set(update.hash, update);
    this.#bytes += update.bytes.length;
    for (const parent of update.parents) this.#heads.delete(parent);
    this.#heads.add(update.hash);
  }

  #wait(update: Update, missing: readonly UpdateHash[]): void {
    if (this.#waiting.has(update.hash)) return;
    this.#waiting.set(update.hash, update);
    this.#waitingBytes += update.bytes.length;
    for (const parent of missing) {
      const waiters = this.#waitsFor.get(parent) ?? new Set();
      this.#waitsFor.set(parent, waiters.add(update.hash));
    }
    for (const oldest of this.#waiting.values()) {
      if (this.#waiting.size <= MAX_WAITING && this.#waitingBytes <= MAX_WAITING_BYTES) break;
      this.#stopWaiting(oldest);
    }
  }

  #stopWaiting(update: Update): void {
    if (!this.#waiting.delete(update.hash)) return;
    this.#waitingBytes -= update.bytes.length;
    for (const parent of update.parents) {
      const waiters = this.#waitsFor.get(parent);
      waiters?.delete(update.hash);
      if (waiters?.size === 0) this.#waitsFor.delete(parent);
    }
  }
}
