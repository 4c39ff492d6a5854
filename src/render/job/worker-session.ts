/** What happens inside a render worker, in a browser tab and in the terminal alike: one kernel, one scene at a time. */
import {
  attachKernel,
  type BlockBounds,
  createKernel,
  createSharingKernel,
  type Kernel,
  KernelError,
  type KernelSceneInfo,
  type KernelView,
} from '../kernel/index.ts';
import { decodeEnvironment, decodeScene, writeTexels } from '../scene/index.ts';
import { type RenderedBlock, type SceneLoad, WorkerFailedError } from './pool.ts';
import type { LoadedScene, SceneAttachment } from './scene-sharing.ts';

/** The compiled kernels that a worker may use. */
export interface KernelModules {
  readonly own: WebAssembly.Module;
  /** For a memory shared with other workers; undefined where the host has none. */
  readonly shared: WebAssembly.Module | undefined;
}

/** The inside of a render worker: one kernel, one scene at a time. */
export class WorkerSession {
  readonly #modules: KernelModules;
  #kernel: Kernel | undefined;

  constructor(modules: KernelModules) {
    this.#modules = modules;
  }

  async load(load: SceneLoad): Promise<KernelSceneInfo> {
    return (await this.#loadInto(load, () => createKernel(this.#modules.own))).info;
  }

  async loadShared(load: SceneLoad): Promise<LoadedScene> {
    const { shared: module } = this.#modules;
    const sharing = module && (await createSharingKernel(module).catch(unlessUnusable));
    if (!sharing) return { info: await this.load(load), shared: undefined };
    const { info, view } = await this.#loadInto(load, async () => sharing.kernel);
    return { info, shared: { scene: sharing.share(), view } };
  }

  async attach({ scene, view, region }: SceneAttachment): Promise<void> {
    const { shared: module } = this.#modules;
    if (!module) throw new WorkerFailedError('the worker has no kernel for a shared scene');
    this.#kernel = undefined;
    const kernel = await attachKernel(module, scene, region);
    kernel.setView(view);
    this.#kernel = kernel;
  }

  render(block: BlockBounds): RenderedBlock {
    return this.#timed((kernel) => kernel.renderBlock(block));
  }

  guides(block: BlockBounds): RenderedBlock {
    return this.#timed((kernel) => kernel.renderGuides(block));
  }

  #timed(call: (kernel: Kernel) => Float32Array): RenderedBlock {
    if (!this.#kernel) throw new WorkerFailedError('the worker has no scene');
    const start = performance.now();
    const sums = call(this.#kernel);
    return { sums, elapsedMs: performance.now() - start };
  }

  async #loadInto(
    { scene: bytes, environment, placement, camera, ...rest }: SceneLoad,
    make: () => Promise<Kernel>,
  ): Promise<{ info: KernelSceneInfo; view: KernelView }> {
    // A fresh kernel each time: WASM memory never shrinks, and a small scene should not keep a large one's.
    this.#kernel = undefined;
    const kernel = await make();
    const scene = decodeScene(bytes);
    const chosen = typeof camera === 'number' ? scene.cameras[camera] : camera;
    if (!chosen) {
      throw new WorkerFailedError(
        `the scene has no camera ${camera}, only ${scene.cameras.length}; choose another one`,
      );
    }
    const info = await kernel.loadPictured(scene, writeTexels);
    const light = environment instanceof Uint8Array ? decodeEnvironment(environment) : environment;
    kernel.setEnvironment(light, placement);
    const view: KernelView = { ...rest, camera: chosen };
    kernel.setView(view);
    this.#kernel = kernel;
    return { info, view };
  }
}

/** Where the host gives no shared memory of that size, or another kernel than this one: everyone has a copy then. */
function unlessUnusable(error: unknown): undefined {
  if (error instanceof KernelError && error.code === 'unusable-kernel') return undefined;
  throw error;
}
