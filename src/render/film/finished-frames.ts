/**
 * The finished frames of one render on this Node. Nothing is folded into them any more, so of each only the float32 means are kept
 * that its picture is made of, hashed once. A few are in memory, those used last; a still is one frame, and so always is. The others
 * are set aside (a browser's Blob, a file), and are read again when somebody wants to see them.
 */
import { log, messageOf } from '../../runtime/index.ts';
import { filmHash } from './hash.ts';
import { type ReadableTiles, tileFloats } from './tile-pixels.ts';
import { type TileGrid, tileStart } from './tiles.ts';

/** Bytes that lie elsewhere for a while; they go with this object. */
export interface SetAsideBytes {
  read(): Promise<Uint8Array>;
}

/** Puts bytes where they take no memory of this Node. */
export type SetAside = (bytes: Uint8Array) => Promise<SetAsideBytes>;

/** Where there is no such place. */
export const inMemory: SetAside = async (bytes) => ({ read: async () => bytes });

/** Of one render: some seconds of a small animation to play, one frame of a large one. */
const MEMORY_BYTES = 96 * 1024 * 1024;
/** One to look at, one to send or to make a thumbnail of. */
const LEAST_IN_MEMORY = 2;

interface FinishedFrame {
  readonly hash: Promise<string>;
  /** Where its means are set aside, once they are, or on their way. */
  elsewhere: Promise<SetAsideBytes> | undefined;
}

export class FinishedFrames {
  readonly #grid: TileGrid;
  readonly #setAside: SetAside;
  readonly #frames = new Map<number, FinishedFrame>();
  /** Tile after Tile. The one used last is last. */
  readonly #means = new Map<number, Float32Array>();
  readonly #most: number;

  constructor(grid: TileGrid, setAside: SetAside, memoryBytes = MEMORY_BYTES) {
    this.#grid = grid;
    this.#setAside = setAside;
    this.#most = Math.max(LEAST_IN_MEMORY, Math.floor(memoryBytes / (12 * grid.width * grid.height)));
  }

  get size(): number {
    return this.#frames.size;
  }

  has(frame: number): boolean {
    return this.#frames.has(frame);
  }

  /** Undefined where that frame is not finished here. */
  hash(frame: number): Promise<string> | undefined {
    return this.#frames.get(frame)?.hash;
  }

  /** @param means Tile after Tile: its own from now on */
  add(frame: number, means: Float32Array): void {
    if (this.#frames.has(frame)) return;
    const hash = filmHash(tiledMeans(this.#grid, means));
    // Whoever wants it hears of a failure.
    hash.catch(() => {});
    this.#frames.set(frame, { hash, elsewhere: undefined });
    this.#use(frame, means);
  }

  /** What another has, without a copy. */
  adopt(other: FinishedFrames): void {
    for (const [frame, finished] of other.#frames) {
      if (this.#frames.has(frame)) continue;
      this.#frames.set(frame, finished);
      const means = other.#means.get(frame);
      if (means) this.#use(frame, means);
    }
  }

  /** Its means, Tile after Tile, where they are in memory now. */
  means(frame: number): Float32Array | undefined {
    return this.#means.get(frame);
  }

  /** Its means in memory, where they stay for some while. @throws RangeError where it is not finished; what reading them throws */
  async load(frame: number): Promise<Float32Array> {
    const means = this.#means.get(frame) ?? (await this.#read(frame));
    this.#use(frame, means);
    return means;
  }

  /** The same; undefined where there is nothing to wait for: they are here, or there are none. */
  bring(frame: number): Promise<unknown> | undefined {
    const means = this.#means.get(frame);
    if (means) this.#use(frame, means);
    return means || !this.#frames.has(frame) ? undefined : this.load(frame);
  }

  /** It stays finished, but nobody will ask for its means any more. */
  letGo(frame: number): void {
    this.#means.delete(frame);
  }

  remove(frame: number): void {
    this.#frames.delete(frame);
    this.#means.delete(frame);
  }

  async #read(frame: number): Promise<Float32Array> {
    const elsewhere = await this.#frames.get(frame)?.elsewhere;
    if (!elsewhere) throw new RangeError(`frame ${frame} is not finished here`);
    const bytes = await elsewhere.read();
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  #use(frame: number, means: Float32Array): void {
    this.#means.delete(frame);
    this.#means.set(frame, means);
    let surplus = this.#means.size - this.#most;
    for (const [oldest, held] of this.#means) {
      if (surplus-- <= 0) break;
      void this.#evict(oldest, held);
    }
  }

  async #evict(frame: number, means: Float32Array): Promise<void> {
    const finished = this.#frames.get(frame);
    if (!finished) return;
    try {
      finished.elsewhere ??= this.#setAside(new Uint8Array(means.buffer, means.byteOffset, means.byteLength));
      await finished.elsewhere;
      // Used again meanwhile it stays until its next turn.
      if (this.#means.keys().next().value === frame) this.#means.delete(frame);
    } catch (error) {
      finished.elsewhere = undefined;
      log('warn', `a finished frame stays in memory: ${messageOf(error)}`);
    }
  }
}

/** Means that are kept Tile after Tile, to be read so. */
export function tiledMeans(grid: TileGrid, means: Float32Array): ReadableTiles {
  return {
    width: grid.width,
    height: grid.height,
    readTile(tile, target, offset) {
      const start = 3 * tileStart(grid, tile);
      const floats = tileFloats(grid, tile);
      target.set(means.subarray(start, start + floats), offset);
      return floats;
    },
  };
}
