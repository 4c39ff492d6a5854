/**
 * Windows bitmaps (BITMAPINFOHEADER and its successors, and the BITMAPCOREHEADER of OS/2 before them): 1, 4, 8, 16, 24 and 32
 * bits, plain, run-length encoded, or by masks.
 */
import { isCoreHeader } from './image-header.ts';

/** Anything thrown means damage. */
export function decodeBmp(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerBytes = view.getUint32(14, true);
  const isCore = isCoreHeader(bytes);
  const width = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const storedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(storedHeight);
  const depth = view.getUint16(isCore ? 24 : 28, true);
  const compression = isCore ? 0 : view.getUint32(30, true);
  if ((headerBytes < 40 && !isCore) || ![1, 4, 8, 16, 24, 32].includes(depth))
    throw new Error(`it has ${depth} bits a pixel`);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  const rowAt = (row: number): number => 4 * width * (storedHeight < 0 ? row : height - 1 - row);
  if (depth <= 8) {
    const colours = (isCore ? 0 : view.getUint32(46, true)) || 1 << depth;
    const entryBytes = isCore ? 3 : 4;
    const palette = bytes.subarray(14 + headerBytes, 14 + headerBytes + entryBytes * colours);
    const put = (row: number, column: number, index: number): void => {
      if (row >= height || column >= width) return;
      const [b = 0, g = 0, r = 0] = palette.subarray(entryBytes * index, entryBytes * index + 3);
      rgba.set([r, g, b], rowAt(row) + 4 * column);
    };
    if (compression === 1 || compression === 2) {
      readRuns(bytes.subarray(start), compression === 2 ? 4 : 8, put);
    } else {
      const stride = 4 * Math.ceil((width * depth) / 32);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const bit = column * depth;
          const byte = view.getUint8(start + row * stride + (bit >> 3));
          put(row, column, (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1));
        }
      }
    }
    return { width, height, data: rgba };
  }
  const isMasked = compression === 3 || compression === 6;
  const standard = depth === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
  const hasAlphaMask = isMasked && (headerBytes >= 56 || compression === 6);
  const masks = standard.map((mask, i) =>
    isMasked && (i < 3 || hasAlphaMask) ? view.getUint32(54 + 4 * i, true) : mask,
  );
  const channels = masks.map(channelOf);
  const pixelBytes = depth / 8;
  const stride = 4 * Math.ceil((width * depth) / 32);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = start + row * stride + column * pixelBytes;
      const pixel =
        depth === 32
          ? view.getUint32(at, true)
          : view.getUint16(at, true) | (depth === 24 ? view.getUint8(at + 2) << 16 : 0);
      channels.forEach((channel, i) => {
        rgba[rowAt(row) + 4 * column + i] = channel ? channel(pixel) : 255;
      });
    }
  }
  return { width, height, data: rgba };
}

/** Takes a channel out of a pixel, to 0..255; undefined without a mask. */
function channelOf(mask: number): ((pixel: number) => number) | undefined {
  if (mask === 0) return undefined;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255 + most / 2) / most);
}

/** BI_RLE8 and BI_RLE4: runs, literals, jumps. */
function readRuns(
  codes: Uint8Array,
  depth: 4 | 8,
  put: (row: number, column: number, index: number) => void,
): void {
  let [at, row, column] = [0, 0, 0];
  while (at + 1 < codes.length) {
    const [count = 0, value = 0] = codes.subarray(at, at + 2);
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) {
        put(row, column++, depth === 8 ? value : i % 2 === 0 ? value >> 4 : value & 15);
      }
    } else if (value === 0) {
      row++;
      column = 0;
    } else if (value === 1) {
      return;
    } else if (value === 2) {
      column += codes[at] ?? 0;
      row += codes[at + 1] ?? 0;
      at += 2;
    } else {
      for (let i = 0; i < value; i++) {
        const byte = codes[at + (depth === 8 ? i : i >> 1)] ?? 0;
        put(row, column++, depth === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
      }
      const used = depth === 8 ? value : (value + 1) >> 1;
      at += used + (used % 2);
    }
  }
}
