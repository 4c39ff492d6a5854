/**
 * Writes a Blob to the disk while it comes: a chunk as soon as its pieces are here, so that whoever is interrupted asks only for the
 * rest. Only of the size that was expected: a liar's gibibyte is not worth the room. Once a whole turns out to be wrong nobody knows
 * which piece was; then nothing of it is kept until the whole is right.
 */
import { type BlobDisk, CHUNK_BYTES } from './blob-disk.ts';
import type { BlobHash } from './contract.ts';
import { PIECE_BYTES, type PieceRequest } from './transfer.ts';

export class KeptPieces {
  readonly #hash: BlobHash;
  readonly #disk: BlobDisk;
  #isSpoiled = false;

  constructor(hash: BlobHash, disk: BlobDisk) {
    this.#hash = hash;
    this.#disk = disk;
  }

  /** A piece of the size that is expected has come. */
  arrived({ transfer, piece }: PieceRequest): void {
    if (this.#isSpoiled) return;
    const { totalBytes } = transfer;
    const chunk = Math.floor((piece * PIECE_BYTES) / CHUNK_BYTES);
    const bytes = transfer.range(chunk * CHUNK_BYTES, Math.min(totalBytes, (chunk + 1) * CHUNK_BYTES));
    if (bytes) void this.#disk.keepChunk(this.#hash, totalBytes, chunk, bytes);
  }

  spoiled(): void {
    this.#isSpoiled = true;
    void this.#disk.spoil(this.#hash);
  }
}
