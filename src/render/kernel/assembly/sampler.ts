// Low-discrepancy random numbers: the first four dimensions of Sobol's sequence (direction numbers of Joe and Kuo),
// Owen-scrambled and shuffled by hashes (B. Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020, with the
// Laine-Karras permutation) and padded: every set of four dimensions has its own shuffle and its own scrambles.
// A number is a pure function of pixel, sample, dimension and seed: no state, so any Block can be rendered anywhere.
//
// All four dimensions are made at once in SIMD. Sample indices have 16 bits (MAX_SAMPLES), so the Sobol matrix product is
// four table look-ups, one for each four bits. Tables and indices are kept bit-reversed, which is how the permutation
// wants them.
import { alloc } from './memory';

// The sets: the camera's, then two a vertex.
export const SET_CAMERA: u32 = 0;
export const SET_LIGHT: u32 = 1;
export const SET_SCATTER: u32 = 2;
export const SETS_PER_VERTEX: u32 = 2;

const INDEX_BITS: i32 = 16;
/** 4 tables of 16 vectors of 4 u32. */
const sobol: usize = alloc(4 * 16 * 16, 16);
const directions: usize = alloc(INDEX_BITS * 16, 16);

export function reverseBits(x: u32): u32 {
  let r = x;
  r = ((r >> 1) & 0x55555555) | ((r & 0x55555555) << 1);
  r = ((r >> 2) & 0x33333333) | ((r & 0x33333333) << 2);
  r = ((r >> 4) & 0x0f0f0f0f) | ((r & 0x0f0f0f0f) << 4);
  return bswap<u32>(r);
}

/** Direction numbers of one dimension from its primitive polynomial (degree, coefficients) and initial odd numbers. */
function writeDirections(dimension: i32, degree: i32, coefficients: i32, m1: u32, m2: u32, m3: u32): void {
  const at = directions + <usize>dimension * 4;
  for (let k = 0; k < INDEX_BITS; k++) {
    let v: u32;
    if (degree == 0) {
      v = (<u32>1) << (31 - k);
    } else if (k < degree) {
      v = (k == 0 ? m1 : k == 1 ? m2 : m3) << (31 - k);
    } else {
      const oldest = load<u32>(at + <usize>(k - degree) * 16);
      v = oldest ^ (oldest >> degree);
      for (let j = 1; j < degree; j++) {
        if ((coefficients >> (degree - 1 - j)) & 1) v ^= load<u32>(at + <usize>(k - j) * 16);
      }
    }
    store<u32>(at + <usize>k * 16, v);
  }
}

function writeTables(): void {
  writeDirections(0, 0, 0, 0, 0, 0);
  writeDirections(1, 1, 0, 1, 0, 0);
  writeDirections(2, 2, 1, 1, 3, 0);
  writeDirections(3, 3, 1, 1, 3, 1);
  for (let nibble = 0; nibble < 4; nibble++) {
    for (let value = 0; value < 16; value++) {
      const to = sobol + <usize>(nibble * 16 + value) * 16;
      for (let dimension = 0; dimension < 4; dimension++) {
        let v: u32 = 0;
        for (let bit = 0; bit < 4; bit++) {
          // Bit b of the reversed index is bit 15 - b of the index.
          const k = INDEX_BITS - 1 - (nibble * 4 + bit);
          if ((value >> bit) & 1) v ^= load<u32>(directions + <usize>k * 16 + <usize>dimension * 4);
        }
        store<u32>(to + <usize>dimension * 4, reverseBits(v));
      }
    }
  }
}
writeTables();

/** lowbias32 by C. Wellons: a good 32-bit mixer. */
export function hash(x: u32): u32 {
  let h = x;
  h ^= h >> 16;
  h *= 0x21f0aaad;
  h ^= h >> 15;
  h *= 0x735a2d97;
  h ^= h >> 15;
  return h;
}

