/** The tables of UASTC: its modes, the patterns of its subsets, and what its quantised numbers stand for. */

export interface Mode {
  /** Bits of the mode's own prefix code, and of hints for other formats. */
  readonly codeBits: number;
  readonly hintBits: number;
  readonly weightBits: number;
  readonly components: number;
  readonly subsets: number;
  readonly planes: number;
  readonly patternBits: number;
  /** An endpoint is one of `endpointBase` (1, trits, quints) times 2^endpointBits values. */
  readonly endpointBits: number;
  readonly endpointBase: number;
  readonly patterns: readonly number[];
}

/** Seeds of ASTC's patterns that BC7 has too: of two subsets, of three, and of two that BC7 has as three. */
const TWO = [
  28, 20, 16, 29, 91, 9, 107, 72, 149, 204, 50, 114, 496, 17, 78, 39, 252, 828, 43, 156, 116, 210, 476, 273,
  684, 359, 246, 195, 694, 524,
];
const THREE = [260, 74, 32, 156, 183, 15, 745, 0, 335, 902, 254];
const TWO_OF_THREE = [
  36, 48, 61, 137, 161, 183, 226, 281, 302, 307, 479, 495, 593, 594, 605, 799, 812, 988, 993,
];

/** Prefix code (read from the lowest bit) and its length; 19 is kept for the future. */
const CODES: readonly (readonly [number, number])[] = [
  [0x1, 4],
  [0x35, 6],
  [0x1d, 5],
  [0x3, 5],
  [0x13, 5],
  [0xb, 5],
  [0x1b, 5],
  [0x7, 5],
  [0x17, 5],
  [0xf, 5],
  [0x2, 3],
  [0x0, 2],
  [0x6, 3],
  [0x1f, 5],
  [0xd, 5],
  [0x5, 7],
  [0x15, 6],
  [0x25, 6],
  [0x9, 4],
];

/** Hint bits, weight bits, components, subsets, planes, endpoint bits, endpoint base; of all modes but the solid one. */
const ROWS: readonly (readonly number[])[] = [
  [15, 4, 3, 1, 1, 6, 3],
  [15, 2, 3, 1, 1, 8, 1],
  [15, 3, 3, 2, 1, 4, 1],
  [15, 2, 3, 3, 1, 2, 3],
  [15, 2, 3, 2, 1, 3, 5],
  [15, 3, 3, 1, 1, 8, 1],
  [15, 2, 3, 1, 2, 5, 5],
  [15, 2, 3, 2, 1, 3, 5],
  [0, 0, 4, 1, 1, 8, 1],
  [23, 2, 4, 2, 1, 4, 1],
  [17, 4, 4, 1, 1, 4, 3],
  [17, 2, 4, 1, 2, 4, 3],
  [17, 3, 4, 1, 1, 6, 3],
  [23, 1, 4, 1, 2, 8, 1],
  [23, 2, 4, 1, 1, 8, 1],
  [23, 4, 2, 1, 1, 8, 1],
  [23, 2, 2, 2, 1, 8, 1],
  [23, 2, 2, 1, 2, 8, 1],
  [15, 5, 3, 1, 1, 5, 1],
];

export const MODES: readonly Mode[] = ROWS.map((row, mode) => {
  const [hintBits = 0, weightBits = 0, components = 0, subsets = 1, planes = 1] = row;
  const [, , , , , endpointBits = 8, endpointBase = 1] = row;
  const [, codeBits = 0] = CODES[mode] ?? [];
  const patterns = subsets === 1 ? [] : subsets === 3 ? THREE : mode === 7 ? TWO_OF_THREE : TWO;
  const patternBits = subsets === 1 ? 0 : subsets === 3 ? 4 : 5;
  const bits = { codeBits, hintBits, weightBits, patternBits, endpointBits };
  return { ...bits, components, subsets, planes, endpointBase, patterns };
});

/** @returns an index into MODES, or one that it does not have */
export function modeOf(firstByte: number): number {
  return MODE_OF_BYTE[firstByte] ?? -1;
}

const MODE_OF_BYTE = Int8Array.from({ length: 256 }, (_, byte) =>
  CODES.findIndex(([code, length]) => (byte & ((1 << length) - 1)) === code),
);

/** Shares of the high colour, of 64, by how many bits a weight has. */
export const WEIGHTS: readonly (readonly number[])[] = [
  [],
  [0, 64],
  [0, 21, 43, 64],
  [0, 9, 18, 27, 37, 46, 55, 64],
  [0, 4, 8, 12, 17, 21, 25, 29, 35, 39, 43, 47, 52, 56, 60, 64],
  Array.from({ length: 32 }, (_, i) => 2 * i + (i > 15 ? 2 : 0)),
];

