/** IEEE 754 binary16, as OpenEXR's half: nearest, ties to even. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Largest finite half, 65504. */
const LARGEST = 0x7bff;
/** Floats from here on (65520) would round to infinity. */
const OVERFLOW = 0x477f_f000;
/** 2^-14, the smallest normal half, as a float's bits. */
const SMALLEST_NORMAL = 0x3880_0000;
/** Exponent biases 127 and 15, at the place of the float's exponent. */
const REBIAS = (127 - 15) << 23;

/** What is too bright becomes 65504: an infinity in a picture spoils every filter it meets. Not a number becomes 0. */
export function halfFromFloat(value: number): number {
  float[0] = value;
  const all = bits[0] ?? 0;
  const sign = (all >>> 16) & 0x8000;
  const magnitude = all & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return 0;
  if (magnitude >= OVERFLOW) return sign | LARGEST;
  if (magnitude < SMALLEST_NORMAL) {
    // Subnormal: a multiple of 2^-24. The sum with 0.5, whose last bit is 2^-24, lets the float unit do the rounding.
    float[0] = Math.abs(float[0] ?? 0) + 0.5;
    return sign | ((bits[0] ?? 0) - 0x3f00_0000);
  }
  const rebased = magnitude - REBIAS;
  const isOdd = (rebased >>> 13) & 1;
  return sign | ((rebased + 0xfff + isOdd) >>> 13);
}
