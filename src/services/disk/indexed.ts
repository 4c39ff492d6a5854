/** A disk in IndexedDB: one database a Network, through idb-keyval, whose stores also take ranges of keys and whole transactions. */
import { createStore, delMany, get, promisifyRequest, setMany } from 'idb-keyval';
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
        await setMany(
          records.map(({ key, bytes }) => [key, bytes]),
          store,
        );
      } catch (cause) {
        throw isQuotaError(cause) ? new DiskFullError({ cause }) : cause;
      }
    },
    async del(keys) {
      await delMany([...keys], store);
    },
    async close() {
      await store('readonly', ({ transaction }) => transaction.db.close());
    },
  };
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
