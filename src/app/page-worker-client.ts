/** Runs one piece of the page's heavy work in a worker of its own. */
import { type Remote, wrap } from 'comlink';
import { LeafcutterError } from '../runtime/index.ts';
import type { PageWork } from './page-worker.ts';

/**
 * The worker ends when `use` settles. Comlink never settles calls of a worker that died, so its `error` event does.
 * @throws what the work throws (its message survives, its class does not), LeafcutterError `worker-died`
 */
export async function inPageWorker<T>(use: (work: Remote<PageWork>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./page-worker.ts', import.meta.url), { type: 'module' });
  const work = wrap<PageWork>(worker);
  try {
    return await Promise.race([
      use(work),
      new Promise<never>((_, reject) => {
        const die = (event: ErrorEvent | MessageEvent): void => {
          const why = 'message' in event && event.message ? `: ${event.message}` : '';
          reject(
            new LeafcutterError(
              'worker-died',
              `the browser stopped the work, perhaps for lack of memory${why}`,
            ),
          );
        };
        worker.addEventListener('error', die);
        worker.addEventListener('messageerror', die);
      }),
    ]);
  } finally {
    worker.terminate();
  }
}
