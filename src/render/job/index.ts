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
export { createRenderFarm, type RenderFarmDependencies } from './render-farm.ts';
