/** The path tracer: a WASM kernel behind a synchronous, single-threaded face. See assembly/ for the renderer itself. */
export type { BlockBounds, Kernel, KernelSceneInfo, KernelView } from './contract.ts';
export { KernelError, type KernelErrorCode } from './errors.ts';
export { createKernel, kernelHash } from './kernel.ts';