const ONE_SUBSET = new Uint8Array(16);
const patterns = new Map<readonly number[], readonly Uint8Array[]>(
  [TWO, TWO_OF_THREE, THREE].map((seeds) => [
    seeds,
    seeds.map((seed) =>
      Uint8Array.from({ length: 16 }, (_, i) => subsetOf(seed, i % 4, i >>> 2, seeds === THREE ? 3 : 2)),
    ),
  ]),
);

/** The subset of each pixel; undefined where there is no such pattern. */
export function patternOf(mode: Mode, index: number): Uint8Array | undefined {
  return mode.subsets === 1 ? ONE_SUBSET : patterns.get(mode.patterns)?.[index];
}

const anchors = new Map<Uint8Array, readonly number[]>();

/** The first pixel of each subset. */
export function anchorsOf(pattern: Uint8Array, subsets: number): readonly number[] {
  let found = anchors.get(pattern);
  if (!found) {
    found = Array.from({ length: subsets }, (_, subset) => pattern.indexOf(subset));
    anchors.set(pattern, found);
  }
  return found;
}

/** ASTC's partition function (Khronos Data Format 23.21), for blocks of 4 x 4. */
function subsetOf(seed: number, x: number, y: number, subsets: 2 | 3): number {
  const random = hash52(seed + (subsets - 1) * 1024);
  const isOdd = (seed & 1) === 1;
  const byCount = subsets === 3 ? 6 : 5;
  const bySeed = (seed & 2) === 2 ? 4 : 5;
  const [forX, forY] = isOdd ? [bySeed, byCount] : [byCount, bySeed];
  const slope = (bit: number, shift: number): number => {
    const nibble = (random >>> bit) & 15;
    return (nibble * nibble) >>> shift;
  };
  /** Small blocks count twice. */
  const height = (bit: number, offset: number): number =>
    (slope(bit, forX) * 2 * x + slope(bit + 4, forY) * 2 * y + (random >>> offset)) & 63;
  const a = height(0, 14);
  const b = height(8, 10);
  const c = subsets === 3 ? height(16, 6) : 0;
  if (a >= b && a >= c) return 0;
  return b >= c ? 1 : 2;
}

function hash52(seed: number): number {
  let p = seed;
  p ^= p >>> 15;
  p = (p - (p << 17)) | 0;
  p = (p + (p << 7)) | 0;
  p = (p + (p << 4)) | 0;
  p ^= p >>> 5;
  p = (p + (p << 16)) | 0;
  p ^= p >>> 7;
  p ^= p >>> 3;
  p ^= p << 6;
  p ^= p >>> 17;
  return p >>> 0;
}

/**
 * What the values of an endpoint stand for (Khronos Data Format 23.13, "Colour Unquantization Parameters"): the factor of
 * the trit or quint, and where the bits above the lowest (a, then b, c ...) go in a number of nine bits.
 */
function unquantisation(base: number, bits: number, factor: number, places: string): Uint8Array {
  return Uint8Array.from({ length: base << bits }, (_, i) => {
    const low = i & ((1 << bits) - 1);
    let spread = 0;
    for (const place of places) {
      spread = (spread << 1) | (place === '0' ? 0 : (low >>> (place.charCodeAt(0) - 97)) & 1);
    }
    const lowest = low & 1 ? 511 : 0;
    const value = ((i >>> bits) * factor + spread) ^ lowest;
    return (lowest & 0x80) | (value >>> 2);
  });
}

/** By the number of bits below the trit or quint. */
const TRITS: Readonly<Record<number, Uint8Array>> = {
  2: unquantisation(3, 2, 93, 'b000b0bb0'),
  4: unquantisation(3, 4, 22, 'dcb000dcb'),
  6: unquantisation(3, 6, 5, 'fedcb000f'),
};
const QUINTS: Readonly<Record<number, Uint8Array>> = {
  3: unquantisation(5, 3, 26, 'cb0000cbc'),
  5: unquantisation(5, 5, 6, 'edcb0000e'),
};

/** @param high the trit or quint @returns 0 to 255 */
export function unquantised(low: number, high: number, bits: number, base: number): number {
  if (base === 1) return bits === 8 ? low : bits === 4 ? low * 17 : (low << 3) | (low >>> 2);
  return (base === 3 ? TRITS[bits] : QUINTS[bits])?.[(high << bits) | low] ?? 0;
}
