/** The page's side of reading what came from another Node. */
import { askWorker } from '../ask-worker.ts';
import type { SceneWorker } from '../read-scene-worker.ts';
import { startSceneWorker } from '../start-scene-worker.ts';
import type { EncodedScene } from './encoded-scene.ts';
import type { SceneSource } from './read-source.ts';

/** As `readSource`, without stopping the page. Aborting the signal ends the work at once. Browser only. */
export function readSourceInWorker(source: SceneSource, signal?: AbortSignal): Promise<EncodedScene> {
  return askWorker<SceneWorker, EncodedScene>(
    startSceneWorker(),
    'reading the scene',
    (remote) => remote.readSource(source),
    signal,
  );
}
