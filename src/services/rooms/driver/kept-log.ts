/**
 * A room on this device's disk: a checkpoint with its snapshot, and what came after it in pieces: what came while the disk was busy goes
 * together, and many small pieces become one. When what is to be kept begins with another checkpoint, all is written anew and what was there
 * is removed, in one. One tab of a browser, or one process, writes for all that share the disk; when it goes, another takes over and adds what is missing.
 *
 * What somebody else removed from the disk meanwhile (a person, all that this device keeps) is missed at the next write, and all is written anew.
 *
 * A disk that is full or away is said, and tried again: the room goes on in memory, and what came meanwhile is written then. So is a base that
 * cannot be read: it stays there until there is another one to write in its place.
 */
import type { Cryptography } from '../../../mesh/index.ts';
import { log, messageOf, type Random, type Timers, toHex } from '../../../runtime/index.ts';
import type { DiskPlace, DiskRecord } from '../../disk/index.ts';
import { decodePlain, encodePlain } from '../canonical.ts';
import type { ItemHash, RoomDisk, RoomId } from '../contract.ts';
import { keysOfRoom } from './kept-genesis.ts';

export interface KeptLogOptions {
  readonly place: DiskPlace;
  readonly id: RoomId;
  /** The beginning and the keys, as they are to lie there. */
  head(): readonly DiskRecord[];
  readonly random: Random;
  readonly timers: Timers;
  readonly cryptography: Pick<Cryptography, 'sha256'>;
  /** All that is here after the base, each after its parents. */
  items(): Iterable<Item>;
  /** As it is to lie there; undefined for the room's beginning. */
  base(): DiskRecord | undefined;
  /** These were on the disk. @param base a record of that name, if there is one */
  loaded(base: Uint8Array | undefined, items: readonly Uint8Array[]): void;
  stored(hashes: readonly ItemHash[]): void;
  changed(disk: RoomDisk): void;
}

/** Of a piece: a blink of a slow disk, and a third of a second of checking when it is read. */
const PIECE_BYTES = 256 * 1024;
/** So many small ones in a row become one. */
const MERGED_PIECES = 16;
const SMALL_BYTES = 64 * 1024;
/** Until the disk, or the right to write to it, is tried again. A blocked shelf rests for a minute anyhow. */
const RETRY_MS = 2_000;

const UNREADABLE =
  'what this device keeps of the room is of another version of Leafcutter, or damaged, and is left as it is: the room goes on here with what others have';

interface Item {
  readonly hash: ItemHash;
  readonly bytes: Uint8Array;
}

interface Piece {
  readonly number: number;
  readonly key: string;
  readonly size: number;
  readonly items: readonly Uint8Array[];
}

