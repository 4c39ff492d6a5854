/** Bits from the lowest of each byte on, and Huffman codes among them (KTX 2.0 specification, "BasisLZ Bitstream"). */

export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Beyond the end all bits are 0, as the format has it: what reads must be bounded by itself. */
  bit(): number {
    const byte = this.#bytes[this.#position >>> 3] ?? 0;
    const bit = (byte >>> (this.#position & 7)) & 1;
    this.#position++;
    return bit;
  }

  /** @param count up to 16 */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value |= this.bit() << i;
    return value;
  }

  /** Chunks of `size` bits, each followed by a bit that says whether another one comes. */
  variable(size: number): number {
    let value = 0;
    for (let offset = 0; offset < 31; offset += size) {
      value |= this.bits(size) << offset;
      if (this.bit() === 0) break;
    }
    return value >>> 0;
  }
}

const LONGEST = 16;

/** A canonical Huffman code: shorter codes first, among those of one length by symbol (as in deflate, RFC 1951 3.2.2). */
export class HuffmanCode {
  /** How many codes have each length. */
  readonly #counts = new Uint32Array(LONGEST + 1);
  /** By length, then by symbol. */
  readonly #symbols: Uint16Array;

  /** @param lengths one a symbol, 0: not used @throws Error where no prefix code has these lengths */
  constructor(lengths: Uint8Array) {
    for (const length of lengths) this.#counts[length] = (this.#counts[length] ?? 0) + 1;
    this.#counts[0] = 0;
    let left = 1;
    let used = 0;
    const offsets = new Uint32Array(LONGEST + 2);
    for (let length = 1; length <= LONGEST; length++) {
      const count = this.#counts[length] ?? 0;
      left = 2 * left - count;
      if (left < 0) throw new Error('a Huffman code has too many short codes');
      used += count;
      offsets[length + 1] = used;
    }
    if (used === 0 || (left > 0 && used > 1)) throw new Error('a Huffman code is not complete');
    this.#symbols = new Uint16Array(used);
    lengths.forEach((length, symbol) => {
      if (length === 0) return;
      const place = offsets[length] ?? 0;
      this.#symbols[place] = symbol;
      offsets[length] = place + 1;
    });
  }

  /** @throws Error where the bits are no code */
  read(bits: BitReader): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST; length++) {
      code |= bits.bit();
      const count = this.#counts[length] ?? 0;
      if (code - first < count) return this.#symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) * 2;
      code *= 2;
    }
    throw new Error('bits that are no Huffman code');
  }
}

/** In which order the lengths of the lengths' own codes are stored; 17 to 20 are runs. */
const LENGTH_ORDER = [17, 18, 19, 20, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15, 16];
const RUNS = [
  { repeats: false, bits: 3, least: 3 },
  { repeats: false, bits: 7, least: 11 },
  { repeats: true, bits: 2, least: 3 },
  { repeats: true, bits: 7, least: 7 },
] as const;

/** @throws Error */
export function readHuffmanCode(bits: BitReader): HuffmanCode {
  const symbolCount = bits.bits(14);
  const lengthsOfLengths = new Uint8Array(LENGTH_ORDER.length);
  const stored = bits.bits(5);
  if (stored > LENGTH_ORDER.length) throw new Error('a Huffman code has too many lengths');
  for (const symbol of LENGTH_ORDER.slice(0, stored)) lengthsOfLengths[symbol] = bits.bits(3);
  const lengthCode = new HuffmanCode(lengthsOfLengths);
  const lengths = new Uint8Array(symbolCount);
  for (let i = 0; i < symbolCount; ) {
    const symbol = lengthCode.read(bits);
    const run = RUNS[symbol - 17];
    if (!run) {
      lengths[i] = symbol;
      i++;
      continue;
    }
    const length = bits.bits(run.bits) + run.least;
    if (i + length > symbolCount || (run.repeats && i === 0)) {
      throw new Error('a run of Huffman code lengths is too long');
    }
    if (run.repeats) lengths.fill(lengths[i - 1] ?? 0, i, i + length);
    i += length;
  }
  return new HuffmanCode(lengths);
}
