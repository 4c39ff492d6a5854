/**
 * Fetches the files of this build once, so that the browser's own cache has them, which their addresses let it keep for ever. That costs as much as
 * opening the page does: what this tab has already loaded is left out, and no other tab or visit does it again on the same day. (A cache
 * forgets; hence not never again.)
 */
import { LeafcutterError } from '../../runtime/index.ts';

export interface FetchAheadOptions {
  /** The page's folder, with a slash at the end. */
  readonly scope: string;
  /** Addresses that this tab has loaded. */
  readonly loaded: readonly string[];
  /** As localStorage; undefined where the browser gives none. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | undefined;
  readonly nowMs: number;
  /** Settles when the page has nothing else to do. */
  idle(): Promise<void>;
  fetch(
    url: string,
    options?: RequestInit,
  ): Promise<Pick<Response, 'ok' | 'status' | 'text' | 'arrayBuffer'>>;
}

const AGAIN_AFTER_MS = 24 * 3_600_000;

/** Rejects when a file does not come; the next visit then begins again. */
export async function fetchAhead({
  scope,
  loaded,
  storage,
  nowMs,
  idle,
  fetch,
}: FetchAheadOptions): Promise<void> {
  await idle();
  const text = await (await come(fetch(`${scope}page-files.json`))).text();
  const key = `leafcutter fetched ahead ${new URL(scope).pathname}`;
  if (isRecent(recall(storage, key), text, nowMs)) return;
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) return;
  const known = new Set(loaded);
  for (const path of list) {
    const url = new URL(String(path), scope).href;
    if (known.has(url)) continue;
    await idle();
    // The cache keeps only what was read to its end.
    await (await come(fetch(url, { priority: 'low' }))).arrayBuffer();
  }
  remember(storage, key, JSON.stringify([nowMs, text]));
}

/** A server that is away may still be answered for, by a proxy; and a build that was replaced has files no more. */
async function come<Answer extends Pick<Response, 'ok' | 'status'>>(
  answer: Promise<Answer>,
): Promise<Answer> {
  const { ok, status } = await answer;
  if (!ok) throw new LeafcutterError('asset-missing', `the server answered ${status}`);
  return answer;
}

function isRecent(note: string | null, list: string, nowMs: number): boolean {
  if (note === null) return false;
  try {
    const [atMs, had]: unknown[] = JSON.parse(note);
    return had === list && typeof atMs === 'number' && nowMs - atMs < AGAIN_AFTER_MS && atMs <= nowMs;
  } catch {
    return false;
  }
}

function recall(storage: FetchAheadOptions['storage'], key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null; // its owner has forbidden it
  }
}

function remember(storage: FetchAheadOptions['storage'], key: string, value: string): void {
  try {
    storage?.setItem(key, value);
  } catch {
    // full: then the next visit does it again
  }
}
