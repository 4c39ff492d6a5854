/** What the bench calls in each page: one shared map at a time, and what becomes of it. */
import { accept, answer, offer, raw } from '../../unicast/raw.ts';
import { clock, type OpenOptions, type Shared, type Way, type WayName } from './document.ts';
import { ours } from './ours.ts';
import { receivedBytes } from './received.ts';

/** Entries set in one turn. */
const TURN = 10;

let shared: Shared | undefined;
/** When each entry was first here. */
const seenAt = new Map<string, number>();

const the = (): Shared => {
  if (shared === undefined) throw new Error('nothing is open in this page');
  return shared;
};

const look = (): void => {
  for (const key of the().keys()) if (!seenAt.has(key)) seenAt.set(key, clock());
};

/** What people write does not repeat itself as one letter does. */
const incompressible = (bytes: number): string =>
  Array.from({ length: Math.ceil(bytes / 11) }, () => Math.random().toString(36).slice(2, 13).padEnd(11, '0'))
    .join('')
    .slice(0, bytes);

const turn = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const page = {
  raw: { ...raw, offer, answer, accept },
  receivedBytes,

  async open(
    way: WayName,
    options: OpenOptions,
  ): Promise<{ link: string; connectedAt: number; openedAt: number }> {
    await page.close();
    const startedAt = clock();
    const opened = await (window.ways[way] as Way).open(options);
    shared = opened.shared;
    seenAt.clear();
    return { link: opened.link, connectedAt: opened.connectedAt, openedAt: startedAt };
  },

  /** Resolves with the clock when it has so many entries, to a hundredth of a second. */
  async until(size: number): Promise<number> {
    while (the().size() < size) await turn(10);
    return clock();
  },

  size: (): number => the().size(),

  /** From now on notes when each entry comes. */
  watch(): void {
    look();
    the().onChange(look);
  },

  seen: (): Record<string, number> => Object.fromEntries(seenAt),

  /** One after the other. Resolves with the clock at each. */
  async setEvery(ms: number, prefix: string, count: number): Promise<Record<string, number>> {
    const setAt: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      setAt[`${prefix}${i}`] = clock();
      the().set(`${prefix}${i}`, 'x');
      await turn(ms);
    }
    await the().flushed();
    return setAt;
  },

  /** As fast as it goes, some in each turn, so many entries again and again. Resolves with the clock when it began. */
  async setMany(prefix: string, count: number, valueBytes: number, entries = count): Promise<number> {
    const startedAt = clock();
    for (let i = 0; i < count; i++) {
      the().set(`${prefix}${i % entries}`, incompressible(valueBytes));
      if (i % TURN === TURN - 1) await turn();
    }
    await the().flushed();
    return startedAt;
  },

  async close(): Promise<void> {
    await shared?.close();
    shared = undefined;
  },
};

declare global {
  interface Window {
    ways: Partial<Record<WayName, Way>>;
    roomsBench: typeof page;
  }
}

window.ways = { rooms: ours };
window.roomsBench = page;
