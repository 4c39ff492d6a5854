/**
 * Scenes and environments read in a thread that is then ended: who reads a large one answers nobody for a while, no signal either, and
 * decoders run for seconds without looking up when it is no longer wanted.
 */
import { Worker } from 'node:worker_threads';
import {
  answered,
  type ReadSource,
  type SceneChoice,
  SceneError,
  type SceneFile,
  type SceneSource,
  type WorkerAnswer,
} from '../render/scene/index.ts';
import { CancelledError } from '../runtime/index.ts';

/** What the thread is told; of files it answers a SceneFile. */
export type ReadTask =
  | { readonly kind: 'source'; readonly source: SceneSource }
  | {
      readonly kind: 'files';
      readonly files: ReadonlyMap<string, Uint8Array>;
      readonly choice: SceneChoice;
      /** Whether it may ask for what the files name besides. */
      readonly asksBeside: boolean;
    }
  /** It answers the bytes of an environment. */
  | { readonly kind: 'environment'; readonly name: string; readonly bytes: Uint8Array };

/** What the thread says: questions, then its answer. */
export type ReaderMessage<T> =
  | { readonly type: 'beside'; readonly id: number; readonly uri: string }
  | { readonly type: 'answer'; readonly answer: WorkerAnswer<T> };

/** What it is answered to a question. */
export interface BesideAnswer {
  readonly id: number;
  readonly bytes: Uint8Array | undefined;
}

/** Fetches what a URI means that is not among the files given; never rejects. */
type Beside = (uri: string) => Promise<Uint8Array | undefined>;

export interface ThreadReader {
  readonly readSource: ReadSource;
  /** As `readScene`. Nothing is read but these files and what `beside` gives. */
  readFiles(
    files: ReadonlyMap<string, Uint8Array>,
    choice: SceneChoice,
    signal: AbortSignal,
    beside?: Beside,
  ): Promise<SceneFile>;
  /** As `readEnvironment`, encoded. */
  readEnvironment(name: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array>;
}

/** @param entry the built read-thread-worker */
export function createThreadReader(entry: URL): ThreadReader {
  return {
    readSource: (source, signal) => readInThread(entry, { kind: 'source', source }, signal),
    readFiles: (files, choice, signal, beside) =>
      readInThread(entry, { kind: 'files', files, choice, asksBeside: beside !== undefined }, signal, beside),
    readEnvironment: (name, bytes, signal) =>
      readInThread(entry, { kind: 'environment', name, bytes }, signal),
  };
}

async function readInThread<T>(
  entry: URL,
  task: ReadTask,
  signal: AbortSignal | undefined,
  beside: Beside = async () => undefined,
): Promise<T> {
  if (signal?.aborted) throw new CancelledError('reading the scene', { cause: signal.reason });
  const thread = new Worker(entry, { workerData: task, name: 'leafcutter read' });
  let stop = (): void => {};
  try {
    return answered(
      await new Promise<WorkerAnswer<T>>((resolve, reject) => {
        const fail = (reason: string): void =>
          reject(new SceneError('reader-failed', 'the scene reader', reason));
        stop = () => reject(new CancelledError('reading the scene', { cause: signal?.reason }));
        signal?.addEventListener('abort', stop);
        thread.on('message', (message: ReaderMessage<T>) => {
          if (message.type === 'answer') resolve(message.answer);
          else void answerBeside(message.id, message.uri);
        });
        thread.on('messageerror', ({ message }) => fail(message));
        thread.on('error', ({ message }) => fail(message));
        thread.on('exit', (code) => fail(`its thread ended with code ${code}`));
      }),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    void thread.terminate();
  }

  async function answerBeside(id: number, uri: string): Promise<void> {
    const answer: BesideAnswer = { id, bytes: await beside(uri) };
    thread.postMessage(answer);
  }
}
