/** The page's side of `read-scene-worker.ts`. */
import { CancelledError, messageOf } from '../../runtime/index.ts';
import { SceneError } from './errors.ts';
import type { ReadSceneOptions, SceneFile } from './read-options.ts';
import type { SceneWorker } from './read-scene-worker.ts';

/** As `readScene`, without stopping the page. Aborting the signal ends the work at once. Browser only. */
export async function readSceneInWorker(
  files: ReadonlyMap<string, Uint8Array>,
  { onProgress, signal, ...choice }: ReadSceneOptions = {},
): Promise<SceneFile> {
  const { proxy, wrap } = await import('comlink');
  const worker = new Worker(new URL('./read-scene-worker.ts', import.meta.url), { type: 'module' });
  let stop: (() => void) | undefined;
  try {
    // comlink promises of an ended Worker never settle: whatever ends it must reject here.
    const ended = new Promise<never>((_, reject) => {
      const fail = (reason: string): void =>
        reject(new SceneError('reader-failed', 'the scene reader', reason));
      worker.addEventListener('error', (event) => fail(event.message || 'its worker could not be started'));
      worker.addEventListener('messageerror', () => fail('its answer could not be received'));
      stop = () => reject(new CancelledError('reading the scene', { cause: signal?.reason }));
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop);
    });
    const remote = wrap<SceneWorker>(worker);
    const reading = remote.read(
      files,
      choice,
      proxy((progress) => onProgress?.(progress)),
    );
    const answer = await Promise.race([reading, ended]);
    if (answer.ok) return answer.file;
    throw new SceneError(answer.code, answer.part, answer.reason);
  } catch (cause) {
    if (cause instanceof SceneError || cause instanceof CancelledError) throw cause;
    throw new SceneError('reader-failed', 'the scene reader', messageOf(cause), { cause });
  } finally {
    if (stop) signal?.removeEventListener('abort', stop);
    worker.terminate();
  }
}
