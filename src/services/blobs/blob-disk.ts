/**
 * Blobs on this device's disk, so that a scene is found again after a reload, and a transfer that broke off goes on where it
 * was. In chunks of a mebibyte, each a record; a Blob is whole when all its chunks are there, and is believed only when its bytes
 * have its hash. When room is needed the Blob goes that was not used for longest; never one that is needed here now.
 *
 * Keys: `blob/<hash>/<bytes of the whole>/<chunk>/b<bytes>`, and `used/<hash>/<ms since 1970>/b<bytes>`, whose record is the Blob's table.
 */
import type { Clock } from '../../runtime/index.ts';
import { bytesOfKey, type DiskPlace, type Shelf } from '../disk/index.ts';
import type { BlobHash } from './contract.ts';
import { isBlobHash } from './messages.ts';
import {
  decodeTable,
  encodeTable,
  hashOfPiece,
  nameOf,
  PIECE_BYTES,
  type PieceTable,
  pieceCount,
  tableOf,
} from './table.ts';

/** Four pieces: few records, and not much is lost of a transfer that breaks off. */
export const CHUNK_BYTES = 4 * PIECE_BYTES;
/** A larger Blob is not kept: it would take the room of everything else. */
export const MAX_KEPT_BYTES = 512 * 1024 * 1024;

/** Blobs that are looked at for pieces of another one, those first that were used last: more scenes than anybody goes back to. */
const MAX_COMPARED = 64;

export interface KeptPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Kept {
  readonly totalBytes: number;
  /** The key of each chunk that is there. */
  readonly chunks: Map<number, string>;
}

/** Blobs on the disk of a place, whole or in part. Made by `openBlobDisk`. */
export class BlobDisk {
  readonly #shelf: Shelf;
  readonly #wallClock: Clock;
  /** What was there when it was looked at last, and what was written since. */
  readonly #kept = new Map<BlobHash, Kept[]>();
  /** Chunks on their way to the disk, by key: a transfer hands the last ones over as its pieces, and again as the whole. */
  readonly #writing = new Map<string, Promise<boolean>>();
  #isNeeded: (hash: BlobHash) => boolean = () => false;
  #isClosed = false;

