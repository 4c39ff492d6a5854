/** The hashes of a render's finished frames, as they become known: hashing takes a while, and a frame may be lost again meanwhile. */
import { rangeHash } from '../film/index.ts';

export interface NamedPicture {
  readonly grid: { readonly tileCount: number };
  readonly frames: readonly unknown[];
  isFinished(frame: number): boolean;
  /** Of a finished frame. */
  hash(frame: number): Promise<string> | undefined;
}

export class FrameNames {
  readonly #picture: NamedPicture;
  readonly #onNamed: (frame: number) => void;
  readonly #hashes = new Map<number, string>();

  constructor(picture: NamedPicture, onNamed: (frame: number) => void) {
    this.#picture = picture;
    this.#onNamed = onNamed;
  }

  get(frame: number): string | undefined {
    return this.#hashes.get(frame);
  }

  /** These parts look different: their frames are whole now, or are not any more. */
  changed(parts: readonly number[]): void {
    const { tileCount } = this.#picture.grid;
    for (const frame of new Set(parts.map((part) => Math.floor(part / tileCount)))) {
      const hash = this.#picture.isFinished(frame) ? this.#picture.hash(frame) : undefined;
      if (!hash) this.#hashes.delete(frame);
      // What fails is told of when the whole is named.
      hash?.then((name) => this.#named(frame, name)).catch(() => {});
    }
  }

  /** Of all frames, each of them finished. @throws what hashing throws */
  async whole(): Promise<string> {
    return rangeHash(
      await Promise.all(this.#picture.frames.map((_, frame) => this.#picture.hash(frame) ?? '')),
    );
  }

  #named(frame: number, hash: string): void {
    if (!this.#picture.isFinished(frame) || this.#hashes.has(frame)) return;
    this.#hashes.set(frame, hash);
    this.#onNamed(frame);
  }
}
