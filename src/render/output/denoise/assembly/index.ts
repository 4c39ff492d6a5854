// What the denoiser is made of, a row at a time: the network, which ../network.ts puts together, and what corrects it. A row of the network holds its pixels one after the other, each with
// its channels (a multiple of four), and begins one pixel before the first: that one and what follows the last are zero. Plain SIMD, and
// powers and logarithms of AssemblyScript's own: the same bits everywhere.

export { correct, rowBytes, spread, spreadNothing, windowRows } from './correct';
export { decode, encode, log2 } from './light';

/** Where memory is free. */
export function heapBase(): usize {
  return __heap_base;
}

/** Tiles of two by two pixels whose transformed input stays in the second-level cache while all output channels are made of it. */
const BLOCK: i32 = 8;
/** Tiles and output channels of a product: its sums fill half of the registers. */
const TILES: i32 = 4;
const LANES: i32 = 8;
/** Of a tile's input, four by four pixels, after the transform. */
const PLACES: i32 = 16;
const LANE_BYTES: usize = 4 * LANES;
const SUMS_BYTES: usize = 4 * TILES * LANES;

/** Bytes that `convolve` needs beside its rows. */
export function scratchBytes(channels: i32): usize {
  return <usize>PLACES * (<usize>(4 * BLOCK * channels) + SUMS_BYTES);
}

/**
 * Two rows of a convolution over 3 x 3 pixels of one or two sources, with ReLU, by the minimal filtering F(2 x 2, 3 x 3) of Winograd (Lavin and
 * Gray 2016): 16 products for four pixels instead of 36.
 * @param rows eight addresses (u32): of the rows before the first, both, and the one after the second of source a, then of b
 * @param channelsA of a; `channelsB` of b, 0 where there is none
 * @param upper where pixel 0 of the first row is to be, `lower` of the second; pixels are made up to a multiple of eight
 * @param weights for each eight output channels: eight biases, then eight transformed weights for each of 16 places and input channel
 * @param outChannels a multiple of eight
 */
export function convolve(
  rows: usize,
  channelsA: i32,
  channelsB: i32,
  upper: usize,
  lower: usize,
  width: i32,
  weights: usize,
  outChannels: i32,
  scratch: usize,
): void {
  const channels = channelsA + channelsB;
  const tileBytes = (<usize>channels) << 2;
  const placeBytes = <usize>BLOCK * tileBytes;
  const sums = scratch + <usize>PLACES * placeBytes;
  const weightBytes = (<usize>channels) * LANE_BYTES;
  const outStride = (<usize>outChannels) << 2;
  for (let first = 0; first < width; first += 2 * BLOCK) {
    const tiles = min(BLOCK, TILES * ((width - first + 2 * TILES - 1) / (2 * TILES)));
    let to = scratch;
    for (let tile = 0; tile < tiles; tile++) {
      transform(rows, channelsA, first + 2 * tile, to, placeBytes);
      if (channelsB) transform(rows + 16, channelsB, first + 2 * tile, to + ((<usize>channelsA) << 2), placeBytes);
      to += tileBytes;
    }
    let group = weights;
    for (let channel = 0; channel < outChannels; channel += LANES) {
      for (let tile = 0; tile < tiles; tile += TILES) {
        let place = scratch + (<usize>tile) * tileBytes;
        let w = group + LANE_BYTES;
        for (let i = 0; i < PLACES; i++) {
          multiply(place, tileBytes, w, sums + (<usize>i) * SUMS_BYTES);
          place += placeBytes;
          w += weightBytes;
        }
        const pixel = (<usize>(first + 2 * tile)) * outStride + ((<usize>channel) << 2);
        for (let i: usize = 0; i < <usize>TILES; i++) {
          for (let half: usize = 0; half < LANE_BYTES; half += 16) {
            const at = pixel + 2 * i * outStride + half;
            finish(sums + i * LANE_BYTES + half, group + half, upper + at, lower + at, outStride);
          }
        }
      }
      group += LANE_BYTES + <usize>PLACES * weightBytes;
    }
  }
}

