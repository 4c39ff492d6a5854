/**
 * Keeps the Blobs of a render on every Node that has them, while the render is not over: whoever takes it over, or comes late, must
 * find them somewhere when the Node that brought them is gone.
 */
import { log, messageOf } from '../../runtime/index.ts';
import type { BlobHash, BlobService } from '../../services/blobs/index.ts';
import { inputBlobs, type RenderSpec } from '../settings.ts';
import type { JobId } from './contract.ts';

export class SceneKeeper {
  readonly #blobs: BlobService;
  readonly #kept = new Map<JobId, readonly BlobHash[]>();

  constructor(blobs: BlobService) {
    this.#blobs = blobs;
  }

  /** Holds what is here of the inputs, once. */
  keep(id: JobId, spec: RenderSpec): void {
    if (this.#kept.has(id)) return;
    const wanted = inputBlobs(spec);
    if (!wanted.every((hash) => this.#blobs.has(hash))) return;
    this.#kept.set(id, wanted);
    for (const hash of wanted) {
      this.#blobs.get(hash, { holders: [] }).catch((error: unknown) => {
        // The Node is closing.
        log('debug', `a scene that was here cannot be kept: ${messageOf(error)}`);
      });
    }
  }

  letGo(id: JobId): void {
    for (const hash of this.#kept.get(id) ?? []) this.#blobs.release(hash);
    this.#kept.delete(id);
  }
}
