// Publish and subscribe, the rows that need no door: matching, what a delivery costs a simulated network, how soon one comes, what an idle
// Broker sends, and messages between real tabs against our own unicast. The two ways of the tabs take turns in every round; ratios are
// taken within a round, and of those the median, with the quartiles beside it.
//   npm run bench -- pubsub [--rounds N] [--patterns N] [--most N nodes, simulated] [--tabs N, 1 for none] [--json]
// Beside @libp2p/gossipsub it has not been measured: that package is not installed.
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { serveHarness } from '../e2e/support/harness-pages.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { numberOption } from './common/arguments.ts';
import { median, medianRatio, quartiles, ratioText, rotated, rounded } from './common/statistics.ts';
import { type Matching, measureMatching } from './pubsub/matching.ts';
import type { Way } from './pubsub/page.ts';
import {
  type Delivering,
  type Idling,
  inVirtualTime,
  measureDelivering,
  measureIdling,
} from './pubsub/simulated.ts';

export const summary =
  'publish and subscribe: matches/s, copies, first delivery, idle bytes, against our unicast';
export const flags = ['--rounds N', '--patterns N', '--most N', '--tabs N'];

const PAGE = 'bench/pubsub/index.html';
const DELIVERING = [8, 32, 100] as const;
const IDLING = [10, 100] as const;
const MESSAGE_BYTES = 100;
const MESSAGES = 20_000;
const MAX_TABS = 16;

interface Tabs {
  readonly tabs: number;
  readonly unicastPerSecond: number;
  /** To one tab, and the whole to every other at once. */
  readonly onePerSecond: number;
  readonly allPerSecond: number;
  /** Of the messages to one tab, over unicast's. */
  readonly xUnicast: number;
  readonly xUnicastQuartiles: readonly [number, number];
}

async function openTabs(browser: Browser, url: string, port: number, count: number): Promise<Page[]> {
  const tabs: Page[] = [];
  for (let i = 0; i < count; i++) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'pubsub' in window);
    tabs.push(page);
  }
  await Promise.all(
    tabs.map((page) =>
      page.evaluate(([server, others]) => window.pubsub.connect(server, others), [port, count - 1] as const),
    ),
  );
  return tabs;
}

/** `rounds` rounds; one more before them warms up. */
async function measureTabs(count: number, rounds: number): Promise<Tabs> {
  const server = await startServerInChild(0, { server: { origins: ['*'] } });
  const pages = await serveHarness(PAGE);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const [sender, first, ...others] = await openTabs(browser, pages.url + PAGE, server.port, count);
    if (!sender || !first) throw new Error('it takes two tabs');
    await first.evaluate(() => window.pubsub.subscribe());
    const send = async (way: Way, receivers: number): Promise<number> => {
      const args = [way, MESSAGE_BYTES, MESSAGES, receivers] as const;
      const ms = await sender.evaluate(([w, bytes, n, to]) => window.pubsub.send(w, bytes, n, to), args);
      return (MESSAGES * 1000) / ms;
    };
    const speeds: Record<Way, number[]> = { unicast: [], pubsub: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const way of rotated<Way>(['unicast', 'pubsub'], round)) {
        const speed = await send(way, 1);
        if (round > 0) speeds[way].push(speed);
      }
    }
    for (const page of others) await page.evaluate(() => window.pubsub.subscribe());
    const toAll: number[] = [];
    for (let round = 0; round < rounds; round++) toAll.push(await send('pubsub', count - 1));
    return {
      tabs: count,
      unicastPerSecond: Math.round(median(speeds.unicast)),
      onePerSecond: Math.round(median(speeds.pubsub)),
      allPerSecond: Math.round(median(toAll)),
      xUnicast: rounded(medianRatio(speeds.pubsub, speeds.unicast), 3),
      xUnicastQuartiles: quartiles(speeds.pubsub, speeds.unicast),
    };
  } finally {
    await browser.close();
    await pages.close();
    server.kill();
  }
}

interface Figures {
  readonly matching: Matching;
  readonly delivering: readonly Delivering[];
  readonly idling: readonly Idling[];
  readonly tabs: Tabs | undefined;
}

function tableOf({ matching, delivering, idling, tabs }: Figures): string {
  const { patterns, cachedPerSecond, freshPerSecond, naivePerSecond, isEqual } = matching;
  return [
    `matches/s among ${patterns} patterns, a tenth with wildcards: ${cachedPerSecond} cached, ${freshPerSecond} fresh, ` +
      `${naivePerSecond} by brute force; the same results: ${isEqual ? 'yes' : 'NO'}`,
    '',
    'simulated     redundant copies   subscribe to first   subscribe to ready   lost after ready',
    ...delivering.map(
      ({ nodes, redundantPerDelivery, firstDeliveryMs, readyMs, lostAfterReady }) =>
        `${String(nodes).padStart(4)} nodes${redundantPerDelivery.toFixed(3).padStart(20)}${`${firstDeliveryMs.toFixed(0)} ms`.padStart(21)}${`${readyMs.toFixed(0)} ms`.padStart(21)}${String(lostAfterReady).padStart(19)}`,
    ),
    'copies for each delivery beyond the one; virtual ms, medians of the subscribers; the publisher publishes every ms',
    '',
    ...idling.map(
      ({ nodes, bytesPerMinute }) =>
        `idle Broker with 20 subjects among ${nodes} Nodes: ${bytesPerMinute} bytes a minute, what its Node relays of others included`,
    ),
    ...(tabs ? ['', ...tabLines(tabs)] : []),
  ].join('\n');
}

function tabLines({ tabs, unicastPerSecond, onePerSecond, allPerSecond, xUnicast, xUnicastQuartiles }: Tabs) {
  return [
    `${MESSAGE_BYTES} B messages/s between tabs, one hop: ${onePerSecond} published, ${unicastPerSecond} by unicast, x unicast ${ratioText(xUnicast, xUnicastQuartiles)}`,
    `1 to ${tabs - 1}: ${allPerSecond} published a second, each to ${tabs - 1} tabs`,
  ];
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rounds = Math.ceil(numberOption(args, '--rounds', 5, 50));
  const patterns = Math.ceil(numberOption(args, '--patterns', 1_000_000, 5_000_000));
  const most = numberOption(args, '--most', 100, 1_000);
  const tabs = Math.ceil(numberOption(args, '--tabs', 8, MAX_TABS));
  const matching = measureMatching(patterns);
  const delivering: Delivering[] = [];
  const idling: Idling[] = [];
  await inVirtualTime(async () => {
    for (const nodes of DELIVERING) if (nodes <= most) delivering.push(await measureDelivering(nodes));
    for (const nodes of IDLING) if (nodes <= most) idling.push(await measureIdling(nodes));
  });
  const figures = {
    matching,
    delivering,
    idling,
    tabs: tabs > 1 ? await measureTabs(tabs, rounds) : undefined,
  };
  return { table: tableOf(figures), json: { pubsub: figures, rounds } };
}
