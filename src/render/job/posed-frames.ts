/**
 * Which frame's scene each worker of this machine has loaded, and the scenes of the frames in work: each is read once for all workers,
 * and loaded by each when its first Block of the frame comes. The last two stay, for a worker may still be at the frame before.
 */
import type { RenderPool, SceneLoad } from './pool.ts';

const KEPT = 2;

export class PosedFrames {
  readonly #pool: Pick<RenderPool, 'load'>;
  readonly #read: (frame: number) => Promise<SceneLoad>;
  /** The one used last is last. */
  readonly #loads = new Map<number, Promise<SceneLoad>>();
  readonly #loaded = new Map<number, number>();

  constructor(pool: Pick<RenderPool, 'load'>, read: (frame: number) => Promise<SceneLoad>) {
    this.#pool = pool;
    this.#read = read;
  }

  /** Nothing is known of the worker any more: another Job may have had it, or it is a fresh one. */
  forget(worker: number): void {
    this.#loaded.delete(worker);
  }

  /** Has the worker load that frame, unless it has it. @throws WorkerFailedError, and what reading the scene throws */
  async ready(worker: number, frame: number): Promise<void> {
    if (this.#loaded.get(worker) === frame) return;
    this.#loaded.delete(worker);
    await this.#pool.load(worker, await this.#load(frame));
    this.#loaded.set(worker, frame);
  }

  #load(frame: number): Promise<SceneLoad> {
    const load = this.#loads.get(frame) ?? this.#read(frame);
    this.#loads.delete(frame);
    this.#loads.set(frame, load);
    // It may be read at the next try.
    load.catch(() => {
      if (this.#loads.get(frame) === load) this.#loads.delete(frame);
    });
    for (const oldest of this.#loads.keys()) if (this.#loads.size > KEPT) this.#loads.delete(oldest);
    return load;
  }
}
