/**
 * ChaCha20 (RFC 8439, 2.4), two blocks at a time, each row of their words a vector; and Poly1305 (2.5) in five limbs of 26 bits, whose products are
 * summed in 64 bits (after Floodyberry's poly1305-donna).
 */
const BLOCK: usize = 64;
const ROW: usize = 16;
const LIMB = 26;
const MASK: u64 = (1 << LIMB) - 1;
/** Bit 128, which stands above each whole block, in the last limb. */
const TOP: u64 = 1 << 24;

/** The words with which a block begins: constants, key, counter, nonce. */
export const block = memory.data(64);
/** What is to be changed or authenticated, 16 KiB at a time, and room to fill up the last block. */
export const text = memory.data(16400);
/** Of Poly1305, 32 bytes; afterwards the tag. */
export const tagKey = memory.data(32);

/** Limbs, of 8 bytes each. */
const factor = memory.data(40);
const sum = memory.data(40);

/** Changes the text, and goes on with the next block. @param length a whole number of twice a block, but for the last time */
export function stream(length: usize): void {
  const a0 = v128.load(block);
  const b0 = v128.load(block + ROW);
  const c0 = v128.load(block + 2 * ROW);
  let d0 = v128.load(block + 3 * ROW);
  for (let at = text; at < text + length; at += 2 * BLOCK) {
    const h0 = i32x4.add(d0, i32x4(1, 0, 0, 0));
    let a = a0;
    let b = b0;
    let c = c0;
    let d = d0;
    let e = a0;
    let f = b0;
    let g = c0;
    let h = h0;
    for (let round = 0; round < 20; round++) {
      a = i32x4.add(a, b);
      e = i32x4.add(e, f);
      d = turned16(v128.xor(d, a));
      h = turned16(v128.xor(h, e));
      c = i32x4.add(c, d);
      g = i32x4.add(g, h);
      b = turned(v128.xor(b, c), 12);
      f = turned(v128.xor(f, g), 12);
      a = i32x4.add(a, b);
      e = i32x4.add(e, f);
      d = turned8(v128.xor(d, a));
      h = turned8(v128.xor(h, e));
      c = i32x4.add(c, d);
      g = i32x4.add(g, h);
      b = turned(v128.xor(b, c), 7);
      f = turned(v128.xor(f, g), 7);
      c = second(c);
      g = second(g);
      // Diagonals become columns, and columns again.
      if (round & 1) {
        b = third(b);
        f = third(f);
        d = next(d);
        h = next(h);
      } else {
        b = next(b);
        f = next(f);
        d = third(d);
        h = third(h);
      }
    }
    change(at, i32x4.add(a, a0));
    change(at + ROW, i32x4.add(b, b0));
    change(at + 2 * ROW, i32x4.add(c, c0));
    change(at + 3 * ROW, i32x4.add(d, d0));
    change(at + BLOCK, i32x4.add(e, a0));
    change(at + BLOCK + ROW, i32x4.add(f, b0));
    change(at + BLOCK + 2 * ROW, i32x4.add(g, c0));
    change(at + BLOCK + 3 * ROW, i32x4.add(h, h0));
    d0 = i32x4.add(d0, i32x4(2, 0, 0, 0));
  }
  v128.store(block + 3 * ROW, d0);
}

function change(at: usize, row: v128): void {
  v128.store(at, v128.xor(v128.load(at), row));
}

/** Each word, by so many bits to the left. */
@inline
function turned(row: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(row, bits), i32x4.shr_u(row, 32 - bits));
}