export class KeptLog {
  readonly #options: KeptLogOptions;
  readonly #prefix: string;
  /** In the order in which they are read. */
  #pieces: Piece[] = [];
  readonly #known = new Set<ItemHash>();
  readonly #unsaved = new Map<ItemHash, Uint8Array>();
  /** Records of bases that are there. */
  #bases: readonly string[] = [];
  /** There is one that cannot be read here. */
  #hasUnreadable = false;
  #isRebased = false;
  #release: (() => void) | undefined;
  /** Records of the head that are there. */
  #head: readonly string[] = [];
  #hasHead = false;
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
    if (this.#hasUnreadable) return { type: 'trouble', reason: UNREADABLE, updates };
    if (this.#trouble !== undefined) return { type: 'trouble', reason: this.#trouble, updates };
    if (!this.#release) return { type: 'elsewhere' };
    return updates > 0 || this.#isRebased || !this.#hasHead ? { type: 'storing', updates } : { type: 'kept' };
  }

  /** Reads what is there. Then whatever is stored is kept, as far as the disk can. */
  async open(): Promise<void> {
    await this.#takeOver();
    if (!this.#release) await this.#load();
  }

  store(hash: ItemHash, bytes: Uint8Array): void {
    if (this.#isClosed || this.#known.has(hash)) return;
    this.#unsaved.set(hash, bytes);
    void this.#writeAll();
  }

  /** What is to be kept begins with another checkpoint. */
  rebase(): void {
    if (this.#isClosed) return;
    this.#isRebased = true;
    if (!this.#release || this.#trouble !== undefined) this.#forgetClosed();
    if (this.#hasUnreadable && this.#options.base()) this.#hasUnreadable = false;
    void this.#writeAll();
  }

  /** The keys are others. */
  rekey(): void {
    if (this.#isClosed) return;
    this.#hasHead = false;
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
      for (const { hash, bytes } of this.#options.items()) this.store(hash, bytes);
      const key = this.#options.base()?.key;
      this.#isRebased = key === undefined ? this.#bases.length > 0 : this.#bases.join() !== key;
      void this.#writeAll();
    } else this.#retryLater();
    this.#options.changed(this.disk);
  }

  async #load(): Promise<void> {
    const { place, id, cryptography, loaded } = this.#options;
    const { shelf } = place;
    const { genesis, keys } = keysOfRoom(id);
    this.#head = [...(await shelf.keys(genesis)), ...(await shelf.keys(keys))];
    this.#hasHead = sameKeys(this.#head, this.#options.head());
    this.#bases = await shelf.keys(keysOfRoom(id).base);
    for (const key of this.#bases) {
      const base = await shelf.read(key);
      if (base && !this.#isClosed) loaded(base, []);
    }
    this.#hasUnreadable = this.#bases.length > 0 && !this.#options.base();
    const known = new Set(this.#pieces.map(({ key }) => key));
    for (const key of [...(await shelf.keys(this.#prefix))].sort()) {
      const number = Number.parseInt(key.slice(this.#prefix.length), 10);
      if (known.has(key) || !Number.isSafeInteger(number)) continue;
      const bytes = await shelf.read(key);
      const items = bytes ? listOf(bytes) : [];
      if (!bytes || items.length === 0) continue;
      this.#pieces.push({ number, key, size: bytes.length, items });
      for (const item of items) {
        const hash = toHex(cryptography.sha256(item)) as ItemHash;
        this.#known.add(hash);
        this.#unsaved.delete(hash);
      }
      if (!this.#isClosed) loaded(undefined, items);
    }
    this.#pieces.sort((a, b) => a.number - b.number);
  }

  async #writeAll(): Promise<void> {
    if (this.#isWriting || !this.#release || this.#hasUnreadable) return;
    this.#isWriting = true;
    await Promise.resolve(); // what comes in one turn goes together
    let isKept = true;
    // What comes while pieces are merged is to be written, too.
    while (isKept && (this.#unsaved.size > 0 || this.#isRebased || !this.#hasHead)) {
      isKept = this.#isRebased ? await this.#writeAnew() : await this.#writePiece();
      if (isKept) await this.#merge();
    }
    this.#isWriting = false;
    if (this.#isClosed) this.#letGo();
    else if (!isKept) this.#retryLater();
  }

  async #writePiece(): Promise<boolean> {
    const { place, head, changed, stored } = this.#options;
    const batch = batchOf(this.#unsaved);
    const first = this.#hasHead ? [] : head();
    const records = [...first];
    const piece =
      batch.length > 0
        ? this.#pieceOf(
            this.#nextNumber(),
            batch.map(([, bytes]) => bytes),
          )
        : undefined;
    if (piece) records.push({ key: piece.key, bytes: encodePlain(piece.items) });
    const isKept = await place.shelf.write(records, this.#outdated(first));
    this.#trouble = isKept ? undefined : (place.shelf.trouble?.message ?? 'this device writes too slowly');
    if (isKept) {
      this.#headIsKept(first);
      if (piece) this.#pieces.push(piece);
      if (!(await this.#isWhole())) {
        this.#isRebased = true;
        return true;
      }
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

  /** Whether all that was written before is still there. */
  async #isWhole(): Promise<boolean> {
    const { place, id } = this.#options;
    const there = new Set(await place.shelf.keys(keysOfRoom(id).all));
    return [...this.#head, ...this.#bases, ...this.#pieces.map(({ key }) => key)].every((key) =>
      there.has(key),
    );
  }

  /** The base and what is on it, in place of all that is there. */
  async #writeAnew(): Promise<boolean> {
    const { place, head, base, items, changed, stored } = this.#options;
    const first = head();
    const record = base();
    const all = new Map<ItemHash, Uint8Array>();
    for (const { hash, bytes } of items()) all.set(hash, bytes);
    // What waits for something else to come in is no item yet.
    for (const [hash, bytes] of this.#unsaved) all.set(hash, bytes);
    this.#isRebased = false;
    const pieces: Piece[] = [];
    for (let rest = [...all]; rest.length > 0; ) {
      const batch = batchOf(rest);
      rest = rest.slice(batch.length);
      pieces.push(
        this.#pieceOf(
          this.#nextNumber() + pieces.length,
          batch.map(([, bytes]) => bytes),
        ),
      );
    }
    const records = pieces.map(({ key, items: some }) => ({ key, bytes: encodePlain(some) }));
    const old = [...this.#bases, ...this.#pieces.map(({ key }) => key)].filter((key) => key !== record?.key);
    const gone = [...old, ...this.#outdated(first)];
    const isKept = await place.shelf.write([...first, ...(record ? [record] : []), ...records], gone);
    this.#trouble = isKept ? undefined : (place.shelf.trouble?.message ?? 'this device writes too slowly');
    if (isKept) {
      this.#headIsKept(first);
      this.#bases = record ? [record.key] : [];
      this.#pieces = pieces;
      this.#known.clear();
      for (const hash of all.keys()) {
        this.#known.add(hash);
        this.#unsaved.delete(hash);
      }
    } else this.#isRebased = true;
    if (this.#isClosed) return isKept;
    changed(this.disk);
    if (isKept) stored([...all.keys()]);
    return isKept;
  }

  /** While nothing is written here, what waits to be is what would be written anew. */
  #forgetClosed(): void {
    const open = new Set<ItemHash>();
    for (const { hash } of this.#options.items()) open.add(hash);
    for (const hash of this.#unsaved.keys()) if (!open.has(hash)) this.#unsaved.delete(hash);
  }

  #outdated(head: readonly DiskRecord[]): readonly string[] {
    if (head.length === 0) return [];
    return this.#head.filter((key) => !head.some((record) => record.key === key));
  }

  /** The keys may have become others while it was written. */
  #headIsKept(head: readonly DiskRecord[]): void {
    if (head.length === 0) return;
    this.#head = head.map(({ key }) => key);
    this.#hasHead = sameKeys(this.#head, this.#options.head());
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
      row.flatMap(({ items }) => items),
    );
    const record = { key: merged.key, bytes: encodePlain(merged.items) };
    const isKept = await this.#options.place.shelf.write(
      [record],
      row.map(({ key }) => key),
    );
    if (isKept) this.#pieces.splice(this.#pieces.indexOf(last) - row.length + 1, row.length, merged);
  }

  #nextNumber(): number {
    return 1 + (this.#pieces.at(-1)?.number ?? 0);
  }

  /** A number may be used twice, when a tab dies while it merges: the rest of the key tells them apart. */
  #pieceOf(number: number, items: readonly Uint8Array[]): Piece {
    const size = encodePlain(items).length;
    const unique = toHex(this.#options.random.bytes(4));
    const key = `${this.#prefix}${String(number).padStart(10, '0')}-${unique}/b${size}`;
    return { number, key, size, items };
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

function sameKeys(keys: readonly string[], records: readonly DiskRecord[]): boolean {
  return keys.length === records.length && records.every(({ key }) => keys.includes(key));
}

/** What goes into one piece. */
function batchOf(
  items: Iterable<readonly [ItemHash, Uint8Array]>,
): readonly (readonly [ItemHash, Uint8Array])[] {
  const batch: (readonly [ItemHash, Uint8Array])[] = [];
  let bytes = 0;
  for (const one of items) {
    bytes += one[1].length;
    if (batch.length > 0 && bytes > PIECE_BYTES) break;
    batch.push(one);
  }
  return batch;
}

function listOf(bytes: Uint8Array): readonly Uint8Array[] {
  const list = decodePlain(bytes);
  return Array.isArray(list) ? (list as readonly unknown[]).filter((item) => item instanceof Uint8Array) : [];
}

function notClaimed(error: unknown): undefined {
  log('debug', `it is not known who keeps a room on this device: ${messageOf(error)}`);
  return undefined;
}
