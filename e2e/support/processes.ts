/** Stops and continues the process of one tab, as a machine that sleeps would: nothing in it runs, its worker neither. */
import { readdir, readFile } from 'node:fs/promises';
import type { Browser, Page } from '@playwright/test';
import { openTab } from './tabs.ts';

/** Processor time that each of Chromium's renderer processes below this test's own process has used, in ticks. */
async function rendererTicks(): Promise<Map<number, number>> {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const id = Number(name);
    if (!Number.isInteger(id)) continue;
    const [stat, command] = await Promise.all([
      readFile(`/proc/${id}/stat`, 'utf8').catch(() => ''),
      readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''),
    ]);
    // "pid (command) state parent ... utime stime": the command may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    parents.set(id, Number(fields[1]));
    if (command.includes('--type=renderer')) ticks.set(id, Number(fields[11]) + Number(fields[12]));
  }
  for (const id of ticks.keys()) {
    let at: number | undefined = id;
    while (at !== undefined && at > 1 && at !== process.pid) at = parents.get(at);
    if (at !== process.pid) ticks.delete(id);
  }
  return ticks;
}

/** The process that a page runs in: the one that works when the page works. Nothing else may be at work. */
async function processOf(page: Page): Promise<number> {
  const before = await rendererTicks();
  await page.evaluate(() => {
    const until = performance.now() + 500;
    while (performance.now() < until);
  });
  const worked = [...(await rendererTicks())]
    .map(([id, ticks]) => [id, ticks - (before.get(id) ?? 0)] as const)
    .sort(([, a], [, b]) => b - a);
  const [first] = worked;
  if (!first) throw new Error('Chromium has no process of its own for the tab');
  return first[0];
}

export interface StoppableTab {
  readonly page: Page;
  /** Freezes the tab's process until `continue`. */
  stop(): void;
  continue(): void;
}

/** A tab whose process can be stopped. Open it while no other tab is at work. */
export async function openStoppableTab(browser: Browser, address: string): Promise<StoppableTab> {
  return stoppable(await openTab(browser, address));
}

/** The same of a page that is open. Ask while no other tab is at work. */
export async function stoppable(page: Page): Promise<StoppableTab> {
  const id = await processOf(page);
  return {
    page,
    stop: () => void process.kill(id, 'SIGSTOP'),
    continue: () => void process.kill(id, 'SIGCONT'),
  };
}
