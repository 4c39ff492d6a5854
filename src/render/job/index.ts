export { createBrowserPool, loadKernel } from './browser-pool.ts';
export {
  type FilmView,
  type FrameView,
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
export { compileKernel, type LoadedKernel } from './loaded-kernel.ts';
export { type LocalProgress, type RenderedFrame, renderLocally, renderStill } from './local-render.ts';
export { measureScene, type SceneCost } from './measure-scene.ts';
export { Meter } from './meter.ts';
export {
  type RenderPool,
  type RenderWorkerApi,
  type WorkerHandle,
  WorkerPool,
} from './pool.ts';
export { createRenderFarm } from './render-farm.ts';
export { sceneAway } from './scene-away.ts';

export { type KernelModules, WorkerSession } from './worker-session.ts';
