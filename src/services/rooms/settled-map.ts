/** A map that was taken into a room (plain.ts) and can be changed: the same as if all of it were settled anew after each change. */
import type { Plain } from './contract.ts';
import { entryBytesOf, heightOf, settledMapOf, settleEntry, sizeOfEntry, sizeOfMap } from './plain.ts';

export type PlainMap = { readonly [key: string]: Plain };

export class SettledMap {
  readonly #values = new Map<string, Plain>();
  /** Ascending. */
  readonly #keys: string[];
  #entryBytes: number;
  /** As it is handed out, since it changed last. Whoever takes back what was changed since may set it. */
  made: PlainMap | undefined;

  /** @param settled as `settle` gave it */
  constructor(settled: PlainMap) {
    for (const [key, value] of Object.entries(settled)) this.#values.set(key, value);
    this.#keys = [...this.#values.keys()].sort();
    this.#entryBytes = entryBytesOf(settled, this.#keys.length);
    this.made = settled;
  }

  /** Of its encoding. */
  get bytes(): number {
    return sizeOfMap(this.#keys.length, this.#entryBytes);
  }

  /** As `settle` gives it. */
  get whole(): PlainMap {
    this.made ??= this.#make();
    return this.made;
  }

  get(key: string): Plain | undefined {
    return this.#values.get(key);
  }

  /** @returns what was there. @throws NotPlainError, and nothing is changed */
  set(key: string, value: unknown): Plain | undefined {
    const settled = settleEntry(key, value);
    const before = this.#values.get(key);
    if (before === undefined) this.#keys.splice(this.#placeOf(key), 0, key);
    else this.#entryBytes -= sizeOfEntry(key, before);
    this.#values.set(key, settled);
    this.#entryBytes += sizeOfEntry(key, settled);
    this.made = undefined;
    return before;
  }

  /** @returns what was there */
  delete(key: string): Plain | undefined {
    const before = this.#values.get(key);
    if (before === undefined) return undefined;
    this.#values.delete(key);
    this.#keys.splice(this.#placeOf(key), 1);
    this.#entryBytes -= sizeOfEntry(key, before);
    this.made = undefined;
    return before;
  }

  #make(): PlainMap {
    const copy: Record<string, Plain> = {};
    let height = 0;
    for (const key of this.#keys) {
      const value = this.#values.get(key) ?? null;
      copy[key] = value;
      height = Math.max(height, heightOf(value));
    }
    return settledMapOf(copy, { bytes: this.bytes, height: height + 1 });
  }

  #placeOf(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
