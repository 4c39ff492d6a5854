/**
 * What this Node has for others: the Blobs in memory, and those on its disk that fit among the idle ones. One from the disk is read,
 * verified and kept in memory when somebody asks for a piece of it; one after the other, whoever asks for how many.
 */
import type { BlobDisk } from './blob-disk.ts';
import type { BlobHash } from './contract.ts';
import type { BlobStore } from './store.ts';

export class Served {
  readonly #store: BlobStore;
  readonly #disk: BlobDisk | undefined;
  readonly #largestBytes: number;
  readonly #reading = new Map<BlobHash, Promise<void>>();
  #lastRead = Promise.resolve();

  constructor(store: BlobStore, disk: BlobDisk | undefined, largestBytes: number) {
    this.#store = store;
    this.#disk = disk;
    this.#largestBytes = largestBytes;
  }

  sizeOf(hash: BlobHash): number | undefined {
    const bytes = this.#store.peek(hash);
    if (bytes) return bytes.length;
    const onDisk = this.#disk?.peek(hash);
    return onDisk !== undefined && onDisk <= this.#largestBytes ? onDisk : undefined;
  }

  async bytesOf(hash: BlobHash): Promise<Uint8Array | undefined> {
    if (!this.#store.has(hash) && this.#disk && this.sizeOf(hash) !== undefined)
      await this.#read(hash, this.#disk);
    return this.#store.peek(hash);
  }

  #read(hash: BlobHash, disk: BlobDisk): Promise<void> {
    const before = this.#reading.get(hash);
    if (before) return before;
    const read = this.#lastRead.then(async () => {
      const bytes = await disk.read(hash);
      if (bytes) this.#store.keep(hash, bytes);
      this.#store.trim();
    });
    const reading = read.finally(() => this.#reading.delete(hash));
    this.#reading.set(hash, reading);
    this.#lastRead = reading.catch(() => {}); // whoever asked hears of it
    return reading;
  }
}
