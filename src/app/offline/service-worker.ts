/**
 * Stands between the page and the server: answers for the page and its files from what it keeps (kept-builds.ts), and leaves all
 * else alone. A new build is fetched whole beside the old one; then this worker takes over at once, which disturbs no open
 * tab, for the old files stay. The next load gets the new page.
 */
import type { BuildFiles } from './build-files.ts';
import { type Caches, KeptBuilds } from './kept-builds.ts';

declare const __BUILD_FILES__: BuildFiles;

interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** The part of a ServiceWorkerGlobalScope that is used: TypeScript has no types for pages and service workers in one project. */
interface ServiceWorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  readonly caches: Caches;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: WaitingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

const self = globalThis as unknown as ServiceWorkerScope;
const { scope } = self.registration;
const builds = new KeptBuilds({
  build: __BUILD_FILES__,
  scope,
  caches: self.caches,
  fetch: (url, options) => fetch(url, options),
});

/**
 * A browser lets the worker before this one end what it does first, and Chromium, which should look again when that is idle, on a
 * busy machine sometimes does not for minutes. Asked again, it looks again.
 */
const ASK_AGAIN_MS = 1_000;
let asking: ReturnType<typeof setInterval> | undefined;

function takeOver(): Promise<void> {
  asking = setInterval(() => self.skipWaiting().catch(() => clearInterval(asking)), ASK_AGAIN_MS);
  return self.skipWaiting();
}

self.addEventListener('install', (event) => event.waitUntil(builds.keep().then(takeOver)));
self.addEventListener('activate', (event) => {
  clearInterval(asking);
  event.waitUntil(Promise.all([builds.forgetOld(), self.clients.claim()]));
});
self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  if (method !== 'GET') return;
  const [address = ''] = url.split('#', 1);
  const [page] = address.split('?', 1);
  if (mode === 'navigate' && (page === scope || page === `${scope}index.html`)) {
    event.respondWith(builds.page());
  } else if (builds.isFile(address)) {
    event.respondWith(builds.file(address));
  }
});
