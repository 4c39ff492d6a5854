/**
 * Which frame's scene each worker of this machine has loaded, and the scenes of the frames in work: each is read once for all workers,
 * and loaded by each when its first Block of the frame comes. While one is rendered the next is read, so that nobody waits for it: the
 * likeliest one, as far ahead as this machine went the last time.
 */
import type { RenderPool, SceneLoad } from './pool.ts';

/** The frame in work and the next one. */
const LEAST_KEPT = 2;
/** As many more as this has room for: who is asked to check what others made goes back and forth between frames. */
const KEPT_BYTES = 64 * 1024 * 1024;

export class PosedFrames {
  readonly #pool: Pick<RenderPool, 'load'>;
  readonly #frames: number;
  readonly #read: (frame: number) => Promise<SceneLoad>;
  /** The one used last is last. */
  readonly #loads = new Map<number, Promise<SceneLoad>>();
  readonly #loaded = new Map<number, number>();
  #latest = -1;

  constructor(pool: Pick<RenderPool, 'load'>, frames: number, read: (frame: number) => Promise<SceneLoad>) {
    this.#pool = pool;
    this.#frames = frames;
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
    this.#lookAhead(frame);
  }

  #lookAhead(frame: number): void {
    if (frame <= this.#latest) return;
    const next = frame + (this.#latest < 0 ? 1 : frame - this.#latest);
    this.#latest = frame;
    if (next < this.#frames) void this.#load(next);
  }

  #load(frame: number): Promise<SceneLoad> {
    const load = this.#loads.get(frame) ?? this.#read(frame);
    this.#loads.delete(frame);
    this.#loads.set(frame, load);
    // It may be read at the next try.
    load.catch(() => {
      if (this.#loads.get(frame) === load) this.#loads.delete(frame);
    });
    void load.then(
      ({ scene }) => this.#letGo(scene.length),
      () => {},
    );
    return load;
  }

  /** @param bytes of one scene: those of an animation are about equally large */
  #letGo(bytes: number): void {
    const most = Math.max(LEAST_KEPT, Math.floor(KEPT_BYTES / Math.max(1, bytes)));
    for (const oldest of this.#loads.keys()) if (this.#loads.size > most) this.#loads.delete(oldest);
  }
}
