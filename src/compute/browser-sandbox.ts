/**
 * The sandbox of a browser: one hidden frame with an origin of its own (sandbox-frame.ts) holds the workers (sandbox-workers.ts). So what runs
 * there has neither the page's storage nor its network, and a call that does not end is ended with its worker. Memory is the browser's affair:
 * a worker that takes too much dies alone and says so, or the frame's process dies, of which nothing tells: the frame is asked before a
 * worker is started in it and while one is at work, and made anew when it does not answer.
 *
 * Whoever was at work then may have taken the memory. Each is tried again, alone: only the one at which the frame dies once more has failed,
 * and is not tried a third time (deadly-inputs.ts), for the others wait meanwhile.
 * Chromium has the frames of all tabs of a site in one process: so no two tabs try one at a time.
 */
import { CancelledError, type Timers } from '../runtime/index.ts';
import { Company } from './company.ts';
import { ComputeError } from './contract.ts';
import { DeadlyInputs, type Inputs } from './deadly-inputs.ts';
import type { Sandbox, SandboxProgram } from './sandbox.ts';
import { pageLeft } from './sandbox-frame.ts';
import { FrameLostError, type LiveWorker, SandboxWorkers, UNLOADABLE } from './sandbox-workers.ts';

export interface BrowserSandboxOptions {
  /** Where `sandbox.html` is. */
  readonly frame: URL;
  readonly timers: Timers;
  /** Undefined on plain http: there a tab knows nothing of others. */
  readonly locks: SandboxLocks | undefined;
}

/** As much of a LockManager as it takes. */
export interface SandboxLocks {
  request<T>(name: string, granted: () => Promise<T>): Promise<T>;
}

const LOCK_NAME = 'leafcutter-sandbox-alone';

/** So often the frame is asked while something runs in it: with OPEN_TIMEOUT_MS, well before a call is taken for one that does not end. */
const ASK_MS = 5_000;

/** Of no input: the module itself. */
const LOADING: Inputs = { first: 0, count: 0 };

/** What a worker of a program is to do. */
interface Attempt<T> {
  readonly index: number;
  readonly of: Inputs;
  act(worker: LiveWorker): Promise<T>;
}

export function createBrowserSandbox(options: BrowserSandboxOptions): Sandbox {
  return new BrowserSandbox(options);
}

class BrowserSandbox implements Sandbox {
  readonly #options: BrowserSandboxOptions;
  readonly #workers: SandboxWorkers;
  /** Those at work. */
  readonly #company = new Company();
  #isAsking = false;
  #isClosed = false;

  constructor(options: BrowserSandboxOptions) {
    this.#options = options;
    this.#workers = new SandboxWorkers(options.frame, options.timers);
  }

  open(source: string): SandboxProgram {
    const workers = new Map<number, LiveWorker>();
    const closed = new CancelledError('the computation');
    let isClosed = false;
    const deadly = new DeadlyInputs();
    const workerOf = async (index: number): Promise<LiveWorker> => {
      if (isClosed) throw closed;
      const known = workers.get(index);
      // One that died is replaced at the next call.
      if (known && this.#workers.has(known)) return known;
      const worker = await this.#workers.start(source);
      workers.set(index, worker);
      if (isClosed) this.#workers.end(worker, closed);
      return worker;
    };
    const tried = async <T>({ index, of, act }: Attempt<T>): Promise<T> => {
      deadly.refuse(of);
      const once = async (): Promise<T> => act(await workerOf(index));
      try {
        if (deadly.isEmpty) return await this.#company.together(() => this.#watched(once));
      } catch (error) {
        if (!(error instanceof FrameLostError)) throw error;
      }
      return this.#alone(async () => {
        // Of another worker that was tried while this one waited.
        deadly.refuse(of);
        // What others left running, too.
        this.#workers.endAll(closed);
        try {
          return await this.#watched(once);
        } catch (error) {
          throw error instanceof FrameLostError ? deadly.add(of, error) : error;
        }
      });
    };
    /** Those that wait for something of it; others may be at work for long before it is their turn. */
    const waiting = new Set<(reason: Error) => void>();
    const run = <T>(attempt: Attempt<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        waiting.add(reject);
        tried(attempt)
          .then(resolve, reject)
          .finally(() => waiting.delete(reject));
      });
    return {
      prepare: (index) =>
        run({
          ...{ index, of: LOADING },
          async act(worker) {
            await worker.loaded;
          },
        }),
      exported: (index) =>
        run({
          ...{ index, of: LOADING },
          async act(worker) {
            const { isReady, error, exported } = await worker.loaded;
            if (isReady) return exported ?? {};
            throw new ComputeError(error?.message ?? UNLOADABLE, error);
          },
        }),
      call: (index, inputs, first) =>
        run({
          ...{ index, of: { first, count: inputs.length } },
          act: (worker) => this.#workers.call(worker, inputs, first),
        }),
      close: () => {
        isClosed = true;
        for (const worker of workers.values()) this.#workers.end(worker, closed);
        workers.clear();
        for (const reject of waiting) reject(closed);
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#workers.endAll(pageLeft());
    this.#workers.frame.close();
  }

  async #alone<T>(act: () => Promise<T>): Promise<T> {
    const alone = (): Promise<T> => this.#company.alone(act);
    try {
      return await (this.#options.locks?.request(LOCK_NAME, alone) ?? alone());
    } catch (error) {
      // Locks are nothing that a page of an opaque origin may have.
      if (error instanceof DOMException && error.name === 'SecurityError') return alone();
      throw error;
    }
  }

  /** Does it, and asks the frame meanwhile. */
  async #watched<T>(act: () => Promise<T>): Promise<T> {
    if (!this.#isAsking) this.#askLater();
    return act();
  }

  #askLater(): void {
    this.#isAsking = true;
    this.#options.timers.after(ASK_MS, () => {
      this.#isAsking = false;
      if (this.#company.isEmpty || this.#isClosed) return;
      // Who waits for a frame that cannot be made is told so by itself.
      this.#workers.frame.open().catch(() => {});
      this.#askLater();
    });
  }
}
