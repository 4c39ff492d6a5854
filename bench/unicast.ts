// Messages from one tab to another, one hop, in one Chromium: Leafcutter's Node.send against a bare, well-tuned
// RTCDataChannel and PeerJS's default serialization. The three take turns in every round, so that a busy machine slows
// all of them; ratios are taken within a round, and of those the median.
//   npm run bench -- unicast [--rounds N] [--scale X] [--json]
import { randomUUID } from 'node:crypto';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startDevServer } from '../e2e/support/dev-server.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import type { Way } from './unicast/page.ts';

export const summary = 'one hop between two tabs, against a raw RTCDataChannel and PeerJS';

const PAGE = 'bench/unicast/index.html';
const WAYS: readonly Way[] = ['leafcutter', 'raw', 'peerjs'];
/** A run of each takes some tenths of a second: long enough to leave the first congestion window behind. */
const SIZES = [
  { name: '64KiB', bytes: 65_536, count: 256 },
  { name: '100B', bytes: 100, count: 10_000 },
] as const;
const MAX_ROUNDS = 50;
const MAX_SCALE = 10;

function option(args: readonly string[], name: string, fallback: number, max: number): number {
  const at = args.indexOf(name);
  const value = at < 0 ? fallback : Number(args[at + 1]);
  if (!(value > 0 && value <= max)) throw new Error(`${name} takes a number above 0 and at most ${max}`);
  return value;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  return items.map((_, i) => items[(i + by) % items.length] as Item);
}

interface Row {
  readonly size: string;
  readonly bytes: number;
  /** Leafcutter's speed over the other's, median of the rounds. */
  readonly xRaw: number;
  readonly xPeerJs: number;
  readonly messagesPerSecond: Readonly<Record<Way, number>>;
  readonly mbPerSecond: number;
}

function rowOf(
  size: string,
  bytes: number,
  count: number,
  ms: Readonly<Record<Way, readonly number[]>>,
): Row {
  const times = (other: Way): number =>
    rounded(median(ms[other].map((theirs, round) => theirs / (ms.leafcutter[round] ?? Number.NaN))), 3);
  const speed = (way: Way): number => Math.round((count * 1_000) / median(ms[way]));
  return {
    size,
    bytes,
    xRaw: times('raw'),
    xPeerJs: times('peerjs'),
    messagesPerSecond: { leafcutter: speed('leafcutter'), raw: speed('raw'), peerjs: speed('peerjs') },
    mbPerSecond: rounded((speed('leafcutter') * bytes) / 1e6, 2),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function jsonOf(rows: readonly Row[], rounds: number): object {
  const unicast = Object.fromEntries(
    rows.map(({ size, xRaw, xPeerJs, mbPerSecond, messagesPerSecond }) => [
      size,
      { xRaw, xPeerJs, mbPerSecond, messagesPerSecond: messagesPerSecond.leafcutter },
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
    `one hop, two tabs of one Chromium; medians of ${rounds} rounds; MB/s is Leafcutter's`,
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

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rounds = Math.ceil(option(args, '--rounds', 7, MAX_ROUNDS));
  const scale = option(args, '--scale', 1, MAX_SCALE);
  const server = await startServerInChild();
  const pages = await startDevServer([PAGE]);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const [a, b] = [await openPage(browser, pages.url + PAGE), await openPage(browser, pages.url + PAGE)];
    await connectPages(a, b, server.port);
    const rows: Row[] = [];
    const times = SIZES.map((): Record<Way, number[]> => ({ leafcutter: [], raw: [], peerjs: [] }));
    for (let round = 0; round <= rounds; round++) {
      for (const [i, { bytes, count }] of SIZES.entries()) {
        // Each way is first as often as last: what one leaves behind (a buffer to collect, a clock turned down) hits all.
        for (const way of rotated(WAYS, round)) {
          const ms = await measure(a, b, way, bytes, Math.ceil(count * scale));
          // The first round warms up code and congestion windows.
          if (round > 0) times[i]?.[way].push(ms);
        }
      }
    }
    for (const [i, size] of SIZES.entries()) {
      const measured = times[i];
      if (measured) rows.push(rowOf(size.name, size.bytes, Math.ceil(size.count * scale), measured));
    }
    return { table: tableOf(rows, rounds), json: jsonOf(rows, rounds) };
  } finally {
    await browser.close();
    await pages.close();
    await server.kill();
  }
}
