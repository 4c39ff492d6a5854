import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom, setLogSink, toHex } from '../runtime/index.ts';
import { openTabIdentity, type TabStorage } from './tab-identity.ts';

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

describe("a tab's identity", () => {
  it('is the same after a reload, in a newer life', () => {
    const storage = storageOf();
    const first = openTabIdentity(storage, 1000, seededRandom(1));
    const second = openTabIdentity(storage, 5000, seededRandom(2));
    expect(second.identity.id).toBe(first.identity.id);
    expect(second.identity.secretKey).toEqual(first.identity.secretKey);
    expect([first.life, second.life]).toEqual([1000, 5000]);
  });

  it('never lives an earlier life again, though the clock goes back', () => {
    const storage = storageOf();
    openTabIdentity(storage, 9000, seededRandom(1));
    expect(openTabIdentity(storage, 2000, seededRandom(1)).life).toBe(9001);
    expect(openTabIdentity(storage, 2000, seededRandom(1)).life).toBe(9002);
  });

  it('is copied with the tab, which then lives the newer life', () => {
    const storage = storageOf();
    const original = openTabIdentity(storage, 1000, seededRandom(1));
    const copy = openTabIdentity(storage.copy(), 1000, seededRandom(2));
    expect(copy.identity.id).toBe(original.identity.id);
    expect(copy.life).toBeGreaterThan(original.life);
  });

  it('is a fresh one after it was forgotten', () => {
    const storage = storageOf();
    const first = openTabIdentity(storage, 1000, seededRandom(1));
    first.forget();
    expect(openTabIdentity(storage, 2000, seededRandom(2)).identity.id).not.toBe(first.identity.id);
  });

  it('is in memory where storage is refused', () => {
    for (const storage of [refused, undefined]) {
      const { identity, life, forget } = openTabIdentity(storage, 1000, seededRandom(1));
      expect(identity.secretKey).toHaveLength(32);
      expect(life).toBe(1000);
      forget();
    }
  });

  it('takes nothing damaged from the storage', () => {
    const secret = 'ab'.repeat(32);
    const broken = ['', '{', 'null', '7', '{"secret":"zz","life":1}', `{"secret":"${secret}","life":-1}`];
    broken.push(`{"secret":"${secret}","life":${2 ** 48}}`, `{"secret":"${secret}"}`);
    for (const text of broken) {
      const storage = storageOf({ 'leafcutter-node': text });
      const { identity, life } = openTabIdentity(storage, 1000, seededRandom(1));
      expect(toHex(identity.secretKey)).not.toBe(secret);
      expect(life).toBe(1000);
    }
  });

  it('never stands in the log', () => {
    const random = seededRandom(7);
    const { identity } = openTabIdentity(refused, 1000, random);
    expect(lines.join('\n')).not.toContain(toHex(identity.secretKey));
    expect(lines.length).toBeGreaterThan(0);
  });
});
