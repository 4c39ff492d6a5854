/**
 * Adding points of edwards25519 (AssemblyScript), which is most of what verifying an Ed25519 signature is. Numbers modulo p = 2^255 - 19 are
 * ten signed limbs of 26 and 25 bits in turn, their products summed in 64 bits, with the bounds of the reference implementation (Bernstein
 * et al., "ref10" in SUPERCOP): a product takes sums of two products, and gives limbs below 2^25 and 2^24 and a little. Points are (X, Y, Z, T)
 * with x = X/Z, y = Y/Z, xy = T/Z (Hisil et al., 2008); what is added to them is kept as (Y + X, Y - X, Z, 2dT). Adding is complete: it doubles,
 * too. A scalar may be a secret: each takes as many additions as any other.
 */
const NUMBER: usize = 40;
/** Four numbers. */
const POINT: usize = 4 * NUMBER;
/** A carry of the highest digit has a place, too. */
const SCALAR_BITS = 254;
/** Of `multiplyPoint`, bits. */
const WINDOW = 4;

/** What `decode` reads, and `encode` writes: 32 bytes, and room to read beyond them. */
export const input = memory.data(40);
/** 32 bytes, and room as well. */
export const scalar = memory.data(40);
/** The curve's d, 2d, and a root of -1, of 32 bytes each, until `begin` has been called. */
export const constants = memory.data(104);

const d1 = memory.data(40);
const d2 = memory.data(40);
const rootOfMinusOne = memory.data(40);
const bytes = memory.data(40);
/** What `decode` has found. */
const point = memory.data(160);
const sum = memory.data(160);
const unit = memory.data(160);
/** 1 to 15 times the point. */
const multiples = memory.data(15 * 160);
const cached = memory.data(160);
/** What is added for a digit of nought goes here. */
const waste = memory.data(160);
const a = memory.data(40);
const b = memory.data(40);
const c = memory.data(40);
const d = memory.data(40);
const t = memory.data(40);

/** Once, before all else. */
export function begin(): void {
  read(d1, constants);
  read(d2, constants + 32);
  read(rootOfMinusOne, constants + 64);
}

/** Finds the point that `input` encodes, or its negative; false: none, or that is not the one encoding of it (RFC 8032, 5.1.3). */
export function decode(isNegative: bool): bool {
  const x = point, y = point + NUMBER, z = point + 2 * NUMBER, product = point + 3 * NUMBER;
  read(y, input);
  write(bytes, y);
  const sign = load<u8>(input + 31) >> 7;
  store<u8>(bytes + 31, load<u8>(bytes + 31) | (sign << 7));
  if (memory.compare(bytes, input, 32) != 0) return false;
  one(z);
  // x = u v^3 (u v^7)^((p - 5) / 8), of u = y^2 - 1 and v = d y^2 + 1
  square(t, y, 1);
  minus(unit, t, z);
  multiply(t, t, d1);
  plus(unit + NUMBER, t, z);
  const u = unit, v = unit + NUMBER, w = unit + 2 * NUMBER;
  square(w, v, 1);
  multiply(w, w, v);
  multiply(x, w, u);
  square(w, w, 1);
  multiply(w, w, v);
  multiply(w, w, u);
  ones250(w);
  square(b, b, 2);
  multiply(w, w, b);
  multiply(x, x, w);
  square(t, x, 1);
  multiply(t, t, v);
  minus(w, t, u);
  if (!isNought(w)) {
    plus(w, t, u);
    if (!isNought(w)) return false;
    multiply(x, x, rootOfMinusOne);
  }
  if (isNought(x) && sign != 0) return false;
  write(bytes, x);
  if ((load<u8>(bytes) & 1) != (sign ^ u8(isNegative))) {
    memory.fill(t, 0, NUMBER);
    minus(x, t, x);
  }
  multiply(product, x, y);
  return true;
}

/**
 * Fills the table of the point that was decoded: of each digit of a scalar 1 to 2^(windowBits - 1) times what it stands for.
 * @param table 160 bytes for each of these
 */
