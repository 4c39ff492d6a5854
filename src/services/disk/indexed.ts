/** A disk in IndexedDB: one database a Network, through idb-keyval, whose stores also take ranges of keys and whole transactions. */
import { createStore, promisifyRequest } from 'idb-keyval';
import { LeafcutterError } from '../../runtime/index.ts';
import { type Disk, DiskFullError } from './contract.ts';

/** Behind every character that keys are made of. */
const LAST = '\uffff';

export interface IndexedDisk extends Disk {
  /** Lets go of the database: it can be deleted then. */
  close(): Promise<void>;
}

/** Whether there is such a database; to open it would make one. Where a browser does not say there may be. @throws where it has none */
export async function databaseExists(name: string): Promise<boolean> {
  return (await indexedDB.databases?.())?.some((one) => one.name === name) ?? true;
}

/**
 * Every call rejects where the browser has no IndexedDB, or refuses it. The database comes to be with its first record: most visits keep
 * nothing, and to make one takes a page longer than to ask.
 * @param willWrite called, and waited for, before the first record of this visit
 */
export function indexedDisk(database: string, willWrite = async (): Promise<void> => {}): IndexedDisk {
  const store = createStore(database, 'records');
  let isThere = false;
  let isNoted: Promise<void> | undefined;
  const read = <T>(none: T, use: (records: IDBObjectStore) => T | PromiseLike<T>): Promise<T> =>
    unlessRefused(async () => {
      isThere ||= await databaseExists(database);
      return isThere ? store('readonly', use) : none;
    });
  const write = (use: (records: IDBObjectStore) => Promise<void>): Promise<void> =>
    unlessRefused(async () => {
      isNoted ??= willWrite();
      await isNoted;
      isThere = true;
      await store('readwrite', use);
    });
  return {
    async keys(prefix) {
      const keys = await read<readonly IDBValidKey[]>([], (records) =>
        promisifyRequest(records.getAllKeys(IDBKeyRange.bound(prefix, prefix + LAST))),
      );
      return keys.filter((key) => typeof key === 'string');
    },
    async get(key) {
      const value = await read<unknown>(undefined, (records) => promisifyRequest(records.get(key)));
      if (value === undefined || value instanceof Uint8Array) return value;
      return new Uint8Array(); // not ours: no record
    },
    async set(records) {
      try {
        await write((kept) => {
          for (const { key, bytes } of records) kept.put(bytes, key);
          return committed(kept);
        });
      } catch (cause) {
        throw isQuotaError(cause) ? new DiskFullError({ cause }) : cause;
      }
    },
    async del(keys) {
      if (keys.length === 0) return;
      await write((kept) => {
        for (const key of keys) kept.delete(key);
        return committed(kept);
      });
    },
    async close() {
      if (isThere) await store('readonly', ({ transaction }) => transaction.db.close());
    },
  };
}

/** @throws LeafcutterError `no-disk`: what browsers themselves say then tells a person nothing */
async function unlessRefused<T>(access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (cause) {
    const isRefused = cause instanceof DOMException && cause.name === 'SecurityError';
    if (globalThis.indexedDB && !isRefused) throw cause;
    const message = 'this browser lets the page keep nothing: a private window, or its storage is blocked';
    throw new LeafcutterError('no-disk', message, { cause });
  }
}

/** At once: a tab that is closed or reloaded takes along what still waits for an answer before it is committed. */
function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit();
  return promisifyRequest(transaction);
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