@inline
function turned16(row: v128): v128 {
  return i8x16.shuffle(row, row, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

@inline
function turned8(row: v128): v128 {
  return i8x16.shuffle(row, row, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}

/** The row from its second word on, from its third, from its fourth. */
@inline
function next(row: v128): v128 {
  return i8x16.shuffle(row, row, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
}

@inline
function second(row: v128): v128 {
  return i8x16.shuffle(row, row, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

@inline
function third(row: v128): v128 {
  return i8x16.shuffle(row, row, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
}

/** A message begins that is authenticated with the key at `tagKey`. */
export function beginTag(): void {
  const low = load<u64>(tagKey) & 0x0ffffffc0fffffff;
  const high = load<u64>(tagKey, 8) & 0x0ffffffc0ffffffc;
  store<u64>(factor, low & MASK);
  store<u64>(factor, (low >> LIMB) & MASK, 8);
  store<u64>(factor, ((low >> 52) | (high << 12)) & MASK, 16);
  store<u64>(factor, (high >> 14) & MASK, 24);
  store<u64>(factor, high >> 40, 32);
  memory.fill(sum, 0, 40);
}

/** @param length of the text; a multiple of 16, but for the last time */
export function addToTag(length: usize): void {
  const r0 = load<u64>(factor);
  const r1 = load<u64>(factor, 8);
  const r2 = load<u64>(factor, 16);
  const r3 = load<u64>(factor, 24);
  const r4 = load<u64>(factor, 32);
  const s1 = 5 * r1;
  const s2 = 5 * r2;
  const s3 = 5 * r3;
  const s4 = 5 * r4;
  let h0 = load<u64>(sum);
  let h1 = load<u64>(sum, 8);
  let h2 = load<u64>(sum, 16);
  let h3 = load<u64>(sum, 24);
  let h4 = load<u64>(sum, 32);
  for (let at: usize = 0; at < length; at += 16) {
    let top = TOP;
    if (length - at < 16) {
      memory.fill(text + length, 0, 16);
      store<u8>(text + length, 1);
      top = 0;
    }
    const low = load<u64>(text + at);
    const high = load<u64>(text + at, 8);
    h0 += low & MASK;
    h1 += (low >> LIMB) & MASK;
    h2 += ((low >> 52) | (high << 12)) & MASK;
    h3 += (high >> 14) & MASK;
    h4 += (high >> 40) | top;
    const d0 = h0 * r0 + h1 * s4 + h2 * s3 + h3 * s2 + h4 * s1;
    const d1 = h0 * r1 + h1 * r0 + h2 * s4 + h3 * s3 + h4 * s2 + (d0 >> LIMB);
    const d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s4 + h4 * s3 + (d1 >> LIMB);
    const d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * s4 + (d2 >> LIMB);
    const d4 = h0 * r4 + h1 * r3 + h2 * r2 + h3 * r1 + h4 * r0 + (d3 >> LIMB);
    h0 = (d0 & MASK) + 5 * (d4 >> LIMB);
    h1 = (d1 & MASK) + (h0 >> LIMB);
    h0 &= MASK;
    h2 = d2 & MASK;
    h3 = d3 & MASK;
    h4 = d4 & MASK;
  }
  store<u64>(sum, h0);
  store<u64>(sum, h1, 8);
  store<u64>(sum, h2, 16);
  store<u64>(sum, h3, 24);
  store<u64>(sum, h4, 32);
}

/** Puts the tag in place of its key. */
export function endTag(): void {
  // Below 2^130, with limbs below 2^26, when it has been done twice.
  for (let i = 0; i < 2; i++) {
    const rest = carry();
    store<u64>(sum, load<u64>(sum) + 5 * rest);
  }
  const h0 = load<u64>(sum);
  const h1 = load<u64>(sum, 8);
  const h2 = load<u64>(sum, 16);
  const h3 = load<u64>(sum, 24);
  const h4 = load<u64>(sum, 32);
  // Modulo 2^130 - 5: what is not below that has a carry from the last limb when five is added.
  const over = (h4 + ((h3 + ((h2 + ((h1 + ((h0 + 5) >> LIMB)) >> LIMB)) >> LIMB)) >> LIMB)) >> LIMB;
  store<u64>(sum, h0 + 5 * over);
  carry();
  const low = load<u64>(sum) | (load<u64>(sum, 8) << LIMB) | (load<u64>(sum, 16) << 52);
  const high = (load<u64>(sum, 16) >> 12) | (load<u64>(sum, 24) << 14) | (load<u64>(sum, 32) << 40);
  const least = low + load<u64>(tagKey, 16);
  store<u64>(tagKey, high + load<u64>(tagKey, 24) + u64(least < low), 8);
  store<u64>(tagKey, least);
}

/** Each limb to the next. @returns what is beyond the last */
function carry(): u64 {
  let rest: u64 = 0;
  for (let at: usize = 0; at < 40; at += 8) {
    const limb = load<u64>(sum + at) + rest;
    store<u64>(sum + at, limb & MASK);
    rest = limb >> LIMB;
  }
  return rest;
}
