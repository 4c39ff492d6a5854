/**
 * What each thread of a browser has used of the processor, from /proc: /proc/PID/task/TID/stat has it in steps of 10 ms, and the name
 * that Chromium gave the thread; the command line of a process says what it is for. Only on Linux.
 */
import { readdir, readFile } from 'node:fs/promises';
import type { Browser } from 'playwright';

export interface Thread {
  readonly pid: number;
  readonly tid: number;
  /** As Chromium starts it: `renderer`, `gpu-process`, `utility`; `browser` for the first one. */
  readonly process: string;
  /** Cut to 15 characters, as Linux keeps it. */
  readonly name: string;
  readonly seconds: number;
}

/** A tick of `stat` is a hundredth of a second on every Linux that Chromium runs on. */
const TICKS_PER_SECOND = 100;

export async function pidOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pid = processInfo.find(({ type }) => type === 'browser')?.id;
  if (pid === undefined) throw new Error('Chromium does not say which process it is');
  return pid;
}

/** All that live now. @param browser the pid of its first process */
export async function threadsOf(browser: number): Promise<readonly Thread[]> {
  const pids = await withDescendants(browser);
  return (await Promise.all(pids.map((pid) => threadsOfProcess(pid, pid === browser)))).flat();
}

/** What each has used since `before`. */
export function usedSince(before: readonly Thread[], after: readonly Thread[]): readonly Thread[] {
  const keyOf = ({ pid, tid }: Thread): string => `${pid} ${tid}`;
  const earlier = new Map(before.map((thread) => [keyOf(thread), thread.seconds]));
  return after.map((thread) => ({ ...thread, seconds: thread.seconds - (earlier.get(keyOf(thread)) ?? 0) }));
}

async function withDescendants(root: number): Promise<readonly number[]> {
  const children = new Map<number, number[]>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const parent = Number(fieldsOf(await textOf(`/proc/${pid}/stat`))[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const all = [root];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

async function threadsOfProcess(pid: number, isBrowser: boolean): Promise<Thread[]> {
  const command = await textOf(`/proc/${pid}/cmdline`);
  const process = isBrowser ? 'browser' : (/--type=([a-z-]+)/.exec(command)?.[1] ?? 'other');
  const tids = await readdir(`/proc/${pid}/task`).catch(() => []);
  const threads = await Promise.all(
    tids.map(async (tid) => {
      const stat = await textOf(`/proc/${pid}/task/${tid}/stat`);
      if (stat === '') return [];
      // A name may hold anything, brackets too: it ends at the last one.
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const [user, system] = fieldsOf(stat).slice(11, 13).map(Number);
      return [
        { pid, tid: Number(tid), process, name, seconds: ((user ?? 0) + (system ?? 0)) / TICKS_PER_SECOND },
      ];
    }),
  );
  return threads.flat();
}

/** Of a `stat` those behind the name: state, parent ...: see proc(5). */
const fieldsOf = (stat: string): readonly string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** Threads and processes come and go while they are read. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
