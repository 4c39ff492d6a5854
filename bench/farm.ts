// Whole renders on the built page in real Chromium: N tabs with one worker each, joined over WebRTC, against one tab with N
// workers. The two take turns in every round, so that a busy machine slows both; the ratio is taken within a round, and of the
// ratios the median. What is lost to the mesh, the leases and the sharing of the picture is 1 - efficiency.
//
// Where the processor goes is counted in its seconds, by thread (farm/threads.ts), which a busy machine hardly blurs; only what goes by
// the clock, painting, weighs more where rendering takes longer. `render`: the busiest workers of each tab. `painting`: GPU process,
// compositors, and what the pages' main threads paint: by a profile and a trace of one further render, which is not timed
// (farm/main-thread.ts). `other`: all the rest. `hidden`: what is painted of a tab behind another one (farm/hidden.ts).
// All tabs have rendered before, so joining, compiling and reading the scene are not in it. What is left goes by Blocks, however many samples
// are in them: so it is also told by Block, and beside it what a tab takes that does nothing.
// Bytes are what the Links count. Of a Block: sent between the tabs that render, over its sums (48 KiB and less at the edges) times the
// tabs that must have them. A viewer's: received by a further tab without workers, of a render of its own.
//   npm run bench -- farm [--tabs N] [--rounds N] [--size N] [--samples N] [--json]     (needs `npm run build`)
import { cpus, loadavg } from 'node:os';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startServer } from '../e2e/support/server.ts';
import { inviteLink } from '../e2e/support/tabs.ts';
import { blockPlan } from '../src/render/film/index.ts';
import { numberOption } from './common/arguments.ts';
import { median, rounded } from './common/statistics.ts';
import { hiddenRender } from './farm/hidden.ts';
import { mainShares } from './farm/main-thread.ts';
import { added, KINDS, type Kind, type Shares, secondsByKind, sumOf } from './farm/shares.ts';
import { addTab, openTabs, type Render, render, untilMet } from './farm/tabs.ts';
import { pidOf, threadsOf, usedSince } from './farm/threads.ts';

/** Between the last render and the count of what tabs take at rest: what came last is written to the disk. */
const SETTLE_MS = 5_000;
const REST_MS = 5_000;

export const summary =
  'N tabs with one worker each against one tab with N workers: speed, processor time, bytes';
export const flags = ['--tabs N', '--rounds N', '--size N', '--samples N'];

const SAMPLE = 'cornell';

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const whole = (name: string, fallback: number, most: number): number =>
    Math.ceil(numberOption(args, name, fallback, most));
  const tabs = whole('--tabs', 2, 16);
  const rounds = whole('--rounds', 5, 50);
  const side = whole('--size', 512, 4096);
  const samples = whole('--samples', 64, 65_536);
  const frame = { width: side, height: side, samples };
  const warmUp = { ...frame, samples: Math.min(samples, 8) };
  const server = await startServer();
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const pid = await pidOf(browser);
    const together = await openTabs(browser, server.url, tabs, 1);
    const alone = await openTabs(browser, server.url, 1, tabs);
    for (const [starter] of [together, alone]) {
      await starter?.evaluate((sample) => window.leafcutter?.openSample(sample), SAMPLE);
    }
    const counted = async (pages: typeof together, workers: number): Promise<Render & { cpu: Shares }> => {
      const before = await threadsOf(pid);
      const made = await render(pages, frame);
      return { ...made, cpu: secondsByKind(usedSince(before, await threadsOf(pid)), workers) };
    };
    // Kernels compile, the scene travels.
    await render(alone, warmUp);
    await render(together, warmUp);
    const results: { tabs: Render & { cpu: Shares }; single: Render & { cpu: Shares } }[] = [];
    for (let round = 0; round < rounds; round++) {
      const pair = { single: await counted(alone, tabs), tabs: await counted(together, 1) };
      if (pair.single.hash !== pair.tabs.hash) throw new Error('the pictures differ: the bench is void');
      results.push(pair);
    }
    const rest = await secondsAtRest(pid, tabs + 1);
    const main = await mainShares(browser, together, async () => (await counted(together, 1)).cpu.main);
    const blocks = blockPlan(side, side, samples).taskCount;
    const sums = (side * side * 12 * blocks) / blockPlan(side, side, 1).taskCount;
    const sent = results.map((pair) => pair.tabs.traffic.reduce((sum, one) => sum + one.sent, 0));
    const sentShare = median(results.map((pair, i) => (sent[i] ?? 0) / (pair.tabs.copies * sums)));

    const [first] = together;
    const viewer = first && (await addTab(browser, await inviteLink(first), 0));
    if (!viewer) throw new Error('no tab');
    await untilMet([...together, viewer]);
    // What was rendered before it came is not of this render.
    await viewer.waitForFunction(
      (count) => window.leafcutter?.jobs.filter(({ hash }) => hash !== undefined).length === count,
      await first.evaluate(() => window.leafcutter?.jobs.length),
    );
    const viewed = (await render([...together, viewer], frame)).traffic.at(-1)?.received ?? 0;
    await browser.close();
    const hidden = await hiddenRender(server.url, SAMPLE, frame);

    const cpu = {
      tabs: added(results.map((pair) => pair.tabs.cpu)),
      single: added(results.map((pair) => pair.single.cpu)),
    };
    const painting = (cpu.tabs.paint + main.painting * cpu.tabs.main) / sumOf(cpu.tabs);
    const ratios = results.map((pair) => pair.tabs.samplesPerSecond / pair.single.samplesPerSecond);
    const [load = 0] = loadavg();
    const msPerBlock = (seconds: number): number => rounded((1000 * seconds) / rounds / blocks, 1);
    const { render: rendering } = cpu.tabs;
    const json = {
      efficiency: rounded(median(ratios), 3),
      cpuShareOther: rounded(1 - painting - cpu.tabs.render / sumOf(cpu.tabs), 4),
      cpuSharePainting: rounded(painting, 4),
      cpuShareHidden: rounded(hidden.paint / sumOf(hidden), 4),
      bytesPerBlock: Math.round(median(sent) / blocks),
      viewerBytesPerBlock: Math.round(viewed / blocks),
      sentOverSums: rounded(sentShare, 3),
      viewedOverSums: rounded(viewed / sums, 3),
      efficiencies: ratios.map((ratio) => rounded(ratio, 3)),
      tabsSamplesPerSecond: median(results.map((pair) => pair.tabs.samplesPerSecond)),
      singleSamplesPerSecond: median(results.map((pair) => pair.single.samplesPerSecond)),
      cpuSeconds: cpu,
      samplesPerBlock: rounded((samples * blockPlan(side, side, 1).taskCount) / blocks, 1),
      renderMsPerBlock: msPerBlock(rendering),
      restOfMsPerBlock: msPerBlock(sumOf(cpu.tabs) - rendering),
      cpuShareAtRest: rounded(rest, 4),
      mainThreadShares: main,
      ...{ load, tabs, rounds, blocks, ...frame },
    };
    return { table: tableOf(json), json };
  } finally {
    await browser.close();
    await server.stop();
  }
}

