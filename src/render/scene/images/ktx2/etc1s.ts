/**
 * BasisLZ / ETC1S (KTX 2.0 specification, "BasisLZ Global Data" and "ETC1S Slice Data"): the file has a palette of colours
 * (endpoints) and one of patterns (selectors); every block of 4 x 4 pixels names one of each, mostly by what its
 * neighbours named. Integers throughout, so the same pixels everywhere.
 */
import { BitReader, type HuffmanCode, readHuffmanCode } from './bits.ts';
import type { Ktx2Picture } from './container.ts';

/** What is added to the three channels of a block's colour for each of the four values of its pattern (ETC1). */
const INTENSITIES: readonly (readonly number[])[] = [
  [-8, -2, 2, 8],
  [-17, -5, 5, 17],
  [-29, -9, 9, 29],
  [-42, -13, 13, 42],
  [-60, -18, 18, 60],
  [-80, -24, 24, 80],
  [-106, -33, 33, 106],
  [-183, -47, 47, 183],
];

interface Palettes {
  /** 4 bytes an entry: red, green, blue of 5 bits each, and which row of INTENSITIES. */
  readonly endpoints: Uint8Array;
  /** 4 bytes an entry, a row each; 2 bits a pixel from the left. */
  readonly selectors: Uint8Array;
  readonly predictions: HuffmanCode;
  readonly endpointSteps: HuffmanCode;
  readonly selectorSymbols: HuffmanCode;
  readonly selectorRuns: HuffmanCode;
  readonly historySize: number;
}

/** @throws Error where the data breaks its own rules */
export function decodeEtc1s({ width, height, level, global, channels }: Ktx2Picture): Uint8Array {
  const view = new DataView(global.buffer, global.byteOffset, global.byteLength);
  const word = (at: number): number => view.getUint32(at, true);
  const [HEADER_BYTES, IMAGE_BYTES] = [20, 20];
  const sizes = [word(4), word(8), word(12), word(16)];
  // The descriptions of all levels' pictures come first; the codebooks are at the end.
  let at = global.length - sizes.reduce((sum, size) => sum + size, 0);
  if (at < HEADER_BYTES + IMAGE_BYTES) throw new Error('it has no global data');
  const [endpointBytes, selectorBytes, tableBytes] = sizes.map((size) => {
    at += size;
    return global.subarray(at - size, at);
  });
  const palettes = readPalettes(
    view.getUint16(0, true),
    view.getUint16(2, true),
    endpointBytes ?? new Uint8Array(),
    selectorBytes ?? new Uint8Array(),
    tableBytes ?? new Uint8Array(),
  );
  const part = (field: number): Uint8Array => {
    const [offset, length] = [word(HEADER_BYTES + field), word(HEADER_BYTES + field + 4)];
    if (offset + length > level.length) throw new Error('a slice is cut short');
    return level.subarray(offset, offset + length);
  };
  const P_FRAME = 2;
  if ((word(HEADER_BYTES) & P_FRAME) !== 0) throw new Error('it is a film');
  const rgba = new Uint8Array(4 * width * height).fill(255);
  const [colours, more] = [part(4), part(12)];
  decodeSlice(colours, palettes, width, height, (to, r, g, b) => {
    rgba[to] = r;
    rgba[to + 1] = channels === 'red-green' ? 0 : g;
    rgba[to + 2] = channels === 'red-green' ? 0 : b;
  });
  if (more.length > 0) {
    // The second slice is grey: the fourth channel, or the second of two.
    const channel = channels === 'red-green' ? 1 : 3;
    decodeSlice(more, palettes, width, height, (to, _r, g) => {
      rgba[to + channel] = g;
    });
  }
  return rgba;
}

