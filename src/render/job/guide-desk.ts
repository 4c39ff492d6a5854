/**
 * Guide images for renders of this Node, own or others', while their Blobs are here. The passes run on a worker of their
 * own, one after the other: workers that are lent to a render keep their scene and are not kept waiting. The worker and its
 * copy of the scene are gone when no pass is left.
 */
import { CancelledError, LeafcutterError } from '../../runtime/index.ts';
import type { BlobHash, BlobService } from '../../services/blobs/index.ts';
import { type RenderSpec, sceneBlob } from '../settings.ts';
import type { GuideImages, GuideOptions } from './contract.ts';
import { renderGuides } from './guides.ts';
import type { RenderPool } from './pool.ts';
import type { ReadScenes } from './read-scenes.ts';
import { sceneLoad } from './runner.ts';

export class GuidesUnavailableError extends LeafcutterError {
  constructor(reason: string) {
    super('guides-unavailable', reason);
  }
}

export class GuideDesk {
  readonly #blobs: BlobService;
  readonly #scenes: ReadScenes;
  readonly #pool: RenderPool;
  /** Settles with the pass before the next one. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  readonly #closing = new AbortController();

  /** @param pool of its own; closed with the desk */
  constructor(blobs: BlobService, scenes: ReadScenes, pool: RenderPool) {
    this.#blobs = blobs;
    this.#scenes = scenes;
    this.#pool = pool;
  }

  /** @throws GuidesUnavailableError, CancelledError, WorkerFailedError */
  make(spec: RenderSpec, { frame = 0, signal, onProgress }: GuideOptions = {}): Promise<GuideImages> {
    const wanted = AbortSignal.any(signal ? [signal, this.#closing.signal] : [this.#closing.signal]);
    this.#waiting++;
    const pass = this.#last
      .then(() => this.#make(spec, { frame, signal: wanted, ...(onProgress && { onProgress }) }))
      .finally(() => {
        if (--this.#waiting === 0) this.#pool.setSize(0);
      });
    this.#last = pass.catch(() => {});
    return pass;
  }

  close(): void {
    this.#closing.abort();
    this.#pool.close();
  }

  async #make(
    spec: RenderSpec,
    options: GuideOptions & { readonly frame: number; readonly signal: AbortSignal },
  ): Promise<GuideImages> {
    if (options.signal.aborted) throw new CancelledError('making the guide images');
    const held: BlobHash[] = [];
    let read = this.#scenes.acquire(spec);
    let posed: Uint8Array | undefined;
    try {
      const { frame, signal } = options;
      if (!read || frame > 0) {
        const brought = await this.#take(sceneBlob(spec), 'scene', held);
        read ??= await this.#scenes.get(spec, brought, signal);
        if (frame > 0) posed = await this.#scenes.pose(spec, frame, brought, signal);
      }
      const map = spec.environmentMap && (await this.#take(spec.environmentMap, 'environment', held));
      this.#pool.setSize(1);
      const load = sceneLoad(spec.settings, posed ?? read, map);
      return await renderGuides({ pool: this.#pool, load, ...options });
    } finally {
      // A pass that was cancelled leaves a worker in the middle of it.
      if (options.signal.aborted) this.#pool.setSize(0);
      for (const hash of held) this.#blobs.release(hash);
      if (read) this.#scenes.release(spec);
    }
  }

  async #take(hash: BlobHash, what: string, held: BlobHash[]): Promise<Uint8Array> {
    if (!this.#blobs.has(hash)) {
      throw new GuidesUnavailableError(
        `the ${what} of this render is not on this device (any more): open it and render it here, then ask again`,
      );
    }
    const bytes = await this.#blobs.get(hash, { holders: [] });
    held.push(hash);
    return bytes;
  }
}
