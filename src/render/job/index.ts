export { createBrowserPool, loadKernel } from './browser-pool.ts';
export {
  type FilmView,
  type GuideImages,
  isFinal,
  type JobId,
  type JobProgress,
  type JobState,
  type NodeShare,
  type RenderFarm,
  type RenderJob,
  type RenderJobEvents,
} from './contract.ts';
export { type LocalProgress, type LocalRender, renderLocally } from './local-render.ts';
export {
  type RenderPool,
  type RenderWorkerApi,
  type WorkerHandle,
  WorkerPool,
} from './pool.ts';
export { createRenderFarm } from './render-farm.ts';

export { type KernelModules, WorkerSession } from './worker-session.ts';
