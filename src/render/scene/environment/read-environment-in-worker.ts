/** The page's side of `read-environment-worker.ts`. */
import { askWorker } from '../ask-worker.ts';
import type { EncodedEnvironment } from '../bytes/environment.ts';
import type { EnvironmentWorker } from './read-environment-worker.ts';

/**
 * As `readEnvironment`, without stopping the page; the map comes with its encoded bytes.
 * Aborting the signal ends the work at once. Browser only.
 * @throws SceneError as `readEnvironment`, and `reader-failed`; CancelledError
 */
export function readEnvironmentInWorker(
  fileName: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<EncodedEnvironment> {
  const worker = new Worker(new URL('./read-environment-worker.ts', import.meta.url), { type: 'module' });
  return askWorker<EnvironmentWorker, EncodedEnvironment>(
    worker,
    'reading the environment',
    (remote) => remote.read(fileName, bytes),
    signal,
  );
}
