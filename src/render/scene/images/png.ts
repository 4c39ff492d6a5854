/**
 * PNG (ISO 15948) row by row: a picture of 16,384 by 16,384 is a gigabyte of texels, which need not exist twice. Every kind
 * becomes 8-bit RGBA: palettes and single transparent colours are looked up, 16 bits go to the nearest of 255ths. Gamma and
 * profiles are not looked at. Inflating is the host's: it is fast, and what is packed without loss has one way to be unpacked.
 */
import { crc32 } from '../../../runtime/index.ts';

/** Compressed bytes given to the inflater at once: it may make a thousand times as many of them. */
const PIECE_BYTES = 32_768;

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** First column and row, and the steps between, of Adam7's passes. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const ONE_PASS = [[0, 0, 1, 1]] as const;

interface Png {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly isInterlaced: boolean;
  readonly palette: Uint8Array;
  readonly transparency: Uint8Array | undefined;
  /** The compressed picture. */
  readonly pieces: readonly Uint8Array[];
}

/**
 * @param onRow is given each row once, from the top: 4 bytes a pixel, in an array that is used again
 * Anything thrown means damage.
 */
export async function readPngRows(
  bytes: Uint8Array,
  onRow: (y: number, rgba: Uint8Array) => void,
): Promise<void> {
  const png = readChunks(bytes);
  const { width, height, isInterlaced } = png;
  // Rows of an interlaced picture are complete only at the end.
  const whole = isInterlaced ? new Uint8Array(4 * width * height) : undefined;
  const row = new Uint8Array(4 * width);
  const passes = (isInterlaced ? PASSES : ONE_PASS).map(([left, top, across, down]) => ({
    ...{ left, top, across, down },
    columns: Math.ceil((width - left) / across),
    rows: Math.ceil((height - top) / down),
  }));
  const expand = expander(png);
  let number = 0;
  let done = 0;
  const rows = new FilteredRows(bitsOf(png), (line) => {
    let pass = passes[number];
    while (pass && (pass.columns <= 0 || done >= pass.rows)) {
      pass = passes[++number];
      done = 0;
    }
    if (!pass) return;
    const y = pass.top + pass.down * done;
    expand(line, pass.columns, row);
    if (whole) {
      for (let x = 0; x < pass.columns; x++) {
        whole.set(row.subarray(4 * x, 4 * x + 4), 4 * (y * width + pass.left + pass.across * x));
      }
    } else {
      onRow(y, row);
    }
    done++;
  });
  for (const { columns, rows: count } of passes) if (columns > 0) rows.expect(columns, Math.max(count, 0));
  await inflate(png.pieces, rows);
  if (whole) for (let y = 0; y < height; y++) onRow(y, whole.subarray(4 * width * y, 4 * width * (y + 1)));
}

/** Ends when all rows are there, whatever follows them. */
async function inflate(pieces: readonly Uint8Array[], rows: FilteredRows): Promise<void> {
  let [piece, at] = [0, 0];
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      while (piece < pieces.length && at >= (pieces[piece]?.length ?? 0)) [piece, at] = [piece + 1, 0];
      const part = pieces[piece]?.slice(at, at + PIECE_BYTES);
      at += PIECE_BYTES;
      if (part) controller.enqueue(new Uint8Array(part));
      else controller.close();
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    while (!rows.isComplete) {
      const { done, value } = await reader.read();
      if (done) throw new Error('its picture ends early');
      rows.push(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function bitsOf({ depth, colourType }: Png): number {
  return depth * (CHANNELS[colourType] ?? 1);
}

function readChunks(bytes: Uint8Array): Png {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Omit<Png, 'palette' | 'transparency' | 'pieces'> | undefined;
  let palette = new Uint8Array();
  let transparency: Uint8Array | undefined;
  const pieces: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    const isNeeded = /^(?:IHDR|PLTE|IDAT|tRNS)$/.test(type);
    if (isNeeded && crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw new Error(`its ${type} has a wrong checksum`);
    }
    if (type === 'IHDR') header = readHeader(data);
    else if (type === 'PLTE') palette = new Uint8Array(data);
    else if (type === 'tRNS') transparency = data;
    else if (type === 'IDAT') pieces.push(data);
    else if (type === 'IEND') break;
    at = end;
  }
  if (!header || pieces.length === 0) throw new Error('it has no picture');
  if (header.colourType === 3 && palette.length === 0) throw new Error('it has no palette');
  return { ...header, palette, transparency, pieces };
}

function readHeader(data: Uint8Array) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [depth, colourType, interlace] = [view.getUint8(8), view.getUint8(9), view.getUint8(12)];
  if (!DEPTHS[colourType]?.includes(depth))
    throw new Error(`it has colours of kind ${colourType} of ${depth} bits`);
  return {
    ...{ width: view.getUint32(0), height: view.getUint32(4), depth, colourType },
    isInterlaced: interlace === 1,
  };
}

/** Cuts the inflated bytes into rows and takes their filters off (section 9). */
class FilteredRows {
  readonly #onRow: (line: Uint8Array) => void;
  readonly #bits: number;
  /** Bytes to the pixel on the left. */
  readonly #step: number;
  /** Of the passes still to come: bytes of a row, and rows. */
  readonly #passes: { readonly bytes: number; rows: number }[] = [];
  #line = new Uint8Array();
  #above = new Uint8Array();
  #filled = 0;

  constructor(bits: number, onRow: (line: Uint8Array) => void) {
    this.#bits = bits;
    this.#step = Math.max(1, bits >> 3);
    this.#onRow = onRow;
  }

  expect(columns: number, rows: number): void {
    if (rows > 0) this.#passes.push({ bytes: 1 + Math.ceil((columns * this.#bits) / 8), rows });
  }

  get isComplete(): boolean {
    return this.#passes.length === 0;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const pass = this.#passes[0];
      if (!pass) return;
      if (this.#line.length !== pass.bytes) {
        this.#line = new Uint8Array(pass.bytes);
        this.#above = new Uint8Array(pass.bytes);
      }
      const part = chunk.subarray(at, at + pass.bytes - this.#filled);
      this.#line.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === pass.bytes) this.#finish(pass);
    }
  }

  #finish(pass: { rows: number }): void {
    unfilter(this.#line, this.#above, this.#step);
    this.#onRow(this.#line.subarray(1));
    [this.#line, this.#above] = [this.#above, this.#line];
    this.#filled = 0;
    if (--pass.rows > 0) return;
    this.#passes.shift();
    this.#line = new Uint8Array();
  }
}

/** In place; the first byte says which filter. `above` is the row above, without its filter, or zeros. */
function unfilter(line: Uint8Array, above: Uint8Array, step: number): void {
  const filter = line[0] ?? 0;
  const { length } = line;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = 1 + step; i < length; i++) line[i] = (line[i] ?? 0) + (line[i - step] ?? 0);
      return;
    case 2:
      for (let i = 1; i < length; i++) line[i] = (line[i] ?? 0) + (above[i] ?? 0);
      return;
    case 3:
      for (let i = 1; i < length; i++) {
        const left = i > step ? (line[i - step] ?? 0) : 0;
        line[i] = (line[i] ?? 0) + ((left + (above[i] ?? 0)) >> 1);
      }
      return;
    case 4:
      for (let i = 1; i < length; i++) {
        const isFirst = i <= step;
        const left = isFirst ? 0 : (line[i - step] ?? 0);
        const up = above[i] ?? 0;
        const corner = isFirst ? 0 : (above[i - step] ?? 0);
        const toLeft = Math.abs(up - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + up - 2 * corner);
        const nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
        line[i] = (line[i] ?? 0) + nearest;
      }
      return;
    default:
      throw new Error(`a row has the unknown filter ${filter}`);
  }
}

