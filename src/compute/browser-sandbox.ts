/**
 * The sandbox of a browser: one hidden frame with an origin of its own (public/sandbox.html) holds the workers; the page talks to
 * each through a port. So what runs there has neither the page's storage nor its network, and a call that does not end is
 * ended with its worker. Memory is the browser's affair: a worker that takes too much dies alone and says so, or the frame's process dies, of
 * which nothing tells: the frame is asked before a worker is started in it and while one is at work, and made anew when it does not answer.
 *
 * Whoever was at work then may have taken the memory. Each is tried again, alone: only the one at which the frame dies once more has failed,
 * and is not tried a third time, for the others wait meanwhile.
 * Chromium has the frames of all tabs of a site in one process: so no two tabs try one at a time.
 */
import { CancelledError, LeafcutterError, messageOf, type Timers } from '../runtime/index.ts';
import { Company } from './company.ts';
import { CALL_TIMEOUT_MS, ComputeError, type Value } from './contract.ts';
import type { CallAnswer } from './outcome-codec.ts';
import type { Sandbox, SandboxProgram } from './sandbox.ts';

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

/** The frame comes from the server that the page came from, or from the browser's own copy. */
const OPEN_TIMEOUT_MS = 15_000;
/** So often the frame is asked while something runs in it: with OPEN_TIMEOUT_MS, well before a call is taken for one that does not end. */
const ASK_MS = 5_000;
/** So often a worker says that it goes from input to input; a whole second may be over before the next call begins. */
const ALIVE_MS = 1_000;
/** Finding the line of a syntax error. */
const DIAGNOSIS_TIMEOUT_MS = 2_000;

/** What the frame says. Any script may post a message to the page: only those of our frame are read. */
type FrameNews =
  | { readonly type: 'open' }
  | { readonly type: 'crashed'; readonly id: number; readonly reason: string }
  | { readonly type: 'syntax'; readonly id: number; readonly line: number };

interface Loaded {
  readonly isReady: boolean;
  readonly error?: NonNullable<CallAnswer['error']>;
  readonly isSyntax?: boolean;
  readonly exported?: Readonly<Record<string, unknown>>;
}

/** Some inputs are done of those of a call, or all. */
type CallNews =
  | { readonly id: number; readonly answers: readonly CallAnswer[] }
  | { readonly id: number; readonly done: number };

interface LiveWorker {
  readonly id: number;
  readonly port: MessagePort;
  /** Rejects when it is ended before. */
  readonly loaded: Promise<Loaded>;
  failLoading(error: Error): void;
  /** Calls by their ids: what they come to, or why the worker was ended. */
  readonly pending: Map<number, (news: CallNews | Error) => void>;
  /** Why it was ended. */
  failure: Error | undefined;
}

interface Inputs {
  readonly first: number;
  readonly count: number;
}

/** Of no input: the module itself. */
const LOADING: Inputs = { first: 0, count: 0 };

/** What a worker of a program is to do. */
interface Attempt<T> {
  readonly index: number;
  readonly of: Inputs;
  act(worker: LiveWorker): Promise<T>;
}

/** Whether to do `all` is to do `some` as well: whatever is done, the module is loaded first. */
const includes = (all: Inputs, some: Inputs): boolean =>
  some.count === 0 || (all.first <= some.first && some.first + some.count <= all.first + all.count);

/** What was at work in the frame when its process died. */
class FrameLostError extends LeafcutterError {
  constructor() {
    super('compute-worker', 'the sandbox stopped');
  }
}

export function createBrowserSandbox(options: BrowserSandboxOptions): Sandbox {
  return new BrowserSandbox(options);
}

class BrowserSandbox implements Sandbox {
  readonly #options: BrowserSandboxOptions;
  readonly #workers = new Map<number, LiveWorker>();
  readonly #diagnoses = new Map<number, (line: number) => void>();
  /** Those at work. */
  readonly #company = new Company();
  #isAsking = false;
  #isClosed = false;
  #frame: Promise<Window> | undefined;
  #element: HTMLIFrameElement | undefined;
  #opened: () => void = () => {};
  #nextId = 1;

