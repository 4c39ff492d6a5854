// Messages from one tab to another, one hop, in one Chromium: Leafcutter's Node.send against a bare, well-tuned
// RTCDataChannel and PeerJS's default serialization. The three take turns in every round, so that a busy machine slows
// all of them; ratios are taken within a round, and of those the median, with the quartiles beside it. So is the processor time of
// the whole browser, which a busy machine hardly changes. Afterwards Leafcutter and the bare channel once more, while the main
// threads of both pages are busy 50 of 60 ms.
//   npm run bench -- unicast [--rounds N] [--scale X] [--json]
import { randomUUID } from 'node:crypto';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { serveHarness } from '../e2e/support/harness-pages.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { numberOption } from './common/arguments.ts';
import { type Cost, costOf, cpuMeter } from './common/cpu-time.ts';
import { median, medianRatio, quartiles, ratioText, rotated, rounded } from './common/statistics.ts';
import { startIntroducer } from './unicast/introducer.ts';
import type { Way } from './unicast/page.ts';

export const summary = 'one hop between two tabs, idle and busy, against a raw RTCDataChannel and PeerJS';
export const flags = ['--rounds N', '--scale N'];

const PAGE = 'bench/unicast/index.html';
const WAYS: readonly Way[] = ['leafcutter', 'raw', 'peerjs'];
const BUSY_WAYS: readonly Way[] = ['leafcutter', 'raw'];
/** A run of each takes some tenths of a second: long enough to leave the first congestion window behind. */
const SIZES: readonly Size[] = [
  { name: '64KiB', bytes: 65_536, count: 384, busyCount: 128 },
  { name: '100B', bytes: 100, count: 30_000, busyCount: 10_000 },
];
interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly count: number;
  /** With busy main threads, where a message takes several times as long. */
  readonly busyCount: number;
}
const MAX_ROUNDS = 50;
const MAX_SCALE = 10;

type Costs = Readonly<Record<Way, Cost[]>>;

interface Row {
  readonly size: string;
  readonly bytes: number;
  /** Leafcutter's speed over the other's, median of the rounds; main threads idle. */
  readonly xRaw: number;
  readonly xRawQuartiles: readonly [number, number];
  readonly xPeerJs: number;
  readonly xPeerJsQuartiles: readonly [number, number];
  /** The other's processor time over Leafcutter's: above 1 Leafcutter costs less. */
  readonly xRawCpu: number;
  readonly xRawCpuQuartiles: readonly [number, number];
  readonly xPeerJsCpu: number;
  /** Main threads busy: over the bare channel's when busy, too. */
  readonly xRawBusy: number;
  readonly xRawBusyQuartiles: readonly [number, number];
  /** Main threads busy, over the bare channel's when idle. */
  readonly xRawIdleWhenBusy: number;
  readonly messagesPerSecond: Readonly<Record<Way, number>>;
  readonly messagesPerSecondBusy: { readonly leafcutter: number; readonly raw: number };
  /** Of all processes of the browser. */
  readonly cpuMicrosecondsPerMessage: Readonly<Record<Way, number>>;
  readonly mbPerSecond: number;
}

/** Milliseconds of wall or processor a message, one number for each round. */
function perMessage(costs: readonly Cost[], what: keyof Cost, count: number): number[] {
  return costs.map((cost) => cost[what] / count);
}

function rowOf({ name, bytes, count, busyCount }: Size, idle: Costs, busy: Costs): Row {
  const wall = (way: Way): number[] => perMessage(idle[way], 'ms', count);
  const cpu = (way: Way): number[] => perMessage(idle[way], 'cpuMs', count);
  const busyWall = (way: Way): number[] => perMessage(busy[way], 'ms', busyCount);
  const speed = (ms: readonly number[]): number => Math.round(1_000 / median(ms));
  const ours = wall('leafcutter');
  const oursBusy = busyWall('leafcutter');
  return {
    size: name,
    bytes,
    xRaw: rounded(medianRatio(wall('raw'), ours), 3),
    xRawQuartiles: quartiles(wall('raw'), ours),
    xPeerJs: rounded(medianRatio(wall('peerjs'), ours), 3),
    xPeerJsQuartiles: quartiles(wall('peerjs'), ours),
    xRawCpu: rounded(medianRatio(cpu('raw'), cpu('leafcutter')), 3),
    xRawCpuQuartiles: quartiles(cpu('raw'), cpu('leafcutter')),
    xPeerJsCpu: rounded(medianRatio(cpu('peerjs'), cpu('leafcutter')), 3),
    xRawBusy: rounded(medianRatio(busyWall('raw'), oursBusy), 3),
    xRawBusyQuartiles: quartiles(busyWall('raw'), oursBusy),
    xRawIdleWhenBusy: rounded(medianRatio(wall('raw'), oursBusy), 3),
    messagesPerSecond: { leafcutter: speed(ours), raw: speed(wall('raw')), peerjs: speed(wall('peerjs')) },
    messagesPerSecondBusy: { leafcutter: speed(oursBusy), raw: speed(busyWall('raw')) },
    cpuMicrosecondsPerMessage: {
      leafcutter: rounded(median(cpu('leafcutter')) * 1000, 1),
      raw: rounded(median(cpu('raw')) * 1000, 1),
      peerjs: rounded(median(cpu('peerjs')) * 1000, 1),
    },
    mbPerSecond: rounded((speed(ours) * bytes) / 1e6, 2),
  };
}

