/**
 * Linear to sRGB (IEC 61966-2-1). To 8 bits by comparing with the 255 thresholds between neighbouring bytes, which need
 * x^2.4 only: x^2 times the fifth root of x^2, by Newton's method, so no engine's `Math.pow` decides a pixel. To 16 bits by
 * a table, a hundredth of a step exact.
 */
import { CurveTable } from './curve-table.ts';
import { power } from './log2.ts';

/** Equal steps of [0, 1). */
const STEPS = 4096;

/** Made when first asked, as a CurveTable is: a page begins without a picture. */
let bytes: ByteTable | undefined;

class ByteTable {
  /** [i]: the linear value from which on the byte i + 1 is nearer than i. */
  readonly thresholds = Float64Array.from({ length: 255 }, (_, i) => linearFromSrgb((i + 0.5) / 255));
  /** For each step: the byte at its start, from which few comparisons remain. */
  readonly first = new Uint8Array(STEPS);

  constructor() {
    for (let step = 0, byte = 0; step < STEPS; step++) {
      while ((this.thresholds[byte] ?? 1) <= step / STEPS) byte++;
      this.first[step] = byte;
    }
  }
}

/** The nearest sRGB byte; below 0 and not a number give 0, from 1 on 255. */
export function srgbByte(linear: number): number {
  if (!(linear > 0)) return 0;
  if (linear >= 1) return 255;
  bytes ??= new ByteTable();
  const { thresholds, first } = bytes;
  let byte = first[Math.floor(linear * STEPS)] ?? 0;
  while (byte < 255 && (thresholds[byte] ?? 1) <= linear) byte++;
  return byte;
}

const LINEAR_UP_TO = 0.0031308;
/** From 2^-9, which is within the straight part, to 1. */
const encoded = new CurveTable((x) => 1.055 * power(x, 1 / 2.4) - 0.055, -9, 0);

/** The sRGB word, 0..65535, at most one off the nearest; below 0 and not a number give 0, from 1 on 65535. */
export function srgbWord(linear: number): number {
  if (!(linear > 0)) return 0;
  if (linear >= 1) return 65_535;
  const srgb = linear <= LINEAR_UP_TO ? 12.92 * linear : encoded.at(linear);
  return Math.round(srgb * 65_535);
}

/** The electro-optical transfer function, for srgb in 0..1. */
export function linearFromSrgb(srgb: number): number {
  if (srgb <= 0.04045) return srgb / 12.92;
  const x = (srgb + 0.055) / 1.055;
  const square = x * x;
  return square * fifthRoot(square);
}

/** For values in 0..1. */
function fifthRoot(value: number): number {
  if (value === 0) return 0;
  let root = 1;
  // From above, Newton's method falls monotonically; 40 steps reach the last bit from any sRGB value.
  for (let i = 0; i < 40; i++) root -= (root - value / (root * root * root * root)) / 5;
  return root;
}
