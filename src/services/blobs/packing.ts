/**
 * Pieces on their way, deflated where that makes them smaller: meshes mostly are, pictures not. To carry a byte from tab to tab takes several times
 * the processor that deflating it does. Only the way knows of it: what a Blob is, and its name, are the same.
 */
import type { BlobHash } from './contract.ts';

/** zlib streams (RFC 1950). */
export interface Packing {
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
  /** Undefined: it does not unfold to so many bytes. */
  inflate(bytes: Uint8Array, length: number): Promise<Uint8Array | undefined>;
}

/** It comes when the first piece leaves or arrives; undefined where there is none. */
export type PackingLoader = () => Promise<Packing | undefined>;

/** The platform's own. */
export const platformPacking: PackingLoader = async () => {
  try {
    return (await import('./platform-packing.ts')).platform;
  } catch {
    return undefined; // without it all goes as it is
  }
};

/** Of a piece's length: what is hardly smaller goes as it is. */
const WORTH = 0.9;
/** Of a Blob of which a piece was not worth it, so many go without a look. */
const UNSEEN = 15;
/** Blobs of which that is known, those that were asked for last. */
const MAX_KNOWN = 16;

/** What leaves here. */
export class PackedPieces {
  readonly #load: PackingLoader;
  readonly #unseen = new Map<BlobHash, number>();

  constructor(load: PackingLoader) {
    this.#load = load;
  }

  /** The same bytes, or fewer that unfold to them. */
  async packed(hash: BlobHash, bytes: Uint8Array): Promise<Uint8Array> {
    const packing = await this.#load();
    if (!packing) return bytes;
    const unseen = this.#unseen.get(hash) ?? 0;
    if (unseen > 0) {
      this.#note(hash, unseen - 1);
      return bytes;
    }
    const packed = await packing.deflate(bytes);
    if (packed.length < WORTH * bytes.length) return packed;
    this.#note(hash, UNSEEN);
    return bytes;
  }

  #note(hash: BlobHash, unseen: number): void {
    this.#unseen.delete(hash);
    this.#unseen.set(hash, unseen);
    const [oldest] = this.#unseen.keys();
    if (this.#unseen.size > MAX_KNOWN && oldest !== undefined) this.#unseen.delete(oldest);
  }
}
