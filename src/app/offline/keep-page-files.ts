/**
 * Sees to it that nothing the page loads late needs the server again. In a secure context a service worker keeps the files of
 * this build. Elsewhere (plain http on a LAN) browsers allow none: there the files are fetched once, so that the browser's own cache
 * has them, which their addresses let it keep for ever; only the page itself then still comes from the server.
 */
import { log, messageOf, systemWallClock as wallClock } from '../../runtime/index.ts';
import { fetchAhead } from './fetch-ahead.ts';

/** After the page has what it needs to show itself, and has met others: not while many join at once. */
const DELAY_MS = 8_000;
/** A busy page is never idle; then it is done all the same, of one file after the other. */
const IDLE_TIMEOUT_MS = 1_000;

export function keepPageFiles(): void {
  if (savesData()) return;
  setTimeout(() => void keep(), DELAY_MS);
}

async function keep(): Promise<void> {
  try {
    if (isSecureContext && 'serviceWorker' in navigator) await register();
    else await fetchIntoCache();
  } catch (error) {
    log('info', `the page will need the server for what it loads late: ${messageOf(error)}`);
  }
}

async function register(): Promise<void> {
  await idle();
  await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI), {
    updateViaCache: 'none',
  });
}

function fetchIntoCache(): Promise<void> {
  return fetchAhead({
    scope: new URL('.', document.baseURI).href,
    loaded: performance.getEntriesByType('resource').map(({ name }) => name),
    storage: ownStorage(),
    nowMs: wallClock.now(),
    idle,
    fetch: (url, options) => fetch(url, options),
  });
}

function ownStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined; // its owner has forbidden it
  }
}

/** Where the browser says that its owner pays for what comes, nothing comes that nobody has asked for. */
function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}

/** Safari has no `requestIdleCallback`. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis)
      requestIdleCallback(() => resolve(), { timeout: IDLE_TIMEOUT_MS });
    else setTimeout(resolve, 0);
  });
}
