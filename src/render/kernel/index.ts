/** The path tracer: a WASM kernel behind a synchronous, single-threaded face. See assembly/ for the renderer itself. */
export type { BlockBounds, EnvironmentPlacement, Kernel, KernelSceneInfo, KernelView } from './contract.ts';
export { GUIDE_FLOATS } from './contract.ts';

export { KernelError } from './errors.ts';
export { createKernel } from './kernel.ts';
export {
  attachKernel,
  createSharingKernel,
  helpBuild,
  type SharedScene,
  type SharingKernel,
} from './shared.ts';
