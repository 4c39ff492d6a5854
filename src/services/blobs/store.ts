/**
 * Bytes by their hash: the Blobs this Node has, and what was made of some. What someone here needs (puts and gets minus releases) stays; what nobody needs any more stays while there is
 * room, the longest unused goes first.
 */
import type { BlobHash } from './contract.ts';

interface Entry {
  readonly bytes: Uint8Array;
  users: number;
}

/** Blobs in memory; those that nobody needs go when room is needed, the longest unused first. */
export class BlobStore {
  /** Insertion order is order of last use. */
  readonly #entries = new Map<BlobHash, Entry>();
  readonly #idleBudgetBytes: number;

  /** @param idleBudgetBytes how much may be kept that nobody needs */
  constructor(idleBudgetBytes: number) {
    this.#idleBudgetBytes = idleBudgetBytes;
  }

  has(hash: BlobHash): boolean {
    return this.#entries.has(hash);
  }

  /** Somebody here needs it. */
  isNeeded(hash: BlobHash): boolean {
    return (this.#entries.get(hash)?.users ?? 0) > 0;
  }

  /** What somebody here needs. */
  *needed(): Iterable<readonly [hash: BlobHash, bytes: Uint8Array]> {
    for (const [hash, { bytes, users }] of this.#entries) if (users > 0) yield [hash, bytes];
  }

  /** The bytes, for serving. */
  peek(hash: BlobHash): Uint8Array | undefined {
    const entry = this.#entries.get(hash);
    if (entry) this.#touch(hash, entry);
    return entry?.bytes;
  }

  /** The bytes, for a user more. */
  acquire(hash: BlobHash): Uint8Array | undefined {
    const entry = this.#entries.get(hash);
    if (!entry) return undefined;
    entry.users++;
    this.#touch(hash, entry);
    return entry.bytes;
  }

  /** Keeps the bytes without a user; acquire them in the same turn. */
  keep(hash: BlobHash, bytes: Uint8Array): void {
    if (!this.#entries.has(hash)) this.#entries.set(hash, { bytes, users: 0 });
  }

  release(hash: BlobHash): void {
    const entry = this.#entries.get(hash);
    if (!entry || entry.users === 0) return;
    entry.users--;
    this.trim();
  }

  drop(hash: BlobHash): void {
    this.#entries.delete(hash);
  }

  /** Forgets what is over the budget. */
  trim(): void {
    let idleBytes = 0;
    for (const { bytes, users } of this.#entries.values()) if (users === 0) idleBytes += bytes.length;
    for (const [hash, { bytes, users }] of this.#entries) {
      if (idleBytes <= this.#idleBudgetBytes) return;
      if (users > 0) continue;
      this.#entries.delete(hash);
      idleBytes -= bytes.length;
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  #touch(hash: BlobHash, entry: Entry): void {
    this.#entries.delete(hash);
    this.#entries.set(hash, entry);
  }
}
