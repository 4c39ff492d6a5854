/** What happens inside a render worker, in a browser tab and in the terminal alike: one kernel, one scene at a time. */
import {
  attachKernel,
  type BlockBounds,
  createKernel,
  createSharingKernel,
  helpBuild,
  type Kernel,
  KernelError,
  type KernelSceneInfo,
  type KernelView,
  type SharingKernel,
} from '../kernel/index.ts';
import { decodeEnvironment, decodeScene, writeTexels } from '../scene/index.ts';
import { type RenderedBlock, type SceneLoad, WorkerFailedError } from './pool.ts';
import type { BuildHelp, LoadedScene, PlacedScene, SceneAttachment } from './scene-sharing.ts';

/** The compiled kernels that a worker may use. */
export interface KernelModules {
  readonly own: WebAssembly.Module;
  /** For a memory shared with other workers; undefined where the host has none. */
  readonly shared: WebAssembly.Module | undefined;
}

/** What is still to be done with a scene whose tables are written: its bytes are not needed for that. */
interface Placed {
  readonly kernel: Kernel;
  readonly light: SceneLoad['environment'];
  readonly placement: SceneLoad['placement'];
  readonly view: KernelView;
}

/** The inside of a render worker: one kernel, one scene at a time. */
export class WorkerSession {
  readonly #modules: KernelModules;
  #kernel: Kernel | undefined;
  #sharing: { readonly placed: Placed; readonly sharing: SharingKernel } | undefined;

  constructor(modules: KernelModules) {
    this.#modules = modules;
  }

  async load(load: SceneLoad): Promise<KernelSceneInfo> {
    return this.#finish(await this.#place(load, () => createKernel(this.#modules.own)));
  }

  async place(load: SceneLoad): Promise<PlacedScene | undefined> {
    const { shared: module } = this.#modules;
    const sharing = module && (await createSharingKernel(module).catch(unlessUnusable));
    if (!sharing) return undefined;
    const placed = await this.#place(load, async () => sharing.kernel);
    this.#sharing = { placed, sharing };
    return { site: sharing.openSite() };
  }

  async build(): Promise<LoadedScene> {
    if (!this.#sharing) throw new WorkerFailedError('the worker has no scene to build');
    const { placed, sharing } = this.#sharing;
    this.#sharing = undefined;
    try {
      const info = this.#finish(placed);
      return { info, scene: sharing.share(), view: placed.view };
    } finally {
      sharing.closeSite();
    }
  }

  async help({ site, helper }: BuildHelp): Promise<void> {
    const { shared: module } = this.#modules;
    this.#kernel = undefined;
    if (module) await helpBuild(module, site, helper);
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

  async #place(
    { scene: bytes, environment, placement, camera, ...rest }: SceneLoad,
    make: () => Promise<Kernel>,
  ): Promise<Placed> {
    // A fresh kernel each time: WASM memory never shrinks, and a small scene should not keep a large one's.
    this.#kernel = undefined;
    this.#sharing = undefined;
    const kernel = await make();
    const scene = decodeScene(bytes);
    const chosen = typeof camera === 'number' ? scene.cameras[camera] : camera;
    if (!chosen) {
      throw new WorkerFailedError(
        `the scene has no camera ${camera}, only ${scene.cameras.length}; choose another one`,
      );
    }
    await kernel.placePictured(scene, writeTexels);
    return { kernel, light: environment, placement, view: { ...rest, camera: chosen } };
  }

  #finish({ kernel, light, placement, view }: Placed): KernelSceneInfo {
    const info = kernel.buildPlaced();
    kernel.setEnvironment(light instanceof Uint8Array ? decodeEnvironment(light) : light, placement);
    kernel.setView(view);
    this.#kernel = kernel;
    return info;
  }
}

/** Where the host gives no shared memory of that size, or another kernel than this one: everyone has a copy then. */
function unlessUnusable(error: unknown): undefined {
  if (error instanceof KernelError && error.code === 'unusable-kernel') return undefined;
  throw error;
}
