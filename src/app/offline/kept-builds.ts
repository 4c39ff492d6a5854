/**
 * The page's files as a service worker keeps them, so that the page opens, reloads and finds what it loads late while the server
 * is away. A build is kept whole or not at all; the newest ones stay, because a tab that was opened with an older one asks for
 * that one's files. Their addresses name their content, so builds never get mixed up.
 */
import type { BuildFile, BuildFiles } from './build-files.ts';

/** The part of the browser's CacheStorage that is used. */
export interface Caches {
  open(name: string): Promise<Pick<Cache, 'match' | 'put'>>;
  match(url: string, options?: CacheQueryOptions): Promise<Response | undefined>;
  keys(): Promise<readonly string[]>;
  delete(name: string): Promise<boolean>;
}

export interface KeptBuildsOptions {
  readonly build: BuildFiles;
  /** The page's folder, with a slash at the end. */
  readonly scope: string;
  readonly caches: Caches;
  fetch(url: string, options: RequestInit): Promise<Response>;
}

/** A build is about ten megabytes. A tab that lives through more releases than this reloads what it then misses. */
const MAX_BUILDS = 3;
/** The page itself has the network first. */
const MAX_PARALLEL = 3;
/** Compressed or not, it is the same file. */
const SAME_FILE: CacheQueryOptions = { ignoreVary: true };

export class KeptBuilds {
  readonly #options: KeptBuildsOptions;
  /** Caches belong to the whole origin, where other Leafcutters may live in other folders. */
  readonly #prefix: string;

  constructor(options: KeptBuildsOptions) {
    this.#options = options;
    this.#prefix = `leafcutter ${new URL(options.scope).pathname} `;
  }

  /** Rejects when a file does not come, or is of another build than this one. What came stays, for the next attempt. */
  async keep(): Promise<void> {
    const { build } = this.#options;
    const left = [...build.files];
    const work = async (): Promise<void> => {
      for (let file = left.shift(); file; file = left.shift()) await this.#keepFile(file);
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL }, work));
  }

  /** All but the newest builds go, and never this one. */
  async forgetOld(): Promise<void> {
    const { caches } = this.#options;
    const older = (await caches.keys()).filter(
      (name) => name.startsWith(this.#prefix) && name !== this.#current,
    );
    const surplus = older.slice(0, Math.max(0, older.length - (MAX_BUILDS - 1)));
    await Promise.all(surplus.map((name) => caches.delete(name)));
  }

  /** The page itself, always of this build. */
  async page(): Promise<Response> {
    const { caches, scope, fetch } = this.#options;
    const cache = await caches.open(this.#current);
    return (await cache.match(scope, SAME_FILE)) ?? fetch(scope, {});
  }

  /** True for addresses that name their content, or a file of this build without doing so (an icon in the manifest). */
  isFile(url: string): boolean {
    const { scope, build } = this.#options;
    if (!url.startsWith(scope)) return false;
    const path = url.slice(scope.length);
    if (path.startsWith('assets/') || /\?v=[0-9a-f]+$/.test(path)) return true;
    return build.files.some((file) => withoutVersion(file.url) === path);
  }

  /** A file of whatever build; one that no build here has comes from the server. */
  async file(url: string): Promise<Response> {
    const { caches, fetch } = this.#options;
    const kept = await caches.match(url, SAME_FILE);
    if (kept) return kept;
    try {
      return await fetch(url, {});
    } catch (error) {
      const cache = await caches.open(this.#current);
      const unversioned = await cache.match(url, { ...SAME_FILE, ignoreSearch: true });
      if (unversioned) return unversioned;
      throw error;
    }
  }

  get #current(): string {
    return this.#prefix + this.#options.build.id;
  }

  async #keepFile({ url, integrity }: BuildFile): Promise<void> {
    const { caches, scope, fetch } = this.#options;
    const address = new URL(url, scope).href;
    const cache = await caches.open(this.#current);
    if (await cache.match(address, SAME_FILE)) return;
    const isPage = address === scope;
    const older = isPage ? undefined : await caches.match(address, SAME_FILE);
    const response = older ?? (await fetch(address, { integrity, cache: isPage ? 'no-cache' : 'default' }));
    if (!response.ok) throw new Error(`${url}: the server answered ${response.status}`);
    await cache.put(address, response);
  }
}

function withoutVersion(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
