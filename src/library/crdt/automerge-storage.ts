/**
 * A room as what Automerge stores its documents in: all who have the room have them, the last one who is there and its disk as well, within
 * the room's cap, written by whoever may write. Begin the room with `fieldsReducer` and `{}`. What is larger than an update lies in parts.
 */
import type { Chunk, StorageAdapterInterface, StorageKey } from '@automerge/automerge-repo';
import { type Fields, type FieldsUpdate, MAX_UPDATE_BYTES, type Room } from '../../services/rooms/index.ts';

/** What of a room of fields the storage adapter needs. */
export type StorageRoom = Pick<Room<Fields, FieldsUpdate>, 'state' | 'update'>;

/** The field has names beside. */
const PART_BYTES = MAX_UPDATE_BYTES - 8 * 1024;

/** A storage adapter for an Automerge Repo: its chunks are fields of a room, on every device that has it. */
export class LeafcutterStorageAdapter implements StorageAdapterInterface {
  readonly #room: StorageRoom;

  constructor(room: StorageRoom) {
    this.#room = room;
  }

  async load(key: StorageKey): Promise<Uint8Array | undefined> {
    return this.#dataOf(key);
  }

  /** Resolves when another Node has it, or, alone, this device. */
  async save(key: StorageKey, data: Uint8Array): Promise<void> {
    const before = this.#entriesOf(key).map(({ name }) => name);
    const count = Math.max(1, Math.ceil(data.length / PART_BYTES));
    const number = 1 + Math.max(0, ...this.#entries().map((entry) => entry.number));
    const updates = Array.from({ length: count }, (_, part) => ({
      set: {
        [nameOf({ key, part, count, number })]: data.slice(part * PART_BYTES, (part + 1) * PART_BYTES),
      },
      // With the last one: until then what was there is.
      ...(part === count - 1 && { remove: before }),
    }));
    await Promise.all(updates.map((update) => this.#room.update(update)));
  }

  async remove(key: StorageKey): Promise<void> {
    await this.#removeAll(this.#entriesOf(key));
  }

  async loadRange(keyPrefix: StorageKey): Promise<Chunk[]> {
    const keys = new Map(this.#entriesBelow(keyPrefix).map(({ key }) => [JSON.stringify(key), key]));
    return [...keys.values()].flatMap((key) => {
      const data = this.#dataOf(key);
      return data ? [{ key, data }] : [];
    });
  }

  async removeRange(keyPrefix: StorageKey): Promise<void> {
    await this.#removeAll(this.#entriesBelow(keyPrefix));
  }

  async #removeAll(entries: readonly Entry[]): Promise<void> {
    if (entries.length > 0) await this.#room.update({ remove: entries.map(({ name }) => name) });
  }

  /** The newest that is there as a whole. */
  #dataOf(key: StorageKey): Uint8Array | undefined {
    const { state } = this.#room;
    for (const { count, number } of this.#entriesOf(key).toReversed()) {
      const parts = Array.from({ length: count }, (_, part) => state[nameOf({ key, part, count, number })]);
      const bytes = parts.filter((part) => part instanceof Uint8Array);
      if (bytes.length === count) return joined(bytes);
    }
    return undefined;
  }

  #entriesOf(key: StorageKey): readonly Entry[] {
    return this.#entriesBelow(key).filter((entry) => entry.key.length === key.length);
  }

  /** In the order in which they came. */
  #entriesBelow(keyPrefix: StorageKey): readonly Entry[] {
    return this.#entries().filter(({ key }) => keyPrefix.every((part, i) => key[i] === part));
  }

  #entries(): readonly Entry[] {
    const entries = Object.keys(this.#room.state).flatMap((name) => entryOf(name) ?? []);
    return entries.sort((a, b) => a.number - b.number);
  }
}

/** A part of what is stored under a key, in a field of that name. */
interface Entry {
  readonly name: string;
  readonly key: StorageKey;
  readonly part: number;
  readonly count: number;
  /** Later ones have greater ones. */
  readonly number: number;
}

function nameOf({ key, part, count, number }: Omit<Entry, 'name'>): string {
  return `${JSON.stringify(key)}#${part}/${count}/${number}`;
}

/** Undefined where somebody has put something else into the room. */
function entryOf(name: string): Entry | undefined {
  const [, text = '', part, count, number] = /^(.*)#(\d{1,6})\/(\d{1,6})\/(\d{1,15})$/s.exec(name) ?? [];
  try {
    const key: unknown = JSON.parse(text);
    if (!Array.isArray(key) || key.some((one) => typeof one !== 'string')) return undefined;
    return { name, key, part: Number(part), count: Number(count), number: Number(number) };
  } catch {
    return undefined;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
