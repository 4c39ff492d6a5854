/**
 * What a browser's processes have cost, all of them: pages, network service, GPU. Wall time tells how busy the machine was
 * beside; this tells what a way of sending costs, and hardly moves when others want the cores too.
 */
import type { Browser } from 'playwright';

/** Answers with the processor seconds used since the browser started, in steps of 10 ms a process. */
export async function cpuMeter(browser: Browser): Promise<() => Promise<number>> {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
}

/** One run: how long it took, and what it cost. */
export interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Runs it and adds what the browser spent on it. `run` resolves with its milliseconds. */
export async function costOf(cpu: () => Promise<number>, run: () => Promise<number>): Promise<Cost> {
  const before = await cpu();
  const ms = await run();
  return { ms, cpuMs: ((await cpu()) - before) * 1000 };
}
