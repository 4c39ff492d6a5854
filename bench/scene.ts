// How a large scene gets to where it is rendered: a GLB of positions and indices is opened in one of N real tabs and rendered by all.
// By the clock it depends on what else the machine does; what it takes of the processor, from asking for the render to the last tab's
// first Block, hardly does. Divided by the cores it is what a quiet machine would need at least; tabs that have their first Block
// render on meanwhile, and that counts, too.
//   npm run bench -- scene [--tabs N] [--triangles N] [--json]     (needs `npm run build`)
import { cpus, loadavg } from 'node:os';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startServer } from '../e2e/support/server.ts';
import { lendWorkers, openNetwork } from '../e2e/support/tabs.ts';
import { numberOption } from './common/arguments.ts';
import { cpuMeter } from './common/cpu-time.ts';
import { rounded } from './common/statistics.ts';
import { wavesFile } from './scene/waves-file.ts';

export const summary = 'bytes that each helper receives of a large GLB, and the time until each renders';
export const flags = ['--tabs N', '--triangles N'];

const MB = 1e6;
/** Small, so that little but the scene travels. Never finished: it is cancelled when every tab has had a Block. */
const FRAME = { width: 64, height: 64, samples: 65_536 };
const PATIENCE_MS = 300_000;

interface Wait {
  readonly frame: typeof FRAME;
  readonly patienceMs: number;
  readonly tabs: number;
}

interface Noted extends Window {
  readonly connections?: RTCPeerConnection[];
  readonly before?: {
    readonly bytes: number;
    readonly known: ReadonlySet<string>;
    receivedBytes(): Promise<number>;
  };
}

/** In each page, before anything else: its connections, to be asked how much they brought. */
function noteConnections(): void {
  const connections: RTCPeerConnection[] = [];
  Object.assign(window, { connections });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
}

/** In a helper's page, before the render is asked for: what its connections have brought, and the renders that it knows. */
async function noteBefore(): Promise<void> {
  const receivedBytes = async (): Promise<number> => {
    let sum = 0;
    for (const connection of (window as Noted).connections ?? []) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'transport') sum += report.bytesReceived;
      }
    }
    return sum;
  };
  const known = new Set(window.leafcutter?.jobs.map(({ id }) => id));
  Object.assign(window, { before: { receivedBytes, bytes: await receivedBytes(), known } });
}

/** In a helper's page: what its connections bring until all is there that the next render needs. */
async function bytesOfInputs(): Promise<number> {
  const { before } = window as Noted;
  const handle = window.leafcutter;
  if (!handle || !before) throw new Error('the page is not ready');
  for (;;) {
    const self = handle.jobs
      .filter(({ id }) => !before.known.has(id))
      .flatMap(({ progress }) => progress.helpers)
      .find(({ node }) => node === handle.node.id);
    // Not by its bytes: a scene comes in parts, and those of the next are not known while the first comes.
    if (self && self.totalBytes > 0 && self.state !== 'fetching') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (await before.receivedBytes()) - before.bytes;
}

/** In the starter's page, where a file was put into an input of ours. */
async function openPicked(): Promise<void> {
  const input = document.querySelector('#bench');
  if (!(input instanceof HTMLInputElement) || !input.files) throw new Error('no file was picked');
  if (!(await window.leafcutter?.openFiles(input.files))) throw new Error('the scene was refused');
}

/** In a page: a person presses Render when the preview is drawn, which takes the processor for long where there is no GPU. */
async function untilCalm(): Promise<void> {
  while (!document.querySelector('.preview-hint')) await new Promise((resolve) => setTimeout(resolve, 50));
  for (let calmMs = 0; calmMs < 2_000; ) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const lateMs = performance.now() - start - 50;
    calmMs = lateMs < 200 ? calmMs + 50 : 0;
  }
}

