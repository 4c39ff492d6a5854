/**
 * Gives back to the clean picture what the network took from it. Noise is another in each pixel; what the network smoothed away or got wrong (a reflection,
 * a shadow, the light of a whole surface) is alike in pixels that look alike. So the difference between the noisy and the clean picture is
 * averaged over alike pixels nearby (a cross-bilateral filter guided by the clean picture, the normals and the albedos), and up to six tenths of it
 * are added: the network has seen the noisy picture, too. The mean of noise is noise as well and would show as mottle on a flat wall, so a mean m
 * of squared standard error e is shrunk by (m^2 / (m^2 + 1.5 e))^2, in each channel: a Wiener filter's factor, squared because that left less mottle
 * for the same error. After the second pass of Bitterli et al. 2016, "Nonlinearly Weighted First-order Regression for Denoising Monte Carlo
 * Renderings", with the network in place of their first. Differences are in parts of the clean light and bounded, so a firefly stays out.
 */
import { instantiate } from './instance.ts';
import type { NetworkInput } from './network.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  rowBytes(width: number): number;
  windowRows(): number;
  spreadNothing(row: number, width: number): void;
  spread(
    clean: number,
    noisy: number,
    albedo: number,
    normal: number,
    row: number,
    width: number,
    floor: number,
  ): void;
  correct(rows: number, light: number, width: number): void;
}

const PAGE_BYTES = 65_536;
/** Light that counts as black, where the picture's middling one is 0.18. */
const FLOOR = 0.02;

/** For pictures of one size; rows go in in order, each comes out when those after it are there that it hears. */
export class Correction {
  /** Rows after a row that it hears. */
  readonly reach: number;
  readonly #exports: Exports;
  readonly #input: NetworkInput;
  readonly #floor: number;
  /** Where a row each of the clean and noisy light, albedo and normal is written and the corrected one read. */
  readonly #images: readonly [number, number, number, number];
  readonly #addresses: number;
  readonly #rows: readonly number[];
  readonly #outside: number;

  /** @param scale brings the picture's middling light to 0.18 */
  constructor(module: WebAssembly.Module, input: NetworkInput, scale: number) {
    this.#exports = instantiate<Exports>(module);
    const { memory, heapBase, rowBytes, windowRows, spreadNothing } = this.#exports;
    const { width } = input;
    this.#input = input;
    this.#floor = FLOOR / scale;
    this.reach = windowRows() >> 1;
    let free = 16 * Math.ceil(heapBase() / 16);
    const take = (bytes: number): number => {
      const at = free;
      free += 16 * Math.ceil(bytes / 16);
      return at;
    };
    // Pixels are corrected four at a time.
    const imageBytes = 12 * 4 * Math.ceil(width / 4);
    this.#images = [take(imageBytes), take(imageBytes), take(imageBytes), take(imageBytes)];
    this.#addresses = take(4 * windowRows());
    this.#rows = Array.from({ length: windowRows() }, () => take(rowBytes(width)));
    this.#outside = take(rowBytes(width));
    memory.grow(Math.max(0, Math.ceil((free - memory.buffer.byteLength) / PAGE_BYTES)));
    spreadNothing(this.#outside, width);
  }

  /** @param clean row y as the network has it, three floats a pixel */
  take(y: number, clean: Float32Array): void {
    const { width, light, albedo, normal } = this.#input;
    const [first, last] = [3 * width * y, 3 * width * (y + 1)];
    const images = [
      clean,
      light.subarray(first, last),
      albedo.subarray(first, last),
      normal.subarray(first, last),
    ];
    for (const [i, image] of images.entries()) {
      new Float32Array(this.#exports.memory.buffer, this.#images[i], 3 * width).set(image);
    }
    this.#exports.spread(...this.#images, this.#rowAt(y), width, this.#floor);
  }

  /** Row y, three floats a pixel, to be read before the next is asked for; rows up to y + `reach` have to be in, as far as the picture has them. */
  row(y: number): Float32Array {
    const { width } = this.#input;
    const { memory, correct, windowRows } = this.#exports;
    const addresses = Array.from({ length: windowRows() }, (_, i) => this.#rowAt(y + i - this.reach));
    new Uint32Array(memory.buffer, this.#addresses, addresses.length).set(addresses);
    const [light] = this.#images;
    correct(this.#addresses, light, width);
    return new Float32Array(memory.buffer, light, 3 * width);
  }

  #rowAt(y: number): number {
    if (y < 0 || y >= this.#input.height) return this.#outside;
    return this.#rows[y % this.#rows.length] ?? this.#outside;
  }
}
