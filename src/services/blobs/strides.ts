/**
 * Arrays of numbers as they deflate well. Of vertices and indices each number is near the one that came `stride` words before it: what is kept is
 * the difference as whole numbers (floats, too: near ones have near bits), its sign in the lowest bit, and of all words first the lowest bytes, then
 * the next: TIFF's predictor 3 (Adobe, 2005) and Blosc's shuffle are of this kind. A rest of less than a word stays as it is.
 */
const WORD = 4;
/** From one index to the next up to vertices of 48 bytes. */
const LARGEST_STRIDE = 12;
/** Of a piece so much is looked at, out of its middle. */
const LOOKED_AT_WORDS = 1_024;
/** By so much it must look better than what is left as it is: deflating finds what repeats, which is not seen here. */
const BETTER = 0.9;

/** In words; 0: as it is. */
export type Stride = number;

export const isStride = (value: number | undefined): value is Stride =>
  value !== undefined && value <= LARGEST_STRIDE;

/** With which these bytes would deflate best: by the entropy of what would be deflated. */
export function bestStride(bytes: Uint8Array): Stride {
  const words = Math.min(LOOKED_AT_WORDS, Math.floor(bytes.length / WORD));
  const start = WORD * Math.floor((bytes.length / WORD - words) / 2);
  const sample = bytes.subarray(start, start + WORD * words);
  const entropyOf = (stride: Stride): number => {
    const planes = differences(sample, stride);
    let sum = 0;
    for (let at = 0; at < planes.length; at += words) sum += entropy(planes, at, 1, words);
    return sum;
  };
  const asItIs = [0, 1, 2, 3].reduce((sum, at) => sum + entropy(sample, at, WORD, words), 0);
  let best = { stride: 0, entropy: BETTER * asItIs };
  for (let stride = 1; stride <= LARGEST_STRIDE; stride++) {
    const entropy = entropyOf(stride);
    if (entropy < best.entropy) best = { stride, entropy };
  }
  return best.stride;
}

/** @param stride at least 1 */
export function differences(bytes: Uint8Array, stride: Stride): Uint8Array {
  const words = Math.floor(bytes.length / WORD);
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = bytes.slice();
  for (let i = 0; i < words; i++) {
    const before = i < stride ? 0 : from.getInt32(WORD * (i - stride), true);
    const difference = (from.getInt32(WORD * i, true) - before) | 0;
    const folded = (difference << 1) ^ (difference >> 31);
    out[i] = folded;
    out[words + i] = folded >> 8;
    out[2 * words + i] = folded >> 16;
    out[3 * words + i] = folded >> 24;
  }
  return out;
}

/** What {@link differences} was given. */
export function sums(bytes: Uint8Array, stride: Stride): Uint8Array {
  const words = Math.floor(bytes.length / WORD);
  const out = bytes.slice();
  const to = new DataView(out.buffer);
  for (let i = 0; i < words; i++) {
    const low = (bytes[i] ?? 0) | ((bytes[words + i] ?? 0) << 8);
    const folded = low | ((bytes[2 * words + i] ?? 0) << 16) | ((bytes[3 * words + i] ?? 0) << 24);
    const before = i < stride ? 0 : to.getInt32(WORD * (i - stride), true);
    to.setInt32(WORD * i, before + ((folded >>> 1) ^ -(folded & 1)), true);
  }
  return out;
}

/** Shannon's, in bits a byte, of `count` bytes from `start`, each `step` behind the one before. */
function entropy(bytes: Uint8Array, start: number, step: number, count: number): number {
  const times = new Uint16Array(256);
  for (let i = 0; i < count; i++) {
    const byte = bytes[start + step * i] ?? 0;
    times[byte] = (times[byte] ?? 0) + 1;
  }
  let bits = 0;
  for (const n of times) if (n > 0) bits -= (n / count) * Math.log2(n / count);
  return bits;
}
