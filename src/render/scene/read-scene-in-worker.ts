/** The page's side of `read-scene-worker.ts`. */
import { askWorker } from './ask-worker.ts';
import type { ReadSceneOptions, SceneFile } from './read-options.ts';
import type { SceneWorker } from './read-scene-worker.ts';
import { loadEncoder } from './source/encoded-scene.ts';
import { startSceneWorker } from './start-scene-worker.ts';

/** As `readScene`, without stopping the page. Aborting the signal ends the work at once. Browser only. */
export async function readSceneInWorker(
  files: ReadonlyMap<string, Uint8Array>,
  { onProgress, signal, ...choice }: Omit<ReadSceneOptions, 'beside'> = {},
): Promise<SceneFile> {
  // What is read may be rendered when the server is away.
  const [{ proxy }] = await Promise.all([import('comlink'), loadEncoder()]);
  return askWorker<SceneWorker, SceneFile>(
    startSceneWorker(),
    'reading the scene',
    (remote) =>
      remote.read(
        files,
        choice,
        proxy((progress) => onProgress?.(progress)),
      ),
    signal,
  );
}
