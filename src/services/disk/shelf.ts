/**
 * A disk that troubles nobody. Nothing here throws: what cannot be read is not there, what cannot be written is answered with
 * `false`, and whoever wants to know why hears it once, not at every record. Then writing rests: for a minute, where the disk is full for
 * some seconds, or until something was removed.
 *
 * Writes that come in one turn, or while the disk is busy, go together, one transaction at a time; what waits is bounded.
 */
import { type Clock, Emitter, log, messageOf, type Timers } from '../../runtime/index.ts';
import { type Disk, DiskFullError, type DiskRecord, usedBytesOf } from './contract.ts';
import { frameRecord, unframeRecord } from './frame.ts';

/** `disk-full`: no room on the device, or in what may be used of it. `disk-unavailable`: private window, blocked, broken, hanging. */
export interface DiskTrouble {
  readonly type: 'disk-full' | 'disk-unavailable';
  readonly message: string;
}

export interface ShelfEvents {
  /** Once until it is over. */
  trouble: DiskTrouble;
  recovered: undefined;
  /** What was kept is gone by another's hand: whoever needs it still keeps it again. */
  lost: undefined;
}

/** Somebody may have switched the drive on meanwhile. */
export const PAUSE_MS = 60_000;
/** Somebody may have made room. Soon: what does not fit is refused at once, and costs next to nothing. */
export const FULL_PAUSE_MS = 5_000;
/** A transaction: a blink of a slow disk. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** Copies of what waits to be written. Above it the writer is told to come again. */
export const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
/** IndexedDB can hang while another tab upgrades it. Generous: a busy machine takes its time. */
export const PATIENCE_MS = 20_000;
/** What others that share the disk wrote meanwhile is seen after so much of our own. */
const RECOUNT_BYTES = 64 * 1024 * 1024;

interface Write {
  readonly records: readonly DiskRecord[];
  readonly obsolete: readonly string[];
  readonly bytes: number;
  settle(isKept: boolean): void;
}

/** How much is there, as counted last, and what was written since. */
interface Count {
  readonly usedBytes: number;
  readonly budgetBytes: number;
  writtenBytes: number;
}

export class Shelf {
  readonly events = new Emitter<ShelfEvents>();
  readonly #disk: Disk;
  readonly #time: Clock & Timers;
  readonly #budgetBytes: (usedBytes: number) => Promise<number>;
  readonly #roomMakers: (() => Promise<boolean>)[] = [];
  readonly #queue: Write[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #count: Count | undefined;
  #trouble: DiskTrouble | undefined;
  /** Of what found no room last: where less finds some, the disk is as full as it was. */
  #refusedBytes = 0;
  /** A time, no timer: one of those would keep a process from ending. */
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param budgetBytes how much may lie on this disk, given what does; asked now and then, for the device may change its mind */
  constructor(disk: Disk, time: Clock & Timers, budgetBytes: (usedBytes: number) => Promise<number>) {
    this.#disk = disk;
    this.#time = time;
    this.#budgetBytes = budgetBytes;
  }

  /** What is the matter, for as long as it is. */
  get trouble(): DiskTrouble | undefined {
    return this.#trouble;
  }

  /** Nothing is written now: there is no point in preparing it. */
  get isPaused(): boolean {
    return this.#time.now() < this.#pausedUntil;
  }

  /** Asked, the first registered first, when the disk is full: removes something that is needed least, and says whether it did. */
  onFull(makeRoom: () => Promise<boolean>): void {
    this.#roomMakers.push(makeRoom);
  }

  /** For who misses what it has written: a person forgot it in another tab, or the browser took its room back. */
  reportLoss(): void {
    this.events.emit('lost', undefined);
  }

