/** The page's side of `read-scene-worker.ts`. */
import { askWorker } from './ask-worker.ts';
import type { ReadSceneOptions, SceneFile } from './read-options.ts';
import type { SceneWorker } from './read-scene-worker.ts';

/** As `readScene`, without stopping the page. Aborting the signal ends the work at once. Browser only. */
export async function readSceneInWorker(
  files: ReadonlyMap<string, Uint8Array>,
  { onProgress, signal, ...choice }: Omit<ReadSceneOptions, 'beside'> = {},
): Promise<SceneFile> {
  const { proxy } = await import('comlink');
  const worker = new Worker(new URL('./read-scene-worker.ts', import.meta.url), { type: 'module' });
  return askWorker<SceneWorker, SceneFile>(
    worker,
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
