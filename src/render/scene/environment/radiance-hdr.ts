/**
 * Radiance pictures (`.hdr`, `.pic`): a text header, then scanlines of RGBE pixels, either plain, or run-length encoded in
 * one of two ways (Greg Ward, "Real Pixels", Graphics Gems II, and the reference manual's file formats). One scanline at a
 * time, so a picture of any size needs no more memory than a row.
 */
import { AGAIN } from '../errors.ts';

export interface RadianceHeader {
  readonly width: number;
  readonly height: number;
  /** The first scanline is the bottom. */
  readonly isBottomUp: boolean;
  /** The first pixel of a scanline is the right one. */
  readonly isRightToLeft: boolean;
  /** What the stored values were multiplied with. */
  readonly exposure: number;
  /** Where the pixels begin. */
  readonly start: number;
}

/** Headers of real files have some hundred bytes. */
const MAX_HEADER_BYTES = 65_536;

export function isRadiance(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x3f;
}

/** @returns what is wrong, as a text, where the header cannot be used */
export function readRadianceHeader(bytes: Uint8Array): RadianceHeader | string {
  const text = String.fromCharCode(...bytes.subarray(0, 1));
  if (text !== '#') return 'is no Radiance picture';
  let exposure = 1;
  let at = 0;
  const line = (): string | undefined => {
    const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a, at);
    if (end < 0) return undefined;
    const found = new TextDecoder('latin1').decode(bytes.subarray(at, end)).trim();
    at = end + 1;
    return found;
  };
  for (let entry = line(); entry !== ''; entry = line()) {
    if (entry === undefined) return `is cut short or damaged in its header; ${AGAIN}`;
    const [, name, value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(entry) ?? [];
    if (name === 'FORMAT' && value !== '32-bit_rle_rgbe') {
      return `holds ${value.slice(0, 40)} pixels; only 32-bit_rle_rgbe is read`;
    }
    // Several programs may each have changed the exposure.
    if (name === 'EXPOSURE' && Number(value) > 0) exposure *= Number(value);
  }
  const [, signY, height, signX, width] = /^([-+])Y\s+(\d+)\s+([-+])X\s+(\d+)$/.exec(line() ?? '') ?? [];
  if (height === undefined || width === undefined) return 'has no size, or lies on its side';
  return {
    width: Number(width),
    height: Number(height),
    isBottomUp: signY === '+',
    isRightToLeft: signX === '-',
    exposure: exposure > 0 && exposure < Number.POSITIVE_INFINITY ? exposure : 1,
    start: at,
  };
}

/**
 * Calls `onRow` for each scanline, from the first stored, with 3 floats a pixel; the array is used again for the next.
 * @returns false where the data ends early or breaks its own rules
 */
export function readRadianceRows(
  bytes: Uint8Array,
  { width, height, exposure, start }: RadianceHeader,
  onRow: (index: number, rgb: Float32Array) => void,
): boolean {
  const scanline = new Uint8Array(4 * width);
  const rgb = new Float32Array(3 * width);
  let at = start;
  for (let row = 0; row < height; row++) {
    // A scanline as wide as this begins with 2, 2 and its width, which no plain pixel does.
    const isPlanar =
      width >= 8 &&
      width < 32_768 &&
      bytes[at] === 2 &&
      bytes[at + 1] === 2 &&
      ((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0) === width;
    at = isPlanar ? readPlanar(bytes, at + 4, scanline) : readPixels(bytes, at, scanline);
    if (at < 0) return false;
    for (let x = 0; x < width; x++) {
      const exponent = scanline[4 * x + 3] ?? 0;
      const scale = exponent === 0 ? 0 : (SCALES[exponent] ?? 0) / exposure;
      for (let c = 0; c < 3; c++) rgb[3 * x + c] = (scanline[4 * x + c] ?? 0) * scale;
    }
    onRow(row, rgb);
  }
  return true;
}

/** 2^(exponent - 128 - 8), by doubling: exact. */
const SCALES = Float64Array.from({ length: 256 }, (_, exponent) => {
  let scale = 1;
  for (let i = 136; i < exponent; i++) scale *= 2;
  for (let i = exponent; i < 136; i++) scale /= 2;
  return scale;
});

/** The four planes of a scanline one after the other, each of runs (above 128) and literals. @returns where it ends, or -1 */
function readPlanar(bytes: Uint8Array, start: number, scanline: Uint8Array): number {
  const width = scanline.length / 4;
  let at = start;
  for (let plane = 0; plane < 4; plane++) {
    for (let x = 0; x < width; ) {
      const code = bytes[at] ?? 0;
      const isRun = code > 128;
      const length = isRun ? code - 128 : code;
      if (length === 0 || x + length > width || at + 1 + (isRun ? 1 : length) > bytes.length) return -1;
      for (let i = 0; i < length; i++) {
        scanline[4 * (x + i) + plane] = bytes[at + 1 + (isRun ? 0 : i)] ?? 0;
      }
      x += length;
      at += 1 + (isRun ? 1 : length);
    }
  }
  return at;
}

/** Plain pixels, among them (1, 1, 1, n): the pixel before n times more, 256 times as often for each such before it. */
function readPixels(bytes: Uint8Array, start: number, scanline: Uint8Array): number {
  let at = start;
  let shift = 0;
  for (let to = 0; to < scanline.length; at += 4) {
    if (at + 4 > bytes.length) return -1;
    const [r = 0, g = 0, b = 0, e = 0] = bytes.subarray(at, at + 4);
    if (r !== 1 || g !== 1 || b !== 1) {
      scanline.set([r, g, b, e], to);
      to += 4;
      shift = 0;
      continue;
    }
    const length = 4 * e * 2 ** shift;
    if (to === 0 || to + length > scanline.length) return -1;
    for (let i = 0; i < length; i++) scanline[to + i] = scanline[to + i - 4] ?? 0;
    to += length;
    shift += 8;
  }
  return at;
}
