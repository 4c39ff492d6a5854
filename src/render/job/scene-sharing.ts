/**
 * One scene for all workers of this machine: the first worker that needs it loads it into a shared memory, the others
 * attach to that. A worker's death costs nothing: the memory stays as it is. When the first one dies while it loads, the next
 * one loads.
 */
import type { KernelSceneInfo, KernelView, SharedScene } from '../kernel/index.ts';

/** What the first worker answers. */
export interface LoadedScene {
  readonly info: KernelSceneInfo;
  /** Undefined where the machine gives no shared memory: everyone loads a copy. */
  readonly shared: { readonly scene: SharedScene; readonly view: KernelView } | undefined;
}

/** Where a worker goes on from another one's loading. */
export interface SceneAttachment {
  readonly scene: SharedScene;
  readonly view: KernelView;
  /** The worker's own: see attachKernel. */
  readonly region: number;
}

export interface WaysToLoad {
  /** Loads a copy that can be shared. */
  first(): Promise<LoadedScene>;
  attach(attachment: SceneAttachment): Promise<void>;
  /** Loads a copy for itself. */
  alone(): Promise<KernelSceneInfo>;
}

export class SceneSharing {
  /** By what is to be loaded, one object a Job on this machine; what is shared goes when that goes. */
  readonly #loads = new WeakMap<object, { readonly loaded: Promise<LoadedScene>; regions: number }>();

  async load(load: object, ways: WaysToLoad): Promise<KernelSceneInfo> {
    const known = this.#loads.get(load);
    if (!known) {
      const loaded = ways.first();
      this.#loads.set(load, { loaded, regions: 0 });
      try {
        return (await loaded).info;
      } catch (error) {
        this.#loads.delete(load);
        throw error;
      }
    }
    const loaded = await known.loaded.catch(() => undefined);
    // Its caller was told why; perhaps this worker can.
    if (!loaded) return this.load(load, ways);
    if (!loaded.shared) return ways.alone();
    await ways.attach({ ...loaded.shared, region: known.regions++ });
    return loaded.info;
  }
}
