/**
 * The newest values of the other Nodes. Of one that is gone only numbers are kept, so that an old value that is still on its way never
 * shows again, and the same value does when the Node is back.
 */
import type { NodeId } from '../../wire/index.ts';
import type { RoomRate } from './contract.ts';
import { type LatestEntry, type LatestMessage, MAX_KEYS } from './latest-messages.ts';
import { Pace } from './pace.ts';
import { sizeOf } from './plain.ts';

/** Of all values of one author. */
export const MAX_AUTHOR_BYTES = 64 * 1024;
/** Authors that are gone, of which numbers are kept. */
const MAX_GONE = 256;
/** Before its last one. An older one that a path still brings now has stood still for days. */
const MAX_RETIRED = 8;
/** As for updates (surplus.ts). */
const TOLERANCE = 2;
const BURST_MS = 5_000;
const NOTHING: Size = { keys: 0, bytes: 0 };

interface Size {
  readonly keys: number;
  readonly bytes: number;
}

interface Arrived {
  readonly from: NodeId;
  readonly bytes: number;
  open(): LatestMessage | undefined;
}

interface Author {
  readonly entries: Map<string, LatestEntry>;
  readonly pace: Pace;
  /** How many values it shows, and of how many bytes. */
  size: Size;
  isHere: boolean;
  session: number | undefined;
  /** Sessions that are over. */
  retired: readonly number[];
  /** Came too early: the last one. */
  waiting: Arrived | undefined;
  isHeldBack: boolean;
}

export class LatestAuthors {
  readonly #rate: RoomRate;
  readonly #authors = new Map<NodeId, Author>();

  /** @param rate of messages and their bytes that an honest author keeps to */
  constructor({ updatesPerSecond, bytesPerSecond }: RoomRate) {
    this.#rate = {
      updatesPerSecond: TOLERANCE * updatesPerSecond,
      bytesPerSecond: TOLERANCE * bytesPerSecond,
    };
  }

  get nextWakeAt(): number {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { waiting, pace } of this.#authors.values())
      if (waiting) soonest = Math.min(soonest, pace.readyAtMs);
    return soonest;
  }

  /** Of those who are here. */
  get values(): readonly (readonly [node: NodeId, entry: LatestEntry])[] {
    return [...this.#authors].flatMap(([node, { isHere, entries }]) =>
      isHere ? [...entries.values()].map((entry) => [node, entry] as const) : [],
    );
  }

  get(node: NodeId, name: string): LatestEntry | undefined {
    const author = this.#authors.get(node);
    return author?.isHere ? author.entries.get(name) : undefined;
  }

  /** What it shows from now on. */
  isHere(node: NodeId): readonly LatestEntry[] {
    const author = this.#authorOf(node);
    if (author.isHere) return [];
    author.isHere = true;
    return shownOf(author);
  }

  /** What it no longer shows. */
  isGone(node: NodeId): readonly LatestEntry[] {
    const author = this.#authors.get(node);
    if (!author?.isHere) return [];
    const shown = shownOf(author);
    author.isHere = false;
    author.waiting = undefined;
    author.size = NOTHING;
    for (const [name, entry] of author.entries) {
      author.entries.set(name, { ...entry, number: entry.number - 1, value: undefined });
    }
    // To the end: who is gone for longest is forgotten first.
    this.#authors.delete(node);
    this.#authors.set(node, author);
    this.#forgetGone();
    return shown.map((entry) => ({ ...entry, value: undefined }));
  }

  /** A message came, to be looked at when `due` says so. Of those that come too early the last is kept. @returns whether it is held back since now */
  arrived(message: Arrived, nowMs: number): boolean {
    const author = this.#authorOf(message.from);
    if (author.isHeldBack && author.pace.restedAtMs <= nowMs) author.isHeldBack = false;
    author.waiting = message;
    if (author.pace.readyAtMs <= nowMs || author.isHeldBack) return false;
    author.isHeldBack = true;
    return true;
  }

  due(nowMs: number): readonly Arrived[] {
    const due: Arrived[] = [];
    for (const author of this.#authors.values()) {
      const { waiting, pace } = author;
      if (!waiting || pace.readyAtMs > nowMs) continue;
      author.waiting = undefined;
      pace.spend(1, waiting.bytes, nowMs);
      due.push(waiting);
    }
    return due;
  }

  /** What it shows that it did not, or why it is not taken. */
  take(node: NodeId, { session, entries }: LatestMessage): readonly LatestEntry[] | string {
    const author = this.#authorOf(node);
    if (author.retired.includes(session)) return [];
    const isAnother = author.session !== undefined && author.session !== session;
    const before = isAnother ? { size: NOTHING, entries: new Map<string, LatestEntry>() } : author;
    const newer = entries.filter((entry) => entry.number > (before.entries.get(nameOf(entry))?.number ?? -1));
    const size = sizeAfter(before, newer);
    if (size.keys > MAX_KEYS || size.bytes > MAX_AUTHOR_BYTES) return 'it shows more than anybody may';
    const ended = isAnother ? this.#end(author) : [];
    author.session = session;
    author.size = size;
    for (const entry of newer) {
      author.entries.delete(nameOf(entry));
      author.entries.set(nameOf(entry), entry);
    }
    forgetRemoved(author.entries);
    return author.isHere ? [...ended, ...newer] : [];
  }

  /** Another session begins: what was shown is over. */
  #end(author: Author): readonly LatestEntry[] {
    const shown = author.isHere ? shownOf(author) : [];
    if (author.session !== undefined)
      author.retired = [...author.retired, author.session].slice(-MAX_RETIRED);
    author.entries.clear();
    author.size = NOTHING;
    return shown.map((entry) => ({ ...entry, value: undefined }));
  }

  #authorOf(node: NodeId): Author {
    let author = this.#authors.get(node);
    if (!author) {
      author = {
        ...{ entries: new Map(), pace: new Pace(this.#rate, BURST_MS), isHere: false, isHeldBack: false },
        ...{ session: undefined, retired: [], waiting: undefined, size: NOTHING },
      };
      this.#authors.set(node, author);
      this.#forgetGone();
    }
    return author;
  }

  #forgetGone(): void {
    const gone = [...this.#authors].filter(([, { isHere }]) => !isHere);
    for (const [node] of gone.slice(0, Math.max(0, gone.length - MAX_GONE))) this.#authors.delete(node);
  }
}

/** Each is one value of an author. */
export function nameOf({ channel, key }: Pick<LatestEntry, 'channel' | 'key'>): string {
  return `${channel}\n${key}`;
}

/** Of what it shows; of what it does not show any more 0. */
export function bytesOf({ channel, key, value }: LatestEntry): number {
  return value === undefined ? 0 : sizeOf(value) + channel.length + key.length;
}

/** Removed ones are remembered for what may be on its way yet, the newest of them. */
export function forgetRemoved(entries: Map<string, LatestEntry>): void {
  for (const [name, { value }] of entries) {
    if (entries.size <= 2 * MAX_KEYS) return;
    if (value === undefined) entries.delete(name);
  }
}

function shownOf({ entries }: Author): readonly LatestEntry[] {
  return [...entries.values()].filter(({ value }) => value !== undefined);
}

function sizeAfter({ size, entries }: Pick<Author, 'size' | 'entries'>, newer: readonly LatestEntry[]): Size {
  let { keys, bytes } = size;
  for (const entry of newer) {
    const before = entries.get(nameOf(entry));
    keys += Number(entry.value !== undefined) - Number(before?.value !== undefined);
    bytes += bytesOf(entry) - (before ? bytesOf(before) : 0);
  }
  return { keys, bytes };
}
