/** The workers in the sandbox's frame: the page talks to each through a port, and a call that does not end is ended with its worker. */
import { LeafcutterError, messageOf, type Timers } from '../runtime/index.ts';
import { CALL_TIMEOUT_MS, type Value } from './contract.ts';
import type { CallAnswer } from './outcome-codec.ts';
import { type FrameNews, SandboxFrame } from './sandbox-frame.ts';

/** So often a worker says that it goes from input to input; a whole second may be over before the next call begins. */
const ALIVE_MS = 1_000;
/** Finding the line of a syntax error. */
const DIAGNOSIS_TIMEOUT_MS = 2_000;

/** A module in its worker. */
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

export interface LiveWorker {
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

/** What was at work in the frame when its process died. */
export class FrameLostError extends LeafcutterError {
  constructor() {
    super('compute-worker', 'the sandbox stopped');
  }
}

/** Of a module that does not say why. */
export const UNLOADABLE = 'the module could not be loaded';

export class SandboxWorkers {
  readonly frame: SandboxFrame;
  readonly #timers: Timers;
  readonly #workers = new Map<number, LiveWorker>();
  readonly #diagnoses = new Map<number, (line: number) => void>();
  #nextId = 1;

  /** @param address where `sandbox.html` is */
  constructor(address: URL, timers: Timers) {
    this.#timers = timers;
    this.frame = new SandboxFrame({
      ...{ address, timers },
      heard: (news) => this.#heard(news),
      lost: () => this.endAll(new FrameLostError()),
    });
  }

  has(worker: LiveWorker): boolean {
    return this.#workers.has(worker.id);
  }

  async start(source: string): Promise<LiveWorker> {
    const frame = await this.frame.open();
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
    frame.postMessage({ type: 'start', id, source, seed: seedOf(source) }, '*', [port2]);
    const stopTimer = this.#endAfter(worker, CALL_TIMEOUT_MS, 'the module was not loaded');
    loaded.then(stopTimer, stopTimer);
    return worker;
  }

  async call(worker: LiveWorker, inputs: readonly Value[], first: number): Promise<readonly CallAnswer[]> {
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

  end(worker: LiveWorker, error: Error): void {
    if (!this.#workers.delete(worker.id)) return;
    worker.port.close();
    this.frame.post({ type: 'end', id: worker.id });
    worker.failure = error;
    worker.failLoading(error);
    for (const tell of worker.pending.values()) tell(error);
  }

  endAll(error: Error): void {
    for (const worker of [...this.#workers.values()]) this.end(worker, error);
  }

  /** Adds the line of a syntax error, where it can be found. */
  async #diagnosed(frame: Window, source: string, loaded: Loaded): Promise<Loaded> {
    const id = this.#nextId++;
    const line = await new Promise<number | undefined>((resolve) => {
      this.#diagnoses.set(id, resolve);
      this.#timers.after(DIAGNOSIS_TIMEOUT_MS, () => resolve(undefined));
      frame.postMessage({ type: 'find-syntax-error', id, source }, '*');
    });
    this.#diagnoses.delete(id);
    return line !== undefined && loaded.error ? { ...loaded, error: { ...loaded.error, line } } : loaded;
  }

  /** Unless it is stopped before. */
  #endAfter(worker: LiveWorker, afterMs: number, what: string): () => void {
    const reason = `${what} within ${CALL_TIMEOUT_MS / 1000} seconds`;
    return this.#timers.after(afterMs, () => this.end(worker, new LeafcutterError('compute-worker', reason)));
  }

  #heard(news: FrameNews): void {
    switch (news.type) {
      case 'crashed': {
        const worker = this.#workers.get(news.id);
        const reason = `the worker stopped: ${messageOf(news.reason)}`;
        if (worker) this.end(worker, new LeafcutterError('compute-worker', reason));
        return;
      }
      case 'syntax':
        this.#diagnoses.get(news.id)?.(news.line);
        return;
    }
  }
}

/** FNV-1a of the text: the same on every device. */
function seedOf(source: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
