/** The page's side of `picture-worker.ts`: a worker for one piece of work, ended with it. */
import type { Remote } from 'comlink';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import type { PictureWork } from './picture-worker.ts';

/** Aborting the signal ends the work at once. @throws CancelledError, LeafcutterError `picture-failed` */
export async function askPictureWorker<T>(
  ask: (remote: Remote<PictureWork>) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const { wrap } = await import('comlink');
  if (signal?.aborted) throw new CancelledError('working on the picture', { cause: signal.reason });
  const worker = new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' });
  let stop: (() => void) | undefined;
  try {
    // Comlink never settles the calls of a worker that died or was ended: this must.
    const ended = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        const reason = event.message || 'the browser stopped its worker; is memory short?';
        reject(new LeafcutterError('picture-failed', reason));
      });
      stop = () => reject(new CancelledError('working on the picture', { cause: signal?.reason }));
      signal?.addEventListener('abort', stop);
    });
    return await Promise.race([ask(wrap<PictureWork>(worker)), ended]);
  } finally {
    if (stop) signal?.removeEventListener('abort', stop);
    worker.terminate();
  }
}
