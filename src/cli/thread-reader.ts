/**
 * Scenes of others, read in a thread that is then ended: who reads a large scene answers nobody for a while, and decoders run for
 * seconds without looking up when it is no longer wanted.
 */
import { Worker } from 'node:worker_threads';
import {
  answered,
  type EncodedScene,
  type ReadSource,
  SceneError,
  type WorkerAnswer,
} from '../render/scene/index.ts';
import { CancelledError } from '../runtime/index.ts';

/** @param entry the built read-thread-worker */
export function createThreadReader(entry: URL): ReadSource {
  return async (source, signal) => {
    const thread = new Worker(entry, { workerData: source, name: 'leafcutter read' });
    let stop = (): void => {};
    try {
      return answered(
        await new Promise<WorkerAnswer<EncodedScene>>((resolve, reject) => {
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
  };
}
