// Messages from one tab to another, one hop, in one Chromium: Leafcutter's Node.send against a bare, well-tuned
// RTCDataChannel and PeerJS's default serialization. The three take turns in every round, so that a busy machine slows
// all of them; ratios are taken within a round, and of those the median. Afterwards Leafcutter and the bare channel once more,
// while the main threads of both pages are busy 50 of 60 ms.
//   npm run bench -- unicast [--rounds N] [--scale X] [--json]
import { randomUUID } from 'node:crypto';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startDevServer } from '../e2e/support/dev-server.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { numberOption } from './common/arguments.ts';
import { median, medianRatio, rotated, rounded } from './common/statistics.ts';
import type { Way } from './unicast/page.ts';

export const summary = 'one hop between two tabs, idle and busy, against a raw RTCDataChannel and PeerJS';

const PAGE = 'bench/unicast/index.html';
const WAYS: readonly Way[] = ['leafcutter', 'raw', 'peerjs'];
const BUSY_WAYS: readonly Way[] = ['leafcutter', 'raw'];
/** A run of each takes some tenths of a second: long enough to leave the first congestion window behind. */
const SIZES = [
  { name: '64KiB', bytes: 65_536, count: 256 },
  { name: '100B', bytes: 100, count: 10_000 },
] as const;
const MAX_ROUNDS = 50;
const MAX_SCALE = 10;

type Times = Readonly<Record<Way, number[]>>;

interface Row {
  readonly size: string;
  readonly bytes: number;
  /** Leafcutter's speed over the other's, median of the rounds; main threads idle. */
  readonly xRaw: number;
  readonly xPeerJs: number;
  /** Main threads busy: over the bare channel's when busy, too. */
  readonly xRawBusy: number;
  /** Main threads busy, over the bare channel's when idle. */
  readonly xRawIdleWhenBusy: number;
  readonly messagesPerSecond: Readonly<Record<Way, number>>;
  readonly messagesPerSecondBusy: { readonly leafcutter: number; readonly raw: number };
  readonly mbPerSecond: number;
}

function rowOf(size: string, bytes: number, count: number, idle: Times, busy: Times): Row {
  const speed = (ms: readonly number[]): number => Math.round((count * 1_000) / median(ms));
  return {
    size,
    bytes,
    xRaw: rounded(medianRatio(idle.raw, idle.leafcutter), 3),
    xPeerJs: rounded(medianRatio(idle.peerjs, idle.leafcutter), 3),
    xRawBusy: rounded(medianRatio(busy.raw, busy.leafcutter), 3),
    xRawIdleWhenBusy: rounded(medianRatio(idle.raw, busy.leafcutter), 3),
    messagesPerSecond: {
      leafcutter: speed(idle.leafcutter),
      raw: speed(idle.raw),
      peerjs: speed(idle.peerjs),
    },
    messagesPerSecondBusy: { leafcutter: speed(busy.leafcutter), raw: speed(busy.raw) },
    mbPerSecond: rounded((speed(idle.leafcutter) * bytes) / 1e6, 2),
  };
}

function jsonOf(rows: readonly Row[], rounds: number): object {
  const unicast = Object.fromEntries(
    rows.map(({ size, xRaw, xPeerJs, xRawBusy, mbPerSecond, messagesPerSecond }) => [
      size,
      { xRaw, xPeerJs, xRawBusy, mbPerSecond, messagesPerSecond: messagesPerSecond.leafcutter },
    ]),
  );
  return { unicast, sizes: rows, rounds };
}

function tableOf(rows: readonly Row[], rounds: number): string {
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(14)).join('');
  return [
    line(['messages/s', ...WAYS, 'x raw', 'x PeerJS', 'MB/s']),
    ...rows.map(({ size, messagesPerSecond, xRaw, xPeerJs, mbPerSecond }) =>
      line([
        size,
        ...WAYS.map((way) => String(messagesPerSecond[way])),
        xRaw.toFixed(2),
        xPeerJs.toFixed(2),
        mbPerSecond.toFixed(2),
      ]),
    ),
    '',
    line(['busy', ...BUSY_WAYS, 'x raw busy', 'x raw idle']),
    ...rows.map(({ size, messagesPerSecondBusy, xRawBusy, xRawIdleWhenBusy }) =>
      line([
        size,
        String(messagesPerSecondBusy.leafcutter),
        String(messagesPerSecondBusy.raw),
        xRawBusy.toFixed(2),
        xRawIdleWhenBusy.toFixed(2),
      ]),
    ),
    `one hop, two tabs of one Chromium; medians of ${rounds} rounds; MB/s is Leafcutter's`,
    'busy: the main threads of both pages 50 of 60 ms',
  ].join('\n');
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  // A context of its own is a process of its own, as two tabs of two people would be.
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'unicast' in window);
  return page;
}

async function connectPages(a: Page, b: Page, port: number): Promise<void> {
  const offer = await a.evaluate(() => window.unicast.raw.offer());
  const answer = await b.evaluate((sdp) => window.unicast.raw.answer(sdp), offer);
  await a.evaluate((sdp) => window.unicast.raw.accept(sdp), answer);
  const [idA, idB] = [randomUUID(), randomUUID()];
  await Promise.all([a, b].map((page) => page.evaluate((p) => window.unicast.connectMesh(p), port)));
  await b.evaluate(([p, id]) => window.unicast.connectPeerJs(p, id), [port, idB] as const);
  await a.evaluate(([p, id, to]) => window.unicast.connectPeerJs(p, id, to), [port, idA, idB] as const);
}

async function measure(a: Page, b: Page, way: Way, bytes: number, count: number): Promise<number> {
  await b.evaluate(([w, n, c]) => window.unicast.expect(w, n, c), [way, bytes, count] as const);
  return a.evaluate(([w, n, c]) => window.unicast.send(w, n, c), [way, bytes, count] as const);
}

/** `rounds` rounds of every size in turn; one more before them warms up code and congestion windows. */
async function measureAll(
  a: Page,
  b: Page,
  ways: readonly Way[],
  rounds: number,
  scale: number,
): Promise<Times[]> {
  const times = SIZES.map((): Times => ({ leafcutter: [], raw: [], peerjs: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { bytes, count }] of SIZES.entries()) {
      for (const way of rotated(ways, round)) {
        const ms = await measure(a, b, way, bytes, Math.ceil(count * scale));
        if (round > 0) times[i]?.[way].push(ms);
      }
    }
  }
  return times;
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rounds = Math.ceil(numberOption(args, '--rounds', 7, MAX_ROUNDS));
  const scale = numberOption(args, '--scale', 1, MAX_SCALE);
  const server = await startServerInChild(0, { server: { origins: ['*'] } });
  const pages = await startDevServer([PAGE]);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const [a, b] = [await openPage(browser, pages.url + PAGE), await openPage(browser, pages.url + PAGE)];
    await connectPages(a, b, server.port);
    const idle = await measureAll(a, b, WAYS, rounds, scale);
    for (const page of [a, b]) await page.evaluate(() => window.unicast.setBusy(true));
    const busy = await measureAll(a, b, BUSY_WAYS, rounds, scale);
    const rows = SIZES.flatMap(({ name, bytes, count }, i) => {
      const [atRest, underLoad] = [idle[i], busy[i]];
      return atRest && underLoad ? [rowOf(name, bytes, Math.ceil(count * scale), atRest, underLoad)] : [];
    });
    return { table: tableOf(rows, rounds), json: jsonOf(rows, rounds) };
  } finally {
    await browser.close();
    await pages.close();
    await server.kill();
  }
}
