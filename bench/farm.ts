// Whole renders on the built page in real Chromium: N tabs with one worker each, joined over WebRTC, against one tab with N
// workers. The two take turns in every round, so that a busy machine slows both; the ratio is taken within a round, and of the
// ratios the median. What is lost to the mesh, the leases and the sharing of the picture is 1 - efficiency.
//   npm run bench -- farm [--tabs N] [--rounds N] [--size N] [--samples N] [--json]     (needs `npm run build`)
import { cpus, loadavg } from 'node:os';
import { type Browser, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startServer } from '../e2e/support/server.ts';

export const summary = 'N tabs with one worker each against one tab with N workers, the same render';
export const flags = ['--tabs N', '--rounds N', '--size N', '--samples N'];

const SAMPLE = 'cornell';

interface Render {
  readonly samplesPerSecond: number;
  readonly hash: string;
  /** Smallest and largest part a tab had. */
  readonly shares: readonly number[];
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
}

function option(args: readonly string[], name: string, fallback: number, most: number): number {
  const at = args.indexOf(name);
  const value = at < 0 ? fallback : Number(args[at + 1]);
  if (!(Number.isInteger(value) && value >= 1 && value <= most)) {
    throw new Error(`${name} takes a whole number from 1 to ${most}`);
  }
  return value;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Tabs of one Network, each in a context of its own: a process of its own, as with several machines. */
async function openTabs(browser: Browser, address: string, count: number, workers: number): Promise<Page[]> {
  const pages: Page[] = [];
  let link = address;
  for (let i = 0; i < count; i++) {
    const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
    await page.goto(link);
    await page.waitForFunction(() => window.leafcutter !== undefined);
    await page.evaluate((n) => window.leafcutter?.farm.setWorkerCount(n), workers);
    link = await page.getByRole('textbox', { name: 'Invite link' }).inputValue();
    pages.push(page);
  }
  for (const page of pages) {
    await page.waitForFunction((n) => window.leafcutter?.node.members().length === n, count);
  }
  return pages;
}

/** One render, started by the first tab; the time is that tab's, from the call to the last Block. */
async function render(pages: readonly Page[], frame: Frame): Promise<Render> {
  const [starter] = pages;
  if (!starter) throw new Error('no tab');
  return starter.evaluate(async (settings) => {
    const handle = window.leafcutter;
    if (!handle) throw new Error('the page is not ready');
    const job = await handle.render(settings);
    const hash = await job.finished;
    const { samplesTotal, elapsedSeconds, shares } = job.progress;
    return {
      samplesPerSecond: samplesTotal / elapsedSeconds,
      hash,
      shares: shares.map(({ samples }) => samples / samplesTotal),
    };
  }, frame);
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const tabs = option(args, '--tabs', 2, 16);
  const rounds = option(args, '--rounds', 5, 50);
  const side = option(args, '--size', 512, 4096);
  const samples = option(args, '--samples', 64, 65_536);
  const frame = { width: side, height: side, samples };
  const server = await startServer();
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const together = await openTabs(browser, server.url, tabs, 1);
    const alone = await openTabs(browser, server.url, 1, tabs);
    for (const [starter] of [together, alone]) {
      await starter?.evaluate((sample) => window.leafcutter?.openSample(sample), SAMPLE);
    }
    const results: { tabs: Render; single: Render }[] = [];
    for (let round = 0; round <= rounds; round++) {
      // The first round warms up: kernels compile, the scene travels.
      const warm = round === 0 ? { ...frame, samples: Math.min(samples, 8) } : frame;
      const pair = { single: await render(alone, warm), tabs: await render(together, warm) };
      if (pair.single.hash !== pair.tabs.hash) throw new Error('the pictures differ: the bench is void');
      if (round > 0) results.push(pair);
    }
    const ratios = results.map((pair) => pair.tabs.samplesPerSecond / pair.single.samplesPerSecond);
    const efficiency = median(ratios);
    const [load = 0] = loadavg();
    const tabsRate = median(results.map((pair) => pair.tabs.samplesPerSecond));
    const singleRate = median(results.map((pair) => pair.single.samplesPerSecond));
    const million = (rate: number): string => (rate / 1e6).toFixed(2).padStart(10);
    const table = [
      `${SAMPLE}, ${side}x${side}, ${samples} samples, median of ${rounds} rounds`,
      '',
      '                            M samples/s',
      `${tabs} tabs, 1 worker each  ${' '.repeat(7)}${million(tabsRate)}`,
      `1 tab, ${tabs} workers       ${' '.repeat(7)}${million(singleRate)}`,
      `efficiency             ${' '.repeat(7)}${efficiency.toFixed(3).padStart(10)}`,
      '',
      `rounds: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; load of the machine ${load.toFixed(1)} on ${cpus().length} cores`,
      'the same hash in all renders',
    ].join('\n');
    return {
      table,
      json: {
        efficiency,
        efficiencies: ratios,
        load,
        tabs,
        tabsSamplesPerSecond: tabsRate,
        singleSamplesPerSecond: singleRate,
        rounds,
        ...frame,
      },
    };
  } finally {
    await browser.close();
    await server.stop();
  }
}