interface Figures {
  readonly efficiency: number;
  readonly cpuShareOther: number;
  readonly cpuSharePainting: number;
  readonly cpuShareHidden: number;
  readonly bytesPerBlock: number;
  readonly viewerBytesPerBlock: number;
  readonly sentOverSums: number;
  readonly viewedOverSums: number;
  readonly efficiencies: readonly number[];
  readonly tabsSamplesPerSecond: number;
  readonly singleSamplesPerSecond: number;
  readonly cpuSeconds: Readonly<Record<'tabs' | 'single', Shares>>;
  readonly samplesPerBlock: number;
  readonly renderMsPerBlock: number;
  readonly restOfMsPerBlock: number;
  readonly cpuShareAtRest: number;
  readonly mainThreadShares: Readonly<Record<string, number>>;
  readonly load: number;
  readonly tabs: number;
  readonly rounds: number;
  readonly width: number;
  readonly samples: number;
}

/** Of one core, by one tab. @param browser the pid of its first process */
async function secondsAtRest(browser: number, tabs: number): Promise<number> {
  const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await after(SETTLE_MS);
  const before = await threadsOf(browser);
  await after(REST_MS);
  const used = usedSince(before, await threadsOf(browser));
  return used.reduce((sum, { seconds }) => sum + seconds, 0) / (REST_MS / 1000) / tabs;
}

function tableOf(of: Figures): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const million = (rate: number): string => (rate / 1e6).toFixed(2).padStart(8);
  const { tabs, single } = of.cpuSeconds;
  const row = (kind: Kind): string =>
    `${percent(tabs[kind] / sumOf(tabs)).padStart(9)}${percent(single[kind] / sumOf(single)).padStart(9)}   ${KINDS[kind]}`;
  return [
    `${SAMPLE}, ${of.width}x${of.width}, ${of.samples} samples, median of ${of.rounds} rounds; the same hash in all renders`,
    '',
    `${of.tabs} tabs, 1 worker each   ${million(of.tabsSamplesPerSecond)} M samples/s`,
    `1 tab, ${of.tabs} workers        ${million(of.singleSamplesPerSecond)} M samples/s`,
    `efficiency              ${of.efficiency.toFixed(3).padStart(8)}   rounds: ${of.efficiencies.map((ratio) => ratio.toFixed(2)).join(', ')}`,
    '',
    `   ${of.tabs} tabs    1 tab   of the processor time`,
    ...(Object.keys(KINDS) as Kind[]).map(row),
    `main threads: ${Object.entries(of.mainThreadShares)
      .map(([name, share]) => `${name} ${percent(share)}`)
      .join(', ')}`,
    `painting ${percent(of.cpuSharePainting)}, hidden ${percent(of.cpuShareHidden)}; neither that nor rendering ${percent(of.cpuShareOther)}`,
    `a Block of ${of.samplesPerBlock} samples a pixel: ${of.renderMsPerBlock} ms to render, ${of.restOfMsPerBlock} ms for all else; a tab at rest takes ${percent(of.cpuShareAtRest)} of a core`,
    '',
    `sent per Block          ${of.bytesPerBlock} bytes, ${of.sentOverSums}x its sums to those that must have them`,
    `a viewer gets per Block ${of.viewerBytesPerBlock} bytes, ${of.viewedOverSums}x its sums`,
    '',
    `load of the machine ${of.load.toFixed(1)} on ${cpus().length} cores`,
  ].join('\n');
}
