/** The page's side of `read-environment-worker.ts`. */
import { askWorker } from '../ask-worker.ts';
import type { EnvironmentWorker } from './read-environment-worker.ts';

/**
 * As `readEnvironment`, without stopping the page, and encoded as it is hashed, sent and shown.
 * Aborting the signal ends the work at once. Browser only.
 * @throws SceneError as `readEnvironment`, and `reader-failed`; CancelledError
 */
export function readEnvironmentInWorker(
  fileName: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const worker = new Worker(new URL('./read-environment-worker.ts', import.meta.url), { type: 'module' });
  return askWorker<EnvironmentWorker, Uint8Array>(
    worker,
    'reading the environment',
    (remote) => remote.read(fileName, bytes),
    signal,
  );
}
