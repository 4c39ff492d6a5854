export { createBrowserPool, loadKernel } from './browser-pool.ts';
export type {
  FilmView,
  GuideImages,
  JobId,
  JobProgress,
  JobState,
  NodeShare,
  RenderFarm,
  RenderJob,
  RenderJobEvents,
} from './contract.ts';
export { compileKernel, type LoadedKernel } from './loaded-kernel.ts';
export { type LocalProgress, type LocalRender, renderLocally } from './local-render.ts';
export {
  type RenderPool,
  type RenderWorkerApi,
  type WorkerHandle,
  WorkerPool,
} from './pool.ts';
export { createRenderFarm } from './render-farm.ts';

export { type KernelModules, WorkerSession } from './worker-session.ts';
