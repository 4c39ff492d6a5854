/** For what a browser used the processor while its tabs rendered, by the names of its threads. */
import type { Thread } from './threads.ts';

/** `main`: the main threads of pages, which do several things (main-thread.ts). */
export type Kind = 'render' | 'main' | 'paint' | 'network' | 'disk' | 'compile';

export const KINDS: Readonly<Record<Kind, string>> = {
  render: "render workers, each tab's busiest DedicatedWorker threads",
  main: 'main threads of the pages',
  paint: 'GPU process and compositors',
  network: 'WebRTC, network service, IPC',
  disk: "the browser's own threads: disk, processes",
  compile: 'thread pools of the pages: garbage, compiling; mesh workers',
};

export type Shares = Readonly<Record<Kind, number>>;

/** Processor seconds by kind. @param workers that a tab lends */
export function secondsByKind(threads: readonly Thread[], workers: number): Shares {
  const seconds = { render: 0, main: 0, paint: 0, network: 0, disk: 0, compile: 0 };
  const rendering = renderThreads(threads, workers);
  for (const thread of threads) seconds[rendering.has(thread) ? 'render' : kindOf(thread)] += thread.seconds;
  return seconds;
}

/** All workers of a page have one name: those that render take far more than the one that answers probes. */
function renderThreads(threads: readonly Thread[], workers: number): ReadonlySet<Thread> {
  const byPage = new Map<number, Thread[]>();
  for (const thread of threads) {
    if (thread.process !== 'renderer' || thread.name !== 'DedicatedWorker') continue;
    byPage.set(thread.pid, [...(byPage.get(thread.pid) ?? []), thread]);
  }
  const busiest = (of: readonly Thread[]): readonly Thread[] =>
    of.toSorted((a, b) => b.seconds - a.seconds).slice(0, workers);
  return new Set([...byPage.values()].flatMap(busiest));
}

function kindOf({ pid, tid, process, name }: Thread): Kind {
  if (process === 'gpu-process' || /^(Compositor|VizCompositor)/.test(name)) return 'paint';
  if (process === 'renderer' && pid === tid) return 'main';
  if (process === 'utility' || /^(WebRTC|Chrome_ChildIOT|Chrome_IOThread)/.test(name)) return 'network';
  return process === 'renderer' ? 'compile' : 'disk';
}

export const sumOf = (shares: Shares): number => Object.values(shares).reduce((sum, one) => sum + one, 0);

export function added(all: readonly Shares[]): Shares {
  const sum = { render: 0, main: 0, paint: 0, network: 0, disk: 0, compile: 0 };
  for (const one of all) for (const kind of Object.keys(KINDS) as Kind[]) sum[kind] += one[kind];
  return sum;
}
