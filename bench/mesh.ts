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
): Promise<{ pages: Page[]; arrivals: Arrival[] }> {
  const first = await newPage(browser);
  await first.goto(address);
  const link = await first.getByRole('textbox', { name: 'Invite link' }).inputValue();
  const others = await Promise.all(Array.from({ length: count - 1 }, () => newPage(browser)));
  const pages = [first, ...others];
  await Promise.all(others.map((page) => page.goto(link, { timeout: TOGETHER_TIMEOUT_MS })));
  const arrivals = await Promise.race([
    Promise.all(pages.map((page) => page.evaluate(arrivalIn, count))),
    sleep(TOGETHER_TIMEOUT_MS).then(() => {
      throw new Error(`after ${TOGETHER_TIMEOUT_MS / 1000} s not every tab saw every other`);
    }),
  ]);
  return { pages, arrivals };
}

/** What each tab's Links have sent so far, and how many there are. */
async function linksOf(pages: readonly Page[]): Promise<{ bytesOut: number; degrees: number[] }> {
  const tabs = await Promise.all(
    pages.map((page) =>
      page.evaluate(() => {
        const links = window.leafcutter?.node.inspection.snapshot().links ?? [];
        return { degree: links.length, bytesOut: links.reduce((sum, link) => sum + link.bytesOut, 0) };
      }),
    ),
  );
  return {
    bytesOut: tabs.reduce((sum, tab) => sum + tab.bytesOut, 0),
    degrees: tabs.map(({ degree }) => degree),
  };
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const tabs = Math.round(numberOption(args, '--tabs', DEFAULT_TABS, MAX_TABS));
  if (tabs < 2) throw new Error('--tabs takes a number from 2: one tab is no mesh');
  const restSeconds = numberOption(args, '--rest', DEFAULT_REST_SECONDS, 600);
  const server = await startServer();
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const { pages, arrivals } = await openTogether(browser, server.url, tabs);
    const lastLoadedAt = Math.max(...arrivals.map(({ loadedAt }) => loadedAt));
    const allSeeAllMs = Math.max(...arrivals.map(({ sawAllAt }) => sawAllAt)) - lastLoadedAt;
    await sleep(SETTLE_MS);
    const links = await linksOf(pages);
    const before = await browserCost();
    await sleep(restSeconds * 1_000);
    const after = await browserCost();
    const linksAfter = await linksOf(pages);
    return report(tabs, restSeconds, allSeeAllMs, { before, after }, { before: links, after: linksAfter });
  } finally {
    await browser.close();
    await server.stop();
  }
}

function report(
  tabs: number,
  seconds: number,
  allSeeAllMs: number,
  cost: { before: BrowserCost; after: BrowserCost },
  links: { before: { bytesOut: number }; after: { bytesOut: number; degrees: readonly number[] } },
): { table: string; json: object } {
  const { degrees } = links.after;
  const json = {
    tabs,
    allSeeAllMs: Math.round(allSeeAllMs),
    degreeMedian: median(degrees),
    degreeMax: Math.max(...degrees),
    /** Of one core, the whole browser. */
    cpuAtRestPercent: rounded(((cost.after.cpuSeconds - cost.before.cpuSeconds) / seconds) * 100, 1),
    memoryMiBPerTab: rounded(cost.after.memoryMiB / tabs, 1),
    /** Of all tabs together: frames and datagrams, without WebRTC's own. A Link that ended takes its count along. */
    bytesPerSecondAtRest: Math.max(0, Math.round((links.after.bytesOut - links.before.bytesOut) / seconds)),
  };
  const table = [
    `${tabs} tabs of one Chromium, opened at once; at rest over ${seconds} s`,
    '',
    `all see all, after the last page was loaded   ${String(json.allSeeAllMs).padStart(8)} ms`,
    `degree, median and largest                    ${`${json.degreeMedian}, ${json.degreeMax}`.padStart(8)}`,
    `processor at rest, the whole browser          ${json.cpuAtRestPercent.toFixed(1).padStart(8)} % of a core`,
    `memory a tab, the browser's share included    ${json.memoryMiBPerTab.toFixed(1).padStart(8)} MiB`,
    `sent at rest, all tabs                        ${String(json.bytesPerSecondAtRest).padStart(8)} bytes/s`,
  ].join('\n');
  return { table, json };
}
