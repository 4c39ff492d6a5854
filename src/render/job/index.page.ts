/** What a page needs before there is a render: the rest (index.ts) comes with the first. */
export { createBrowserPool, loadKernel } from './browser-pool.ts';
export {
  isFinal,
  type JobId,
  type JobProgress,
  type JobState,
  RENDER_KIND,
  type RenderFarm,
  type RenderJob,
  type RenderRequest,
} from './contract.ts';
export type { RenderPool } from './pool.ts';
export { type Lent, lendWorkers } from './worker-count.ts';