function jsonOf(rows: readonly Row[], rounds: number): object {
  const unicast = Object.fromEntries(
    rows.map(({ size, xRaw, xPeerJs, xRawBusy, xRawCpu, mbPerSecond, messagesPerSecond }) => [
      size,
      { xRaw, xPeerJs, xRawBusy, xRawCpu, mbPerSecond, messagesPerSecond: messagesPerSecond.leafcutter },
    ]),
  );
  return { unicast, sizes: rows, rounds };
}

function tableOf(rows: readonly Row[], rounds: number): string {
  const line = ([first = '', ...cells]: readonly string[]): string =>
    first.padStart(12) + cells.map((cell) => cell.padStart(20)).join('');
  return [
    line(['messages/s', ...WAYS, 'x raw', 'x PeerJS']),
    ...rows.map((row) =>
      line([
        row.size,
        ...WAYS.map((way) => String(row.messagesPerSecond[way])),
        ratioText(row.xRaw, row.xRawQuartiles),
        ratioText(row.xPeerJs, row.xPeerJsQuartiles),
      ]),
    ),
    '',
    line(['CPU us each', ...WAYS, 'raw / ours', 'PeerJS / ours']),
    ...rows.map((row) =>
      line([
        row.size,
        ...WAYS.map((way) => row.cpuMicrosecondsPerMessage[way].toFixed(1)),
        ratioText(row.xRawCpu, row.xRawCpuQuartiles),
        row.xPeerJsCpu.toFixed(2),
      ]),
    ),
    '',
    line(['busy', ...BUSY_WAYS, '', 'x raw busy', 'x raw idle']),
    ...rows.map((row) =>
      line([
        row.size,
        String(row.messagesPerSecondBusy.leafcutter),
        String(row.messagesPerSecondBusy.raw),
        '',
        ratioText(row.xRawBusy, row.xRawBusyQuartiles),
        row.xRawIdleWhenBusy.toFixed(2),
      ]),
    ),
    `one hop, two tabs of one Chromium; medians of ${rounds} rounds, in brackets the quartiles of the ratios`,
    'CPU: of all processes of the browser; busy: the main threads of both pages 50 of 60 ms',
  ].join('\n');
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  // A context of its own is a process of its own, as two tabs of two people would be.
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'unicast' in window);
  return page;
}

async function connectPages(a: Page, b: Page, port: number, introducerPort: number): Promise<void> {
  const offer = await a.evaluate(() => window.unicast.raw.offer());
  const answer = await b.evaluate((sdp) => window.unicast.raw.answer(sdp), offer);
  await a.evaluate((sdp) => window.unicast.raw.accept(sdp), answer);
  const [idA, idB] = [randomUUID(), randomUUID()];
  await Promise.all([a, b].map((page) => page.evaluate((p) => window.unicast.connectMesh(p), port)));
  await b.evaluate(([p, id]) => window.unicast.connectPeerJs(p, id), [introducerPort, idB] as const);
  await a.evaluate(([p, id, to]) => window.unicast.connectPeerJs(p, id, to), [
    introducerPort,
    idA,
    idB,
  ] as const);
}

async function measure(a: Page, b: Page, way: Way, bytes: number, count: number): Promise<number> {
  await b.evaluate(([w, n, c]) => window.unicast.expect(w, n, c), [way, bytes, count] as const);
  return a.evaluate(([w, n, c]) => window.unicast.send(w, n, c), [way, bytes, count] as const);
}

/** `rounds` rounds of every size in turn; one more before them warms up code and congestion windows. */
async function measureAll(
  sizes: readonly Size[],
  ways: readonly Way[],
  rounds: number,
  measureOne: (way: Way, size: Size) => Promise<Cost>,
): Promise<Costs[]> {
  const costs = sizes.map((): Costs => ({ leafcutter: [], raw: [], peerjs: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const [i, size] of sizes.entries()) {
      for (const way of rotated(ways, round)) {
        const cost = await measureOne(way, size);
        if (round > 0) costs[i]?.[way].push(cost);
      }
    }
  }
  return costs;
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rounds = Math.ceil(numberOption(args, '--rounds', 9, MAX_ROUNDS));
  const scale = numberOption(args, '--scale', 1, MAX_SCALE);
  const server = await startServerInChild(0, { server: { origins: ['*'] } });
  const introducer = await startIntroducer();
  const pages = await serveHarness(PAGE);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const [a, b] = [await openPage(browser, pages.url + PAGE), await openPage(browser, pages.url + PAGE)];
    await connectPages(a, b, server.port, introducer.port);
    const cpu = await cpuMeter(browser);
    const scaled = SIZES.map((size) => ({
      ...size,
      count: Math.ceil(size.count * scale),
      busyCount: Math.ceil(size.busyCount * scale),
    }));
    const idle = await measureAll(scaled, WAYS, rounds, (way, { bytes, count }) =>
      costOf(cpu, () => measure(a, b, way, bytes, count)),
    );
    for (const page of [a, b]) await page.evaluate(() => window.unicast.setBusy(true));
    const busy = await measureAll(scaled, BUSY_WAYS, rounds, (way, { bytes, busyCount }) =>
      costOf(cpu, () => measure(a, b, way, bytes, busyCount)),
    );
    const rows = scaled.flatMap((size, i) => {
      const [atRest, underLoad] = [idle[i], busy[i]];
      return atRest && underLoad ? [rowOf(size, atRest, underLoad)] : [];
    });
    return { table: tableOf(rows, rounds), json: jsonOf(rows, rounds) };
  } finally {
    await browser.close();
    await pages.close();
    introducer.close();
    await server.kill();
  }
}
