/**
 * SHA-256 and SHA-512 (FIPS 180-4) for code that must not wait, and for pages without WebCrypto. Written out because the library's streams
 * and checks weigh more than three times as much in every page; the constants are computed, as the standard defines them.
 */

/** Of SHA-512, and with what its state begins: words of 64 bits as pairs, the high one first. */
export const SHA_512_CONSTANTS = /* @__PURE__ */ roots(80, 3);
export const SHA_512_START = /* @__PURE__ */ roots(8, 2);

/** The upper halves: what SHA-256 takes of the constants. */
const upper = (pairs: Int32Array, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => word(pairs, 2 * i));
const K_256 = /* @__PURE__ */ upper(SHA_512_CONSTANTS, 64);
const START_256 = /* @__PURE__ */ upper(SHA_512_START, 8);

const schedule = new Int32Array(160);

/** @returns 32 bytes */
export function sha256Sync(bytes: Uint8Array): Uint8Array {
  return digest(bytes, 64, START_256, add256);
}

/** @returns 64 bytes */
export function sha512Sync(bytes: Uint8Array): Uint8Array {
  return digest(bytes, 128, SHA_512_START, add512);
}

/** The first 64 bits after the point of the square or cube roots of the first primes, each as two words. */
function roots(count: number, degree: number): Int32Array {
  const words: number[] = [];
  const n = BigInt(degree);
  for (let candidate = 2; words.length < 2 * count; candidate++) {
    let divisor = 2;
    while (candidate % divisor) divisor++;
    if (divisor < candidate) continue;
    // What a float knows of the root has 50 bits; a step of Newton's method doubles them.
    const near = BigInt(Math.floor(candidate ** (1 / degree) * 2 ** 50)) << 14n;
    const root = ((n - 1n) * near + (BigInt(candidate) << (64n * n)) / near ** (n - 1n)) / n;
    words.push(Number(BigInt.asIntN(32, root >> 32n)), Number(BigInt.asIntN(32, root)));
  }
  return Int32Array.from(words);
}

function digest(
  bytes: Uint8Array,
  blockBytes: number,
  start: Int32Array,
  add: (state: Int32Array, blocks: DataView) => void,
): Uint8Array {
  const state = start.slice();
  const rest = bytes.length % blockBytes;
  const whole = bytes.length - rest;
  add(state, new DataView(bytes.buffer, bytes.byteOffset, whole));
  // A one, noughts, and the length in bits, in an eighth of a block.
  const end = new Uint8Array(rest < blockBytes - blockBytes / 8 ? blockBytes : 2 * blockBytes);
  end.set(bytes.subarray(whole));
  end[rest] = 0x80;
  const ending = new DataView(end.buffer);
  ending.setBigUint64(end.length - 8, 8n * BigInt(bytes.length));
  add(state, ending);
  const result = new DataView(new ArrayBuffer(4 * state.length));
  state.forEach((word, i) => {
    result.setInt32(4 * i, word);
  });
  return new Uint8Array(result.buffer);
}

/** The low word of `high:low >>> bits`; the high one, when the two are given the other way round. */
const turned = (low: number, high: number, bits: number): number => (low >>> bits) | (high << (32 - bits));

