/**
 * Scenes of others, read in a thread that is then ended: who reads a large scene answers nobody for a while, and decoders run for
 * seconds without looking up when it is no longer wanted.
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

/** What the thread is told; of the other kind it answers a SceneFile. */
export type ReadTask =
  | { readonly kind: 'source'; readonly source: SceneSource }
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, Uint8Array>; readonly choice: SceneChoice };

export interface ThreadReader {
  readonly readSource: ReadSource;
  /** As `readScene`. Nothing is read but these files. */
  readFiles(
    files: ReadonlyMap<string, Uint8Array>,
    choice: SceneChoice,
    signal: AbortSignal,
  ): Promise<SceneFile>;
}

/** @param entry the built read-thread-worker */
export function createThreadReader(entry: URL): ThreadReader {
  return {
    readSource: (source, signal) => readInThread(entry, { kind: 'source', source }, signal),
    readFiles: (files, choice, signal) => readInThread(entry, { kind: 'files', files, choice }, signal),
  };
}

async function readInThread<T>(entry: URL, task: ReadTask, signal: AbortSignal | undefined): Promise<T> {
  const thread = new Worker(entry, { workerData: task, name: 'leafcutter read' });
  let stop = (): void => {};
  try {
    return answered(
      await new Promise<WorkerAnswer<T>>((resolve, reject) => {
        const fail = (reason: string): void =>
          reject(new SceneError('reader-failed', 'the scene reader', reason));
        stop = () => reject(new CancelledError('reading the scene', { cause: signal?.reason }));
        if (signal?.aborted) stop();
        signal?.addEventListener('abort', stop);
        thread.on('message', resolve);
        thread.on('messageerror', ({ message }) => fail(message));
        thread.on('error', ({ message }) => fail(message));
        thread.on('exit', (code) => fail(`its thread ended with code ${code}`));
      }),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    void thread.terminate();
  }
}