function readPalettes(
  endpointCount: number,
  selectorCount: number,
  endpointBytes: Uint8Array,
  selectorBytes: Uint8Array,
  tableBytes: Uint8Array,
): Palettes {
  if (endpointCount === 0 || selectorCount === 0) throw new Error('a palette is empty');
  const tables = new BitReader(tableBytes);
  const [predictions, endpointSteps, selectorSymbols, selectorRuns] = [
    readHuffmanCode(tables),
    readHuffmanCode(tables),
    readHuffmanCode(tables),
    readHuffmanCode(tables),
  ];
  const historySize = tables.bits(13);
  if (historySize === 0) throw new Error('it keeps no history');
  return {
    endpoints: readEndpoints(new BitReader(endpointBytes), endpointCount),
    selectors: readSelectors(new BitReader(selectorBytes), selectorCount),
    predictions,
    endpointSteps,
    selectorSymbols,
    selectorRuns,
    historySize,
  };
}

/** Each channel as a step from that of the entry before, by one of three codes: for dark, middle and bright ones. */
function readEndpoints(bits: BitReader, count: number): Uint8Array {
  const dark = readHuffmanCode(bits);
  const middle = readHuffmanCode(bits);
  const bright = readHuffmanCode(bits);
  const intensities = readHuffmanCode(bits);
  const isGrey = bits.bit() === 1;
  const endpoints = new Uint8Array(4 * count);
  const before = [16, 16, 16];
  let intensity = 0;
  for (let i = 0; i < count; i++) {
    intensity = (intensity + intensities.read(bits)) & 7;
    for (let c = 0; c < (isGrey ? 1 : 3); c++) {
      const value = before[c] ?? 0;
      const code = value <= 9 ? dark : value <= 21 ? middle : bright;
      before[c] = (value + code.read(bits)) & 31;
    }
    const [r = 0, g = 0, b = 0] = before;
    endpoints.set(isGrey ? [r, r, r, intensity] : [r, g, b, intensity], 4 * i);
  }
  return endpoints;
}

function readSelectors(bits: BitReader, count: number): Uint8Array {
  const selectors = new Uint8Array(4 * count);
  if (bits.bits(2) !== 0) throw new Error('its palette lies in another file');
  const isRaw = bits.bit() === 1;
  const steps = isRaw ? undefined : readHuffmanCode(bits);
  for (let i = 0; i < selectors.length; i++) {
    const isFirst = i < 4;
    selectors[i] = steps && !isFirst ? (selectors[i - 4] ?? 0) ^ steps.read(bits) : bits.bits(8);
  }
  return selectors;
}

type Put = (to: number, r: number, g: number, b: number) => void;

function decodeSlice(bytes: Uint8Array, palettes: Palettes, width: number, height: number, put: Put): void {
  const endpointsOf = new EndpointReader(bytes, palettes, Math.ceil(width / 4));
  const selectorsOf = new SelectorReader(endpointsOf.bits, palettes);
  const colours = new Uint8Array(12);
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4) {
      blockColours(palettes.endpoints, 4 * endpointsOf.next(x / 4, y / 4), colours);
      const selector = 4 * selectorsOf.next();
      for (let row = 0; row < Math.min(4, height - y); row++) {
        const pattern = palettes.selectors[selector + row] ?? 0;
        for (let column = 0; column < Math.min(4, width - x); column++) {
          const from = 3 * ((pattern >>> (2 * column)) & 3);
          put(
            4 * ((y + row) * width + x + column),
            colours[from] ?? 0,
            colours[from + 1] ?? 0,
            colours[from + 2] ?? 0,
          );
        }
      }
    }
  }
}

/** The four colours of a block, 3 bytes each. */
function blockColours(endpoints: Uint8Array, at: number, target: Uint8Array): void {
  const intensities = INTENSITIES[endpoints[at + 3] ?? 0] ?? [];
  for (let c = 0; c < 3; c++) {
    const five = endpoints[at + c] ?? 0;
    const eight = (five << 3) | (five >>> 2);
    for (let i = 0; i < 4; i++) target[3 * i + c] = Math.min(Math.max(eight + (intensities[i] ?? 0), 0), 255);
  }
}

