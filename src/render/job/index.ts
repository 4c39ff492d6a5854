export { createBrowserPool, type LoadedKernel, loadKernel } from './browser-pool.ts';
export type {
  FilmView,
  JobId,
  JobProgress,
  JobState,
  NodeShare,
  RenderFarm,
  RenderJob,
  RenderJobEvents,
  RenderRequest,
} from './contract.ts';
export { type LocalRender, type LocalRenderOptions, renderLocally } from './local-render.ts';
export {
  type RenderPool,
  type RenderWorkerApi,
  type SceneLoad,
  WorkerFailedError,
  type WorkerHandle,
  WorkerPool,
} from './pool.ts';
export { createRenderFarm, type RenderFarmDependencies } from './render-farm.ts';
export { BadSettingsError } from './settings-check.ts';
export { WorkerSession } from './worker-session.ts';
