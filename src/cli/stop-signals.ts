/** Commands that are told to stop (Ctrl+C, SIGTERM, a terminal that is closed) end in their own way, with the exit code of the signal. */
import { expectNoReader } from './lost-reader.ts';

/** As shells expect it: 128 and the signal's number. */
const STOPPED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type StopSignal = keyof typeof STOPPED;
const STOP_SIGNALS = Object.keys(STOPPED) as readonly StopSignal[];

/** While `work` runs, being told to stop aborts the signal that it is given; `reason` is the StopSignal's name. */
export async function withStopSignals(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const stops = STOP_SIGNALS.map((signal) => {
    const stop = (): void => {
      process.exitCode = STOPPED[signal];
      expectNoReader();
      abort.abort(signal);
    };
    // Once: whoever asks a second time does not want to wait for goodbyes.
    process.once(signal, stop);
    return () => process.off(signal, stop);
  });
  try {
    await work(abort.signal);
  } finally {
    for (const end of stops) end();
  }
}
