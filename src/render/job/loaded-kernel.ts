/** The kernel as a session has it: compiled once for all of its workers, with the name by which Nodes tell equal renderers from others. */
import { concatBytes, sha256, toHex } from '../../runtime/index.ts';
import { passBoundaries, TILE_SIZE } from '../film/index.page.ts';
import type { KernelModules } from './worker-session.ts';

/** The compiled kernel. Two devices render together when its hash is the same. */
export interface LoadedKernel {
  readonly modules: KernelModules;
  /** See `rendererHash`; of the kernel with a memory of its own: the other one is the same source. */
  readonly hash: string;
}

/** How pictures are divided (plan.ts): a Task's number means the same Block only to those who divide them alike. */
const DIVISION: readonly number[] = [TILE_SIZE, ...passBoundaries(4096), ...passBoundaries(4096, 1)];

/** @param shared of the kernel for shared memory, where the host has any. @throws WebAssembly.CompileError */
export async function compileKernel(
  own: Uint8Array<ArrayBuffer>,
  shared: Uint8Array<ArrayBuffer> | undefined,
): Promise<LoadedKernel> {
  const [ownModule, sharedModule, hash] = await Promise.all([
    WebAssembly.compile(own),
    shared && WebAssembly.compile(shared),
    rendererHash(own),
  ]);
  return { modules: { own: ownModule, shared: sharedModule }, hash };
}

/** SHA-256 (hex) of the kernel's bytes and of how pictures are divided: of those who have the same one, equal Tasks have equal bits. */
export async function rendererHash(kernel: Uint8Array, division = DIVISION): Promise<string> {
  return toHex(await sha256(concatBytes(kernel, new TextEncoder().encode(division.join()))));
}
