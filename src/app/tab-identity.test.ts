import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, setLogSink, toHex } from '../runtime/index.ts';
import type { TabBrowser, TabChannel } from './tab-claim.ts';
import { openTabIdentity, type TabIdentity, type TabStorage } from './tab-identity.ts';

const lines: string[] = [];
beforeAll(() => setLogSink((...parts: unknown[]) => void lines.push(parts.map(String).join(' '))));
afterAll(() => setLogSink(undefined));

function storageOf(entries: Record<string, string> = {}): TabStorage & { copy(): TabStorage } {
  const map = new Map(Object.entries(entries));
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    copy: () => storageOf(Object.fromEntries(map)),
  };
}

const refused: TabStorage = {
  getItem() {
    throw new Error('SecurityError');
  },
  setItem() {
    throw new Error('QuotaExceededError');
  },
  removeItem() {
    throw new Error('SecurityError');
  },
};

/** A browser without locks, whose time passes at once: silence is over before anybody waits. */
const browser = (channel?: TabChannel): TabBrowser => ({
  locks: undefined,
  channel,
  isReload: false,
  timers: {
    after: (_, callback) => {
      queueMicrotask(callback);
      return () => undefined;
    },
  },
});
const open = (storage: TabStorage | undefined, nowMs: number, seed = 1): Promise<TabIdentity> =>
  openTabIdentity(storage, () => browser(), nowMs, seededRandom(seed));

describe("a tab's identity", () => {
  it('is the same after a reload, in a newer life', async () => {
    const storage = storageOf();
    const first = await open(storage, 1000, 1);
    const second = await open(storage, 5000, 2);
    expect(second.identity.id).toBe(first.identity.id);
    expect(second.identity.secretKey).toEqual(first.identity.secretKey);
    expect([first.life, second.life]).toEqual([1000, 5000]);
  });

  it('never lives an earlier life again, though the clock goes back', async () => {
    const storage = storageOf();
    await open(storage, 9000, 1);
    expect((await open(storage, 2000, 1)).life).toBe(9001);
    expect((await open(storage, 2000, 1)).life).toBe(9002);
  });

  it('is another one in a copy of the tab, which leaves the first alone', async () => {
    const storage = storageOf();
    const original = await open(storage, 1000);
    const copied = storage.copy();
    const answering: TabChannel = {
      addEventListener: (_, listener) => {
        const taken = { type: 'taken', id: original.identity.id, life: 1, ticket: 0 };
        answering.postMessage = (asked) =>
          listener({ data: { ...taken, ticket: (asked as typeof taken).ticket } });
      },
      postMessage: () => undefined,
      close: () => undefined,
    };
    const copy = await openTabIdentity(copied, () => browser(answering), 2000, seededRandom(2));
    expect(copy.identity.id).not.toBe(original.identity.id);
    expect(copy.life).toBe(2000);
    // And stays so when it is loaded again.
    expect((await open(copied, 3000, 3)).identity.id).toBe(copy.identity.id);
    expect((await open(storage, 3000, 3)).identity.id).toBe(original.identity.id);
  });

  it('is a fresh one after it was forgotten', async () => {
    const storage = storageOf();
    const first = await open(storage, 1000, 1);
    first.forget();
    expect((await open(storage, 2000, 2)).identity.id).not.toBe(first.identity.id);
  });

  it('is in memory where storage is refused', async () => {
    for (const storage of [refused, undefined]) {
      const { identity, life, forget } = await open(storage, 1000, 1);
      expect(identity.secretKey).toHaveLength(32);
      expect(life).toBe(1000);
      forget();
    }
  });

  it('takes nothing damaged from the storage', async () => {
    const secret = 'ab'.repeat(32);
    const broken = ['', '{', 'null', '7', '{"secret":"zz","life":1}', `{"secret":"${secret}","life":-1}`];
    broken.push(`{"secret":"${secret}","life":${2 ** 48}}`, `{"secret":"${secret}"}`);
    for (const text of broken) {
      const storage = storageOf({ 'leafcutter-node': text });
      const { identity, life } = await open(storage, 1000, 1);
      expect(toHex(identity.secretKey)).not.toBe(secret);
      expect(life).toBe(1000);
    }
  });

  it('never stands in the log', async () => {
    const random = seededRandom(7);
    const { identity } = await openTabIdentity(refused, () => browser(), 1000, random);
    expect(lines.join('\n')).not.toContain(toHex(identity.secretKey));
    expect(lines.length).toBeGreaterThan(0);
  });
});
