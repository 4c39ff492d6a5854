/** Commands that are told to stop (Ctrl+C, SIGTERM, a terminal that is closed) end in their own way, with the exit code of the signal. */
import { expectNoReader } from './lost-reader.ts';

/** As shells expect it: 128 and the signal's number. */
const STOPPED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type StopSignal = keyof typeof STOPPED;
const STOP_SIGNALS = Object.keys(STOPPED) as readonly StopSignal[];

/**
 * A terminal sends Ctrl+C to all that run in it, and `npx`, where `sh` is bash, passes it on once more, a millisecond later; shells do so with
 * the end of a terminal. What comes so soon after the first signal is the same wish. A guess: on a busy machine the second takes a while, and
 * nobody who presses again in it has waited.
 */
const SAME_WISH_MS = 1_000;

/** The process, as far as it is told to stop. */
export interface Stoppable {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  /** As if nobody had listened. */
  end(signal: StopSignal): void;
}

const thisProcess: Stoppable = {
  on: (signal, listener) => process.on(signal, listener),
  off: (signal, listener) => process.off(signal, listener),
  end: (signal) => process.kill(process.pid, signal),
};

/**
 * Calls `stop` at the first of these signals. Whoever asks again later does not want to wait for goodbyes: that ends the process.
 * @returns takes back what was asked for; once stopping has begun it stays, until the process has ended
 */
export function onceToldToStop(
  signals: readonly StopSignal[],
  stop: (signal: StopSignal) => void,
  told: Stoppable = thisProcess,
  nowMs: () => number = () => performance.now(),
): () => void {
  let toldAtMs: number | undefined;
  const endings = signals.map((signal) => {
    const listener = (): void => {
      if (toldAtMs === undefined) {
        toldAtMs = nowMs();
        stop(signal);
      } else if (nowMs() - toldAtMs >= SAME_WISH_MS) {
        forget();
        told.end(signal);
      }
    };
    told.on(signal, listener);
    return () => told.off(signal, listener);
  });
  const forget = (): void => {
    for (const end of endings) end();
  };
  return () => {
    if (toldAtMs === undefined) forget();
  };
}

/** While `work` runs, being told to stop aborts the signal that it is given; `reason` is the StopSignal's name. */
export async function withStopSignals(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const done = onceToldToStop(STOP_SIGNALS, (signal) => {
    process.exitCode = STOPPED[signal];
    expectNoReader();
    abort.abort(signal);
  });
  try {
    await work(abort.signal);
  } finally {
    done();
  }
}
