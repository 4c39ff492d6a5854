/**
 * Sees to it that nothing the page loads late needs the server again. In a secure context a service worker keeps the files of
 * this build. Elsewhere (plain http on a LAN) browsers allow none: there the files are fetched once, so that the browser's own cache
 * has them, which their addresses let it keep for ever; only the page itself then still comes from the server.
 */
import { log, messageOf } from '../../runtime/index.ts';

/** After the page has what it needs to show itself, and has had a moment to meet others. */
const DELAY_MS = 3_000;
/** A busy page is never idle; then it is done all the same. */
const IDLE_TIMEOUT_MS = 20_000;

export function keepPageFiles(): void {
  setTimeout(() => whenIdle(() => void keep()), DELAY_MS);
}

async function keep(): Promise<void> {
  try {
    if (isSecureContext && 'serviceWorker' in navigator) await register();
    else await fetchAll();
  } catch (error) {
    log('info', `the page will need the server for what it loads late: ${messageOf(error)}`);
  }
}

async function register(): Promise<void> {
  await navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI), {
    updateViaCache: 'none',
  });
}

async function fetchAll(): Promise<void> {
  const list: unknown = await (await fetch(new URL('page-files.json', document.baseURI))).json();
  if (!Array.isArray(list)) return;
  for (const path of list) {
    const response = await fetch(new URL(String(path), document.baseURI), { priority: 'low' });
    // The cache keeps only what was read to its end.
    await response.arrayBuffer();
  }
}

/** Safari has no `requestIdleCallback`. */
function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: IDLE_TIMEOUT_MS });
  else setTimeout(run, 0);
}
