/**
 * Arrays of numbers as they deflate well. Of vertices and indices each number is near the one that came `stride` words before it: what is kept is
 * the difference as whole numbers (floats, too: near ones have near bits), its sign in the lowest bit, and of all words first the lowest bytes, then
 * the next: TIFF's predictor 3 (Adobe, 2005) and Blosc's shuffle are of this kind. A rest of less than a word stays as it is.
 */
const WORD = 4;
const PLANES = [0, 1, 2, 3];
/** From one index to the next up to vertices of 48 bytes. */
const LARGEST_STRIDE = 12;
/** Of a sample so much is tried with every stride. */
const TRIED_WORDS = 1_024;

/** In words; 0: as it is. */
export type Stride = number;

export const isStride = (value: number | undefined): value is Stride =>
  value !== undefined && value <= LARGEST_STRIDE;

/** Out of the middle, at whole words. */
export function middleOf(bytes: Uint8Array, length: number): Uint8Array {
  const words = Math.min(Math.floor(length / WORD), Math.floor(bytes.length / WORD));
  const start = WORD * Math.floor((bytes.length / WORD - words) / 2);
  return bytes.subarray(start, start + WORD * words);
}

/** With which a sample would deflate best, by the entropy of single bytes. What repeats, which deflating finds as well, is not seen. */
export function likelyStride(sample: Uint8Array): Stride {
  const tried = middleOf(sample, WORD * TRIED_WORDS);
  const words = tried.length / WORD;
  const entropyOf = (stride: Stride): number => {
    const planes = differences(tried, stride);
    return PLANES.reduce((sum, plane) => sum + entropy(planes, words * plane, 1, words), 0);
  };
  const asItIs = PLANES.reduce((sum, plane) => sum + entropy(tried, plane, WORD, words), 0);
  let best = { stride: 0, entropy: asItIs };
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
  const out = new Uint8Array(bytes); // by constructor: a slice of a Node Buffer is a view of the Blob itself
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
  const out = new Uint8Array(bytes);
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
