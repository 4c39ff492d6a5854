/** A disk in IndexedDB: one database a Network, through idb-keyval, whose stores also take ranges of keys and whole transactions. */
import { createStore, get, promisifyRequest } from 'idb-keyval';
import { type Disk, DiskFullError } from './contract.ts';

/** Behind every character that keys are made of. */
const LAST = '\uffff';

export interface IndexedDisk extends Disk {
  /** Lets go of the database: it can be deleted then. */
  close(): Promise<void>;
}

/** Every call rejects where the browser has no IndexedDB, or refuses it. */
export function indexedDisk(database: string): IndexedDisk {
  const store = createStore(database, 'records');
  return {
    async keys(prefix) {
      const range = IDBKeyRange.bound(prefix, prefix + LAST);
      const keys = await store('readonly', (records) => promisifyRequest(records.getAllKeys(range)));
      return keys.filter((key) => typeof key === 'string');
    },
    async get(key) {
      const value = await get<unknown>(key, store);
      if (value === undefined || value instanceof Uint8Array) return value;
      return new Uint8Array(); // not ours: no record
    },
    async set(records) {
      try {
        await store('readwrite', (kept) => {
          for (const { key, bytes } of records) kept.put(bytes, key);
          return committed(kept);
        });
      } catch (cause) {
        throw isQuotaError(cause) ? new DiskFullError({ cause }) : cause;
      }
    },
    async del(keys) {
      await store('readwrite', (kept) => {
        for (const key of keys) kept.delete(key);
        return committed(kept);
      });
    },
    async close() {
      await store('readonly', ({ transaction }) => transaction.db.close());
    },
  };
}

/** At once: a tab that is closed or reloaded takes along what still waits for an answer before it is committed. */
function committed({ transaction }: IDBObjectStore): Promise<void> {
  transaction.commit();
  return promisifyRequest(transaction);
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
