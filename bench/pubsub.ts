// Publish and subscribe: matching, what a page loads, what a delivery costs a simulated network, how soon one comes, what an idle Broker sends, messages between
// real tabs, and from a door to a tab, against our own unicast, a door beside Debian's nats-server, and one to seven beside gossipsub. Whoever is
// compared takes turns in every round; ratios are taken within a round, and of those the median, with the quartiles beside it.
//   npm run bench -- pubsub [--only PART] [--rounds N] [--patterns N] [--most N nodes, simulated] [--tabs N, 1 for none]
//     [--nodes N beside gossipsub] [--json]
// The door needs `npm run build:node` and Debian's nats-server, gossipsub `npm install --prefix bench/gossipsub`.
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { serveHarness } from '../e2e/support/harness-pages.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { formatInvite } from '../src/wire/index.ts';
import { numberOption } from './common/arguments.ts';
import { median, medianRatio, quartiles, ratioText, rotated, rounded } from './common/statistics.ts';
import { doorLines, measureDoor } from './pubsub/door.ts';
import { type Matching, measureMatching } from './pubsub/matching.ts';
import { BENCH_NETWORK, BENCH_SUBJECT } from './pubsub/names.ts';
import type { Way } from './pubsub/page.ts';
import { type NatsServer, startNatsServer } from './pubsub/servers.ts';
import { measureSeveral, severalLines } from './pubsub/several.ts';
import {
  type Delivering,
  type Idling,
  inVirtualTime,
  measureDelivering,
  measureIdling,
} from './pubsub/simulated.ts';
import { measureWeight, weightLines } from './pubsub/weight.ts';

export const summary =
  'publish and subscribe: matches/s, copies, first delivery, against our unicast, nats-server and gossipsub';
export const flags = ['--only PART', '--rounds N', '--patterns N', '--most N', '--tabs N', '--nodes N'];

const PAGE = 'bench/pubsub/index.html';
const DELIVERING = [8, 32, 100, 1_000] as const;
const IDLING = [10, 100, 1_000] as const;
const MESSAGE_BYTES = 100;
const MESSAGES = 20_000;
/** Of the client at a door, between two flushes. */
const DOOR_BATCH = 4_000;
const MAX_TABS = 16;

interface Tabs {
  readonly tabs: number;
  readonly unicastPerSecond: number;
  /** To one tab, and the whole to every other at once. */
  readonly onePerSecond: number;
  readonly allPerSecond: number;
  /** By an official client at a door, to one tab. */
  readonly doorPerSecond: number;
  /** Of the messages to one tab, over unicast's. */
  readonly xUnicast: number;
  readonly xUnicastQuartiles: readonly [number, number];
  readonly doorXUnicast: number;
  readonly doorXUnicastQuartiles: readonly [number, number];
}

/** `door`: from a client at a door to the tab; the others from tab to tab. */
const TAB_WAYS = ['unicast', 'pubsub', 'door'] as const;
type TabWay = (typeof TAB_WAYS)[number];

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
  const opened: NatsServer[] = [];
  try {
    const [sender, first, ...others] = await openTabs(browser, pages.url + PAGE, server.port, count);
    if (!sender || !first) throw new Error('it takes two tabs');
    await first.evaluate(() => window.pubsub.subscribe());
    const door = await startNatsServer('door', benchInvite(server.port));
    opened.push(door);
    const nc = await connect({ servers: `127.0.0.1:${door.port}` });
    await sender.evaluate((others) => window.pubsub.meet(others), count);
    const send = async (way: Way, receivers: number): Promise<number> => {
      const args = [way, MESSAGE_BYTES, MESSAGES, receivers] as const;
      const ms = await sender.evaluate(([w, bytes, n, to]) => window.pubsub.send(w, bytes, n, to), args);
      return (MESSAGES * 1000) / ms;
    };
    const speeds: Record<TabWay, number[]> = { unicast: [], pubsub: [], door: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const way of rotated(TAB_WAYS, round)) {
        const speed = await (way === 'door' ? sendFromDoor(nc) : send(way, 1));
        if (round > 0) speeds[way].push(speed);
      }
    }
    await nc.close();
    for (const page of others) await page.evaluate(() => window.pubsub.subscribe());
    const toAll: number[] = [];
    for (let round = 0; round < rounds; round++) toAll.push(await send('pubsub', count - 1));
    return {
      tabs: count,
      unicastPerSecond: Math.round(median(speeds.unicast)),
      onePerSecond: Math.round(median(speeds.pubsub)),
      allPerSecond: Math.round(median(toAll)),
      doorPerSecond: Math.round(median(speeds.door)),
      doorXUnicast: rounded(medianRatio(speeds.door, speeds.unicast), 3),
      doorXUnicastQuartiles: quartiles(speeds.door, speeds.unicast),
      xUnicast: rounded(medianRatio(speeds.pubsub, speeds.unicast), 3),
      xUnicastQuartiles: quartiles(speeds.pubsub, speeds.unicast),
    };
  } finally {
    for (const each of opened) await each.close();
    await browser.close();
    await pages.close();
    await server.kill();
  }
}

/** To the network of the bench's tabs. */
const benchInvite = (port: number): string =>
  `http://127.0.0.1:${port}/#${formatInvite({ name: BENCH_NETWORK, key: new Uint8Array(16) })}`;

