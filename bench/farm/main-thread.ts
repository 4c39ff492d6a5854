/**
 * What a page's main thread does: a profile of it (DevTools' sampling profiler), its samples told apart by the source that runs, found
 * through the build's source maps. What runs beneath no JavaScript is the browser's own; how much of that is layout and painting
 * a trace of the same time says, in processor time.
 */
import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { basename } from 'node:path';
import type { Browser, Page } from 'playwright';

const assets = new URL('../../dist/page/assets/', import.meta.url);
/** Between two samples, microseconds. */
const INTERVAL_US = 500;

/** Shares of the main threads' processor time; `browser`: native work that neither lays out nor paints. */
export type MainShares = Readonly<
  Record<'painting' | 'mesh' | 'film' | 'farm' | 'disk' | 'garbage' | 'browser', number>
>;

/** By the path of the source, or the name of the browser's function. The first that fits. */
const PLACES: readonly (readonly [keyof MainShares, RegExp])[] = [
  ['garbage', /garbage collector/],
  ['painting', /src\/app\/|render\/output|preact|putImageData|requestAnimationFrame|setAttribute/],
  ['disk', /services\/disk|idb-keyval|crc32|^(put|transaction|objectStore)$/],
  ['mesh', /src\/(mesh|transport|wire)\/|runtime\/sha2|peerjs|^(send|digest)$/],
  ['film', /src\/render\/|comlink|^postMessage$/],
  ['farm', /src\/|node_modules/],
];

/** Main-thread events of a trace that are the page's looks; none of them is within another. */
const PAINTING = new Set(['UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'Layerize', 'Commit']);

interface Call {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** While `during` runs; it resolves with the processor seconds of the main threads meanwhile. */
export async function mainShares(
  browser: Browser,
  pages: readonly Page[],
  during: () => Promise<number>,
): Promise<MainShares> {
  await browser.startTracing(undefined, { categories: ['devtools.timeline'] });
  const stops = await Promise.all(pages.map(profileOf));
  const cpuSeconds = await during();
  const profiles = await Promise.all(stops.map((stop) => stop()));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    readonly traceEvents: readonly { readonly name: string; readonly ph: string; readonly tdur?: number }[];
  };
  const paintedUs = traceEvents.reduce(
    (sum, { name, ph, tdur = 0 }) => sum + (ph === 'X' && PAINTING.has(name) ? tdur : 0),
    0,
  );
  const seconds = { painting: 0, mesh: 0, film: 0, farm: 0, disk: 0, garbage: 0, browser: 0 };
  for (const profile of profiles) for (const [place, one] of profile) seconds[placeOf(place)] += one;
  const all = Object.values(seconds).reduce((sum, one) => sum + one, 0);
  const nativePainting = Math.min(paintedUs / 1e6 / cpuSeconds, seconds.browser / all);
  const shareOf = (of: keyof MainShares): number => seconds[of] / all;
  return {
    painting: shareOf('painting') + nativePainting,
    browser: shareOf('browser') - nativePainting,
    ...{ mesh: shareOf('mesh'), film: shareOf('film'), farm: shareOf('farm') },
    ...{ disk: shareOf('disk'), garbage: shareOf('garbage') },
  };
}

const placeOf = (place: string): keyof MainShares =>
  PLACES.find(([, pattern]) => pattern.test(place))?.[0] ?? 'browser';

async function profileOf(page: Page): Promise<() => Promise<ReadonlyMap<string, number>>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.send('Profiler.start');
  return async () => {
    const { profile } = await session.send('Profiler.stop');
    await session.detach();
    const names = new Map<number, string>();
    for (const { id, callFrame } of profile.nodes) names.set(id, await nameOf(callFrame));
    const seconds = new Map<string, number>();
    for (const [i, id] of (profile.samples ?? []).entries()) {
      const name = names.get(id) ?? '';
      if (name === '(idle)') continue;
      seconds.set(name, (seconds.get(name) ?? 0) + Math.max(0, profile.timeDeltas?.[i] ?? 0) / 1e6);
    }
    return seconds;
  };
}

/** Its source's path, or where it has none its own name. */
async function nameOf({ functionName, url, lineNumber, columnNumber }: Call): Promise<string> {
  if (url === '') return functionName;
  const entry = (await mapOf(basename(new URL(url).pathname)))?.findEntry(lineNumber, columnNumber);
  return entry && 'originalSource' in entry ? entry.originalSource : url;
}

const maps = new Map<string, Promise<SourceMap | undefined>>();

function mapOf(file: string): Promise<SourceMap | undefined> {
  let map = maps.get(file);
  if (!map) {
    map = readFile(new URL(`${file}.map`, assets), 'utf8').then(
      (text) => new SourceMap(JSON.parse(text)),
      () => undefined,
    );
    maps.set(file, map);
  }
  return map;
}
