// Three hops: four tabs in a chain (all other Links blocked), 64 KiB messages from the first to the last. The bound is what
// the same cores do in the same run when pages of a chain of bare data channels store and forward the same messages, with
// nothing but backpressure between them. The two take turns in every round; ratios of wall and of processor time are taken within
// a round.
//   npm run bench -- hops [--rounds N] [--scale X] [--json]
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { serveHarness } from '../e2e/support/harness-pages.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { numberOption } from './common/arguments.ts';
import { type Cost, costOf, cpuMeter } from './common/cpu-time.ts';
import { median, medianRatio, quartiles, ratioText, rotated, rounded } from './common/statistics.ts';
import type { HopWay } from './hops/page.ts';

export const summary = 'three hops over four tabs, against bare data channels that store and forward';
export const flags = ['--rounds N', '--scale N'];

const PAGE = 'bench/hops/index.html';
const WAYS: readonly HopWay[] = ['leafcutter', 'bound'];
const TABS = 4;
const BYTES = 65_536;
const COUNT = 192;

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'hops' in window);
  return page;
}

/** Bare channels: each page to the next one. */
async function connectBound(tabs: readonly Page[]): Promise<void> {
  for (let i = 0; i + 1 < tabs.length; i++) {
    const [left, right] = [tabs[i], tabs[i + 1]];
    if (!left || !right) return;
    const offer = await left.evaluate(() => window.hops.bound.offer());
    const answer = await right.evaluate((sdp) => window.hops.bound.answer(sdp), offer);
    await left.evaluate((sdp) => window.hops.bound.accept(sdp), answer);
  }
}

/** Nodes: everyone meets everyone, then all Links but those of the chain are blocked. */
async function connectMesh(tabs: readonly Page[], port: number): Promise<void> {
  const ids = await Promise.all(tabs.map((page) => page.evaluate((p) => window.hops.mesh.start(p), port)));
  await Promise.all(tabs.map((page) => page.evaluate((n) => window.hops.mesh.meet(n), tabs.length)));
  await Promise.all(
    tabs.map((page, i) => {
      const blocked = ids.filter((_, j) => Math.abs(i - j) > 1);
      return page.evaluate((peers) => window.hops.mesh.block(peers), blocked);
    }),
  );
  const [first] = tabs;
  const last = ids.at(-1);
  if (!first || !last) return;
  await first.evaluate(([target, n]) => window.hops.mesh.awaitHops(target, n), [
    last,
    tabs.length - 1,
  ] as const);
}

async function measure(tabs: readonly Page[], way: HopWay, count: number): Promise<number> {
  const [first, last] = [tabs[0], tabs.at(-1)];
  if (!first || !last) throw new Error('no tabs');
  await last.evaluate(([w, n, c]) => window.hops.expect(w, n, c), [way, BYTES, count] as const);
  return first.evaluate(([w, n, c]) => window.hops.send(w, n, c), [way, BYTES, count] as const);
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rounds = Math.ceil(numberOption(args, '--rounds', 9, 50));
  const count = Math.ceil(COUNT * numberOption(args, '--scale', 1, 10));
  const server = await startServerInChild(0, { server: { origins: ['*'] } });
  const pages = await serveHarness(PAGE);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const tabs: Page[] = [];
    for (let i = 0; i < TABS; i++) tabs.push(await openPage(browser, pages.url + PAGE));
    await connectBound(tabs);
    await connectMesh(tabs, server.port);
    const cpu = await cpuMeter(browser);
    const costs: Readonly<Record<HopWay, Cost[]>> = { leafcutter: [], bound: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const way of rotated(WAYS, round)) {
        const cost = await costOf(cpu, () => measure(tabs, way, count));
        // The first round warms up.
        if (round > 0) costs[way].push(cost);
      }
    }
    const ms = (way: HopWay): number[] => costs[way].map((cost) => cost.ms);
    const cpuMs = (way: HopWay): number[] => costs[way].map((cost) => cost.cpuMs);
    const mbPerSecond = (way: HopWay): number => rounded((BYTES * count) / 1_000 / median(ms(way)), 2);
    const xBound = rounded(medianRatio(ms('bound'), ms('leafcutter')), 3);
    const xBoundQuartiles = quartiles(ms('bound'), ms('leafcutter'));
    const xBoundCpu = rounded(medianRatio(cpuMs('bound'), cpuMs('leafcutter')), 3);
    const xBoundCpuQuartiles = quartiles(cpuMs('bound'), cpuMs('leafcutter'));
    const table = [
      `${TABS - 1} hops, ${TABS} tabs of one Chromium, ${BYTES / 1024} KiB messages; medians of ${rounds} rounds, quartiles in brackets`,
      `Leafcutter        ${mbPerSecond('leafcutter').toFixed(2).padStart(8)} MB/s`,
      `store and forward ${mbPerSecond('bound').toFixed(2).padStart(8)} MB/s`,
      `x bound           ${ratioText(xBound, xBoundQuartiles)}`,
      `its CPU / ours    ${ratioText(xBoundCpu, xBoundCpuQuartiles)}`,
    ].join('\n');
    const json = {
      xBound,
      xBoundQuartiles,
      xBoundCpu,
      xBoundCpuQuartiles,
      mbPerSecond: mbPerSecond('leafcutter'),
      boundMbPerSecond: mbPerSecond('bound'),
      hops: TABS - 1,
      rounds,
    };
    return { table, json };
  } finally {
    await browser.close();
    await pages.close();
    await server.kill();
  }
}
