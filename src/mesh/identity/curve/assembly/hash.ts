/**
 * SHA-256 and SHA-512 (FIPS 180-4), whose words JavaScript has not: of 64 bits they are pairs there. Written as the standard says it; what is
 * hashed for a signature or a name is a few blocks.
 */

/** The constants of SHA-512, least byte first. Their upper halves are those of SHA-256. */
export const constants = memory.data(640);
/** Words, least byte first: what a message begins with, and at last the hash. */
export const state = memory.data(64);
/** Whole blocks, 16 KiB at a time, and the one with which a message may end. */
export const text = memory.data(16512);

const schedule = memory.data(640);

export function add256(length: usize): void {
  for (let at = text; at < text + length; at += 64) {
    for (let i: usize = 0; i < 64; i += 4) store<u32>(schedule + i, bswap<u32>(load<u32>(at + i)));
    for (let i: usize = 64; i < 256; i += 4) {
      const near = load<u32>(schedule + i - 8);
      const far = load<u32>(schedule + i - 60);
      const sigma1 = rotr<u32>(near, 17) ^ rotr<u32>(near, 19) ^ (near >> 10);
      const sigma0 = rotr<u32>(far, 7) ^ rotr<u32>(far, 18) ^ (far >> 3);
      const before = load<u32>(schedule + i - 28) + load<u32>(schedule + i - 64);
      store<u32>(schedule + i, sigma1 + sigma0 + before);
    }
    let a = load<u32>(state, 0);
    let b = load<u32>(state, 4);
    let c = load<u32>(state, 8);
    let d = load<u32>(state, 12);
    let e = load<u32>(state, 16);
    let f = load<u32>(state, 20);
    let g = load<u32>(state, 24);
    let h = load<u32>(state, 28);
    for (let i: usize = 0; i < 256; i += 4) {
      const sum1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
      const sum0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
      const one = h + sum1 + (g ^ (e & (f ^ g))) + load<u32>(constants + 2 * i + 4) + load<u32>(schedule + i);
      const two = sum0 + ((a & b) | (c & (a | b)));
      h = g;
      g = f;
      f = e;
      e = d + one;
      d = c;
      c = b;
      b = a;
      a = one + two;
    }
    store<u32>(state, load<u32>(state, 0) + a, 0);
    store<u32>(state, load<u32>(state, 4) + b, 4);
    store<u32>(state, load<u32>(state, 8) + c, 8);
    store<u32>(state, load<u32>(state, 12) + d, 12);
    store<u32>(state, load<u32>(state, 16) + e, 16);
    store<u32>(state, load<u32>(state, 20) + f, 20);
    store<u32>(state, load<u32>(state, 24) + g, 24);
    store<u32>(state, load<u32>(state, 28) + h, 28);
  }
}

export function add512(length: usize): void {
  for (let at = text; at < text + length; at += 128) {
    for (let i: usize = 0; i < 128; i += 8) store<u64>(schedule + i, bswap<u64>(load<u64>(at + i)));
    for (let i: usize = 128; i < 640; i += 8) {
      const near = load<u64>(schedule + i - 16);
      const far = load<u64>(schedule + i - 120);
      const sigma1 = rotr<u64>(near, 19) ^ rotr<u64>(near, 61) ^ (near >> 6);
      const sigma0 = rotr<u64>(far, 1) ^ rotr<u64>(far, 8) ^ (far >> 7);
      const before = load<u64>(schedule + i - 56) + load<u64>(schedule + i - 128);
      store<u64>(schedule + i, sigma1 + sigma0 + before);
    }
    let a = load<u64>(state, 0);
    let b = load<u64>(state, 8);
    let c = load<u64>(state, 16);
    let d = load<u64>(state, 24);
    let e = load<u64>(state, 32);
    let f = load<u64>(state, 40);
    let g = load<u64>(state, 48);
    let h = load<u64>(state, 56);
    for (let i: usize = 0; i < 640; i += 8) {
      const sum1 = rotr<u64>(e, 14) ^ rotr<u64>(e, 18) ^ rotr<u64>(e, 41);
      const sum0 = rotr<u64>(a, 28) ^ rotr<u64>(a, 34) ^ rotr<u64>(a, 39);
      const one = h + sum1 + (g ^ (e & (f ^ g))) + load<u64>(constants + i) + load<u64>(schedule + i);
      const two = sum0 + ((a & b) | (c & (a | b)));
      h = g;
      g = f;
      f = e;
      e = d + one;
      d = c;
      c = b;
      b = a;
      a = one + two;
    }
    store<u64>(state, load<u64>(state, 0) + a, 0);
    store<u64>(state, load<u64>(state, 8) + b, 8);
    store<u64>(state, load<u64>(state, 16) + c, 16);
    store<u64>(state, load<u64>(state, 24) + d, 24);
    store<u64>(state, load<u64>(state, 32) + e, 32);
    store<u64>(state, load<u64>(state, 40) + f, 40);
    store<u64>(state, load<u64>(state, 48) + g, 48);
    store<u64>(state, load<u64>(state, 56) + h, 56);
  }
}
