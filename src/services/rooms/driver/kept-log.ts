/**
 * The updates of a room on this device's disk, in pieces: those that came while the disk was busy go together, and many small pieces become
 * one. One tab of a browser, or one process, writes for all that share the disk; when it goes, another takes over and adds what is missing.
 *
 * A disk that is full or away is said, and tried again: the room goes on in memory, and what came meanwhile is written then.
 */
import type { Cryptography } from '../../../mesh/index.ts';
import { log, messageOf, type Random, type Timers, toHex } from '../../../runtime/index.ts';
import type { DiskPlace, DiskRecord } from '../../disk/index.ts';
import { decodePlain, encodePlain } from '../canonical.ts';
import type { RoomDisk, RoomId, UpdateHash } from '../contract.ts';
import { keysOfRoom } from './kept-genesis.ts';

export interface KeptLogOptions {
  readonly place: DiskPlace;
  readonly id: RoomId;
  readonly genesis: DiskRecord;
  readonly random: Random;
  readonly timers: Timers;
  readonly cryptography: Pick<Cryptography, 'sha256'>;
  /** All that is here, each after its parents. */
  updates(): Iterable<{ readonly hash: UpdateHash; readonly bytes: Uint8Array }>;
  /** These were on the disk. */
  loaded(updates: readonly Uint8Array[]): void;
  stored(hashes: readonly UpdateHash[]): void;
  changed(disk: RoomDisk): void;
}

/** Of a piece: a blink of a slow disk, and a third of a second of checking when it is read. */
const PIECE_BYTES = 256 * 1024;
/** So many small ones in a row become one. */
const MERGED_PIECES = 16;
const SMALL_BYTES = 64 * 1024;
/** Until the disk, or the right to write to it, is tried again. A blocked shelf rests for a minute anyhow. */
const RETRY_MS = 2_000;

interface Piece {
  readonly number: number;
  readonly key: string;
  readonly size: number;
  readonly updates: readonly Uint8Array[];
}

export class KeptLog {
  readonly #options: KeptLogOptions;
  readonly #prefix: string;
  /** In the order in which they are read. */
  readonly #pieces: Piece[] = [];
  readonly #known = new Set<UpdateHash>();
  readonly #unsaved = new Map<UpdateHash, Uint8Array>();
  #release: (() => void) | undefined;
  #hasGenesis = false;
  #isWriting = false;
  #isClosed = false;
  #trouble: string | undefined;
  #cancelRetry: (() => void) | undefined;

  constructor(options: KeptLogOptions) {
    this.#options = options;
    this.#prefix = keysOfRoom(options.id).log;
  }