  constructor(options: BrowserSandboxOptions) {
    this.#options = options;
    globalThis.addEventListener('message', this.#heard);
  }

  open(source: string): SandboxProgram {
    const workers = new Map<number, LiveWorker>();
    const seed = seedOf(source);
    const closed = new CancelledError('the computation');
    let isClosed = false;
    /** At which the frame has died with nothing else in it. */
    const deadly: Inputs[] = [];
    const workerOf = async (index: number): Promise<LiveWorker> => {
      if (isClosed) throw closed;
      const known = workers.get(index);
      // One that died is replaced at the next call.
      if (known && this.#workers.has(known.id)) return known;
      const worker = await this.#start(source, seed);
      workers.set(index, worker);
      if (isClosed) this.#end(worker, closed);
      return worker;
    };
    const tried = async <T>({ index, of, act }: Attempt<T>): Promise<T> => {
      const refuseDeadly = (): void => {
        if (deadly.some((inputs) => includes(of, inputs))) throw tooMuch();
      };
      refuseDeadly();
      const once = async (): Promise<T> => act(await workerOf(index));
      try {
        if (deadly.length === 0) return await this.#company.together(() => this.#watched(once));
      } catch (error) {
        if (!(error instanceof FrameLostError)) throw error;
      }
      return this.#alone(async () => {
        // Of another worker that was tried while this one waited.
        refuseDeadly();
        // What others left running, too.
        for (const idle of [...this.#workers.values()]) this.#end(idle, closed);
        try {
          return await this.#watched(once);
        } catch (error) {
          if (!(error instanceof FrameLostError)) throw error;
          deadly.push(of);
          throw tooMuch(error);
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
          act: (worker) => this.#call(worker, inputs, first),
        }),
      close: () => {
        isClosed = true;
        for (const worker of workers.values()) this.#end(worker, closed);
        workers.clear();
        for (const reject of waiting) reject(closed);
      },
    };
  }

  close(): void {
    globalThis.removeEventListener('message', this.#heard);
    this.#isClosed = true;
    for (const worker of [...this.#workers.values()]) this.#end(worker, pageLeft());
    this.#element?.remove();
    this.#frame = undefined;
  }

  async #call(worker: LiveWorker, inputs: readonly Value[], first: number): Promise<readonly CallAnswer[]> {
    const loaded = await worker.loaded;
    if (!loaded.isReady) {
      const error = loaded.error ?? { message: UNLOADABLE };
      return inputs.map(() => ({ error }));
    }
    const id = this.#nextId++;
    const wait = (): (() => void) =>
      this.#endAfter(worker, CALL_TIMEOUT_MS + ALIVE_MS, 'the function did not answer');
    let stopTimer = wait();
    try {
      return await new Promise<readonly CallAnswer[]>((resolve, reject) => {
        if (worker.failure) throw worker.failure;
        worker.pending.set(id, (news) => {
          stopTimer();
          if (news instanceof Error) reject(news);
          else if ('answers' in news) resolve(news.answers);
          else stopTimer = wait();
        });
        worker.port.postMessage({ id, inputs, first });
      });
    } finally {
      stopTimer();
      worker.pending.delete(id);
    }
  }

  async #start(source: string, seed: number): Promise<LiveWorker> {
    const frame = await this.#openFrame();
    const id = this.#nextId++;
    const { port1: port, port2 } = new MessageChannel();
    let failLoading: (error: Error) => void = () => {};
    const pending: LiveWorker['pending'] = new Map();
    const loaded = new Promise<Loaded>((resolve, reject) => {
      failLoading = reject;
      port.onmessage = ({ data }: MessageEvent<Loaded | CallNews>) => {
        if ('id' in data) pending.get(data.id)?.(data);
        else if (data.isSyntax) void this.#diagnosed(frame, source, data).then(resolve);
        else resolve(data);
      };
    });
    const worker: LiveWorker = { id, port, loaded, failLoading, pending, failure: undefined };
    this.#workers.set(id, worker);
    frame.postMessage({ type: 'start', id, source, seed }, '*', [port2]);
    const stopTimer = this.#endAfter(worker, CALL_TIMEOUT_MS, 'the module was not loaded');
    loaded.then(stopTimer, stopTimer);
    return worker;
  }

  /** Adds the line of a syntax error, where it can be found. */
  async #diagnosed(frame: Window, source: string, loaded: Loaded): Promise<Loaded> {
    const id = this.#nextId++;
    const line = await new Promise<number | undefined>((resolve) => {
      this.#diagnoses.set(id, resolve);
      this.#options.timers.after(DIAGNOSIS_TIMEOUT_MS, () => resolve(undefined));
      frame.postMessage({ type: 'find-syntax-error', id, source }, '*');
    });
    this.#diagnoses.delete(id);
    return line !== undefined && loaded.error ? { ...loaded, error: { ...loaded.error, line } } : loaded;
  }

  /** Unless it is stopped before. */
  #endAfter(worker: LiveWorker, afterMs: number, what: string): () => void {
    const reason = `${what} within ${CALL_TIMEOUT_MS / 1000} seconds`;
    return this.#options.timers.after(afterMs, () =>
      this.#end(worker, new LeafcutterError('compute-worker', reason)),
    );
  }

  #end(worker: LiveWorker, error: Error): void {
    if (!this.#workers.delete(worker.id)) return;
    worker.port.close();
    this.#element?.contentWindow?.postMessage({ type: 'end', id: worker.id }, '*');
    worker.failure = error;
    worker.failLoading(error);
    for (const tell of worker.pending.values()) tell(error);
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
      this.#openFrame().catch(() => {});
      this.#askLater();
    });
  }

  #openFrame(): Promise<Window> {
    const opening =
      this.#frame?.then((frame) =>
        this.#answered(() => frame.postMessage({ type: 'ask' }, '*')).catch(() => this.#makeFrame()),
      ) ?? this.#makeFrame();
    this.#frame = opening;
    opening.catch(() => {
      if (this.#frame === opening) this.#frame = undefined;
    });
    return opening;
  }

  async #makeFrame(): Promise<Window> {
    if (this.#isClosed) throw pageLeft();
    for (const worker of [...this.#workers.values()]) this.#end(worker, new FrameLostError());
    this.#element?.remove();
    const element = document.createElement('iframe');
    element.setAttribute('sandbox', 'allow-scripts');
    element.setAttribute('aria-hidden', 'true');
    element.tabIndex = -1;
    element.hidden = true;
    element.src = this.#options.frame.href;
    this.#element = element;
    return this.#answered(() => document.body.append(element));
  }

  /** Our frame, once it says that it is open: asked to, or by itself when it has loaded. */
  #answered(ask: () => void): Promise<Window> {
    return new Promise((resolve, reject) => {
      const stopTimer = this.#options.timers.after(OPEN_TIMEOUT_MS, () =>
        reject(new LeafcutterError('compute-worker', 'the sandbox did not open; reload the page')),
      );
      this.#opened = () => {
        stopTimer();
        const frame = this.#element?.contentWindow;
        if (frame) resolve(frame);
      };
      ask();
    });
  }

  readonly #heard = ({ source, data }: MessageEvent<FrameNews>): void => {
    if (!this.#element || source !== this.#element.contentWindow) return;
    switch (data.type) {
      case 'open':
        this.#opened();
        return;
      case 'crashed': {
        const worker = this.#workers.get(data.id);
        const reason = `the worker stopped: ${messageOf(data.reason)}`;
        if (worker) this.#end(worker, new LeafcutterError('compute-worker', reason));
        return;
      }
      case 'syntax':
        this.#diagnoses.get(data.id)?.(data.line);
        return;
    }
  };
}

const tooMuch = (cause?: unknown): Error =>
  new LeafcutterError(
    'compute-worker',
    'the sandbox stopped with nothing else in it: this takes too much memory',
    { cause },
  );

const pageLeft = (): Error => new LeafcutterError('compute-worker', 'the page left');

const UNLOADABLE = 'the module could not be loaded';

/** FNV-1a of the text: the same on every device. */
function seedOf(source: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
