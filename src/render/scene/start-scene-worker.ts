/** The one place that knows where the reading Worker's code is. Browser only. */
export function startSceneWorker(): Worker {
  return new Worker(new URL('./read-scene-worker.ts', import.meta.url), { type: 'module' });
}
