// How long the page stands still when a large scene is dropped: the longest tasks of its main thread, from the drop until the preview is drawn.
//   npm run bench -- preview [--triangles N] [--json]     (needs `npm run build`)
import { cpus, loadavg } from 'node:os';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from '../e2e/support/chromium.ts';
import { startServer } from '../e2e/support/server.ts';
import { openTab } from '../e2e/support/tabs.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';
import { type MainTask, mainTasks } from './preview/main-tasks.ts';
import { wavesFile } from './scene/waves-file.ts';

export const summary = 'how long the page stands still while a large scene is opened and its preview drawn';
export const flags = ['--triangles N'];

/** In the page, before the drop: what a browser calls long, as a page can know it. */
function noteLongTasks(): void {
  const longTasks: number[] = [];
  Object.assign(window, { longTasks });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasks.push(duration);
  }).observe({ type: 'longtask' });
}

/** In the page, where a file was put into an input of ours: drops it on the page; resolves once the preview is drawn and all is calm. */
async function drop(): Promise<{ readonly seconds: number; readonly longTasks: readonly number[] }> {
  const input = document.querySelector('#bench');
  if (!(input instanceof HTMLInputElement) || !input.files?.[0]) throw new Error('no file was picked');
  const start = performance.now();
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(input.files[0]);
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  while (!document.querySelector('.preview canvas') || document.querySelector('.preview .skeleton')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (let calmMs = 0; calmMs < 2_000; ) {
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
    calmMs = performance.now() - before - 50 < 200 ? calmMs + 50 : 0;
  }
  const { longTasks = [] } = window as { longTasks?: number[] };
  return { seconds: (performance.now() - start) / 1000 - 2, longTasks };
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const file = await wavesFile(numberOption(args, '--triangles', 1_000_000, 8_000_000));
  const server = await startServer();
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    const page = await openTab(browser, server.url);
    await page.evaluate(noteLongTasks);
    await file.pick(page);
    await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
    const { seconds, longTasks } = await page.evaluate(drop);
    const tasks = mainTasks(JSON.parse((await browser.stopTracing()).toString()));
    const most = (of: (task: MainTask) => number): number[] =>
      tasks
        .map(of)
        .toSorted((a, b) => b - a)
        .slice(0, 5)
        .map((ms) => Math.round(ms));
    const [load = 0] = loadavg();
    const json = {
      ...{ fileBytes: file.bytes, seconds, longTaskMs: longTasks.toSorted((a, b) => b - a).map(Math.round) },
      ...{ processorMs: most(({ processorMs }) => processorMs), wallMs: most(({ wallMs }) => wallMs) },
      ...{ load, cores: cpus().length },
    };
    const table = [
      `a GLB of ${(file.bytes / 1e6).toFixed(1)} MB is dropped; its preview stands after ${rounded(seconds, 1)} s`,
      '',
      `longest tasks of the page, of a processor's time   ${json.processorMs.join(', ')} ms`,
      `the same by the clock, waiting for others included  ${json.wallMs.join(', ')} ms`,
      `as PerformanceObserver tells (longtask)             ${json.longTaskMs.slice(0, 5).join(', ')} ms`,
      '',
      `load of the machine ${load.toFixed(1)} on ${cpus().length} cores; the GPU is drawn in software`,
    ].join('\n');
    return { table, json };
  } finally {
    await browser.close();
    await server.stop();
    await file.remove();
  }
}
