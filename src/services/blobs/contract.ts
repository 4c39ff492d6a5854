/** Immutable bytes named by a SHA-256, fetched in pieces from any Node that has some of them. */
import type { NodeId } from '../../wire/index.ts';

/** Lower-case hex of the SHA-256 of the Blob's table: its size and the SHA-256 of each of its pieces (table.ts). */
export type BlobHash = string & { readonly brand: 'BlobHash' };

/** How much of a Blob has come, in bytes. */
export interface FetchProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

/** Whom to ask for a Blob. */
export interface FetchOptions {
  /** Nodes thought to have it, most likely first; others that announce it are asked too. */
  readonly holders: readonly NodeId[];
  /** Where it is known from whoever named the Blob: who claims another size is not asked. */
  readonly totalBytes?: number;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
}

/** This Node's Blobs: those it serves, and those it fetches. */
export interface BlobService {
  /** Keeps the bytes (not copied: leave them alone) and serves them to whoever asks. */
  put(bytes: Uint8Array): Promise<BlobHash>;
  /** It is in memory. */
  has(hash: BlobHash): boolean;
  /** It is whole on this device's disk, where there is one: a reload does not lose it. */
  isKept(hash: BlobHash): Promise<boolean>;
  /** From memory, else from the disk, else from the holders; concurrent calls for one hash share one transfer. The hash is verified.
   * @throws BlobUnavailableError, BlobCorruptError, CancelledError */
  get(hash: BlobHash, options: FetchOptions): Promise<Uint8Array>;
  /**
   * One `put` or `get` less needs the bytes. When none does they stay, and are served, until room is needed: the next
   * render of the same scene finds them here.
   */
  release(hash: BlobHash): void;
  /** Forgets the bytes, on the disk, too. */
  drop(hash: BlobHash): void;
  close(): void;
}
