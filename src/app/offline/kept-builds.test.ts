import { beforeEach, describe, expect, it } from 'vitest';
import type { BuildFiles } from './build-files.ts';
import { type Caches, KeptBuilds } from './kept-builds.ts';

const SCOPE = 'https://studio.test/leaf/';

/** A CacheStorage in memory: the query is ignored when asked, as browsers do. */
class MemoryCaches implements Caches {
  readonly stored = new Map<string, Map<string, string>>();

  async open(name: string) {
    const entries = this.stored.get(name) ?? new Map<string, string>();
    this.stored.set(name, entries);
    return {
      match: async (url: RequestInfo | URL, options?: CacheQueryOptions) =>
        found(entries, String(url), options),
      put: async (url: RequestInfo | URL, response: Response) => {
        entries.set(String(url), await response.text());
      },
    };
  }

  async match(url: string, options?: CacheQueryOptions) {
    for (const entries of this.stored.values()) {
      const response = found(entries, url, options);
      if (response) return response;
    }
    return undefined;
  }

  keys = async () => [...this.stored.keys()];
  delete = async (name: string) => this.stored.delete(name);
}

function found(entries: Map<string, string>, url: string, options?: CacheQueryOptions): Response | undefined {
  const plain = (address: string) => (options?.ignoreSearch ? address.split('?')[0] : address);
  for (const [key, text] of entries) if (plain(key) === plain(url)) return new Response(text);
  return undefined;
}

const build = (id: string, ...urls: string[]): BuildFiles => ({
  id,
  files: ['./', ...urls].map((url) => ({ url, integrity: `sha256-${url}` })),
});

let caches: MemoryCaches;
/** What the server has, by address; empty is a server that is away. */
let server: Map<string, string>;
let asked: { url: string; options: RequestInit }[];

const builds = (files: BuildFiles, scope = SCOPE) =>
  new KeptBuilds({
    build: files,
    scope,
    caches,
    fetch: async (url, options) => {
      asked.push({ url, options });
      const text = server.get(url);
      if (server.size === 0) throw new TypeError('Failed to fetch');
      return new Response(text ?? 'Not found', { status: text === undefined ? 404 : 200 });
    },
  });
const serve = (version: string, ...urls: string[]) => {
  server = new Map(['./', ...urls].map((url) => [new URL(url, SCOPE).href, `${url} of ${version}`]));
};
const textOf = async (response: Promise<Response>) => (await response).text();

beforeEach(() => {
  caches = new MemoryCaches();
  asked = [];
  serve('one', 'assets/a-1.js', 'kernel.wasm?v=11');
});

describe('a build', () => {
  const one = build('1', 'assets/a-1.js', 'kernel.wasm?v=11');

  it('is kept whole, checked by its hashes, and answers without the server', async () => {
    await builds(one).keep();
    expect(asked.map(({ url, options }) => [url, options.integrity])).toEqual(
      one.files.map(({ url, integrity }) => [new URL(url, SCOPE).href, integrity]),
    );
    // The page has no version in its address: what the browser has of it may be old.
    expect(asked.map(({ options }) => options.cache)).toEqual(['no-cache', 'default', 'default']);
    server.clear();
    expect(await textOf(builds(one).page())).toBe('./ of one');
    expect(await textOf(builds(one).file(`${SCOPE}assets/a-1.js`))).toBe('assets/a-1.js of one');
    expect(await textOf(builds(one).file(`${SCOPE}kernel.wasm?v=11`))).toBe('kernel.wasm?v=11 of one');
    // As the manifest names its icon.
    expect(await textOf(builds(one).file(`${SCOPE}kernel.wasm`))).toBe('kernel.wasm?v=11 of one');
    await expect(builds(one).file(`${SCOPE}assets/b-1.js`)).rejects.toThrow('Failed to fetch');
  });

  it('is not taken while a file is missing, and only that one is fetched again', async () => {
    server.delete(`${SCOPE}kernel.wasm?v=11`);
    await expect(builds(one).keep()).rejects.toThrow('kernel.wasm?v=11: the server answered 404');
    serve('one', 'assets/a-1.js', 'kernel.wasm?v=11');
    asked = [];
    await builds(one).keep();
    expect(asked.map(({ url }) => url)).toEqual([`${SCOPE}kernel.wasm?v=11`]);
  });

  it('that is not kept yet comes from the server', async () => {
    expect(await textOf(builds(one).page())).toBe('./ of one');
    expect(await textOf(builds(one).file(`${SCOPE}assets/a-1.js`))).toBe('assets/a-1.js of one');
  });
});

describe('a newer build', () => {
  const one = build('1', 'assets/a-1.js', 'kernel.wasm?v=11');
  const two = build('2', 'assets/a-2.js', 'kernel.wasm?v=11');

  it('has its own page, takes over what has not changed, and leaves the older files to the tabs that need them', async () => {
    await builds(one).keep();
    serve('two', 'assets/a-2.js', 'kernel.wasm?v=11');
    asked = [];
    await builds(two).keep();
    expect(asked.map(({ url }) => url)).toEqual([SCOPE, `${SCOPE}assets/a-2.js`]);
    await builds(two).forgetOld();
    server.clear();
    expect(await textOf(builds(two).page())).toBe('./ of two');
    expect(await textOf(builds(two).file(`${SCOPE}assets/a-1.js`))).toBe('assets/a-1.js of one');
  });

  it('lets the two before it stay, no more, and nothing of others goes', async () => {
    await caches.open('something else');
    await caches.open('leafcutter /other/ 9');
    for (const id of ['1', '2', '3', '4']) {
      await builds(build(id)).keep();
      await builds(build(id)).forgetOld();
    }
    expect(await caches.keys()).toEqual([
      'something else',
      'leafcutter /other/ 9',
      'leafcutter /leaf/ 2',
      'leafcutter /leaf/ 3',
      'leafcutter /leaf/ 4',
    ]);
    // Back to an older one: it is the current one now, whenever it was first kept.
    await builds(build('2')).forgetOld();
    expect(await caches.keys()).toContain('leafcutter /leaf/ 2');
  });
});

it('answers for hashed, versioned and listed addresses below its folder, and for nothing else', () => {
  const worker = builds(build('1', 'favicon.svg?v=ab'));
  for (const path of ['assets/x-9.js', 'kernel.wasm?v=0f', 'favicon.svg', 'favicon.svg?v=cd']) {
    expect(worker.isFile(SCOPE + path), path).toBe(true);
  }
  for (const path of [
    'healthz',
    'api/addresses',
    'registry',
    'kernel.wasm',
    'kernel.wasm?v=x',
    'page-files.json',
  ]) {
    expect(worker.isFile(SCOPE + path), path).toBe(false);
  }
  expect(worker.isFile('https://studio.test/assets/x-9.js')).toBe(false);
});