  constructor(shelf: Shelf, wallClock: Clock) {
    this.#shelf = shelf;
    this.#wallClock = wallClock;
    shelf.onFull(() => this.#makeRoom());
    void this.#look('blob/');
  }

  /** Blobs of which it says so stay. */
  protect(isNeeded: (hash: BlobHash) => boolean): void {
    this.#isNeeded = isNeeded;
  }

  /** What was kept may be gone, though nobody here removed it. */
  onLoss(listener: () => void): void {
    this.#shelf.events.on('lost', listener);
  }

  /** The size of a Blob that is whole on the disk, as far as is known without waiting. */
  peek(hash: BlobHash): number | undefined {
    return this.#kept.get(hash)?.find(isWhole)?.totalBytes;
  }

  async has(hash: BlobHash): Promise<boolean> {
    await this.#look(`blob/${hash}/`);
    return this.peek(hash) !== undefined;
  }

  /** The whole, verified. What has another hash is removed. */
  async read(hash: BlobHash): Promise<Uint8Array | undefined> {
    await this.#look(`blob/${hash}/`);
    const kept = this.#kept.get(hash)?.find(isWhole);
    const bytes = kept && (await this.#readWhole(hash, kept));
    if (!bytes) return undefined;
    const table = await tableOf(bytes);
    if ((await nameOf(table)) !== hash) {
      await this.remove(hash);
      return undefined;
    }
    void this.#markUsed(hash, table);
    return bytes;
  }

  /** Pieces with these hashes, in hex, that are here in other Blobs. Unverified. */
  async *piecesOf(
    wanted: ReadonlySet<string>,
  ): AsyncIterable<readonly [pieceHash: string, bytes: Uint8Array]> {
    const used = (await this.#shelf.keys('used/')).map(parseUsed).toSorted((a, b) => b.atMs - a.atMs);
    const compared = used.slice(0, MAX_COMPARED);
    // At once: on a slow disk one after the other would take longer than to ask the mesh.
    const tables = await Promise.all(compared.map(({ key, hash }) => this.#readTable(hash, key)));
    for (const [i, { hash }] of compared.entries()) {
      const table = tables[i];
      if (table) yield* this.#piecesIn(hash, table, wanted);
    }
  }

  /** What is there of a Blob of this size that came in part. Unverified. */
  async *parts(hash: BlobHash, totalBytes: number): AsyncIterable<KeptPart> {
    await this.#look(`blob/${hash}/`);
    for (const chunk of this.#keptOf(hash, totalBytes).chunks.keys()) {
      const bytes = await this.#readChunk(hash, totalBytes, chunk);
      if (bytes) yield { offset: chunk * CHUNK_BYTES, bytes };
    }
  }

  /** Of a Blob on its way. The bytes are its own until it settles. */
  async keepChunk(hash: BlobHash, totalBytes: number, chunk: number, bytes: Uint8Array): Promise<boolean> {
    if (this.#isClosed || totalBytes > MAX_KEPT_BYTES) return false;
    const key = `blob/${hash}/${totalBytes}/${chunk}/b${bytes.length}`;
    if (this.#keptOf(hash, totalBytes).chunks.has(chunk)) return true;
    const before = this.#writing.get(key);
    if (before) return before;
    const writing = this.#shelf.write([{ key, bytes }]);
    this.#writing.set(key, writing);
    const isKept = await writing;
    if (this.#writing.get(key) === writing) this.#writing.delete(key);
    if (isKept) this.#keptOf(hash, totalBytes).chunks.set(chunk, key);
    return isKept;
  }

  /**
   * A whole that has this hash: what is not there yet of it, one chunk after the other. Gives up where the disk does.
   * @param table where it is known
   */
  async keepWhole(hash: BlobHash, bytes: Uint8Array, table?: PieceTable): Promise<boolean> {
    await this.#look(`blob/${hash}/`);
    // One without bytes has a chunk without bytes.
    for (let chunk = 0; chunk < Math.max(1, chunkCount(bytes.length)); chunk++) {
      const part = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      if (!(await this.keepChunk(hash, bytes.length, chunk, part))) return false;
    }
    await this.#markUsed(hash, table ?? (await tableOf(bytes)));
    return true;
  }

  async remove(hash: BlobHash): Promise<void> {
    this.#kept.delete(hash);
    for (const key of this.#writing.keys()) if (key.startsWith(`blob/${hash}/`)) this.#writing.delete(key);
    const keys = await Promise.all(
      [`blob/${hash}/`, `used/${hash}/`].map((prefix) => this.#shelf.keys(prefix)),
    );
    await this.#shelf.remove(keys.flat());
  }

  /** Nothing more is written. */
  close(): void {
    this.#isClosed = true;
  }

  /** Verified. */
  async #readTable(hash: BlobHash, key: string): Promise<PieceTable | undefined> {
    const table = decodeTable((await this.#shelf.read(key)) ?? new Uint8Array());
    return table && (await nameOf(table)) === hash ? table : undefined;
  }

  async *#piecesIn(
    hash: BlobHash,
    table: PieceTable,
    wanted: ReadonlySet<string>,
  ): AsyncIterable<readonly [pieceHash: string, bytes: Uint8Array]> {
    const { totalBytes } = table;
    let read: { readonly chunk: number; readonly bytes: Uint8Array | undefined } | undefined;
    for (let piece = 0; piece < pieceCount(totalBytes); piece++) {
      const pieceHash = hashOfPiece(table, piece);
      if (!wanted.has(pieceHash)) continue;
      if (!read) await this.#look(`blob/${hash}/`);
      const chunk = Math.floor((piece * PIECE_BYTES) / CHUNK_BYTES);
      if (read?.chunk !== chunk) read = { chunk, bytes: await this.#readChunk(hash, totalBytes, chunk) };
      const at = piece * PIECE_BYTES - chunk * CHUNK_BYTES;
      if (read.bytes) yield [pieceHash, read.bytes.subarray(at, at + PIECE_BYTES)];
    }
  }

  async #readWhole(hash: BlobHash, { totalBytes, chunks }: Kept): Promise<Uint8Array | undefined> {
    const bytes = roomFor(totalBytes);
    if (!bytes) return undefined;
    for (const chunk of chunks.keys()) {
      const part = await this.#readChunk(hash, totalBytes, chunk);
      if (!part) return undefined;
      bytes.set(part, chunk * CHUNK_BYTES);
    }
    return bytes;
  }

  async #readChunk(hash: BlobHash, totalBytes: number, chunk: number): Promise<Uint8Array | undefined> {
    const { chunks } = this.#keptOf(hash, totalBytes);
    const key = chunks.get(chunk);
    const bytes = key === undefined ? undefined : await this.#shelf.read(key);
    if (bytes?.length === chunkBytes(totalBytes, chunk)) return bytes;
    chunks.delete(chunk);
    return undefined;
  }

  /** Other tabs write and remove, too. */
  async #look(prefix: string): Promise<void> {
    const keys = await this.#shelf.keys(prefix);
    const hash = prefix.split('/')[1];
    if (hash) this.#kept.delete(hash as BlobHash);
    for (const key of keys) {
      const parsed = parseKey(key);
      if (parsed) this.#keptOf(parsed.hash, parsed.totalBytes).chunks.set(parsed.chunk, key);
    }
  }

  #keptOf(hash: BlobHash, totalBytes: number): Kept {
    const list = this.#kept.get(hash) ?? [];
    this.#kept.set(hash, list);
    let kept = list.find((one) => one.totalBytes === totalBytes);
    if (!kept) {
      kept = { totalBytes, chunks: new Map() };
      list.push(kept);
    }
    return kept;
  }

  async #markUsed(hash: BlobHash, table: PieceTable): Promise<void> {
    if (this.#isClosed) return;
    const before = await this.#shelf.keys(`used/${hash}/`);
    const bytes = encodeTable(table);
    const key = `used/${hash}/${Math.floor(this.#wallClock.now())}/b${bytes.length}`;
    if (before.includes(key)) return;
    await this.#shelf.write([{ key, bytes }], before);
  }

  /** Removes the Blob that was not used for longest. */
  async #makeRoom(): Promise<boolean> {
    const usedAtMs = new Map<BlobHash, number>();
    for (const key of await this.#shelf.keys('blob/')) {
      const hash = parseKey(key)?.hash;
      if (hash && !this.#isNeeded(hash)) usedAtMs.set(hash, 0);
    }
    for (const { hash, atMs } of (await this.#shelf.keys('used/')).map(parseUsed)) {
      const before = usedAtMs.get(hash);
      if (before !== undefined) usedAtMs.set(hash, Math.max(before, atMs));
    }
    const [oldest] = [...usedAtMs].sort(([, a], [, b]) => a - b);
    if (!oldest) return false;
    await this.remove(oldest[0]);
    return true;
  }
}

/** The place's Blobs: give it to `createBlobs`. */
export function openBlobDisk({ shelf }: DiskPlace, wallClock: Clock): BlobDisk {
  return new BlobDisk(shelf, wallClock);
}

/** Undefined when there is no memory for it: then it is not here. */
function roomFor(bytes: number): Uint8Array | undefined {
  try {
    return new Uint8Array(bytes);
  } catch {
    return undefined;
  }
}

const chunkCount = (totalBytes: number): number => Math.ceil(totalBytes / CHUNK_BYTES);

const chunkBytes = (totalBytes: number, chunk: number): number =>
  Math.min(CHUNK_BYTES, totalBytes - chunk * CHUNK_BYTES);

function isWhole({ totalBytes, chunks }: Kept): boolean {
  return chunks.size === Math.max(1, chunkCount(totalBytes));
}

/** When that Blob was used last. */
function parseUsed(key: string): { key: string; hash: BlobHash; atMs: number } {
  const [, hash = '', atMs] = key.split('/');
  return { key, hash: hash as BlobHash, atMs: Number(atMs) };
}

/** Undefined for what no key of ours looks like. */
function parseKey(key: string): { hash: BlobHash; totalBytes: number; chunk: number } | undefined {
  const [space, hash, total, at] = key.split('/');
  const [totalBytes, chunk] = [Number(total), Number(at)];
  if (space !== 'blob' || !isBlobHash(hash) || !Number.isSafeInteger(totalBytes)) return undefined;
  const isChunk = Number.isInteger(chunk) && chunk >= 0 && chunk < Math.max(1, chunkCount(totalBytes));
  return isChunk && bytesOfKey(key) === chunkBytes(totalBytes, chunk)
    ? { hash, totalBytes, chunk }
    : undefined;
}
