// Real tabs of the built page in Chromium: how soon they are one mesh when all are opened at once, and what it costs to be one
// while nobody does anything.
//   npm run bench -- mesh [--tabs N] [--rest SECONDS] [--json]     (needs `npm run build`)
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startServer } from '../e2e/support/server.ts';
import { numberOption } from './common/arguments.ts';
import { median, rounded } from './common/statistics.ts';
import { type BrowserCost, browserCost } from './mesh/processes.ts';

export const summary =
  'N real tabs: time until all see all, degrees, memory, processor time and bytes at rest';

export const flags = ['--tabs N', '--rest SECONDS'];

const DEFAULT_TABS = 16;
const MAX_TABS = 64;
const DEFAULT_REST_SECONDS = 20;
/** Starting up is over by then: scripts compiled, neighbours chosen, garbage collected. */
const SETTLE_MS = 15_000;
const TOGETHER_TIMEOUT_MS = 120_000;
const LOOKS_AT_REST = 5;

interface Arrival {
  /** Clock times, ms. */
  readonly loadedAt: number;
  readonly sawAllAt: number;
}

/** Runs in the tab; resolves when this tab sees `count` members. */
async function arrivalIn(count: number): Promise<Arrival> {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const loadedAt = performance.timeOrigin + (navigation?.loadEventEnd ?? 0);
  while (window.leafcutter === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  const { node } = window.leafcutter;
  while (node.members().length < count) {
    await new Promise((resolve) => node.events.once('membersChanged', () => resolve(undefined)));
  }
  return { loadedAt, sawAllAt: performance.timeOrigin + performance.now() };
}

async function newPage(browser: Browser): Promise<Page> {
  return (await browser.newContext({ serviceWorkers: 'block' })).newPage();
}

/** All at once, as a class that is told the address: the pages' contexts exist before, so that theirs is not our time. */
async function openTogether(
  browser: Browser,
  address: string,
  count: number,
): Promise<{ pages: Page[]; arrivals: Arrival[]; cpuSeconds: number }> {
  const first = await newPage(browser);
  await first.goto(address);
  const link = await first.getByRole('textbox', { name: 'Invite link' }).inputValue();
  const others = await Promise.all(Array.from({ length: count - 1 }, () => newPage(browser)));
  const pages = [first, ...others];
  const before = await browserCost();
  await Promise.all(others.map((page) => page.goto(link, { timeout: TOGETHER_TIMEOUT_MS })));
  const arrivals = await Promise.race([
    Promise.all(pages.map((page) => page.evaluate(arrivalIn, count))),
    sleep(TOGETHER_TIMEOUT_MS).then(() => {
      throw new Error(`after ${TOGETHER_TIMEOUT_MS / 1000} s not every tab saw every other`);
    }),
  ]);
  const after = await browserCost();
  return { pages, arrivals, cpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

/** What each tab's Links have sent since they came up. */
function sentBy(pages: readonly Page[]): Promise<Map<string, number>[]> {
  return Promise.all(
    pages.map(async (page) => {
      const links = await page.evaluate(() => {
        const { links } = window.leafcutter?.node.inspection.snapshot() ?? { links: [] };
        return links.map(({ peer, bytesOut }) => [peer, bytesOut] as const);
      });
      return new Map(links);
    }),
  );
}

interface Rest extends BrowserCost {
  readonly seconds: number;
  readonly bytesSent: number;
  readonly degrees: readonly number[];
}

/** A Link that ends takes its count along, so they are looked at several times: what it sent after the last look is not counted. */
async function rest(pages: readonly Page[], seconds: number): Promise<Rest> {
  let bytesSent = 0;
  let before = await sentBy(pages);
  const { cpuSeconds } = await browserCost();
  for (let look = 0; look < LOOKS_AT_REST; look++) {
    await sleep((seconds * 1_000) / LOOKS_AT_REST);
    const now = await sentBy(pages);
    now.forEach((links, tab) => {
      for (const [peer, bytes] of links) {
        const earlier = before[tab]?.get(peer) ?? 0;
        bytesSent += bytes - (earlier <= bytes ? earlier : 0); // fewer: a Link that is new
      }
    });
    before = now;
  }
  const cost = await browserCost();
  const degrees = before.map(({ size }) => size);
  return { ...cost, cpuSeconds: cost.cpuSeconds - cpuSeconds, seconds, bytesSent, degrees };
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const tabs = Math.round(numberOption(args, '--tabs', DEFAULT_TABS, MAX_TABS));
  if (tabs < 2) throw new Error('--tabs takes a number from 2: one tab is no mesh');
  const restSeconds = numberOption(args, '--rest', DEFAULT_REST_SECONDS, 600);
  const server = await startServer();
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const { pages, arrivals, cpuSeconds } = await openTogether(browser, server.url, tabs);
    const lastLoadedAt = Math.max(...arrivals.map(({ loadedAt }) => loadedAt));
    const allSeeAllMs = Math.max(...arrivals.map(({ sawAllAt }) => sawAllAt)) - lastLoadedAt;
    await sleep(SETTLE_MS);
    return report(tabs, { allSeeAllMs, cpuSeconds }, await rest(pages, restSeconds));
  } finally {
    await browser.close();
    await server.stop();
  }
}

function report(
  tabs: number,
  join: { readonly allSeeAllMs: number; readonly cpuSeconds: number },
  { seconds, cpuSeconds, memoryMiB, bytesSent, degrees }: Rest,
): { table: string; json: object } {
  const json = {
    tabs,
    allSeeAllMs: Math.round(join.allSeeAllMs),
    /** Of the whole browser, from the first navigation on: on a machine with other work it says more than the time. */
    cpuSecondsUntilThen: rounded(join.cpuSeconds, 1),
    degreeMedian: median(degrees),
    degreeMax: Math.max(...degrees),
    /** Of one core, the whole browser. */
    cpuAtRestPercent: rounded((cpuSeconds / seconds) * 100, 1),
    memoryMiBPerTab: rounded(memoryMiB / tabs, 1),
    /** Of all tabs together: frames and datagrams, without WebRTC's own. */
    bytesPerSecondAtRest: Math.round(bytesSent / seconds),
  };
  const table = [
    `${tabs} tabs of one Chromium, opened at once; at rest over ${seconds} s`,
    '',
    `all see all, after the last page was loaded   ${String(json.allSeeAllMs).padStart(8)} ms`,
    `processor until then, from the first address  ${json.cpuSecondsUntilThen.toFixed(1).padStart(8)} s`,
    `degree, median and largest                    ${`${json.degreeMedian}, ${json.degreeMax}`.padStart(8)}`,
    `processor at rest, the whole browser          ${json.cpuAtRestPercent.toFixed(1).padStart(8)} % of a core`,
    `memory a tab, the browser's share included    ${json.memoryMiBPerTab.toFixed(1).padStart(8)} MiB`,
    `sent at rest, all tabs                        ${String(json.bytesPerSecondAtRest).padStart(8)} bytes/s`,
  ].join('\n');
  return { table, json };
}