function add256(state: Int32Array, blocks: DataView): void {
  const w = schedule;
  for (let at = 0; at < blocks.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = blocks.getInt32(at + 4 * i);
    for (let i = 16; i < 64; i++) {
      const near = word(w, i - 2);
      const far = word(w, i - 15);
      const sigma1 = turned(near, near, 17) ^ turned(near, near, 19) ^ (near >>> 10);
      const sigma0 = turned(far, far, 7) ^ turned(far, far, 18) ^ (far >>> 3);
      w[i] = sigma1 + word(w, i - 7) + sigma0 + word(w, i - 16);
    }
    let { 0: a = 0, 1: b = 0, 2: c = 0, 3: d = 0, 4: e = 0, 5: f = 0, 6: g = 0, 7: h = 0 } = state;
    for (let i = 0; i < 64; i++) {
      const sum1 = turned(e, e, 6) ^ turned(e, e, 11) ^ turned(e, e, 25);
      const sum0 = turned(a, a, 2) ^ turned(a, a, 13) ^ turned(a, a, 22);
      const one = (h + sum1 + choice(e, f, g) + word(K_256, i) + word(w, i)) | 0;
      const two = sum0 + majority(a, b, c);
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((one, i) => {
      state[i] = word(state, i) + one;
    });
  }
}

/** Words of 64 bits are pairs, the high one first: a sum carries from the low ones, an exact float, to the high ones. */
function add512(state: Int32Array, blocks: DataView): void {
  const w = schedule;
  for (let at = 0; at < blocks.byteLength; at += 128) {
    for (let i = 0; i < 32; i++) w[i] = blocks.getInt32(at + 4 * i);
    for (let i = 32; i < 160; i += 2) {
      const nearHigh = word(w, i - 4);
      const nearLow = word(w, i - 3);
      const farHigh = word(w, i - 30);
      const farLow = word(w, i - 29);
      const low =
        (sigma1(nearLow, nearHigh, nearHigh) >>> 0) +
        (word(w, i - 13) >>> 0) +
        (sigma0(farLow, farHigh, farHigh) >>> 0) +
        (word(w, i - 31) >>> 0);
      w[i + 1] = low;
      w[i] =
        sigma1(nearHigh, nearLow, 0) +
        word(w, i - 14) +
        sigma0(farHigh, farLow, 0) +
        word(w, i - 32) +
        carry(low);
    }
    let { 0: aHigh = 0, 2: bHigh = 0, 4: cHigh = 0, 6: dHigh = 0 } = state;
    let { 1: aLow = 0, 3: bLow = 0, 5: cLow = 0, 7: dLow = 0 } = state;
    let { 8: eHigh = 0, 10: fHigh = 0, 12: gHigh = 0, 14: hHigh = 0 } = state;
    let { 9: eLow = 0, 11: fLow = 0, 13: gLow = 0, 15: hLow = 0 } = state;
    for (let i = 0; i < 160; i += 2) {
      const oneLow =
        (hLow >>> 0) +
        (sum1(eLow, eHigh) >>> 0) +
        (choice(eLow, fLow, gLow) >>> 0) +
        (word(SHA_512_CONSTANTS, i + 1) >>> 0) +
        (word(w, i + 1) >>> 0);
      const oneHigh =
        (hHigh +
          sum1(eHigh, eLow) +
          choice(eHigh, fHigh, gHigh) +
          word(SHA_512_CONSTANTS, i) +
          word(w, i) +
          carry(oneLow)) |
        0;
      const low = (oneLow >>> 0) + (sum0(aLow, aHigh) >>> 0) + (majority(aLow, bLow, cLow) >>> 0);
      const high = (oneHigh + sum0(aHigh, aLow) + majority(aHigh, bHigh, cHigh) + carry(low)) | 0;
      const fifth = (dLow >>> 0) + (oneLow >>> 0);
      hHigh = gHigh;
      hLow = gLow;
      gHigh = fHigh;
      gLow = fLow;
      fHigh = eHigh;
      fLow = eLow;
      eHigh = (dHigh + oneHigh + carry(fifth)) | 0;
      eLow = fifth | 0;
      dHigh = cHigh;
      dLow = cLow;
      cHigh = bHigh;
      cLow = bLow;
      bHigh = aHigh;
      bLow = aLow;
      aHigh = high;
      aLow = low | 0;
    }
    const added = [
      aHigh,
      aLow,
      bHigh,
      bLow,
      cHigh,
      cLow,
      dHigh,
      dLow,
      eHigh,
      eLow,
      fHigh,
      fLow,
      gHigh,
      gLow,
      hHigh,
      hLow,
    ];
    for (let i = 0; i < 16; i += 2) {
      const low = (word(state, i + 1) >>> 0) + (word(added, i + 1) >>> 0);
      state[i + 1] = low;
      state[i] = word(state, i) + word(added, i) + carry(low);
    }
  }
}

const choice = (e: number, f: number, g: number): number => (e & f) ^ (~e & g);
const majority = (a: number, b: number, c: number): number => (a & b) ^ (a & c) ^ (b & c);
const carry = (low: number): number => (low / 2 ** 32) | 0;
const sum0 = (x: number, y: number): number => turned(x, y, 28) ^ turned(y, x, 2) ^ turned(y, x, 7);
const sum1 = (x: number, y: number): number => turned(x, y, 14) ^ turned(x, y, 18) ^ turned(y, x, 9);
/** @param above what is shifted in: the high word, and noughts into that */
const sigma0 = (x: number, y: number, above: number): number =>
  turned(x, y, 1) ^ turned(x, y, 8) ^ turned(x, above, 7);
const sigma1 = (x: number, y: number, above: number): number =>
  turned(x, y, 19) ^ turned(y, x, 29) ^ turned(x, above, 6);

/** Of a place that there is. */
function word(words: ArrayLike<number>, at: number): number {
  return words[at] as number;
}