export function fill(table: usize, windowBits: i32): void {
  memory.copy(unit, point, POINT);
  const each = 1 << (windowBits - 1);
  for (let bit = 0; bit < SCALAR_BITS; bit += windowBits) {
    cache(cached, unit);
    memory.copy(sum, unit, POINT);
    for (let i = 0; i < each; i++) {
      cache(table, sum);
      add(sum, cached, false);
      table += POINT;
    }
    for (let i = 0; i < windowBits; i++) double(unit);
  }
}

/** Makes the sum `scalar` times the point that was decoded. */
export function multiplyPoint(): void {
  cache(cached, point);
  memory.copy(unit, point, POINT);
  for (let i = 0; i < 15; i++) {
    cache(multiples + i * POINT, unit);
    add(unit, cached, false);
  }
  clear();
  for (let bit = 256 - WINDOW; bit >= 0; bit -= WINDOW) {
    for (let i = 0; i < WINDOW; i++) double(sum);
    const digit = (<i32>load<u8>(scalar + (bit >> 3)) >> (bit & 7)) & 15;
    add(digit ? sum : waste, multiples + (digit ? digit - 1 : 0) * POINT, false);
  }
}

export function isSumNought(): bool {
  minus(t, sum + NUMBER, sum + 2 * NUMBER);
  return isNought(sum) && isNought(t);
}

/** Makes the sum nought. */
export function clear(): void {
  memory.fill(sum, 0, POINT);
  one(sum + NUMBER);
  one(sum + 2 * NUMBER);
}

/** Adds the point of that table to the sum `scalar` times. In signed digits: half a table is enough. */
export function addMultiple(table: usize, windowBits: i32): void {
  const half = 1 << (windowBits - 1);
  const base = 1 << windowBits;
  let carry = 0;
  for (let bit = 0; bit < SCALAR_BITS; bit += windowBits) {
    const bits = load<u64>(scalar + (bit >> 3)) >> (bit & 7);
    let digit = (<i32>bits & (base - 1)) + carry;
    carry = i32(digit > half);
    if (carry) digit = base - digit;
    add(digit ? sum : waste, table + (digit ? digit - 1 : 0) * POINT, carry != 0);
    table += half * POINT;
  }
}

/** The sum as RFC 8032 writes points, to `input`. */
export function encode(): void {
  invert(sum + 2 * NUMBER);
  multiply(b, sum, a);
  multiply(c, sum + NUMBER, a);
  write(input, b);
  const sign = load<u8>(input) & 1;
  write(input, c);
  store<u8>(input + 31, load<u8>(input + 31) | (sign << 7));
}

function cache(to: usize, point: usize): void {
  plus(to, point + NUMBER, point);
  minus(to + NUMBER, point + NUMBER, point);
  memory.copy(to + 2 * NUMBER, point + 2 * NUMBER, NUMBER);
  multiply(to + 3 * NUMBER, point + 3 * NUMBER, d2);
}

/** To a point what is cached, or its negative: that exchanges the first two and the sign of the last. */
function add(point: usize, other: usize, isNegative: bool): void {
  const x = point;
  const y = point + NUMBER;
  const z = point + 2 * NUMBER;
  plus(t, y, x);
  multiply(a, t, isNegative ? other + NUMBER : other);
  minus(t, y, x);
  multiply(b, t, isNegative ? other : other + NUMBER);
  multiply(c, point + 3 * NUMBER, other + 3 * NUMBER);
  multiply(t, z, other + 2 * NUMBER);
  plus(d, t, t);
  minus(t, a, b);
  plus(b, a, b);
  if (isNegative) {
    minus(a, d, c);
    plus(d, d, c);
  } else {
    plus(a, d, c);
    minus(d, d, c);
  }
  multiply(x, t, d);
  multiply(y, b, a);
  multiply(z, a, d);
  multiply(point + 3 * NUMBER, t, b);
}

function double(p: usize): void {
  const x = p, y = p + NUMBER, z = p + 2 * NUMBER;
  plus(t, x, y);
  square(a, x, 1);
  square(b, y, 1);
  plus(c, z, z);
  multiply(c, c, z);
  square(t, t, 1);
  plus(d, b, a);
  minus(b, b, a);
  minus(t, t, d);
  minus(c, c, b);
  multiply(x, t, c);
  multiply(y, b, d);
  multiply(z, b, c);
  multiply(p + 3 * NUMBER, t, d);
}

