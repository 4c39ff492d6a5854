/**
 * Our own small PNG writer (W3C PNG, third edition), so that the page and the terminal write the same file byte for byte:
 * 8 or 16-bit RGB (a render is opaque), the sRGB chunk, texts about how the picture came to be, one filter chosen a row by
 * the smallest sum of absolute differences, deflate by fflate.
 */
import { zlibSync } from 'fflate';
import { concatBytes, crc32, LeafcutterError } from '../../runtime/index.ts';

export interface PngOptions {
  /** Keyword (1-79 ASCII letters, e.g. "Software") to text; written as iTXt in the order given. */
  readonly texts?: Readonly<Record<string, string>>;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const CHANNELS = 3;
const FILTERS = 5;

/** A Uint16Array makes a file of 16 bits a channel, bytes one of 8. */
export type PngPixels = Uint8Array | Uint8ClampedArray | Uint16Array;

/**
 * @param rgba sRGB, 4 values a pixel, row-major; alpha is left out
 * @throws LeafcutterError `bad-png-input` where lengths or a keyword do not fit
 */
export function encodePng(
  rgba: PngPixels,
  width: number,
  height: number,
  options: PngOptions = {},
): Uint8Array {
  if (!(width > 0 && height > 0) || rgba.length !== 4 * width * height) {
    throw new LeafcutterError(
      'bad-png-input',
      `${rgba.length} values are not ${width} x ${height} RGBA pixels`,
    );
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8 * rgba.BYTES_PER_ELEMENT, 2, 0, 0, 0], 8); // bits a channel, RGB, deflate, adaptive filters, not interlaced
  return concatBytes(
    SIGNATURE,
    chunk('IHDR', header),
    chunk('sRGB', Uint8Array.of(0)), // perceptual intent
    ...Object.entries(options.texts ?? {}).map(([keyword, text]) => chunk('iTXt', textData(keyword, text))),
    chunk('IDAT', zlibSync(filterRows(rgba, width, height), { level: 6 })),
    chunk('IEND', new Uint8Array()),
  );
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function textData(keyword: string, text: string): Uint8Array {
  if (!/^[!-~](?:[ -~]{0,77}[!-~])?$/.test(keyword)) {
    throw new LeafcutterError('bad-png-input', `"${keyword}" cannot be a PNG keyword`);
  }
  const encoder = new TextEncoder();
  // Keyword, zero, not compressed, method 0, no language tag, no translated keyword.
  return concatBytes(encoder.encode(keyword), new Uint8Array(5), encoder.encode(text.replaceAll('\0', '')));
}

/** Each row: the filter's number, then the filtered RGB bytes, the high byte of a word first. */
function filterRows(rgba: PngPixels, width: number, height: number): Uint8Array {
  const pixelBytes = CHANNELS * rgba.BYTES_PER_ELEMENT;
  const rowBytes = width * pixelBytes;
  const rows = new Uint8Array(height * (rowBytes + 1));
  let above = new Uint8Array(rowBytes);
  let row = new Uint8Array(rowBytes);
  const candidates = Array.from({ length: FILTERS }, () => new Uint8Array(rowBytes));
  for (let y = 0; y < height; y++) {
    packRow(rgba, y * width, width, row);
    const filter = filterRow(row, above, pixelBytes, candidates);
    const start = y * (rowBytes + 1);
    rows[start] = filter;
    rows.set(candidates[filter] ?? row, start + 1);
    [row, above] = [above, row];
  }
  return rows;
}

function packRow(rgba: PngPixels, firstPixel: number, width: number, row: Uint8Array): void {
  const isWide = rgba.BYTES_PER_ELEMENT === 2;
  let to = 0;
  for (let x = 0; x < width; x++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      const value = rgba[4 * (firstPixel + x) + channel] ?? 0;
      if (isWide) row[to++] = value >> 8;
      row[to++] = value;
    }
  }
}

/** Fills the candidates with all five filters of the row; returns the one with the smallest differences. */
function filterRow(
  row: Uint8Array,
  above: Uint8Array,
  pixelBytes: number,
  candidates: readonly Uint8Array[],
): number {
  const sums = new Array<number>(FILTERS).fill(0);
  for (let i = 0; i < row.length; i++) {
    const value = row[i] ?? 0;
    const left = i < pixelBytes ? 0 : (row[i - pixelBytes] ?? 0);
    const up = above[i] ?? 0;
    const corner = i < pixelBytes ? 0 : (above[i - pixelBytes] ?? 0);
    for (let filter = 0; filter < FILTERS; filter++) {
      const difference = (value - predict(filter, left, up, corner)) & 0xff;
      const candidate = candidates[filter];
      if (candidate) candidate[i] = difference;
      sums[filter] = (sums[filter] ?? 0) + (difference < 128 ? difference : 256 - difference);
    }
  }
  return sums.indexOf(Math.min(...sums));
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
