/** The part of a session that comes with the first render: the render farm, as a page has it. */
import { createRenderFarm, type RenderFarm } from '../render/job/index.ts';
import { readSourceInWorker } from '../render/scene/index.ts';
import { blobSetAside } from './blob-set-aside.ts';

export const openRenderFarm = (
  dependencies: Omit<Parameters<typeof createRenderFarm>[0], 'readSource' | 'setAside'>,
): RenderFarm =>
  createRenderFarm({ ...dependencies, readSource: readSourceInWorker, setAside: blobSetAside });