/** Messages a second. A client that is faster than the mesh is not read by its door. */
async function sendFromDoor(nc: NatsConnection): Promise<number> {
  // Its own: a tab that hears of it would take its next messages for come.
  const inbox = createInbox();
  const done = nc.subscribe(inbox, { max: 1 });
  await nc.flush();
  const payload = new Uint8Array(MESSAGE_BYTES);
  const startMs = performance.now();
  for (let i = 1; i < MESSAGES; i++) {
    nc.publish(BENCH_SUBJECT, payload);
    if (i % DOOR_BATCH === 0) await nc.flush();
  }
  nc.publish(BENCH_SUBJECT, payload, { reply: inbox });
  for await (const _ of done) break;
  return (MESSAGES * 1000) / (performance.now() - startMs);
}

const PARTS = ['matching', 'weight', 'simulated', 'tabs', 'door', 'gossipsub'] as const;
type Part = (typeof PARTS)[number];

/** A part of the table, and what programs read of it. */
interface Measured {
  readonly lines: readonly string[];
  readonly json: object;
}

function matchingLines(matching: Matching): string[] {
  const { patterns, cachedPerSecond, freshPerSecond, naivePerSecond, isEqual } = matching;
  return [
    `matches/s among ${patterns} patterns, a tenth with wildcards: ${cachedPerSecond} cached, ${freshPerSecond} fresh, ` +
      `${naivePerSecond} by brute force; the same results: ${isEqual ? 'yes' : 'NO'}`,
  ];
}

async function measureSimulated(most: number): Promise<Measured> {
  const delivering: Delivering[] = [];
  const idling: Idling[] = [];
  await inVirtualTime(async () => {
    for (const nodes of DELIVERING) if (nodes <= most) delivering.push(await measureDelivering(nodes));
    for (const nodes of IDLING) if (nodes <= most) idling.push(await measureIdling(nodes));
  });
  const lines = [
    'simulated     redundant copies   subscribe to first   subscribe to ready   lost after ready',
    ...delivering.map(
      ({ nodes, brokers, redundantPerDelivery, firstDeliveryMs, readyMs, lostAfterReady }) =>
        `${String(nodes).padStart(4)} nodes${redundantPerDelivery.toFixed(3).padStart(20)}${`${firstDeliveryMs.toFixed(0)} ms`.padStart(21)}${`${readyMs.toFixed(0)} ms`.padStart(21)}${String(lostAfterReady).padStart(19)}${someOf(nodes, brokers)}`,
    ),
    'copies beyond the one that each Node gets, for each of those; virtual ms, medians of the subscribers; a Link takes 0.5 to 4 ms; the publisher publishes every ms',
    '',
    ...idling.map(
      ({ nodes, brokers, bytesPerMinute }) =>
        `idle Broker with 20 subjects among ${nodes} Nodes: ${bytesPerMinute} bytes a minute, what its Node relays of others included${someOf(nodes, brokers)}`,
    ),
  ];
  return { lines, json: { delivering, idling } };
}

const someOf = (nodes: number, brokers: number): string =>
  brokers < nodes ? `   (Brokers on ${brokers} of them)` : '';

function tabLines({
  tabs,
  unicastPerSecond,
  onePerSecond,
  allPerSecond,
  xUnicast,
  xUnicastQuartiles,
  doorPerSecond,
  doorXUnicast,
  doorXUnicastQuartiles,
}: Tabs) {
  return [
    `${MESSAGE_BYTES} B messages/s between tabs, one hop: ${onePerSecond} published, ${unicastPerSecond} by unicast, x unicast ${ratioText(xUnicast, xUnicastQuartiles)}`,
    `from an official client at a door to a tab: ${doorPerSecond}, x unicast ${ratioText(doorXUnicast, doorXUnicastQuartiles)}`,
    `1 to ${tabs - 1}: ${allPerSecond} published a second, each to ${tabs - 1} tabs`,
  ];
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rounds = Math.ceil(numberOption(args, '--rounds', 5, 50));
  const patterns = Math.ceil(numberOption(args, '--patterns', 1_000_000, 5_000_000));
  const most = numberOption(args, '--most', 100, 1_000);
  const tabs = Math.ceil(numberOption(args, '--tabs', 8, MAX_TABS));
  const nodes = Math.max(8, Math.ceil(numberOption(args, '--nodes', 8, 32)));
  const measure: Record<Part, () => Promise<Measured | undefined>> = {
    async matching() {
      const json = measureMatching(patterns);
      return { lines: matchingLines(json), json };
    },
    async weight() {
      const json = await measureWeight();
      return { lines: weightLines(json), json };
    },
    simulated: () => measureSimulated(most),
    async tabs() {
      if (tabs < 2) return undefined;
      const json = await measureTabs(tabs, rounds);
      return { lines: tabLines(json), json };
    },
    async door() {
      const rows = await measureDoor(rounds);
      return { lines: doorLines(rows), json: rows };
    },
    async gossipsub() {
      const json = await measureSeveral(nodes, rounds);
      return { lines: severalLines(json), json: json ?? {} };
    },
  };
  const parts: Partial<Record<Part, object>> = {};
  const lines: string[] = [];
  for (const part of partsOf(args)) {
    const measured = await measure[part]();
    if (!measured) continue;
    parts[part] = measured.json;
    if (lines.length > 0) lines.push('');
    lines.push(...measured.lines);
  }
  return { table: lines.join('\n'), json: { pubsub: parts, rounds } };
}

/** @throws Error for a part that is none */
function partsOf(args: readonly string[]): readonly Part[] {
  const at = args.indexOf('--only');
  if (at < 0) return PARTS;
  const only = PARTS.find((part) => part === args[at + 1]);
  if (only === undefined) throw new Error(`--only takes one of ${PARTS.join(', ')}`);
  return [only];
}
