/**
 * Light in four bytes: RGB9E5 of the Khronos data format, 9 bits a channel and 5 bits of an exponent that they share. Values from 0 to
 * 65,408; no channel is off by more than 1/512 of the brightest. The same bits on every machine.
 */

/** (2^9 - 1) / 2^9 * 2^16 */
const LARGEST = 65_408;

/** Values are clamped to 0..65,408; what is not a number becomes 0. */
export function packRgb9e5(r: number, g: number, b: number): number {
  const clamp = (value: number): number => (value > 0 ? Math.min(value, LARGEST) : 0);
  const [red, green, blue] = [clamp(r), clamp(g), clamp(b)];
  const largest = Math.max(red, green, blue);
  let exponent = 0;
  while (exponent < 31 && Math.round(largest / exponentScale(exponent)) > 511) exponent++;
  const scale = exponentScale(exponent);
  const quantise = (value: number): number => Math.round(value / scale);
  return (quantise(red) | (quantise(green) << 9) | (quantise(blue) << 18) | (exponent << 27)) >>> 0;
}

/** Writes three floats into `target` from `offset` on. */
export function unpackRgb9e5(packed: number, target: Float32Array, offset: number): void {
  const scale = exponentScale(packed >>> 27);
  target[offset] = (packed & 0x1ff) * scale;
  target[offset + 1] = ((packed >>> 9) & 0x1ff) * scale;
  target[offset + 2] = ((packed >>> 18) & 0x1ff) * scale;
}

/** 2^(exponent - bias - mantissa bits), exact. */
function exponentScale(exponent: number): number {
  return exponent >= 24 ? 1 << (exponent - 24) : 1 / (1 << (24 - exponent));
}
