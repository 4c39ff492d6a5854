/**
 * Writes a Blob to the disk while it comes: a chunk as soon as its pieces are here, so that whoever is interrupted asks only for the
 * rest. They were checked; what the disk makes of them is checked again when it is read.
 */
import { type BlobDisk, CHUNK_BYTES } from './blob-disk.ts';
import type { BlobHash } from './contract.ts';
import { isPiece, PIECE_BYTES, type PieceTable } from './table.ts';
import type { Transfer } from './transfer.ts';

export class KeptPieces {
  readonly #hash: BlobHash;
  readonly #disk: BlobDisk;

  constructor(hash: BlobHash, disk: BlobDisk) {
    this.#hash = hash;
    this.#disk = disk;
  }

  /** What an earlier try left is not asked for again. One that is not right shows that nothing there can be relied on. */
  async recall(table: PieceTable, take: (piece: number, bytes: Uint8Array) => void): Promise<void> {
    let isSound = true;
    for await (const { offset, bytes } of this.#disk.parts(this.#hash, table.totalBytes)) {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const piece = (offset + at) / PIECE_BYTES;
        const part = bytes.subarray(at, at + PIECE_BYTES);
        if (await isPiece(table, piece, part)) take(piece, part);
        else isSound = false;
      }
    }
    if (!isSound) await this.#disk.remove(this.#hash);
  }

  /** That piece has come. */
  arrived(transfer: Transfer, piece: number): void {
    const { totalBytes } = transfer;
    const chunk = Math.floor((piece * PIECE_BYTES) / CHUNK_BYTES);
    const bytes = transfer.range(chunk * CHUNK_BYTES, Math.min(totalBytes, (chunk + 1) * CHUNK_BYTES));
    if (bytes) void this.#disk.keepChunk(this.#hash, totalBytes, chunk, bytes);
  }
}
