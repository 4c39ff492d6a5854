/**
 * What it takes of a device's disk: records of bytes by key, in one place for each Network. A browser has IndexedDB for it, the
 * terminal a folder; everything above is the same for both.
 *
 * Keys are lower-case letters, digits and dashes between slashes. One that ends in `/b<bytes>` says how long its record is:
 * then a list of the keys is all that is needed to know what is there, in which version and how large.
 */
import { LeafcutterError } from '../../runtime/index.ts';

export interface DiskRecord {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface Disk {
  /** Keys that begin with `prefix`, in no order. */
  keys(prefix: string): Promise<readonly string[]>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** Each record is written whole or not at all. @throws DiskFullError when there is no room, anything else when the disk is away */
  set(records: readonly DiskRecord[]): Promise<void>;
  del(keys: readonly string[]): Promise<void>;
}

export class DiskFullError extends LeafcutterError {
  constructor(options?: { cause?: unknown }) {
    super(
      'disk-full',
      "this device's disk is full; free some of it, or forget what Leafcutter keeps here",
      options,
    );
  }
}

/** Who of those that share a disk (tabs of one browser, processes with one folder) works on what. */
export interface Claims {
  /**
   * The right to `name`, until the returned function is called or its holder's life ends; undefined when another holds it after
   * `waitMs`. Where nobody can tell, everyone gets it.
   */
  claim(name: string, waitMs: number): Promise<(() => void) | undefined>;
}

/** Of a record whose key does not tell: a description, a mark. */
const SMALL_RECORD_BYTES = 1024;

export function bytesOfKey(key: string): number {
  const length = /\/b(\d+)$/.exec(key)?.[1];
  return length === undefined ? SMALL_RECORD_BYTES : Number(length);
}

/** How much lies on it, by its keys. */
export async function usedBytesOf(disk: Pick<Disk, 'keys'>): Promise<number> {
  return (await disk.keys('')).reduce((sum, key) => sum + bytesOfKey(key), 0);
}