/** Which endpoint each block names: that of its left, upper or upper left neighbour, or a step from the one before. */
class EndpointReader {
  readonly bits: BitReader;
  readonly #palettes: Palettes;
  readonly #count: number;
  /** Of the row above, and of this row as far as it is known. */
  #above: Uint16Array;
  #row: Uint16Array;
  /** Two bits a block for two by two blocks: those of the lower row wait here. */
  readonly #waiting: Uint8Array;
  #pending = 0;
  #prediction = 0;
  #repeats = 0;
  #endpoint = 0;

  constructor(bytes: Uint8Array, palettes: Palettes, columns: number) {
    this.bits = new BitReader(bytes);
    this.#palettes = palettes;
    this.#count = palettes.endpoints.length / 4;
    this.#above = new Uint16Array(columns);
    this.#row = new Uint16Array(columns);
    this.#waiting = new Uint8Array(columns);
  }

  /** Row by row, from the left. */
  next(x: number, y: number): number {
    if (x === 0) [this.#above, this.#row] = [this.#row, this.#above];
    if (x % 2 === 0) {
      if (y % 2 === 0) {
        this.#pending = this.#readPrediction();
        this.#waiting[x] = this.#pending >>> 4;
      } else {
        this.#pending = this.#waiting[x] ?? 0;
      }
    }
    const kind = this.#pending & 3;
    this.#pending >>>= 2;
    if ((x === 0 && (kind === 0 || kind === 2)) || (y === 0 && (kind === 1 || kind === 2))) {
      throw new Error('a block follows one outside of the picture');
    }
    if (kind === 1) this.#endpoint = this.#above[x] ?? 0;
    else if (kind === 2) this.#endpoint = this.#above[x - 1] ?? 0;
    else if (kind === 3) {
      this.#endpoint += this.#palettes.endpointSteps.read(this.bits);
      if (this.#endpoint >= this.#count) this.#endpoint -= this.#count;
      if (this.#endpoint >= this.#count) throw new Error('a block has no colours');
    }
    this.#row[x] = this.#endpoint;
    return this.#endpoint;
  }

  #readPrediction(): number {
    const [REPEAT, FEWEST] = [256, 3];
    if (this.#repeats > 0) {
      this.#repeats--;
      return this.#prediction;
    }
    const symbol = this.#palettes.predictions.read(this.bits);
    if (symbol === REPEAT) this.#repeats = this.bits.variable(4) + FEWEST - 1;
    else this.#prediction = symbol;
    return this.#prediction;
  }
}

/** Which selector each block names: by its number, or as one of those named lately. */
class SelectorReader {
  readonly #bits: BitReader;
  readonly #palettes: Palettes;
  readonly #count: number;
  /** The first half are those named again; the second half takes in the new ones in turn. */
  readonly #history: Uint32Array;
  #rover: number;
  #repeats = 0;

  constructor(bits: BitReader, palettes: Palettes) {
    this.#bits = bits;
    this.#palettes = palettes;
    this.#count = palettes.selectors.length / 4;
    this.#history = new Uint32Array(palettes.historySize);
    this.#rover = palettes.historySize >>> 1;
  }

  next(): number {
    const symbol = this.#readSymbol();
    if (symbol < this.#count) {
      this.#history[this.#rover] = symbol;
      this.#rover++;
      if (this.#rover === this.#history.length) this.#rover = this.#history.length >>> 1;
      return symbol;
    }
    const place = symbol - this.#count;
    const selector = this.#history[place];
    if (selector === undefined) throw new Error('a block has no pattern');
    this.#history[place] = this.#history[place >>> 1] ?? 0;
    this.#history[place >>> 1] = selector;
    return selector;
  }

  #readSymbol(): number {
    const [FEWEST, LONG_RUN] = [3, 63];
    if (this.#repeats === 0) {
      const symbol = this.#palettes.selectorSymbols.read(this.#bits);
      if (symbol !== this.#count + this.#history.length) return symbol;
      const run = this.#palettes.selectorRuns.read(this.#bits);
      this.#repeats = FEWEST + (run === LONG_RUN ? this.#bits.variable(7) : run);
    }
    // A run names the one at the head of the history again and again.
    this.#repeats--;
    return this.#count;
  }
}