/** 1/z to `a`: z^(p - 2). */
function invert(z: usize): void {
  ones250(z);
  square(b, b, 5);
  multiply(a, b, a); // 2^255 - 21
}

/** z^(2^250 - 1) to `b` by squaring, and z^11 to `a`. */
function ones250(z: usize): void {
  square(a, z, 1); // 2
  square(b, a, 2); // 8
  multiply(b, z, b); // 9
  multiply(a, a, b); // 11
  square(c, a, 1); // 22
  multiply(b, b, c); // 2^5 - 1
  square(c, b, 5);
  multiply(b, c, b); // 2^10 - 1
  square(c, b, 10);
  multiply(c, c, b); // 2^20 - 1
  square(d, c, 20);
  multiply(c, d, c); // 2^40 - 1
  square(c, c, 10);
  multiply(b, c, b); // 2^50 - 1
  square(c, b, 50);
  multiply(c, c, b); // 2^100 - 1
  square(d, c, 100);
  multiply(c, d, c); // 2^200 - 1
  square(c, c, 50);
  multiply(b, c, b); // 2^250 - 1
}

function isNought(number: usize): bool {
  write(bytes, number);
  return (load<u64>(bytes) | load<u64>(bytes, 8) | load<u64>(bytes, 16) | load<u64>(bytes, 24)) == 0;
}

function square(to: usize, from: usize, times: i32): void {
  multiply(to, from, from);
  for (let i = 1; i < times; i++) multiply(to, to, to);
}

function one(to: usize): void {
  memory.fill(to, 0, NUMBER);
  store<i32>(to, 1);
}

function plus(to: usize, f: usize, g: usize): void {
  for (let i: usize = 0; i < NUMBER; i += 4) store<i32>(to + i, load<i32>(f + i) + load<i32>(g + i));
}

function minus(to: usize, f: usize, g: usize): void {
  for (let i: usize = 0; i < NUMBER; i += 4) store<i32>(to + i, load<i32>(f + i) - load<i32>(g + i));
}

/** Of each limb, its first bit. */
@inline
function bitOf(limb: i32): i32 {
  return (limb * 51 + 1) >> 1;
}

/** 255 bits, least byte first. */
function read(to: usize, from: usize): void {
  for (let limb = 0; limb < 10; limb++) {
    const bit = bitOf(limb);
    const bits = load<u64>(from + (bit >> 3)) >> (bit & 7);
    store<i32>(to + 4 * limb, <i32>bits & (limb & 1 ? 0x1ffffff : 0x3ffffff));
  }
}

/** The one number below p, 32 bytes. Of a product. */
function write(to: usize, from: usize): void {
  // How often p goes into it: what 19 more would carry out of the highest limb.
  let carry = (19 * load<i32>(from, 36) + (1 << 24)) >> 25;
  for (let limb = 0; limb < 10; limb++) carry = (load<i32>(from + 4 * limb) + carry) >> (limb & 1 ? 25 : 26);
  carry *= 19;
  memory.fill(to, 0, 32);
  for (let limb = 0; limb < 10; limb++) {
    const width = limb & 1 ? 25 : 26;
    const value = load<i32>(from + 4 * limb) + carry;
    carry = value >> width;
    const bit = bitOf(limb);
    const at = to + (bit >> 3);
    store<u64>(at, load<u64>(at) | (<u64>(value & ((1 << width) - 1)) << (bit & 7)));
  }
}

@inline
function limb(p: usize, i: usize): i64 {
  return i64.load32_s(p + 4 * i);
}

