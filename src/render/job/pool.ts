/**
 * The render workers of this machine, as the render sees them: numbered slots, each with one scene at a time. The browser and
 * the terminal differ only in how a worker is started (browser-pool.ts, src/cli/thread-pool.ts); this file keeps them alive: a worker
 * that crashes or hangs is ended, its call rejected with the reason, and a fresh one takes the slot at the next `load`.
 */
import { LeafcutterError, type Timers } from '../../runtime/index.ts';
import type { BlockBounds, EnvironmentPlacement, KernelSceneInfo } from '../kernel/index.ts';
import type { FlatCamera } from '../scene/index.ts';
import type { Lens } from '../settings.ts';
import {
  type BuildHelp,
  type LoadedScene,
  type PlacedScene,
  type SceneAttachment,
  SceneSharing,
} from './scene-sharing.ts';

/** All that a worker needs for a Job. The bytes are copied to the worker: one copy while it loads. */
export interface SceneLoad {
  /** An encoded FlatScene. */
  readonly scene: Uint8Array;
  /** An encoded EnvironmentMap, or a constant linear radiance. */
  readonly environment: Uint8Array | readonly [number, number, number];
  readonly placement: EnvironmentPlacement;
  readonly width: number;
  readonly height: number;
  readonly bounces: number;
  readonly seed: number;
  readonly clamp: number;
  readonly lens: Lens;
  /** An index into the scene's cameras, or a view. */
  readonly camera: number | FlatCamera;
}

export interface RenderedBlock {
  readonly sums: Float32Array;
  /** Time inside the kernel. */
  readonly elapsedMs: number;
}

/** Workers that render Blocks. */
export interface RenderPool {
  readonly size: number;
  /** Ends workers at once, from the last one; new ones start when first needed. */
  setSize(count: number): void;
  /** Gives worker `index` a scene in place of the one it has. @throws WorkerFailedError */
  load(index: number, load: SceneLoad): Promise<KernelSceneInfo>;
  /** One Block of the loaded scene. @throws WorkerFailedError */
  render(index: number, block: BlockBounds): Promise<RenderedBlock>;
  /** The same for the guide images: see Kernel.renderGuides. @throws WorkerFailedError */
  guides(index: number, block: BlockBounds): Promise<RenderedBlock>;
  /** A pool of the same kind with workers of its own, none to begin with. The caller closes it. */
  another(): RenderPool;
  close(): void;
}

/** What a worker answers; it rejects with what the kernel throws. */
export interface RenderWorkerApi {
  /** Loads a copy for this worker alone. */
  load(load: SceneLoad): Promise<KernelSceneInfo>;
  /** Loads a copy that other workers can attach to, all but its hierarchy. Undefined where there is no memory to share. */
  place(load: SceneLoad): Promise<PlacedScene | undefined>;
  /** Builds the hierarchy of what was placed. */
  build(): Promise<LoadedScene>;
  /** Takes part in what another worker builds. */
  help(help: BuildHelp): Promise<void>;
  /** Takes part in a loaded scene. */
  attach(attachment: SceneAttachment): Promise<void>;
  render(block: BlockBounds): Promise<RenderedBlock>;
  guides(block: BlockBounds): Promise<RenderedBlock>;
}

/** A started worker. */
export interface WorkerHandle {
  readonly api: RenderWorkerApi;
  /** At most one listener; called when the worker is lost with all its calls. */
  onCrash(listener: (reason: string) => void): void;
  terminate(): void;
}

export class WorkerFailedError extends LeafcutterError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super('worker-failed', reason, options);
  }
}

/** Reading a gigabyte of scene and building its hierarchy takes less than a minute on a slow machine. */
const LOAD_TIMEOUT_MS = 180_000;
/** A Block is at most 262,144 pixel samples: this is below 4,400 a second, a hundredth of one core of a slow machine. */
const RENDER_TIMEOUT_MS = 60_000;

/** While it loads a worker has its own copy of the scene's bytes: not all of a large machine's at once. */
const MAX_PARALLEL_LOADS = 4;

interface WorkerSlot {
  readonly handle: WorkerHandle;
  /** Rejects the calls under way. */
  readonly pending: Set<(error: WorkerFailedError) => void>;
}