/** What the products of a tile are made of: of four rows and columns around it, each pair of them added or subtracted. */
function transform(rows: usize, channels: i32, x: i32, to: usize, placeBytes: usize): void {
  const stride = (<usize>channels) << 2;
  const from = <usize>x * stride;
  let a = <usize>load<u32>(rows) + from;
  let b = <usize>load<u32>(rows, 4) + from;
  let c = <usize>load<u32>(rows, 8) + from;
  let d = <usize>load<u32>(rows, 12) + from;
  for (const end = a + stride; a < end; ) {
    let place = to;
    const a0 = v128.load(a);
    const a1 = v128.load(a + stride);
    const a2 = v128.load(a + 2 * stride);
    const a3 = v128.load(a + 3 * stride);
    const c0 = v128.load(c);
    const c1 = v128.load(c + stride);
    const c2 = v128.load(c + 2 * stride);
    const c3 = v128.load(c + 3 * stride);
    place = columns(f32x4.sub(a0, c0), f32x4.sub(a1, c1), f32x4.sub(a2, c2), f32x4.sub(a3, c3), place, placeBytes);
    const b0 = v128.load(b);
    const b1 = v128.load(b + stride);
    const b2 = v128.load(b + 2 * stride);
    const b3 = v128.load(b + 3 * stride);
    place = columns(f32x4.add(b0, c0), f32x4.add(b1, c1), f32x4.add(b2, c2), f32x4.add(b3, c3), place, placeBytes);
    place = columns(f32x4.sub(c0, b0), f32x4.sub(c1, b1), f32x4.sub(c2, b2), f32x4.sub(c3, b3), place, placeBytes);
    const d0 = v128.load(d);
    const d1 = v128.load(d + stride);
    const d2 = v128.load(d + 2 * stride);
    const d3 = v128.load(d + 3 * stride);
    columns(f32x4.sub(b0, d0), f32x4.sub(b1, d1), f32x4.sub(b2, d2), f32x4.sub(b3, d3), place, placeBytes);
    to += 16;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
}

/** One row of places; returns where the next begins. */
function columns(a: v128, b: v128, c: v128, d: v128, place: usize, placeBytes: usize): usize {
  v128.store(place, f32x4.sub(a, c));
  place += placeBytes;
  v128.store(place, f32x4.add(b, c));
  place += placeBytes;
  v128.store(place, f32x4.sub(c, b));
  place += placeBytes;
  v128.store(place, f32x4.sub(b, d));
  return place + placeBytes;
}

/** For four tiles the sums over all input channels, eight output channels each. */
function multiply(tiles: usize, stride: usize, w: usize, out: usize): void {
  let a = tiles;
  const end = a + stride;
  let b = a + stride;
  let c = b + stride;
  let d = c + stride;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
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
  v128.store(out, a0);
  v128.store(out, a1, 16);
  v128.store(out, b0, 32);
  v128.store(out, b1, 48);
  v128.store(out, c0, 64);
  v128.store(out, c1, 80);
  v128.store(out, d0, 96);
  v128.store(out, d1, 112);
}

/** Four pixels of four channels from the sums of their tile, with bias and ReLU. */
function finish(sums: usize, bias: usize, upper: usize, lower: usize, stride: usize): void {
  const start = v128.load(bias);
  let above0 = start;
  let above1 = start;
  let below0 = start;
  let below1 = start;
  // Column by column: a sum of the first three to the left, of the last three to the right, the last two of them taken off.
  for (let column = 0; column < 4; column++) {
    const m0 = v128.load(sums);
    const m1 = v128.load(sums, 4 * SUMS_BYTES);
    const m2 = v128.load(sums, 8 * SUMS_BYTES);
    const m3 = v128.load(sums, 12 * SUMS_BYTES);
    const above = f32x4.add(m0, f32x4.add(m1, m2));
    const below = f32x4.sub(m1, f32x4.add(m2, m3));
    if (column < 3) {
      above0 = f32x4.add(above0, above);
      below0 = f32x4.add(below0, below);
    }
    if (column == 1) {
      above1 = f32x4.add(above1, above);
      below1 = f32x4.add(below1, below);
    } else if (column > 1) {
      above1 = f32x4.sub(above1, above);
      below1 = f32x4.sub(below1, below);
    }
    sums += SUMS_BYTES;
  }
  const zero = f32x4.splat(0);
  v128.store(upper, f32x4.pmax(zero, above0));
  v128.store(upper + stride, f32x4.pmax(zero, above1));
  v128.store(lower, f32x4.pmax(zero, below0));
  v128.store(lower + stride, f32x4.pmax(zero, below1));
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
