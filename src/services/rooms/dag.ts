/**
 * The updates of a room that are here with all that came before them, and those that wait for what did. What is in stays in and never
 * lacks an ancestor (R2): whatever a Node has is named by its heads, the updates that no other names as a parent.
 */
import type { UpdateHash } from './contract.ts';
import type { Refusal, Update } from './update.ts';

/** What may wait for parents: a burst that overtook them. What is pushed out is fetched with its ancestors (catch-up.ts). */
const MAX_WAITING = 1024;
const MAX_WAITING_BYTES = 2 * 1024 * 1024;

export interface Added {
  /** Those that are in now, each after its parents. */
  readonly accepted: readonly Update[];
  readonly refused: readonly { readonly update: Update; readonly reason: Refusal }[];
}

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

  /** The update, and what had waited for it alone. What lacks a parent waits. */
  add(update: Update): Added {
    const accepted: Update[] = [];
    const refused: { update: Update; reason: Refusal }[] = [];
    const next = [update];
    for (let one = next.pop(); one; one = next.pop()) {
      if (this.#updates.has(one.hash)) continue;
      const missing = one.parents.filter((parent) => !this.#updates.has(parent));
      if (missing.length > 0) {
        this.#wait(one, missing);
        continue;
      }
      this.#stopWaiting(one);
      if (one.depth !== this.depthAfter(one.parents)) {
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
    return { accepted, refused };
  }

  depthAfter(parents: Iterable<UpdateHash>): number {
    let depth = 0;
    for (const parent of parents) depth = Math.max(depth, this.#updates.get(parent)?.depth ?? 0);
    return depth + 1;
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
