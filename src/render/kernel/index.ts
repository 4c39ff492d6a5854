/** The path tracer: a WASM kernel behind a synchronous, single-threaded face. See assembly/ for the renderer itself. */

export type { BlockBounds, EnvironmentPlacement, Kernel, KernelSceneInfo } from './contract.ts';
export { GUIDE_FLOATS } from './contract.ts';

export { createKernel, kernelHash } from './kernel.ts';