/** In the starter's page: seconds from asking for the render to the first Block of each Node, as the starter learns of it. */
async function firstBlocks({ frame, patienceMs, tabs }: Wait): Promise<Record<string, number>> {
  const handle = window.leafcutter;
  if (!handle) throw new Error('the page is not ready');
  const start = performance.now();
  const job = await handle.render(frame);
  const first = new Map<string, number>();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not every tab has rendered a Block')), patienceMs);
    job.events.on('progress', ({ shares }) => {
      for (const { node, samples } of shares) {
        if (samples > 0 && !first.has(node)) first.set(node, (performance.now() - start) / 1000);
      }
      if (first.size < tabs) return;
      clearTimeout(timer);
      resolve();
    });
  });
  await job.cancel();
  return Object.fromEntries(first);
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const tabs = Math.ceil(numberOption(args, '--tabs', 2, 16));
  const file = await wavesFile(numberOption(args, '--triangles', 1_000_000, 8_000_000));
  const server = await startServer();
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const newContext = browser.newContext.bind(browser);
    browser.newContext = async (options) => {
      const context = await newContext({ serviceWorkers: 'block', ...options });
      await context.addInitScript(noteConnections);
      return context;
    };
    const pages = await openNetwork(browser, server.url, tabs);
    const [starter, ...helpers] = pages;
    if (!starter) throw new Error('no tab');
    // By the panel: the page sets what its person wished.
    for (const page of pages) await lendWorkers(page, 1);
    const openedMs = Date.now();
    await file.pick(starter);
    await starter.evaluate(openPicked);
    const openSeconds = (Date.now() - openedMs) / 1000;
    await starter.evaluate(untilCalm);
    await Promise.all(helpers.map((page) => page.evaluate(noteBefore)));
    const fetched = Promise.all(helpers.map((page) => page.evaluate(bytesOfInputs)));
    const cpu = await cpuMeter(browser);
    const cpuBefore = await cpu();
    const blocks = await starter.evaluate(firstBlocks, { frame: FRAME, patienceMs: PATIENCE_MS, tabs });
    const cpuSeconds = (await cpu()) - cpuBefore;
    const received = await fetched;
    await file.change();
    await file.pick(starter);
    await starter.evaluate(openPicked);
    await starter.evaluate(untilCalm);
    await Promise.all(helpers.map((page) => page.evaluate(noteBefore)));
    const fetchedAgain = Promise.all(helpers.map((page) => page.evaluate(bytesOfInputs)));
    await starter.evaluate(firstBlocks, { frame: FRAME, patienceMs: PATIENCE_MS, tabs });
    const again = await fetchedAgain;
    const seconds = Object.values(blocks).toSorted((a, b) => a - b);
    const [load = 0] = loadavg();
    const json = {
      ...{ tabs, fileBytes: file.bytes, bytesPerHelper: received.map((bytes) => bytes / file.bytes) },
      bytesPerHelperAfterChange: again.map((bytes) => bytes / file.bytes),
      ...{ openSeconds, firstBlockSeconds: seconds, cpuSeconds, load, cores: cpus().length },
    };
    const table = [
      `a GLB of ${(file.bytes / MB).toFixed(1)} MB in ${tabs} tabs with one worker each`,
      '',
      `opened in                       ${rounded(openSeconds, 1)} s`,
      `received by each helper         ${received.map((bytes) => (bytes / MB).toFixed(1)).join(', ')} MB: ${json.bytesPerHelper.map((ratio) => ratio.toFixed(2)).join(', ')}x the file`,
      `after its material changed     ${again.map((bytes) => (bytes / MB).toFixed(1)).join(', ')} MB`,
      `first Block of each tab after   ${seconds.map((one) => one.toFixed(1)).join(', ')} s`,
      `processor time until the last  ${rounded(cpuSeconds, 1)} s`,
      '',
      `load of the machine ${load.toFixed(1)} on ${cpus().length} cores`,
    ].join('\n');
    return { table, json };
  } finally {
    await browser.close();
    await server.stop();
    await file.remove();
  }
}
