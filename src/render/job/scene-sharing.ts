/**
 * One scene for all workers of this machine: the first worker that needs it places it in a shared memory; the others help it
 * build the hierarchy there, and attach to what it has loaded. A worker's death costs nothing: the memory stays as it is. When the first one dies while it loads, the next
 * one loads.
 */

import { abandonSite, type BuildSite, MAX_HELPERS } from '../kernel/index.page.ts';
import type { KernelSceneInfo, KernelView, SharedScene } from '../kernel/index.ts';

/** What the first worker has when it is done. */
export interface LoadedScene {
  readonly info: KernelSceneInfo;
  readonly scene: SharedScene;
  readonly view: KernelView;
}

/** What the first worker has placed. */
export interface PlacedScene {
  /** Undefined where there is no room for helpers. */
  readonly site: BuildSite | undefined;
}

/** What a worker takes part in that helps. */
export interface BuildHelp {
  readonly site: BuildSite;
  /** The worker's own: see helpBuild. */
  readonly helper: number;
}

/** Where a worker goes on from another one's loading. */
export interface SceneAttachment {
  readonly scene: SharedScene;
  readonly view: KernelView;
  /** The worker's own: see attachKernel. */
  readonly region: number;
}

export interface WaysToLoad {
  /** Places a copy that can be shared. Undefined where the machine gives no shared memory: everyone loads a copy. */
  place(): Promise<PlacedScene | undefined>;
  /** Builds what was placed. */
  build(): Promise<LoadedScene>;
  help(help: BuildHelp): Promise<void>;
  attach(attachment: SceneAttachment): Promise<void>;
  /** Loads a copy for itself. */
  alone(): Promise<KernelSceneInfo>;
}

interface Sharing {
  readonly placed: Promise<PlacedScene | undefined>;
  readonly loaded: Promise<LoadedScene | undefined>;
  isLoaded: boolean;
  helpers: number;
  regions: number;
}

export class SceneSharing {
  /** By what is to be loaded, one object a Job on this machine; what is shared goes when that goes. */
  readonly #loads = new WeakMap<object, Sharing>();

  async load(load: object, ways: WaysToLoad): Promise<KernelSceneInfo> {
    const known = this.#loads.get(load);
    if (!known) return this.#first(load, ways);
    await help(known, ways);
    // Why it is not there its caller was told; perhaps this worker can.
    const outcome = await known.loaded.then(
      (loaded) => ({ loaded }),
      () => undefined,
    );
    if (!outcome) return this.load(load, ways);
    const { loaded } = outcome;
    if (!loaded) return ways.alone();
    const { info, scene, view } = loaded;
    await ways.attach({ scene, view, region: known.regions++ });
    return info;
  }

  async #first(load: object, ways: WaysToLoad): Promise<KernelSceneInfo> {
    const placed = ways.place();
    const loaded = placed.then((place) => (place ? ways.build() : undefined));
    const sharing: Sharing = { placed, loaded, isLoaded: false, helpers: 0, regions: 0 };
    this.#loads.set(load, sharing);
    try {
      const scene = await loaded;
      return scene ? scene.info : await ways.alone();
    } catch (error) {
      this.#loads.delete(load);
      // Its helpers would wait for it.
      const site = (await placed.catch(() => undefined))?.site;
      if (site) abandonSite(site);
      throw error;
    } finally {
      sharing.isLoaded = true;
    }
  }
}

/** Helps with the hierarchy as long as there is something to help with. */
async function help(sharing: Sharing, ways: WaysToLoad): Promise<void> {
  const site = (await sharing.placed.catch(() => undefined))?.site;
  if (!site || sharing.isLoaded || sharing.helpers >= MAX_HELPERS) return;
  try {
    await ways.help({ site, helper: sharing.helpers++ });
  } catch (error) {
    abandonSite(site);
    throw error;
  }
}