/** From the samples of a row to RGBA. */
function expander(png: Png): (line: Uint8Array, columns: number, rgba: Uint8Array) => void {
  const { depth, colourType, palette, transparency } = png;
  const channels = CHANNELS[colourType] ?? 1;
  if (colourType === 3) {
    return (line, columns, rgba) => {
      for (let x = 0; x < columns; x++) {
        const index = sampleAt(line, x, depth);
        for (let c = 0; c < 3; c++) rgba[4 * x + c] = palette[3 * index + c] ?? 0;
        rgba[4 * x + 3] = transparency?.[index] ?? 255;
      }
    };
  }
  if (depth === 8 && channels >= 3 && transparency === undefined) return channels === 3 ? fromRgb : fromRgba;
  const isGrey = channels < 3;
  const hasAlpha = colourType >= 4;
  /** The one colour that is not there, in the picture's own depth. */
  const hidden = hasAlpha ? undefined : hiddenColour(transparency, isGrey ? 1 : 3);
  const most = 2 ** depth - 1;
  const toByte =
    depth === 8
      ? (value: number) => value
      : (value: number) => Math.floor((2 * value * 255 + most) / (2 * most));
  return (line, columns, rgba) => {
    for (let x = 0; x < columns; x++) {
      const first = x * channels;
      const r = sampleAt(line, first, depth);
      const g = isGrey ? r : sampleAt(line, first + 1, depth);
      const b = isGrey ? r : sampleAt(line, first + 2, depth);
      rgba[4 * x] = toByte(r);
      rgba[4 * x + 1] = toByte(g);
      rgba[4 * x + 2] = toByte(b);
      const isHidden =
        hidden !== undefined && r === hidden[0] && (isGrey || (g === hidden[1] && b === hidden[2]));
      rgba[4 * x + 3] = hasAlpha ? toByte(sampleAt(line, first + channels - 1, depth)) : isHidden ? 0 : 255;
    }
  };
}

/** The two kinds that nearly all pictures are of. */
function fromRgb(line: Uint8Array, columns: number, rgba: Uint8Array): void {
  for (let from = 0, to = 0; from < 3 * columns; from += 3, to += 4) {
    rgba[to] = line[from] ?? 0;
    rgba[to + 1] = line[from + 1] ?? 0;
    rgba[to + 2] = line[from + 2] ?? 0;
    rgba[to + 3] = 255;
  }
}

function fromRgba(line: Uint8Array, columns: number, rgba: Uint8Array): void {
  rgba.set(line.subarray(0, 4 * columns));
}

function hiddenColour(transparency: Uint8Array | undefined, count: number): readonly number[] | undefined {
  if (!transparency || transparency.length < 2 * count) return undefined;
  return Array.from(
    { length: count },
    (_, i) => ((transparency[2 * i] ?? 0) << 8) | (transparency[2 * i + 1] ?? 0),
  );
}

function sampleAt(line: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return line[i] ?? 0;
  if (depth === 16) return ((line[2 * i] ?? 0) << 8) | (line[2 * i + 1] ?? 0);
  const bit = i * depth;
  return ((line[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}