export interface WorkerPoolOptions {
  /** Whether workers can share one scene: their handles know the shared kernel, and the host has shared memory. */
  readonly canShare?: boolean;
}

/** A RenderPool of Web Workers or worker threads. */
export class WorkerPool implements RenderPool {
  readonly #spawn: () => WorkerHandle;
  readonly #timers: Timers;
  readonly #sharing: SceneSharing | undefined;
  readonly #slots = new Map<number, WorkerSlot>();
  #size = 0;
  #loads = 0;
  readonly #waitingLoads: (() => void)[] = [];

  constructor(spawn: () => WorkerHandle, timers: Timers, { canShare = false }: WorkerPoolOptions = {}) {
    this.#spawn = spawn;
    this.#timers = timers;
    this.#sharing = canShare ? new SceneSharing() : undefined;
  }

  get size(): number {
    return this.#size;
  }

  setSize(count: number): void {
    this.#size = count;
    for (const index of [...this.#slots.keys()])
      if (index >= count) this.#end(index, 'the worker was stopped');
  }

  async load(index: number, load: SceneLoad): Promise<KernelSceneInfo> {
    while (this.#loads >= MAX_PARALLEL_LOADS) {
      await new Promise<void>((resume) => {
        this.#waitingLoads.push(resume);
      });
    }
    this.#loads++;
    try {
      const call = <T>(how: (api: RenderWorkerApi) => Promise<T>): Promise<T> =>
        this.#call(index, LOAD_TIMEOUT_MS, 'load the scene', how);
      const alone = () => call((api) => api.load(load));
      // One worker shares with nobody. Its own memory goes as soon as it is not needed; one for several stays until each host collects.
      if (!this.#sharing || this.#size === 1) return await alone();
      return await this.#sharing.load(load, {
        place: () => call((api) => api.place(load)),
        build: () => call((api) => api.build()),
        help: (help) => call((api) => api.help(help)),
        attach: (attachment) => call((api) => api.attach(attachment)),
        alone,
      });
    } finally {
      this.#loads--;
      this.#waitingLoads.shift()?.();
    }
  }

  async render(index: number, block: BlockBounds): Promise<RenderedBlock> {
    return this.#call(index, RENDER_TIMEOUT_MS, 'render a block', (api) => api.render(block));
  }

  async guides(index: number, block: BlockBounds): Promise<RenderedBlock> {
    return this.#call(index, RENDER_TIMEOUT_MS, 'make the guide images of a block', (api) =>
      api.guides(block),
    );
  }

  another(): RenderPool {
    return new WorkerPool(this.#spawn, this.#timers);
  }

  close(): void {
    this.setSize(0);
  }

  #call<T>(
    index: number,
    timeoutMs: number,
    what: string,
    call: (api: RenderWorkerApi) => Promise<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (index >= this.#size) {
        reject(new WorkerFailedError('the worker was stopped'));
        return;
      }
      const slot = this.#slot(index);
      const stopTimer = this.#timers.after(timeoutMs, () =>
        this.#end(index, `the worker did not ${what} within ${timeoutMs / 1000} seconds`),
      );
      const settle = (action: () => void): void => {
        stopTimer();
        slot.pending.delete(fail);
        action();
      };
      const fail = (error: WorkerFailedError): void => settle(() => reject(error));
      slot.pending.add(fail);
      call(slot.handle.api).then(
        (value) => settle(() => resolve(value)),
        (cause: unknown) =>
          fail(new WorkerFailedError(cause instanceof Error ? cause.message : String(cause), { cause })),
      );
    });
  }

  #slot(index: number): WorkerSlot {
    let slot = this.#slots.get(index);
    if (!slot) {
      const handle = this.#spawn();
      const fresh: WorkerSlot = { handle, pending: new Set() };
      handle.onCrash((reason) => {
        if (this.#slots.get(index) === fresh) this.#end(index, reason);
      });
      this.#slots.set(index, fresh);
      slot = fresh;
    }
    return slot;
  }

  #end(index: number, reason: string): void {
    const slot = this.#slots.get(index);
    if (!slot) return;
    this.#slots.delete(index);
    slot.handle.terminate();
    for (const fail of [...slot.pending]) fail(new WorkerFailedError(reason));
  }
}
