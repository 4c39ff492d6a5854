/** The kernel as a session has it: compiled once for all of its workers, with the name by which Nodes tell equal kernels from others. */
import { kernelHash } from '../kernel/index.ts';
import type { KernelModules } from './worker-session.ts';

/** The compiled kernel. Two devices render together when its hash is the same. */
export interface LoadedKernel {
  readonly modules: KernelModules;
  /** SHA-256 of the bytes of the kernel with a memory of its own, hex: the other one is the same source. */
  readonly hash: string;
}

/** @param shared of the kernel for shared memory, where the host has any. @throws WebAssembly.CompileError */
export async function compileKernel(
  own: Uint8Array<ArrayBuffer>,
  shared: Uint8Array<ArrayBuffer> | undefined,
): Promise<LoadedKernel> {
  const [ownModule, sharedModule, hash] = await Promise.all([
    WebAssembly.compile(own),
    shared && WebAssembly.compile(shared),
    kernelHash(own),
  ]);
  return { modules: { own: ownModule, shared: sharedModule }, hash };
}
