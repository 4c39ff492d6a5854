// What a broadcast costs and how far it travels: the tree against flood, at 100 and 1,000 simulated Nodes, and at 8 real tabs.
//   npm run bench -- broadcast [--most N] [--tabs N, 1 for none] [--seed N] [--json]
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { serveHarness } from '../e2e/support/harness-pages.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { meshStateMaker } from '../sim/mesh-state-maker.ts';
import { measureSpread, type Spread } from '../sim/spread.ts';
import type { TabSpread } from './broadcast/page.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';

export const summary = 'surplus copies, last hop and bytes of a broadcast, tree against flood';
export const flags = ['--most N', '--tabs N', '--seed N'];

const PAGE = 'bench/broadcast/index.html';
const SIMULATED = [100, 1_000] as const;
const WARM_UP = 30;
const MEASURED = 100;
/** Late copies and announcements of the last broadcasts are waited for. */
const AFTERWARDS_MS = 3_000;

interface Row {
  readonly where: string;
  readonly nodes: number;
  readonly surplusPerDelivery: number;
  readonly lastHop: number;
  readonly lastMs: number;
  readonly bytesPerDelivery: number;
  /** Bytes, as a share of what flood takes for the same. */
  readonly xFlood: number;
}

function simulatedRow(nodes: number, seed: number): Row {
  const tree = measureSpread(nodes, seed, 'plumtree', meshStateMaker);
  const flood = measureSpread(nodes, seed, 'flood', meshStateMaker);
  return rowOf('simulated', nodes, tree, flood.bytesPerDelivery);
}

function rowOf(where: string, nodes: number, spread: Spread, floodBytes: number): Row {
  return {
    where,
    nodes,
    surplusPerDelivery: rounded(spread.surplusPerDelivery, 4),
    lastHop: rounded(spread.lastHop, 2),
    lastMs: rounded(spread.lastMs, 1),
    bytesPerDelivery: Math.round(spread.bytesPerDelivery),
    xFlood: rounded(spread.bytesPerDelivery / floodBytes, 3),
  };
}

/** In a full mesh of n tabs, flood sends n - 1 copies from the source and n - 2 from each of the others. */
function floodCopiesPerDelivery(tabs: number): number {
  return tabs - 1;
}

async function openTabs(browser: Browser, url: string, port: number, count: number): Promise<Page[]> {
  const tabs: Page[] = [];
  for (let i = 0; i < count; i++) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'spread' in window);
    tabs.push(page);
  }
  await Promise.all(
    tabs.map((page) =>
      page.evaluate(([server, others]) => window.spread.connect(server, others), [port, count - 1] as const),
    ),
  );
  return tabs;
}

async function realRow(tabs: number): Promise<Row> {
  const server = await startServerInChild(0, { server: { origins: ['*'] } });
  const pages = await serveHarness(PAGE);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const [sender, ...others] = await openTabs(browser, pages.url + PAGE, server.port, tabs);
    if (!sender) throw new Error('no tab');
    await sender.evaluate((count) => window.spread.send(count), WARM_UP);
    await sender.waitForTimeout(AFTERWARDS_MS);
    await Promise.all([sender, ...others].map((page) => page.evaluate(() => window.spread.begin())));
    await sender.evaluate((count) => window.spread.send(count), MEASURED);
    await sender.waitForTimeout(AFTERWARDS_MS);
    const results = await Promise.all(
      [sender, ...others].map((page) => page.evaluate(() => window.spread.result())),
    );
    return realRowOf(tabs, results);
  } finally {
    await browser.close();
    await pages.close();
    await server.kill();
  }
}

function realRowOf(tabs: number, results: readonly TabSpread[]): Row {
  const sum = (of: (tab: TabSpread) => number): number => results.reduce((total, tab) => total + of(tab), 0);
  const deliveries = sum((tab) => tab.arrivals.length);
  if (deliveries !== MEASURED * (tabs - 1)) {
    throw new Error(`${deliveries} deliveries, not ${MEASURED * (tabs - 1)}: the bench is void`);
  }
  const copies = sum((tab) => tab.copies);
  const lastOf = (of: (arrival: TabSpread['arrivals'][number]) => number): number => {
    let total = 0;
    for (let i = 0; i < MEASURED; i++) {
      const arrived = results.flatMap(({ arrivals }) => arrivals.filter(({ index }) => index === i));
      total += Math.max(...arrived.map(of));
    }
    return total / MEASURED;
  };
  const spread: Spread = {
    surplusPerDelivery: (copies - deliveries) / deliveries,
    lastHop: lastOf(({ hops }) => hops),
    lastMs: lastOf(({ afterMs }) => afterMs),
    bytesPerDelivery: sum((tab) => tab.bytes) / deliveries,
  };
  const bytesPerCopy = sum((tab) => tab.copyBytes) / copies;
  return rowOf('real tabs', tabs, spread, floodCopiesPerDelivery(tabs) * bytesPerCopy);
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const most = numberOption(args, '--most', 1_000, 10_000);
  const tabs = Math.ceil(numberOption(args, '--tabs', 8, 16));
  const seed = numberOption(args, '--seed', 1, 2 ** 31);
  const rows = SIMULATED.filter((nodes) => nodes <= most).map((nodes) => simulatedRow(nodes, seed));
  if (tabs > 1) rows.push(await realRow(tabs));
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(12)).join('');
  const table = [
    line(['', 'Nodes', 'surplus', 'last hop', 'last ms', 'bytes', 'x flood']),
    ...rows.map((row) =>
      line([
        row.where,
        String(row.nodes),
        row.surplusPerDelivery.toFixed(3),
        row.lastHop.toFixed(1),
        row.lastMs.toFixed(0),
        String(row.bytesPerDelivery),
        row.xFlood.toFixed(2),
      ]),
    ),
    'surplus copies and bytes for each delivery; one sender; flood is simulated, for real tabs (a full mesh) it is counted',
  ].join('\n');
  const surplusPerDelivery = Object.fromEntries(
    rows.map((row) => [row.where === 'simulated' ? row.nodes : `${row.nodes} tabs`, row.surplusPerDelivery]),
  );
  return { table, json: { surplusPerDelivery, rows, seed } };
}
