/**
 * UASTC LDR 4x4 (Binomial's "UASTC LDR 4x4 Texture Specification"; a subset of ASTC, Khronos Data Format chapter 23):
 * 16 bytes a block of 4 x 4 pixels, of 19 modes. Each has one to three pairs of colours, the pixels' shares of them, and a
 * pattern that says which pair a pixel mixes. Integers throughout, so the same pixels everywhere.
 */
import type { Ktx2Picture } from './container.ts';
import { anchorsOf, MODES, type Mode, modeOf, patternOf, unquantised, WEIGHTS } from './uastc-modes.ts';

const SOLID = 8;
/** How many bits a group of so many trits or quints takes. */
const TRIT_BITS = [0, 2, 4, 5, 7, 8];
const QUINT_BITS = [0, 3, 5, 7];

/** @throws Error where a block breaks the rules */
export function decodeUastc({ width, height, level, channels }: Ktx2Picture): Uint8Array {
  const rgba = new Uint8Array(4 * width * height);
  const block = new BlockReader();
  let at = 0;
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4, at += 16) {
      block.read(level.slice(at, at + 16));
      const columns = Math.min(4, width - x);
      for (let row = 0; row < Math.min(4, height - y); row++) {
        rgba.set(block.pixels.subarray(16 * row, 16 * row + 4 * columns), 4 * ((y + row) * width + x));
      }
    }
  }
  // Two channels are stored as red, red, red, green.
  for (let i = 0; channels === 'red-green' && i < rgba.length; i += 4) {
    rgba.set([rgba[i + 3] ?? 0, 0, 255], i + 1);
  }
  return rgba;
}

/** Reads one block after the other, into arrays that are used again: a large texture has a million blocks. */
class BlockReader {
  /** 16 pixels of 4 bytes, row by row. */
  readonly pixels = new Uint8Array(64);
  /** Low and high of each component, subset after subset, 0 to 255. */
  readonly #endpoints = new Uint8Array(18);
  /** Of 64, for each pixel and plane. */
  readonly #weights = new Uint8Array(32);
  readonly #groups = new Uint8Array(8);
  #bytes = new Uint8Array();
  /** In bits, from the lowest of the block's first byte on. */
  #position = 0;

  #bits(count: number): number {
    const byte = this.#position >>> 3;
    const word = (this.#bytes[byte] ?? 0) | ((this.#bytes[byte + 1] ?? 0) << 8);
    const value = (word >>> (this.#position & 7)) & ((1 << count) - 1);
    this.#position += count;
    return value;
  }

  read(bytes: Uint8Array<ArrayBuffer>): void {
    const number = modeOf(bytes[0] ?? 0);
    const mode = MODES[number];
    if (!mode) throw new Error('a block has a mode of the future');
    this.#bytes = bytes;
    this.#position = mode.codeBits;
    if (number === SOLID) {
      for (let c = 0; c < 4; c++) this.pixels[c] = this.#bits(8);
      for (let i = 4; i < 64; i++) this.pixels[i] = this.pixels[i & 3] ?? 0;
      return;
    }
    // Hints for other formats come first.
    this.#position += mode.hintBits;
    const pattern = patternOf(mode, mode.patternBits > 0 ? this.#bits(mode.patternBits) : 0);
    if (!pattern) throw new Error('a block has no such pattern');
    const secondPlane = mode.planes === 1 ? -1 : number === 17 ? 3 : this.#bits(2);
    this.#readEndpoints(mode);
    this.#readWeights(mode, pattern);
    this.#mix(mode, pattern, secondPlane);
  }

  #mix({ components, planes }: Mode, pattern: Uint8Array, secondPlane: number): void {
    for (let i = 0; i < 16; i++) {
      const first = 2 * components * (pattern[i] ?? 0);
      for (let c = 0; c < 4; c++) {
        // Two components are grey and alpha; three have no alpha.
        const component = components === 2 ? (c === 3 ? 1 : 0) : c;
        if (component >= components) {
          this.pixels[4 * i + c] = 255;
          continue;
        }
        const low = this.#endpoints[first + 2 * component] ?? 0;
        const high = this.#endpoints[first + 2 * component + 1] ?? 0;
        const weight = this.#weights[planes * i + (c === secondPlane ? 1 : 0)] ?? 0;
        this.pixels[4 * i + c] = (257 * low * (64 - weight) + 257 * high * weight + 32) >>> 14;
      }
    }
  }

  #readEndpoints({ components, subsets, endpointBits, endpointBase }: Mode): void {
    const count = 2 * components * subsets;
    const groupSize = endpointBase === 3 ? 5 : 3;
    const groupBits = endpointBase === 3 ? TRIT_BITS : QUINT_BITS;
    for (let i = 0, group = 0; endpointBase > 1 && i < count; i += groupSize, group++) {
      this.#groups[group] = this.#bits(groupBits[Math.min(groupSize, count - i)] ?? 0);
    }
    for (let i = 0; i < count; i++) {
      const low = this.#bits(endpointBits);
      const group = Math.floor(i / groupSize);
      const rest = endpointBase > 1 ? (this.#groups[group] ?? 0) : 0;
      this.#groups[group] = Math.floor(rest / endpointBase);
      this.#endpoints[i] = unquantised(low, rest % endpointBase, endpointBits, endpointBase);
    }
  }

  /** The first pixel of each subset saves its highest bit: it is 0. */
  #readWeights({ planes, weightBits, subsets }: Mode, pattern: Uint8Array): void {
    const anchors = anchorsOf(pattern, subsets);
    const table = WEIGHTS[weightBits];
    for (let i = 0; i < 16 * planes; i++) {
      const bits = anchors.includes(planes === 2 ? i >>> 1 : i) ? weightBits - 1 : weightBits;
      this.#weights[i] = table?.[this.#bits(bits)] ?? 0;
    }
  }
}
