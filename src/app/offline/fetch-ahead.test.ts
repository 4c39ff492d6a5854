import { describe, expect, it } from 'vitest';
import { type FetchAheadOptions, fetchAhead } from './fetch-ahead.ts';

const SCOPE = 'http://192.0.2.7/farm/';
const DAY_MS = 24 * 3_600_000;

/** A browser: what it has fetched, what it remembers, and how the server answers. */
function browser(list: unknown = ['assets/a.js', 'kernel.wasm?v=12', 'assets/b.js']) {
  const kept = new Map<string, string>();
  const visit = {
    list,
    fails: '',
    status: 200,
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    } as FetchAheadOptions['storage'],
    kept,
    async open(nowMs: number, loaded: readonly string[] = []): Promise<readonly string[]> {
      const fetched: string[] = [];
      let isIdle = false;
      const idle = async () => {
        isIdle = true;
      };
      const fetch = async (url: string) => {
        const name = url.slice(SCOPE.length);
        if (name === visit.fails) throw new TypeError('Failed to fetch');
        return {
          ok: visit.status === 200 || name === 'page-files.json',
          status: visit.status,
          text: async () => JSON.stringify(visit.list),
          arrayBuffer: async () => {
            fetched.push(isIdle ? name : `${name} at a bad moment`);
            isIdle = false;
            return new ArrayBuffer(0);
          },
        };
      };
      await fetchAhead({ scope: SCOPE, loaded, storage: visit.storage, nowMs, idle, fetch });
      return fetched;
    },
  };
  return visit;
}

describe('fetching ahead', () => {
  it('reads each file to its end, but for what the tab has loaded', async () => {
    expect(await browser().open(0, [`${SCOPE}assets/a.js`])).toEqual(['kernel.wasm?v=12', 'assets/b.js']);
  });

  it('is done once a day, and at once for another build', async () => {
    const visit = browser();
    expect(await visit.open(1_000)).toHaveLength(3);
    expect(await visit.open(1_000 + DAY_MS - 1)).toEqual([]);
    expect(await visit.open(1_000 + DAY_MS)).toHaveLength(3);
    visit.list = ['assets/c.js'];
    expect(await visit.open(1_001 + DAY_MS)).toEqual(['assets/c.js']);
  });

  it('is done again after it was broken off, and after the clock was set back', async () => {
    const visit = browser();
    visit.fails = 'assets/b.js';
    await expect(visit.open(DAY_MS)).rejects.toThrow('Failed to fetch');
    visit.fails = '';
    expect(await visit.open(DAY_MS)).toHaveLength(3);
    expect(await visit.open(DAY_MS - 1)).toHaveLength(3);
  });

  it('is done again after a proxy answered for a server that was away', async () => {
    const visit = browser();
    visit.status = 503;
    await expect(visit.open(DAY_MS)).rejects.toThrow('the server answered 503');
    visit.status = 200;
    expect(await visit.open(DAY_MS)).toHaveLength(3);
  });

  it('does without storage, with a note that nobody here wrote, and with a list that is none', async () => {
    const without = browser();
    without.storage = undefined;
    expect(await without.open(0)).toHaveLength(3);
    const foreign = browser();
    for (const note of ['', '{', 'null', '[]', '["a","b"]']) {
      foreign.storage = {
        getItem: () => note,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      };
      expect(await foreign.open(0), note).toHaveLength(3);
    }
    const forbidden = browser();
    forbidden.storage = {
      getItem: () => {
        throw new DOMException('no', 'SecurityError');
      },
      setItem: () => {},
    };
    expect(await forbidden.open(0)).toHaveLength(3);
    expect(await browser({}).open(0)).toEqual([]);
  });
});
