/**
 * UASTC LDR 4x4 (Binomial's "UASTC LDR 4x4 Texture Specification"; a subset of ASTC, Khronos Data Format chapter 23):
 * 16 bytes a block of 4 x 4 pixels, of 19 modes. Each has one to three pairs of colours, the pixels' shares of them, and a
 * pattern that says which pair a pixel mixes. Integers throughout, so the same pixels everywhere.
 */
import type { Ktx2Picture } from './container.ts';
import { anchorsOf, MODES, modeOf, patternOf, unquantised, WEIGHTS } from './uastc-modes.ts';

const SOLID = 8;

/** @throws RangeError where a block breaks the rules */
export function decodeUastc({ width, height, level, channels }: Ktx2Picture): Uint8Array {
  const rgba = new Uint8Array(4 * width * height);
  const block = new Uint8Array(64);
  let at = 0;
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4, at += 16) {
      decodeBlock(level.subarray(at, at + 16), block);
      const columns = Math.min(4, width - x);
      for (let row = 0; row < Math.min(4, height - y); row++) {
        rgba.set(block.subarray(16 * row, 16 * row + 4 * columns), 4 * ((y + row) * width + x));
      }
    }
  }
  // Two channels are stored as red, red, red, green.
  for (let i = 0; channels === 'red-green' && i < rgba.length; i += 4) {
    rgba.set([rgba[i + 3] ?? 0, 0, 255], i + 1);
  }
  return rgba;
}

/** Reads from the lowest bit of the first byte on. */
class BlockBits {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    const byte = this.position >>> 3;
    const word = (this.#bytes[byte] ?? 0) | ((this.#bytes[byte + 1] ?? 0) << 8);
    const value = (word >>> (this.position & 7)) & ((1 << count) - 1);
    this.position += count;
    return value;
  }
}

/** @param pixels 16 pixels of 4 bytes, row by row */
function decodeBlock(bytes: Uint8Array, pixels: Uint8Array): void {
  const number = modeOf(bytes[0] ?? 0);
  const mode = MODES[number];
  if (!mode) throw new RangeError('a block has a mode of the future');
  const bits = new BlockBits(bytes);
  bits.position = mode.codeBits;
  if (number === SOLID) {
    const colour = [bits.read(8), bits.read(8), bits.read(8), bits.read(8)];
    for (let i = 0; i < 64; i += 4) pixels.set(colour, i);
    return;
  }
  // Hints for other formats come first.
  bits.position += mode.hintBits;
  const pattern = patternOf(mode, mode.patternBits > 0 ? bits.read(mode.patternBits) : 0);
  if (!pattern) throw new RangeError('a block has no such pattern');
  const secondPlane = mode.planes === 1 ? -1 : number === 17 ? 3 : bits.read(2);
  const endpoints = readEndpoints(bits, mode);
  const weights = readWeights(bits, mode, pattern);
  for (let i = 0; i < 16; i++) {
    const first = 2 * mode.components * (pattern[i] ?? 0);
    for (let c = 0; c < 4; c++) {
      // Two components are grey and alpha.
      const component = mode.components === 2 ? (c === 3 ? 1 : 0) : c;
      const low = component < mode.components ? (endpoints[first + 2 * component] ?? 0) : 255;
      const high = component < mode.components ? (endpoints[first + 2 * component + 1] ?? 0) : 255;
      const weight = weights[mode.planes * i + (c === secondPlane ? 1 : 0)] ?? 0;
      pixels[4 * i + c] = (257 * low * (64 - weight) + 257 * high * weight + 32) >>> 14;
    }
  }
}

type Mode = NonNullable<(typeof MODES)[number]>;

/** Low and high of each component, subset after subset, 0 to 255. */
function readEndpoints(bits: BlockBits, mode: Mode): number[] {
  const { components, subsets, endpointBits, endpointBase } = mode;
  const count = 2 * components * subsets;
  const isTrits = endpointBase === 3;
  const groupSize = endpointBase === 1 ? count : isTrits ? 5 : 3;
  /** How many bits a group of so many trits or quints takes. */
  const groupBits = endpointBase === 1 ? [] : isTrits ? [0, 2, 4, 5, 7, 8] : [0, 3, 5, 7];
  const groups: number[] = [];
  for (let i = 0; endpointBase > 1 && i < count; i += groupSize) {
    groups.push(bits.read(groupBits[Math.min(groupSize, count - i)] ?? 0));
  }
  return Array.from({ length: count }, (_, i) => {
    const low = bits.read(endpointBits);
    const group = Math.floor(i / groupSize);
    const high = (groups[group] ?? 0) % endpointBase;
    groups[group] = Math.floor((groups[group] ?? 0) / endpointBase);
    return unquantised(low, high, endpointBits, endpointBase);
  });
}

/** Of 64, for each pixel and plane. The first pixel of each subset saves its highest bit: it is 0. */
function readWeights(bits: BlockBits, mode: Mode, pattern: Uint8Array): number[] {
  const anchors = anchorsOf(pattern, mode.subsets);
  const table = WEIGHTS[mode.weightBits] ?? [];
  return Array.from({ length: 16 * mode.planes }, (_, i) => {
    const isAnchor = anchors.includes(mode.planes === 2 ? i >>> 1 : i);
    return table[bits.read(isAnchor ? mode.weightBits - 1 : mode.weightBits)] ?? 0;
  });
}