/** The product; it may be written over one of the two. */
function multiply(to: usize, f: usize, g: usize): void {
  const f0 = limb(f, 0), f1 = limb(f, 1), f2 = limb(f, 2), f3 = limb(f, 3), f4 = limb(f, 4);
  const f5 = limb(f, 5), f6 = limb(f, 6), f7 = limb(f, 7), f8 = limb(f, 8), f9 = limb(f, 9);
  const g0 = limb(g, 0), g1 = limb(g, 1), g2 = limb(g, 2), g3 = limb(g, 3), g4 = limb(g, 4);
  const g5 = limb(g, 5), g6 = limb(g, 6), g7 = limb(g, 7), g8 = limb(g, 8), g9 = limb(g, 9);
  const h1 = 19 * g1, h2 = 19 * g2, h3 = 19 * g3, h4 = 19 * g4, h5 = 19 * g5;
  const h6 = 19 * g6, h7 = 19 * g7, h8 = 19 * g8, h9 = 19 * g9;
  const e1 = 2 * f1, e3 = 2 * f3, e5 = 2 * f5, e7 = 2 * f7, e9 = 2 * f9;
  let r0 = f0 * g0 + e1 * h9 + f2 * h8 + e3 * h7 + f4 * h6 + e5 * h5 + f6 * h4 + e7 * h3 + f8 * h2 + e9 * h1;
  let r1 = f0 * g1 + f1 * g0 + f2 * h9 + f3 * h8 + f4 * h7 + f5 * h6 + f6 * h5 + f7 * h4 + f8 * h3 + f9 * h2;
  let r2 = f0 * g2 + e1 * g1 + f2 * g0 + e3 * h9 + f4 * h8 + e5 * h7 + f6 * h6 + e7 * h5 + f8 * h4 + e9 * h3;
  let r3 = f0 * g3 + f1 * g2 + f2 * g1 + f3 * g0 + f4 * h9 + f5 * h8 + f6 * h7 + f7 * h6 + f8 * h5 + f9 * h4;
  let r4 = f0 * g4 + e1 * g3 + f2 * g2 + e3 * g1 + f4 * g0 + e5 * h9 + f6 * h8 + e7 * h7 + f8 * h6 + e9 * h5;
  let r5 = f0 * g5 + f1 * g4 + f2 * g3 + f3 * g2 + f4 * g1 + f5 * g0 + f6 * h9 + f7 * h8 + f8 * h7 + f9 * h6;
  let r6 = f0 * g6 + e1 * g5 + f2 * g4 + e3 * g3 + f4 * g2 + e5 * g1 + f6 * g0 + e7 * h9 + f8 * h8 + e9 * h7;
  let r7 = f0 * g7 + f1 * g6 + f2 * g5 + f3 * g4 + f4 * g3 + f5 * g2 + f6 * g1 + f7 * g0 + f8 * h9 + f9 * h8;
  let r8 = f0 * g8 + e1 * g7 + f2 * g6 + e3 * g5 + f4 * g4 + e5 * g3 + f6 * g2 + e7 * g1 + f8 * g0 + e9 * h9;
  let r9 = f0 * g9 + f1 * g8 + f2 * g7 + f3 * g6 + f4 * g5 + f5 * g4 + f6 * g3 + f7 * g2 + f8 * g1 + f9 * g0;
  // Two chains of carries beside each other.
  let carry = (r0 + 0x2000000) >> 26; r1 += carry; r0 -= carry << 26;
  carry = (r4 + 0x2000000) >> 26; r5 += carry; r4 -= carry << 26;
  carry = (r1 + 0x1000000) >> 25; r2 += carry; r1 -= carry << 25;
  carry = (r5 + 0x1000000) >> 25; r6 += carry; r5 -= carry << 25;
  carry = (r2 + 0x2000000) >> 26; r3 += carry; r2 -= carry << 26;
  carry = (r6 + 0x2000000) >> 26; r7 += carry; r6 -= carry << 26;
  carry = (r3 + 0x1000000) >> 25; r4 += carry; r3 -= carry << 25;
  carry = (r7 + 0x1000000) >> 25; r8 += carry; r7 -= carry << 25;
  carry = (r4 + 0x2000000) >> 26; r5 += carry; r4 -= carry << 26;
  carry = (r8 + 0x2000000) >> 26; r9 += carry; r8 -= carry << 26;
  carry = (r9 + 0x1000000) >> 25; r0 += carry * 19; r9 -= carry << 25;
  carry = (r0 + 0x2000000) >> 26; r1 += carry; r0 -= carry << 26;
  i64.store32(to, r0, 0);
  i64.store32(to, r1, 4);
  i64.store32(to, r2, 8);
  i64.store32(to, r3, 12);
  i64.store32(to, r4, 16);
  i64.store32(to, r5, 20);
  i64.store32(to, r6, 24);
  i64.store32(to, r7, 28);
  i64.store32(to, r8, 32);
  i64.store32(to, r9, 36);
}
