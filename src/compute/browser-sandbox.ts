/**
 * The sandbox of a browser: one hidden frame with an origin of its own (public/sandbox.html) holds the workers; the page talks to
 * each through a port. So what runs there has neither the page's storage nor its network, and a call that does not end is
 * ended with its worker. Memory is the browser's affair: a worker that takes too much dies alone and says so, or the frame's process dies, of
 * which nothing tells: the frame is asked before a worker is started in it, and made anew when it does not answer.
 */
import { LeafcutterError, messageOf, type Timers } from '../runtime/index.ts';
import { CALL_TIMEOUT_MS, ComputeError, type Value } from './contract.ts';
import type { CallAnswer } from './outcome-codec.ts';
import type { Sandbox, SandboxProgram } from './sandbox.ts';

export interface BrowserSandboxOptions {
  /** Where `sandbox.html` is. */
  readonly frame: URL;
  readonly timers: Timers;
}

/** The frame comes from the server that the page came from, or from the browser's own copy. */
const OPEN_TIMEOUT_MS = 15_000;
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
  readonly loaded: Promise<Loaded>;
  readonly pending: Map<number, (news: CallNews) => void>;
  /** Rejects everything that waits for it. */
  fail(error: Error): void;
  readonly failed: Promise<never>;
}

export function createBrowserSandbox(options: BrowserSandboxOptions): Sandbox {
  return new BrowserSandbox(options);
}

class BrowserSandbox implements Sandbox {
  readonly #options: BrowserSandboxOptions;
  readonly #workers = new Map<number, LiveWorker>();
  readonly #diagnoses = new Map<number, (line: number) => void>();
  #frame: Promise<Window> | undefined;
  #element: HTMLIFrameElement | undefined;
  #opened: () => void = () => {};
  #nextId = 1;

  constructor(options: BrowserSandboxOptions) {
    this.#options = options;
    globalThis.addEventListener('message', this.#heard);
  }

  open(source: string): SandboxProgram {
    const workers = new Map<number, Promise<LiveWorker>>();
    const seed = seedOf(source);
    const workerOf = (index: number): Promise<LiveWorker> => {
      let worker = workers.get(index);
      if (!worker) {
        worker = this.#start(source, seed);
        workers.set(index, worker);
        // One that died is replaced at the next call.
        worker.then(({ failed }) => failed).catch(() => workers.delete(index));
      }
      return worker;
    };
    return {
      prepare: async (index) => {
        await loadedOf(await workerOf(index));
      },
      exported: async (index) => {
        const { isReady, error, exported } = await loadedOf(await workerOf(index));
        if (isReady) return exported ?? {};
        throw new ComputeError(error?.message ?? UNLOADABLE, error);
      },
      call: async (index, inputs, first) => this.#call(await workerOf(index), inputs, first),
      close: () => {
        for (const worker of workers.values()) {
          worker.then((one) => this.#end(one, 'the computation is over')).catch(() => {});
        }
        workers.clear();
      },
    };
  }

  close(): void {
    globalThis.removeEventListener('message', this.#heard);
    for (const worker of [...this.#workers.values()]) this.#end(worker, 'the page left');
    this.#element?.remove();
    this.#frame = undefined;
  }

  async #call(worker: LiveWorker, inputs: readonly Value[], first: number): Promise<readonly CallAnswer[]> {
    const loaded = await loadedOf(worker);
    if (!loaded.isReady) {
      const error = loaded.error ?? { message: UNLOADABLE };
      return inputs.map(() => ({ error }));
    }
    const id = this.#nextId++;
    const wait = (): (() => void) =>
      this.#endAfter(worker, CALL_TIMEOUT_MS + ALIVE_MS, 'the function did not answer');
    let stopTimer = wait();
    try {
      const answers = new Promise<readonly CallAnswer[]>((resolve) =>
        worker.pending.set(id, (news) => {
          stopTimer();
          if ('answers' in news) resolve(news.answers);
          else stopTimer = wait();
        }),
      );
      worker.port.postMessage({ id, inputs, first });
      return await Promise.race([answers, worker.failed]);
    } finally {
      stopTimer();
      worker.pending.delete(id);
    }
  }

  async #start(source: string, seed: number): Promise<LiveWorker> {
    const frame = await this.#openFrame();
    const id = this.#nextId++;
    const { port1: port, port2 } = new MessageChannel();
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => {});
    const pending: LiveWorker['pending'] = new Map();
    const loaded = new Promise<Loaded>((resolve) => {
      port.onmessage = ({ data }: MessageEvent<Loaded | CallNews>) => {
        if ('id' in data) pending.get(data.id)?.(data);
        else if (data.isSyntax) void this.#diagnosed(frame, source, data).then(resolve);
        else resolve(data);
      };
    });
    const worker: LiveWorker = { id, port, loaded, pending, fail, failed };
    this.#workers.set(id, worker);
    frame.postMessage({ type: 'start', id, source, seed }, '*', [port2]);
    const stopTimer = this.#endAfter(worker, CALL_TIMEOUT_MS, 'the module was not loaded');
    Promise.race([loaded, failed]).then(stopTimer, stopTimer);
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
    return this.#options.timers.after(afterMs, () => this.#end(worker, reason));
  }

  #end(worker: LiveWorker, reason: string): void {
    if (!this.#workers.delete(worker.id)) return;
    worker.port.close();
    this.#element?.contentWindow?.postMessage({ type: 'end', id: worker.id }, '*');
    worker.fail(new LeafcutterError('compute-worker', reason));
  }

  #openFrame(): Promise<Window> {
    const opening =
      this.#frame?.then((frame) =>
        this.#answered(() => frame.postMessage({ type: 'ask' }, '*')).catch((error: unknown) => {
          // The page left meanwhile.
          if (!this.#frame) throw error;
          return this.#makeFrame();
        }),
      ) ?? this.#makeFrame();
    this.#frame = opening;
    opening.catch(() => {
      if (this.#frame === opening) this.#frame = undefined;
    });
    return opening;
  }

  #makeFrame(): Promise<Window> {
    for (const worker of [...this.#workers.values()]) this.#end(worker, 'the sandbox stopped');
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
        if (worker) this.#end(worker, `the worker stopped: ${messageOf(data.reason)}`);
        return;
      }
      case 'syntax':
        this.#diagnoses.get(data.id)?.(data.line);
        return;
    }
  };
}

const UNLOADABLE = 'the module could not be loaded';

const loadedOf = ({ loaded, failed }: LiveWorker): Promise<Loaded> => Promise.race([loaded, failed]);

/** FNV-1a of the text: the same on every device. */
function seedOf(source: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