  get disk(): RoomDisk {
    const updates = this.#unsaved.size;
    if (this.#trouble !== undefined) return { type: 'trouble', reason: this.#trouble, updates };
    if (!this.#release) return { type: 'elsewhere' };
    return updates > 0 || !this.#hasGenesis ? { type: 'storing', updates } : { type: 'kept' };
  }

  /** Whether what is stored is told, now or soon. */
  get isKeeping(): boolean {
    return this.#release !== undefined && this.#trouble === undefined;
  }

  /** Reads what is there. Then whatever is stored is kept, as far as the disk can. */
  async open(): Promise<void> {
    await this.#takeOver();
    if (!this.#release) await this.#load();
  }

  store(hash: UpdateHash, bytes: Uint8Array): void {
    if (this.#isClosed || this.#known.has(hash)) return;
    this.#unsaved.set(hash, bytes);
    void this.#writeAll();
  }

  /** What was given to it before is still written. */
  close(): void {
    this.#isClosed = true;
    this.#cancelRetry?.();
    if (!this.#isWriting) this.#letGo();
  }

  async #takeOver(): Promise<void> {
    const { place, id } = this.#options;
    const release = await place.claims.claim(`room-${id}`, 0).catch(notClaimed);
    if (this.#isClosed) release?.();
    else if (release) {
      this.#release = release;
      await this.#load();
      for (const { hash, bytes } of this.#options.updates()) this.store(hash, bytes);
      void this.#writeAll();
    } else this.#retryLater();
    this.#options.changed(this.disk);
  }

  async #load(): Promise<void> {
    const { place, id, cryptography, loaded } = this.#options;
    const { shelf } = place;
    this.#hasGenesis = (await shelf.keys(keysOfRoom(id).genesis)).length > 0;
    const known = new Set(this.#pieces.map(({ key }) => key));
    for (const key of [...(await shelf.keys(this.#prefix))].sort()) {
      const number = Number.parseInt(key.slice(this.#prefix.length), 10);
      if (known.has(key) || !Number.isSafeInteger(number)) continue;
      const bytes = await shelf.read(key);
      const updates = bytes ? listOf(bytes) : [];
      if (!bytes || updates.length === 0) continue;
      this.#pieces.push({ number, key, size: bytes.length, updates });
      for (const update of updates) {
        const hash = toHex(cryptography.sha256(update)) as UpdateHash;
        this.#known.add(hash);
        this.#unsaved.delete(hash);
      }
      if (!this.#isClosed) loaded(updates);
    }
    this.#pieces.sort((a, b) => a.number - b.number);
  }

  async #writeAll(): Promise<void> {
    if (this.#isWriting || !this.#release) return;
    this.#isWriting = true;
    await Promise.resolve(); // what comes in one turn goes together
    let isKept = true;
    // What comes while pieces are merged is to be written, too.
    while (isKept && (this.#unsaved.size > 0 || !this.#hasGenesis)) {
      isKept = await this.#writePiece();
      if (isKept) await this.#merge();
    }
    this.#isWriting = false;
    if (this.#isClosed) this.#letGo();
    else if (!isKept) this.#retryLater();
  }

  async #writePiece(): Promise<boolean> {
    const { place, genesis, changed, stored } = this.#options;
    const batch = this.#nextBatch();
    const records = this.#hasGenesis ? [] : [genesis];
    const piece =
      batch.length > 0
        ? this.#pieceOf(
            this.#nextNumber(),
            batch.map(([, bytes]) => bytes),
          )
        : undefined;
    if (piece) records.push({ key: piece.key, bytes: encodePlain(piece.updates) });
    const isKept = await place.shelf.write(records);
    this.#trouble = isKept ? undefined : (place.shelf.trouble?.message ?? 'this device writes too slowly');
    if (isKept) {
      this.#hasGenesis = true;
      if (piece) this.#pieces.push(piece);
      for (const [hash] of batch) {
        this.#known.add(hash);
        this.#unsaved.delete(hash);
      }
    }
    if (this.#isClosed) return isKept;
    changed(this.disk);
    if (isKept && batch.length > 0) stored(batch.map(([hash]) => hash));
    return isKept;
  }

  /** Rows only, so that what follows stays behind what it follows. */
  async #merge(): Promise<void> {
    const row: Piece[] = [];
    for (const piece of this.#pieces) {
      if (piece.size < SMALL_BYTES) row.push(piece);
      else if (row.length < MERGED_PIECES) row.length = 0;
      else break;
    }
    const last = row.at(-1);
    if (row.length < MERGED_PIECES || !last) return;
    const merged = this.#pieceOf(
      last.number,
      row.flatMap(({ updates }) => updates),
    );
    const record = { key: merged.key, bytes: encodePlain(merged.updates) };
    const isKept = await this.#options.place.shelf.write(
      [record],
      row.map(({ key }) => key),
    );
    if (isKept) this.#pieces.splice(this.#pieces.indexOf(last) - row.length + 1, row.length, merged);
  }

  #nextBatch(): readonly (readonly [UpdateHash, Uint8Array])[] {
    const batch: (readonly [UpdateHash, Uint8Array])[] = [];
    let bytes = 0;
    for (const one of this.#unsaved) {
      bytes += one[1].length;
      if (batch.length > 0 && bytes > PIECE_BYTES) break;
      batch.push(one);
    }
    return batch;
  }

  #nextNumber(): number {
    return 1 + (this.#pieces.at(-1)?.number ?? 0);
  }

  /** A number may be used twice, when a tab dies while it merges: the rest of the key tells them apart. */
  #pieceOf(number: number, updates: readonly Uint8Array[]): Piece {
    const size = encodePlain(updates).length;
    const unique = toHex(this.#options.random.bytes(4));
    const key = `${this.#prefix}${String(number).padStart(10, '0')}-${unique}/b${size}`;
    return { number, key, size, updates };
  }

  #retryLater(): void {
    if (this.#cancelRetry || this.#isClosed) return;
    this.#cancelRetry = this.#options.timers.after(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      if (!this.#release) void this.#takeOver();
      else if (this.#options.place.shelf.isPaused) this.#retryLater();
      else void this.#writeAll();
    });
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

function listOf(bytes: Uint8Array): readonly Uint8Array[] {
  const list = decodePlain(bytes);
  return Array.isArray(list) ? (list as readonly unknown[]).filter((item) => item instanceof Uint8Array) : [];
}

function notClaimed(error: unknown): undefined {
  log('debug', `it is not known who keeps a room on this device: ${messageOf(error)}`);
  return undefined;
}
