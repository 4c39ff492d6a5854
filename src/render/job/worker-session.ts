/** What happens inside a render worker, in a browser tab and in the terminal alike: one kernel, one scene at a time. */

import type { BlockBounds } from '../kernel/index.ts';
import { createKernel, type Kernel, type KernelSceneInfo } from '../kernel/index.ts';
import { decodeEnvironment, decodeScene } from '../scene/index.ts';
import { type RenderedBlock, type SceneLoad, WorkerFailedError } from './pool.ts';

export class WorkerSession {
  readonly #module: WebAssembly.Module;
  #kernel: Kernel | undefined;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  async load({ scene: bytes, environment, placement, camera, ...view }: SceneLoad): Promise<KernelSceneInfo> {
    // A fresh kernel each time: WASM memory never shrinks, and a small scene should not keep a large one's.
    this.#kernel = undefined;
    const kernel = await createKernel(this.#module);
    const scene = decodeScene(bytes);
    const chosen = typeof camera === 'number' ? scene.cameras[camera] : camera;
    if (!chosen) {
      throw new WorkerFailedError(
        `the scene has no camera ${camera}, only ${scene.cameras.length}; choose another one`,
      );
    }
    const info = kernel.loadScene(scene);
    const light = environment instanceof Uint8Array ? decodeEnvironment(environment) : environment;
    kernel.setEnvironment(light, placement);
    kernel.setView({ ...view, camera: chosen });
    this.#kernel = kernel;
    return info;
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
}
