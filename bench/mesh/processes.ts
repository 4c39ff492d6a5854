/** What the browser that this process started costs, from /proc: processor time and memory of all its processes. */
import { readdir, readFile } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export interface BrowserCost {
  readonly cpuSeconds: number;
  /** Shared pages counted once: each process has its part of them (PSS). */
  readonly memoryMiB: number;
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly ticks: number;
}

/** Sums over every browser process below this one. */
export async function browserCost(): Promise<BrowserCost> {
  const browsers = await browserProcesses();
  const memory = await Promise.all(browsers.map(({ id }) => proportionalKiB(id)));
  return {
    cpuSeconds: browsers.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND,
    memoryMiB: memory.reduce((sum, kib) => sum + kib, 0) / 1024,
  };
}

async function browserProcesses(): Promise<Process[]> {
  const ids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const found = (await Promise.all(ids.map(readProcess))).filter((each) => each !== undefined);
  const parents = new Map(found.map(({ id, parent }) => [id, parent]));
  const isBelowUs = (id: number): boolean => {
    let at: number | undefined = id;
    while (at !== undefined && at > 1 && at !== process.pid) at = parents.get(at);
    return at === process.pid;
  };
  const ours = found.filter(({ id }) => isBelowUs(id));
  const commands = await Promise.all(ours.map(({ id }) => read(`/proc/${id}/cmdline`)));
  return ours.filter((_, i) => /chrom/i.test(commands[i]?.split('\0')[0] ?? ''));
}

async function readProcess(id: number): Promise<Process | undefined> {
  const stat = await read(`/proc/${id}/stat`);
  if (stat === '') return undefined;
  // "pid (command) state parent ... utime stime": the command may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { id, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

async function proportionalKiB(id: number): Promise<number> {
  return Number(/^Pss:\s+(\d+)/m.exec(await read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0);
}

/** Empty for a process that has ended meanwhile. */
function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
