// What the network of the denoiser is made of, a row at a time; ../unet.ts puts it together. A row holds its pixels one after the other, each with
// its channels (a multiple of four), and begins one pixel before the first: that one and what follows the last are zero. Plain SIMD, and
// powers and logarithms of AssemblyScript's own: the same bits everywhere.

export { decode, encode, log2 } from './light';

/** Where memory is free. */
export function heapBase(): usize {
  return __heap_base;
}

/** Pixels whose input stays in the first-level cache while all output channels are made of it. */
const BLOCK: i32 = 32;
/** Pixels and output channels of a tile: its sums fill half of the registers. */
const TILE: i32 = 4;
const LANES: i32 = 8;

/**
 * A row of a convolution over 3 x 3 pixels of one or two sources, with ReLU.
 * @param rows six addresses (u32): of the three rows of source a, then of b
 * @param channelsA of a; `channelsB` of b, 0 where there is none
 * @param out where the row's pixel 0 is to be; pixels are made up to a multiple of four
 * @param weights for each eight output channels: eight biases, then eight weights for each source, row, column and input channel
 * @param outChannels a multiple of eight
 */
export function convolve(
  rows: usize,
  channelsA: i32,
  channelsB: i32,
  out: usize,
  width: i32,
  weights: usize,
  outChannels: i32,
): void {
  const groupBytes: usize = (<usize>(LANES * (1 + 9 * (channelsA + channelsB)))) << 2;
  for (let block = 0; block < width; block += BLOCK) {
    const end = min(block + BLOCK, width);
    let group = weights;
    for (let channel = 0; channel < outChannels; channel += LANES) {
      for (let x = block; x < end; x += TILE) {
        const to = out + ((<usize>(x * outChannels + channel)) << 2);
        tile(rows, channelsA, channelsB, x, group, to, (<usize>outChannels) << 2);
      }
      group += groupBytes;
    }
  }
}

function tile(
  rows: usize,
  channelsA: i32,
  channelsB: i32,
  x: i32,
  weights: usize,
  out: usize,
  outStride: usize,
): void {
  let a0 = v128.load(weights);
  let a1 = v128.load(weights, 16);
  let b0 = a0;
  let b1 = a1;
  let c0 = a0;
  let c1 = a1;
  let d0 = a0;
  let d1 = a1;
  let w = weights + 32;
  let row = rows;
  for (let source = 0; source < 2; source++) {
    const channels = source ? channelsB : channelsA;
    if (channels == 0) break;
    const stride = (<usize>channels) << 2;
    for (let dy = 0; dy < 3; dy++) {
      // The three columns of a pixel lie one after the other.
      let a = <usize>load<u32>(row) + <usize>x * stride;
      row += 4;
      const end = a + 3 * stride;
      let b = a + stride;
      let c = b + stride;
      let d = c + stride;
      while (a < end) {
        let first = v128.load(w);
        let second = v128.load(w, 16);
        let value = v128.load32_splat(a);
        a0 = f32x4.add(a0, f32x4.mul(value, first));
        a1 = f32x4.add(a1, f32x4.mul(value, second));
        value = v128.load32_splat(b);
        b0 = f32x4.add(b0, f32x4.mul(value, first));
        b1 = f32x4.add(b1, f32x4.mul(value, second));
        value = v128.load32_splat(c);
        c0 = f32x4.add(c0, f32x4.mul(value, first));
        c1 = f32x4.add(c1, f32x4.mul(value, second));
        value = v128.load32_splat(d);
        d0 = f32x4.add(d0, f32x4.mul(value, first));
        d1 = f32x4.add(d1, f32x4.mul(value, second));
        first = v128.load(w, 32);
        second = v128.load(w, 48);
        value = v128.load32_splat(a, 4);
        a0 = f32x4.add(a0, f32x4.mul(value, first));
        a1 = f32x4.add(a1, f32x4.mul(value, second));
        value = v128.load32_splat(b, 4);
        b0 = f32x4.add(b0, f32x4.mul(value, first));
        b1 = f32x4.add(b1, f32x4.mul(value, second));
        value = v128.load32_splat(c, 4);
        c0 = f32x4.add(c0, f32x4.mul(value, first));
        c1 = f32x4.add(c1, f32x4.mul(value, second));
        value = v128.load32_splat(d, 4);
        d0 = f32x4.add(d0, f32x4.mul(value, first));
        d1 = f32x4.add(d1, f32x4.mul(value, second));
        w += 64;
        a += 8;
        b += 8;
        c += 8;
        d += 8;
      }
    }
  }
  const zero = f32x4.splat(0);
  v128.store(out, f32x4.pmax(zero, a0));
  v128.store(out, f32x4.pmax(zero, a1), 16);
  v128.store(out + outStride, f32x4.pmax(zero, b0));
  v128.store(out + outStride, f32x4.pmax(zero, b1), 16);
  v128.store(out + 2 * outStride, f32x4.pmax(zero, c0));
  v128.store(out + 2 * outStride, f32x4.pmax(zero, c1), 16);
  v128.store(out + 3 * outStride, f32x4.pmax(zero, d0));
  v128.store(out + 3 * outStride, f32x4.pmax(zero, d1), 16);
}

/** The largest of each two by two pixels of two rows; all three addresses are of pixel 0. */
export function pool(upper: usize, lower: usize, out: usize, width: i32, channels: i32): void {
  const stride = (<usize>channels) << 2;
  for (let x = 0; x < width; x++) {
    for (let at: usize = 0; at < stride; at += 16) {
      const above = f32x4.pmax(v128.load(upper + at), v128.load(upper + at + stride));
      const below = f32x4.pmax(v128.load(lower + at), v128.load(lower + at + stride));
      v128.store(out + at, f32x4.pmax(above, below));
    }
    upper += 2 * stride;
    lower += 2 * stride;
    out += stride;
  }
}

/** Each of `width` pixels twice; both addresses are of pixel 0. */
export function widen(row: usize, out: usize, width: i32, channels: i32): void {
  const stride = (<usize>channels) << 2;
  for (let x = 0; x < width; x++) {
    memory.copy(out, row, stride);
    memory.copy(out + stride, row, stride);
    row += stride;
    out += 2 * stride;
  }
}
