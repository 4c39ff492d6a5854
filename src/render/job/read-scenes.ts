/**
 * The scenes of this Node's renders as its workers load them: encoded FlatScenes, each read once from the files that travelled, however
 * many renders show it. One file is read at a time, for reading takes several times the scene's memory. What nobody needs any more
 * stays while there is room, as with Blobs: the next render of the same scene need not read it.
 */
import { JobRefusedError } from '../../farm/index.ts';
import { CancelledError, messageOf, type Timers } from '../../runtime/index.ts';
import { BlobStore } from '../../services/blobs/index.ts';
import { type EncodedScene, type ReadSource, SceneError, type SceneSource } from '../scene/index.ts';
import { frameReading, type RenderSpec } from '../settings.ts';

/** As much as Blobs keep. */
const IDLE_BUDGET_BYTES = 256 * 1024 * 1024;
/** As long as a worker may take to load a scene; a file that takes longer was made to. */
const READ_TIMEOUT_MS = 180_000;

export interface ReadScenesDependencies {
  readonly read: ReadSource;
  readonly timers: Timers;
  readonly idleBudgetBytes?: number;
}

export class ReadScenes {
  readonly #read: ReadSource;
  readonly #timers: Timers;
  readonly #store: BlobStore;
  readonly #closing = new AbortController();
  /** Settles with the reading before the next one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ read, timers, idleBudgetBytes = IDLE_BUDGET_BYTES }: ReadScenesDependencies) {
    this.#read = read;
    this.#timers = timers;
    this.#store = new BlobStore(idleBudgetBytes);
  }

  /** What was read here anyway; needed until `release`. */
  put({ scene, source }: RenderSpec, bytes: Uint8Array): void {
    if (!source) return;
    this.#store.keep(scene, bytes);
    this.#store.acquire(scene);
  }

  /** Where it is here; needed until `release`. */
  acquire({ scene, source }: RenderSpec): Uint8Array | undefined {
    return source && this.#store.acquire(scene);
  }

  /**
   * Needed until `release`.
   * @param brought the Blob that travelled; without a source it is the scene itself
   * @throws JobRefusedError where another scene is read, or none; SceneError `reader-failed`; CancelledError
   */
  get(spec: RenderSpec, brought: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const { scene, source } = spec;
    if (!source) return Promise.resolve(brought);
    const turn = this.#last.then(async () => {
      const here = this.#store.acquire(scene);
      if (here) return here;
      const { bytes, hash } = await this.#readInTime({ files: brought, reading: source.reading }, signal);
      if (hash !== scene) {
        throw new JobRefusedError(
          'this device does not help: it reads the scene differently than the one that started; load the same version of Leafcutter on both',
        );
      }
      this.put(spec, bytes);
      return bytes;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** The scene of a later frame of an animation, which nobody can name before it is read. It is its caller's to keep. @throws as `get` */
  pose(spec: RenderSpec, frame: number, brought: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const reading = frameReading(spec, frame);
    if (!reading) return Promise.resolve(brought);
    const turn = this.#last.then(
      async () => (await this.#readInTime({ files: brought, reading }, signal)).bytes,
    );
    this.#last = turn.catch(() => {});
    return turn;
  }

  release({ scene, source }: RenderSpec): void {
    if (source) this.#store.release(scene);
  }

  close(): void {
    this.#closing.abort();
    this.#store.clear();
  }

  async #readInTime(source: SceneSource, signal: AbortSignal): Promise<EncodedScene> {
    const late = new AbortController();
    const stopTimer = this.#timers.after(READ_TIMEOUT_MS, () => late.abort());
    const stop = AbortSignal.any([signal, this.#closing.signal, late.signal]);
    try {
      if (stop.aborted) throw new CancelledError('reading the scene');
      return await this.#read(source, stop);
    } catch (cause) {
      if (late.signal.aborted)
        throw refusal(`it was not read within ${READ_TIMEOUT_MS / 1000} seconds`, cause);
      // Its thread could not be started, say: the next try may succeed.
      const isUnreadable = cause instanceof SceneError && cause.code !== 'reader-failed';
      throw isUnreadable ? refusal(messageOf(cause), cause) : cause;
    } finally {
      stopTimer();
    }
  }
}

const refusal = (reason: string, cause: unknown): JobRefusedError =>
  new JobRefusedError(`this device does not help: it cannot read the scene (${reason})`, { cause });
