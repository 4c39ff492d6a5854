/**
 * What an image says about itself in its first bytes: its format (from the bytes; names and MIME types lie) and its size,
 * so that an image bomb is refused before a decoder asks for its memory. PNG section 11.2.2, JPEG (ITU-T T.81) B.2.2,
 * WebP container specification.
 */

import { isKtx2, ktx2Size } from './ktx2/header.ts';

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'ktx2';

export interface ImageHeader {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
}

/** `unknown`: none of the four formats. `damaged`: begins like one but has no size. */
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
  return 'unknown';
}

function jpegHeader(bytes: Uint8Array, view: DataView): ImageHeader | 'damaged' {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return 'damaged';
    const marker = bytes[at + 1] ?? 0;
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    // Start of frame, of any kind but the three markers of that range that are tables.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    if (marker === 0xda || marker === 0xd9) return 'damaged';
    at += 2 + Math.max(view.getUint16(at + 2), 2);
  }
  return 'damaged';
}

function webpHeader(bytes: Uint8Array, view: DataView, chunk: string): ImageHeader | 'damaged' {
  if (bytes.length < 30) return 'damaged';
  if (chunk === 'VP8X') {
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
