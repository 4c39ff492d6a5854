/** Test support: a disk in memory that fails, tears and fills up on command. */
import { type Claims, type Disk, DiskFullError, type DiskRecord } from './contract.ts';

export class MemoryDisk implements Disk {
  readonly records = new Map<string, Uint8Array>();
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Called before each operation; what it throws is what the operation fails with. What it waits for delays it. */
  before: ((operation: 'keys' | 'get' | 'set' | 'del') => void | Promise<void>) | undefined;
  /** Transactions of `set` so far that succeeded. */
  sets = 0;

  get usedBytes(): number {
    return usedBy(this.records);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    await this.before?.('keys');
    return [...this.records.keys()].filter((key) => key.startsWith(prefix));
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    await this.before?.('get');
    return this.records.get(key)?.slice();
  }

  async set(records: readonly DiskRecord[]): Promise<void> {
    await this.before?.('set');
    const next = new Map(this.records);
    for (const { key, bytes } of records) next.set(key, bytes.slice());
    if (usedBy(next) > this.capacityBytes) throw new DiskFullError();
    for (const { key, bytes } of records) this.records.set(key, bytes.slice());
    this.sets++;
  }

  async del(keys: readonly string[]): Promise<void> {
    await this.before?.('del');
    for (const key of keys) this.records.delete(key);
  }

  /** As when the power went while it was written. */
  tear(key: string, length = 20): void {
    this.records.set(key, (this.records.get(key) ?? new Uint8Array()).slice(0, length));
  }
}

function usedBy(records: ReadonlyMap<string, Uint8Array>): number {
  let bytes = 0;
  for (const record of records.values()) bytes += record.length;
  return bytes;
}

/** Claims of tabs of one browser. */
export class MemoryClaims {
  readonly #held = new Map<string, symbol>();

  /** As one tab sees them. */
  tab(): Claims & { close(): void } {
    const tab = Symbol('tab');
    return {
      claim: async (name) => {
        if (this.#held.has(name)) return undefined;
        this.#held.set(name, tab);
        return () => void (this.#held.get(name) === tab && this.#held.delete(name));
      },
      /** The tab is closed: the browser takes its locks. */
      close: () => {
        for (const [name, holder] of this.#held) if (holder === tab) this.#held.delete(name);
      },
    };
  }
}
