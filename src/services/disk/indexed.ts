/** A disk in IndexedDB: one database a Network, through idb-keyval, whose stores also take ranges of keys and whole transactions. */
import { createStore, get, promisifyRequest, type UseStore } from 'idb-keyval';
import { LeafcutterError } from '../../runtime/index.ts';
import { type Disk, DiskFullError } from './contract.ts';

/** Behind every character that keys are made of. */
const LAST = '\uffff';

export interface IndexedDisk extends Disk {
  /** Lets go of the database: it can be deleted then. */
  close(): Promise<void>;
}

/** Every call rejects where the browser has no IndexedDB, or refuses it. */
export function indexedDisk(database: string): IndexedDisk {
  const store = refusable(createStore(database, 'records'));
  return {
    async keys(prefix) {
      const keys = await store('readonly', (records) =>
        promisifyRequest(records.getAllKeys(IDBKeyRange.bound(prefix, prefix + LAST))),
      );
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

/** @throws LeafcutterError `no-disk`: what browsers themselves say then tells a person nothing */
function refusable(store: UseStore): UseStore {
  return async (mode, use) => {
    try {
      return await store(mode, use);
    } catch (cause) {
      const isRefused = cause instanceof DOMException && cause.name === 'SecurityError';
      if (globalThis.indexedDB && !isRefused) throw cause;
      const message = 'this browser lets the page keep nothing: a private window, or its storage is blocked';
      throw new LeafcutterError('no-disk', message, { cause });
    }
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
