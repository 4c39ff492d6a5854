/**
 * The tasks of a page's main thread out of a Chromium trace, with the processor's time of each: on a busy machine the clock also
 * counts what others do meanwhile.
 */

export interface MainTask {
  readonly processorMs: number;
  readonly wallMs: number;
}

/** As far as they are used: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds by the clock, and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** @param trace of one page; several renderers would be mixed */
export function mainTasks({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): MainTask[] {
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  );
  const isMain = new Set(mains.map(({ pid, tid }) => `${pid} ${tid}`));
  return traceEvents.flatMap(({ name, ph, pid, tid, dur = 0, tdur = 0 }) =>
    ph === 'X' && /RunTask$/.test(name) && isMain.has(`${pid} ${tid}`)
      ? [{ processorMs: tdur / 1000, wallMs: dur / 1000 }]
      : [],
  );
}
