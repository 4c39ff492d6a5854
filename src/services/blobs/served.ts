/**
 * What this Node has for others: the Blobs in memory, those on its disk that fit among the idle ones, and what has come of those that it is
 * fetching. One from the disk is read, verified and kept in memory when somebody asks for a piece of it; one after the other, whoever asks for how
 * many.
 */
import type { BlobDisk } from './blob-disk.ts';
import type { BlobHash } from './contract.ts';
import { Given } from './given.ts';
import type { Holding, SentPiece } from './messages.ts';
import type { BlobStore } from './store.ts';
import { hashOfPiece, isPiece, PIECE_BYTES, type PieceTable, pieceCount, tableOf } from './table.ts';
import type { Transfer } from './transfer.ts';

/** What has come of a Blob so far. */
export interface Coming {
  readonly table: PieceTable;
  readonly transfer: Pick<Transfer, 'bits' | 'piece'>;
}

export interface ServedPort {
  readonly store: BlobStore;
  readonly disk: BlobDisk | undefined;
  readonly largestBytes: number;
  comingOf(hash: BlobHash): Coming | undefined;
}

const pieceOf = (bytes: Uint8Array, piece: number): Uint8Array =>
  bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);

/** Tables of Blobs in memory; made again where one is not there. */
const MAX_TABLES = 64;

export class Served {
  readonly #port: ServedPort;
  readonly #given = new Given();
  readonly #tables = new Map<BlobHash, Promise<PieceTable>>();
  readonly #reading = new Map<BlobHash, Promise<void>>();
  #lastRead = Promise.resolve();

  constructor(port: ServedPort) {
    this.#port = port;
  }

  holdingOf(hash: BlobHash): Omit<Holding, 'peers'> | undefined {
    const totalBytes = this.#sizeOf(hash);
    if (totalBytes !== undefined) return { totalBytes, bits: undefined };
    const coming = this.#port.comingOf(hash);
    return coming && { totalBytes: coming.table.totalBytes, bits: coming.transfer.bits };
  }

  async tableOf(hash: BlobHash): Promise<PieceTable | undefined> {
    const coming = this.#port.comingOf(hash);
    if (coming) return coming.table;
    const bytes = await this.#bytesOf(hash);
    if (!bytes) return undefined;
    const table = this.#tables.get(hash) ?? tableOf(bytes);
    this.#keepTable(hash, table);
    return table;
  }

  /** That is the table of a Blob in memory. */
  note(hash: BlobHash, table: PieceTable): void {
    this.#keepTable(hash, Promise.resolve(table));
  }

  /** Pieces that other Blobs here have as well, in memory or on the disk: of one that was changed a little, all the rest. */
  async alike(table: PieceTable, take: (piece: number, bytes: Uint8Array) => void): Promise<void> {
    const wanted = new Map<string, number>();
    for (let piece = 0; piece < pieceCount(table.totalBytes); piece++)
      wanted.set(hashOfPiece(table, piece), piece);
    await this.#alikeInMemory(wanted, take);
    const missing = new Set(wanted.keys());
    for await (const [hash, bytes] of this.#port.disk?.piecesOf(missing) ?? []) {
      const piece = wanted.get(hash);
      if (piece === undefined || !missing.has(hash) || !(await isPiece(table, piece, bytes))) continue;
      missing.delete(hash);
      take(piece, bytes);
    }
  }

  /** Takes what it finds out of what is wanted. */
  async #alikeInMemory(
    wanted: Map<string, number>,
    take: (piece: number, bytes: Uint8Array) => void,
  ): Promise<void> {
    for (const [hash, known] of [...this.#tables]) {
      const other = await known.catch(() => undefined); // whoever asked for it hears of it
      const bytes = other && this.#port.store.peek(hash);
      if (!bytes) continue;
      for (let piece = 0; piece < pieceCount(other.totalBytes); piece++) {
        const hash = hashOfPiece(other, piece);
        const place = wanted.get(hash);
        if (place === undefined) continue;
        wanted.delete(hash);
        take(place, pieceOf(bytes, piece));
      }
    }
  }

  #keepTable(hash: BlobHash, table: Promise<PieceTable>): void {
    this.#tables.delete(hash);
    this.#tables.set(hash, table);
    const [oldest] = this.#tables.keys();
    if (this.#tables.size > MAX_TABLES && oldest !== undefined) this.#tables.delete(oldest);
  }

  /** One of these pieces: of a whole the one that was given least, else the first that is here. */
  async pieceOf(hash: BlobHash, menu: readonly number[]): Promise<SentPiece | undefined> {
    const bytes = await this.#bytesOf(hash);
    if (bytes) {
      const piece = this.#given.choose(hash, bytes.length, menu);
      if (piece === undefined) return undefined;
      return { piece, bytes: pieceOf(bytes, piece) };
    }
    const coming = this.#port.comingOf(hash);
    for (const piece of menu) {
      const own = coming?.transfer.piece(piece);
      if (own) return { piece, bytes: own };
    }
    return undefined;
  }

  #sizeOf(hash: BlobHash): number | undefined {
    const { store, disk, largestBytes } = this.#port;
    const bytes = store.peek(hash);
    if (bytes) return bytes.length;
    const onDisk = disk?.peek(hash);
    return onDisk !== undefined && onDisk <= largestBytes ? onDisk : undefined;
  }

  async #bytesOf(hash: BlobHash): Promise<Uint8Array | undefined> {
    const { store, disk } = this.#port;
    if (!store.has(hash) && disk && this.#sizeOf(hash) !== undefined) await this.#read(hash, disk);
    return store.peek(hash);
  }

  #read(hash: BlobHash, disk: BlobDisk): Promise<void> {
    const before = this.#reading.get(hash);
    if (before) return before;
    const { store } = this.#port;
    const read = this.#lastRead.then(async () => {
      const bytes = await disk.read(hash);
      if (bytes) store.keep(hash, bytes);
      store.trim();
    });
    const reading = read.finally(() => this.#reading.delete(hash));
    this.#reading.set(hash, reading);
    this.#lastRead = reading.catch(() => {}); // whoever asked hears of it
    return reading;
  }
}
