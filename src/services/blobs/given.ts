/**
 * Which piece whoever has all of a Blob gives to somebody who leaves the choice: the one that was given least often. Only the giver knows what is on
 * its way to others; by it each piece leaves once before any leaves twice, however many ask at once.
 */
import type { BlobHash } from './contract.ts';
import { pieceCount } from './table.ts';

/** Blobs whose pieces are counted, those that were asked for last. */
const MAX_COUNTED = 16;

export class Given {
  readonly #counts = new Map<BlobHash, Uint32Array>();

  /** Of these pieces of a Blob, the first of those that were given least; it counts as given. */
  choose(hash: BlobHash, totalBytes: number, menu: readonly number[]): number | undefined {
    const counts = this.#counts.get(hash) ?? new Uint32Array(pieceCount(totalBytes));
    this.#counts.delete(hash);
    this.#counts.set(hash, counts);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MAX_COUNTED && oldest !== undefined) this.#counts.delete(oldest);
    let chosen: number | undefined;
    for (const piece of menu) {
      const count = counts[piece];
      if (count !== undefined && (chosen === undefined || count < (counts[chosen] ?? 0))) chosen = piece;
    }
    if (chosen !== undefined) counts[chosen] = (counts[chosen] ?? 0) + 1;
    return chosen;
  }
}