/** What one pixel's numbers all start from. */
export function hashPixel(x: u32, y: u32, seed: u32): u32 {
  return hash(x ^ hash(y ^ hash(seed ^ 0x6c656166)));
}

/** The sample index as `draw` wants it. */
export function reverseSample(sample: u32): u32 {
  return reverseBits(sample) >> (32 - INDEX_BITS);
}

/** Permutes so that each bit depends on itself and the lower ones only: a random Owen scramble of reversed numbers. */
function laineKarras(x: u32, seed: u32): u32 {
  let r = x + seed;
  r ^= r * 0x6c50b47c;
  r ^= r * 0xb82f1e52;
  r ^= r * 0xc7afe638;
  r ^= r * 0x8d22f6e6;
  return r;
}

/** Four u32, evenly spread over all 32 bits: dimensions 4 set .. 4 set + 3 of one sample of one pixel. */
export function drawBits(pixelHash: u32, reversedSample: u32, set: u32): v128 {
  const seed = hash(pixelHash + set * 0x9e3779b9);
  const index = laineKarras(reversedSample, seed) & 0xffff;
  let v = v128.xor(
    v128.xor(v128.load(sobol + <usize>((index & 15) << 4)), v128.load(sobol + <usize>(index & 0xf0), 256)),
    v128.xor(
      v128.load(sobol + <usize>((index & 0xf00) >> 4), 512),
      v128.load(sobol + <usize>((index & 0xf000) >> 8), 768),
    ),
  );
  // One scramble a dimension: the seed mixed with the lane.
  let seeds = i32x4.mul(
    v128.xor(i32x4.splat(seed), i32x4(0x68bc21eb, 0x02e5be93, 0x967a889b, 0x368cc8b7)),
    i32x4.splat(0x21f0aaad),
  );
  seeds = v128.xor(seeds, i32x4.shr_u(seeds, 15));
  seeds = i32x4.mul(seeds, i32x4.splat(0x735a2d97));
  v = i32x4.add(v, seeds);
  v = v128.xor(v, i32x4.mul(v, i32x4.splat(0x6c50b47c)));
  v = v128.xor(v, i32x4.mul(v, i32x4.splat(0xb82f1e52)));
  v = v128.xor(v, i32x4.mul(v, i32x4.splat(0xc7afe638)));
  v = v128.xor(v, i32x4.mul(v, i32x4.splat(0x8d22f6e6)));
  return reverseBits4(v);
}

/** The 32 bits of each lane in reverse order: bytes by a shuffle, nibbles by a table of sixteen. */
function reverseBits4(v: v128): v128 {
  const bytes = v128.shuffle<u8>(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  const table = i8x16(0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
  const low = v128.and(bytes, i8x16.splat(15));
  const high = i8x16.shr_u(bytes, 4);
  return v128.or(i8x16.shl(i8x16.swizzle(table, low), 4), i8x16.swizzle(table, high));
}

/** Bits to numbers in [0, 1): the upper 24, which f32 holds exactly. */
export function toUnit(bits: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), f32x4.splat(5.9604645e-8));
}

/** One number in [0, 1) that belongs to no set: for decisions that are too many to give each a dimension. */
export function whiteNoise(pixelHash: u32, reversedSample: u32, number: u32): f32 {
  const h = hash(pixelHash ^ hash(reversedSample ^ hash(number + 0x51ed270b)));
  return <f32>(h >> 8) * <f32>5.9604645e-8;
}

/** One dimension (0..3) of one set, as it comes: for the tests of its evenness. */
export function sampleBits(x: u32, y: u32, sample: u32, seed: u32, set: u32, dimension: u32): u32 {
  const four = drawBits(hashPixel(x, y, seed), reverseSample(sample), set);
  if (dimension == 0) return i32x4.extract_lane(four, 0);
  if (dimension == 1) return i32x4.extract_lane(four, 1);
  return dimension == 2 ? i32x4.extract_lane(four, 2) : i32x4.extract_lane(four, 3);
}
