/**
 * Several kernels over one scene: one loads it into a shared memory, the others attach to that and copy nothing. Each gets
 * a region of its own for what it writes while it renders. The bits are those of a kernel with its own copy.
 *
 * Needs kernel-shared.wasm and a `SharedArrayBuffer`, which a page has only where it is cross-origin isolated.
 */
import * as layout from './assembly/layout.ts';
import { type BuildSite, MAX_HELPERS } from './build-site.ts';
import type { Kernel } from './contract.ts';
import { KernelError } from './errors.ts';
import { instantiateOver, type KernelInstance, sharedMemory } from './instance.ts';
import { kernelOf } from './kernel.ts';

/** A loaded scene and environment that kernels of other workers can attach to: goes through `postMessage`. */
export interface SharedScene {
  readonly memory: WebAssembly.Memory;
  /** Address of what the kernel saved. */
  readonly state: number;
  /** First byte behind everything that is shared. */
  readonly end: number;
}

/** Batches, tables and the sums of a Block take about 1 MiB; only what is touched is really taken from the machine. */
const REGION_BYTES = 4 * 2 ** 20;

/** A kernel whose scene can be shared, and the way to do so. */
export interface SharingKernel {
  readonly kernel: Kernel;
  /** After the scene is placed and before its hierarchy is built: from now on others can help. Undefined: no memory for that. */
  openSite(): BuildSite | undefined;
  /** When it is built, or never will be: lets the helpers go. */
  closeSite(): void;
  /** After scene and environment are loaded; they must not change from then on. @throws KernelError `out-of-memory` */
  share(): SharedScene;
}

/** @throws KernelError `unusable-kernel` */
export async function createSharingKernel(module: WebAssembly.Module): Promise<SharingKernel> {
  const instance = await instantiateOver(module, sharedMemory);
  const { memory, wasm } = instance;
  return {
    kernel: kernelOf(instance),
    openSite() {
      const crew = wasm.openCrew() >>> 0;
      return crew === 0 ? undefined : { memory, crew };
    },
    closeSite: () => wasm.closeCrew(),
    share: () => share(instance),
  };
}

/**
 * Helps with a hierarchy until it is built: the worker does nothing else meanwhile. What comes out is the same with and without.
 * @returns how many pieces of work were done here
 * @param helper 0, 1, 2 ... up to MAX_HELPERS: each number once for a site
 * @throws KernelError `unusable-kernel`
 */
export async function helpBuild(
  module: WebAssembly.Module,
  { memory, crew }: BuildSite,
  helper: number,
): Promise<number> {
  if (helper >= MAX_HELPERS) return 0;
  const start = crew + (1 + helper) * layout.HELPER_BYTES;
  const instance = await instantiateOver(module, () => memory, start);
  instance.wasm.limitMemory(start + layout.HELPER_BYTES);
  return instance.wasm.helpBuild(crew);
}

function share({ memory, wasm }: KernelInstance): SharedScene {
  const state = wasm.saveScene() >>> 0;
  if (state === 0) throw new KernelError('out-of-memory', 'no memory left to share the scene among workers');
  const end = regionsFrom(wasm.mark() >>> 0);
  wasm.limitMemory(end + REGION_BYTES);
  return { memory, state, end: end + REGION_BYTES };
}

function regionsFrom(address: number): number {
  return Math.ceil(address / 65_536) * 65_536;
}

/**
 * A kernel that renders a scene another one shares: set its view, render Blocks, load nothing.
 * @param region 0, 1, 2 ...: each number once for a SharedScene, even after the worker that had it ended, since a worker
 * that was told to end may write for a moment longer
 * @throws KernelError `out-of-memory` when the address space holds no more regions, `unusable-kernel`
 */
export async function attachKernel(
  module: WebAssembly.Module,
  { memory, state, end }: SharedScene,
  region: number,
): Promise<Kernel> {
  const start = end + region * REGION_BYTES;
  if (start + REGION_BYTES > 0xffff_0000) {
    throw new KernelError('out-of-memory', 'the scene leaves no memory for another worker');
  }
  const instance = await instantiateOver(module, () => memory, start);
  instance.wasm.limitMemory(start + REGION_BYTES);
  if (instance.wasm.adoptScene(state) < 0) {
    throw new KernelError('out-of-memory', 'no memory for another worker');
  }
  return kernelOf(instance);
}
