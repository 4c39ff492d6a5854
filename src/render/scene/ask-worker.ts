/** One question to a Worker of its own, which is then ended: decoders run for seconds without looking up. Browser only. */
import type { Remote } from 'comlink';
import { CancelledError, messageOf } from '../../runtime/index.ts';
import { SceneError } from './errors.ts';
import { answered, type WorkerAnswer } from './worker-answer.ts';

/**
 * @param what for the CancelledError, e.g. "reading the scene"
 * @throws SceneError as the Worker does, `reader-failed` where it cannot work at all; CancelledError
 */
export async function askWorker<Service, T>(
  worker: Worker,
  what: string,
  ask: (remote: Remote<Service>) => Promise<WorkerAnswer<T>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  let stop: (() => void) | undefined;
  try {
    // comlink promises of an ended Worker never settle: whatever ends it must reject here.
    const ended = new Promise<never>((_, reject) => {
      const fail = (reason: string): void =>
        reject(new SceneError('reader-failed', 'the scene reader', reason));
      worker.addEventListener('error', (event) => fail(event.message || 'its worker could not be started'));
      worker.addEventListener('messageerror', () => fail('its answer could not be received'));
      stop = () => reject(new CancelledError(what, { cause: signal?.reason }));
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop);
    });
    ended.catch(() => {});
    const { wrap } = await import('comlink');
    return answered(await Promise.race([ask(wrap<Service>(worker)), ended]));
  } catch (cause) {
    if (cause instanceof SceneError || cause instanceof CancelledError) throw cause;
    throw new SceneError('reader-failed', 'the scene reader', messageOf(cause), { cause });
  } finally {
    if (stop) signal?.removeEventListener('abort', stop);
    worker.terminate();
  }
}
