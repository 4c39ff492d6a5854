/**
 * What an image says about itself in its first bytes: its format (from the bytes; names and MIME types lie) and its size,
 * so that an image bomb is refused before a decoder asks for its memory. PNG section 11.2.2, JPEG (ITU-T T.81) B.2.2,
 * WebP container specification, GIF89a section 18, BITMAPFILEHEADER, Truevision TGA 2.0.
 */

import type { ImageFormat } from './image-formats.ts';
import { isKtx2, ktx2Size } from './ktx2/header.ts';

export interface ImageHeader {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
}

/** `damaged`: begins like one of the formats but has no size. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | 'unknown' | 'damaged' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, length: number): string =>
    String.fromCharCode(...bytes.subarray(from, from + length));
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') {
    if (bytes.length < 33 || text(12, 4) !== 'IHDR') return 'damaged';
    return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (text(0, 3) === '\xff\xd8\xff') return jpegHeader(bytes, view);
  if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return webpHeader(bytes, view, text(12, 4));
  if (isKtx2(bytes)) {
    const size = ktx2Size(bytes);
    return size ? { format: 'ktx2', ...size } : 'damaged';
  }
  if (text(0, 4) === 'GIF8') {
    if (bytes.length < 13) return 'damaged';
    return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (text(0, 2) === 'BM' && bytes.length >= 26) {
    if (isCoreHeader(bytes)) {
      return { format: 'bmp', width: view.getUint16(18, true), height: view.getUint16(20, true) };
    }
    // Rows from the top have a negative height.
    return { format: 'bmp', width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
  }
  return knownFormat(bytes) === undefined && isTga(bytes)
    ? { format: 'tga', width: view.getUint16(12, true), height: view.getUint16(14, true) }
    : 'unknown';
}

/** Of a BMP: the header that OS/2 had, of 12 bytes. */
export function isCoreHeader(bytes: Uint8Array): boolean {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(14, true) === 12;
}

/** Names of formats that are not read, for messages. */
const NAMES: readonly (readonly [name: string, begins: RegExp])[] = [
  ['a DDS', /^DDS /],
  ['a TIFF', /^(?:II\*\0|MM\0\*)/],
  ['an AVIF', /^....ftypavi[fs]/s],
  ['a HEIC', /^....ftyp(?:heic|heix|mif1)/s],
  ['a JPEG XL', /^....JXL /s],
  ['a JPEG 2000', /^....jP {2}/s],
  ['an OpenEXR', /^v\/1/],
  ['a Radiance picture', /^#\?/],
  ['a KTX of version 1', /^\xabKTX 11/],
  ['a Photoshop file', /^8BPS/],
  ['a PDF', /^%PDF/],
  ['a web page', /^\s*<(?:!doctype|html)/i],
  ['an SVG', /^\s*(?:<(?:\?xml|!doctype svg|!--)[^>]*>\s*)*<svg/i],
  // Others of the kind are read.
  ['an animated WebP', /^RIFF.{4}WEBPVP8X/s],
  ['a Git LFS pointer', /^version https:\/\/git-lfs/],
];

/** The name of a format that we know but do not read. */
export function knownFormat(bytes: Uint8Array): string | undefined {
  // What a drawing program says of itself may come before an SVG.
  const start = String.fromCharCode(...bytes.subarray(0, 2048));
  return NAMES.find(([, begins]) => begins.test(start))?.[0];
}

/** A TGA has no mark at its beginning: every field of the header must make sense. */
function isTga(bytes: Uint8Array): boolean {
  const [idLength = 0, mapType = 2, type = 0] = bytes;
  if (bytes.length < 18 || mapType > 1 || ![1, 2, 3, 9, 10, 11].includes(type)) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height, depth] = [view.getUint16(12, true), view.getUint16(14, true), view.getUint8(16)];
  const isMapped = type === 1 || type === 9;
  const isGrey = type === 3 || type === 11;
  const depths = isMapped || isGrey ? [8] : [15, 16, 24, 32];
  const mapBytes = mapType === 1 ? view.getUint16(5, true) * Math.ceil(view.getUint8(7) / 8) : 0;
  const start = 18 + idLength + mapBytes;
  const pixelBytes = Math.ceil(depth / 8);
  // A run is of 128 pixels at most.
  const least = type < 9 ? width * height * pixelBytes : Math.ceil((width * height) / 128) * (1 + pixelBytes);
  const isWhole = bytes.length >= start + least;
  return width > 0 && height > 0 && depths.includes(depth) && isMapped === (mapType === 1) && isWhole;
}

/** Whether the end of the file is missing, as far as its format tells: what a decoder says of it helps nobody. */
export function isCutShort(bytes: Uint8Array, format: ImageFormat): boolean {
  const ending = (mark: string): boolean => {
    const end = String.fromCharCode(...bytes.subarray(Math.max(0, bytes.length - 4096)));
    return end.includes(mark);
  };
  switch (format) {
    case 'png':
      return !ending('IEND');
    case 'jpeg':
      return !ending('\xff\xd9');
    case 'gif':
      return !ending(';');
    case 'webp':
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 > bytes.length;
    case 'bmp':
    case 'tga':
    case 'ktx2':
      return false;
    default:
      return format satisfies never;
  }
}

/** Whether the size is a lie or the rest is missing, where the bytes that it takes are known: before its pixels take memory. */
export function holdsTooLittle(bytes: Uint8Array, { format, width, height }: ImageHeader): boolean {
  if (format === 'jpeg') {
    // Each block of 8 x 8 takes a bit in one of its colours, of which a quarter may have been kept.
    return 32 * bytes.length < Math.ceil(width / 8) * Math.ceil(height / 8);
  }
  if (format !== 'bmp') return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 34) return true;
  const isCore = isCoreHeader(bytes);
  const compression = isCore ? 0 : view.getUint32(30, true);
  // Runs may leave out any part of the picture.
  if (compression === 1 || compression === 2) return false;
  const rowBytes = 4 * Math.ceil((width * view.getUint16(isCore ? 24 : 28, true)) / 32);
  return view.getUint32(10, true) + rowBytes * height > bytes.length;
}

function jpegHeader(bytes: Uint8Array, view: DataView): ImageHeader | 'damaged' {
  const frame = jpegFrame(bytes, view);
  return frame ? { format: 'jpeg', width: frame.width, height: frame.height } : 'damaged';
}

/** Four channels: cyan, magenta, yellow and black, as print has them. */
export function isCmykJpeg(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return jpegFrame(bytes, view)?.channels === 4;
}

function jpegFrame(bytes: Uint8Array, view: DataView) {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    // Start of frame, of any kind but the three markers of that range that are tables.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5), channels: bytes[at + 9] ?? 0 };
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + Math.max(view.getUint16(at + 2), 2);
  }
  return undefined;
}

/** Of the flags in a WebP's VP8X. */
const WEBP_ANIMATED = 2;

function webpHeader(bytes: Uint8Array, view: DataView, chunk: string): ImageHeader | 'damaged' | 'unknown' {
  if (bytes.length < 30) return 'damaged';
  if (chunk === 'VP8X') {
    if (view.getUint8(20) & WEBP_ANIMATED) return 'unknown';
    const uint24 = (at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    return { format: 'webp', width: uint24(24) + 1, height: uint24(27) + 1 };
  }
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === 'VP8 ') {
    return {
      format: 'webp',
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    };
  }
  return 'damaged';
}