  /** None where the disk is away. */
  async keys(prefix: string): Promise<readonly string[]> {
    return (await this.#try(() => this.#disk.keys(prefix))) ?? [];
  }

  /** A record that is torn, or not ours, is removed. */
  async read(key: string): Promise<Uint8Array | undefined> {
    const framed = await this.#try(() => this.#disk.get(key));
    if (!framed) return undefined;
    const body = unframeRecord(framed);
    if (!body) {
      log('info', `the record ${key} on this device is damaged and was removed`);
      await this.remove([key]);
    }
    return body;
  }

  /**
   * Whether it is kept now. The bytes are its own until then.
   * @param obsolete keys that these records replace: removed once they are there
   */
  write(records: readonly DiskRecord[], obsolete: readonly string[] = []): Promise<boolean> {
    const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
    const isTooMuch = this.#queuedBytes > 0 && this.#queuedBytes + bytes > MAX_QUEUED_BYTES;
    if (this.isPaused || isTooMuch) return Promise.resolve(false);
    return new Promise((settle) => {
      this.#queue.push({ records, obsolete, bytes, settle });
      this.#queuedBytes += bytes;
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async remove(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const isRemoved = await this.#try(() => this.#disk.del(keys).then(() => true));
    if (isRemoved && this.#trouble?.type === 'disk-full') this.#resume();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    await Promise.resolve(); // what is written in this turn goes together
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      const isKept = !this.isPaused && (await this.#writeBatch(batch));
      for (const { bytes, settle } of batch) {
        this.#queuedBytes -= bytes;
        settle(isKept);
      }
    }
    this.#isWriting = false;
  }

  #nextBatch(): readonly Write[] {
    let bytes = 0;
    const after = this.#queue.findIndex((write, i) => {
      bytes += write.bytes;
      return i > 0 && bytes > BATCH_BYTES;
    });
    return this.#queue.splice(0, after < 0 ? this.#queue.length : after);
  }

  async #writeBatch(batch: readonly Write[]): Promise<boolean> {
    const records = batch.flatMap((write) =>
      write.records.map(({ key, bytes }) => ({ key, bytes: frameRecord(bytes) })),
    );
    const bytes = batch.reduce((sum, write) => sum + write.bytes, 0);
    const isKept = await this.#try(() => this.#setMakingRoom(records).then(() => true));
    if (!isKept) {
      this.#refusedBytes = bytes;
      return false;
    }
    if (bytes >= this.#refusedBytes) this.#recover();
    const obsolete = batch.flatMap((write) => write.obsolete);
    if (obsolete.length > 0) await this.#try(() => this.#disk.del(obsolete));
    return true;
  }

  async #setMakingRoom(records: readonly DiskRecord[]): Promise<void> {
    for (;;) {
      try {
        await this.#stayWithinBudget(records);
        return await this.#disk.set(records);
      } catch (error) {
        if (!(error instanceof DiskFullError) || !(await this.#makeRoom())) throw error;
      }
    }
  }

  /** @throws DiskFullError */
  async #stayWithinBudget(records: readonly DiskRecord[]): Promise<void> {
    const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
    const isOver = (count: Count): boolean =>
      count.usedBytes + count.writtenBytes + bytes > count.budgetBytes;
    let count = this.#count;
    // What was replaced meanwhile is counted twice, and what others removed is not known: nothing goes for that.
    if (!count || count.writtenBytes > RECOUNT_BYTES || isOver(count)) count = await this.#countAnew();
    this.#count = count;
    if (isOver(count)) throw new DiskFullError();
    count.writtenBytes += bytes;
  }

  async #countAnew(): Promise<Count> {
    const usedBytes = await usedBytesOf(this.#disk);
    return { usedBytes, budgetBytes: await this.#budgetBytes(usedBytes), writtenBytes: 0 };
  }

  async #makeRoom(): Promise<boolean> {
    for (const makeRoom of this.#roomMakers) if (await makeRoom()) return true;
    return false;
  }

  /** Does it, in bounded time; answers with undefined, and suffers, when it fails. While the disk is away it is not even tried. */
  async #try<T>(act: () => Promise<T>): Promise<T | undefined> {
    const isAway = this.isPaused && this.#trouble?.type === 'disk-unavailable';
    if (isAway) return undefined;
    let stop = (): void => {};
    const late = new Promise<never>((_, reject) => {
      stop = this.#time.after(PATIENCE_MS, () => reject(new Error('the disk does not answer')));
    });
    try {
      const result = await Promise.race([act(), late]);
      if (this.#trouble?.type === 'disk-unavailable') this.#recover();
      return result;
    } catch (error) {
      const type = error instanceof DiskFullError ? 'disk-full' : 'disk-unavailable';
      this.#suffer({ type, message: messageOf(error) });
      return undefined;
    } finally {
      stop();
    }
  }

  #suffer(trouble: DiskTrouble): void {
    const isNew = this.#trouble?.type !== trouble.type;
    this.#trouble = trouble;
    this.#pausedUntil = this.#time.now() + (trouble.type === 'disk-full' ? FULL_PAUSE_MS : PAUSE_MS);
    if (!isNew) return;
    log('warn', `this device keeps nothing for now (${trouble.type})`, trouble.message);
    this.events.emit('trouble', trouble);
  }

  #recover(): void {
    if (!this.#trouble) return;
    this.#trouble = undefined;
    this.#resume();
    this.events.emit('recovered', undefined);
  }

  #resume(): void {
    this.#refusedBytes = 0;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
  }
}
