/**
 * OpenEXR pictures, by three's reader, which knows every compression that programs write. It believes what a file says
 * of its size, so the header is looked at here first.
 */
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { AGAIN } from '../errors.ts';

export interface ExrHeader {
  readonly width: number;
  readonly height: number;
}

export interface ExrPixels extends ExrHeader {
  /** 4 numbers a pixel, the last row first. */
  readonly rgba: ArrayLike<number>;
}

const MAGIC = 20_000_630;
const DEEP_DATA = 0x08;
/** Attributes of real files: some dozens. */
const MAX_ATTRIBUTES = 1_000;

export function isExr(bytes: Uint8Array): boolean {
  return bytes.length > 8 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/** @returns what is wrong, as a text, where the header cannot be used */
export function readExrHeader(bytes: Uint8Array): ExrHeader | string {
  const view = viewOf(bytes);
  if (((bytes[5] ?? 0) & DEEP_DATA) !== 0) return 'holds deep data, which is no picture';
  let at = 8;
  const text = (): string => {
    const end = bytes.subarray(0, at + 256).indexOf(0, at);
    if (end < 0) throw new RangeError('a name does not end');
    const found = new TextDecoder('latin1').decode(bytes.subarray(at, end));
    at = end + 1;
    return found;
  };
  const types = new Set<number>();
  let size: ExrHeader | undefined;
  try {
    for (let i = 0; i < MAX_ATTRIBUTES; i++) {
      const name = text();
      if (name === '') break;
      text();
      const end = at + 4 + view.getUint32(at, true);
      at += 4;
      if (name === 'dataWindow') {
        const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [0, 4, 8, 12].map((k) => view.getInt32(at + k, true));
        size = { width: x1 - x0 + 1, height: y1 - y0 + 1 };
      }
      while (name === 'channels' && at < end - 1) {
        const channel = text();
        if (/^(R|G|B|Y|RY|BY)$/.test(channel)) types.add(view.getInt32(at, true));
        at += 16;
      }
      at = end;
    }
  } catch {
    return `is cut short or damaged in its header; ${AGAIN}`;
  }
  if (!size) return 'is damaged in its header: it has no size';
  if (types.size > 1) return 'mixes channels of different precision; save it as half or as float';
  return size;
}

/** @throws whatever three throws at a damaged file */
export function readExrPixels(bytes: Uint8Array): ExrPixels {
  const plain = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const { warn } = console;
  try {
    // It mutters about attributes that it does not know.
    console.warn = () => {};
    const { width, height, data } = new EXRLoader().setDataType(FloatType).parse(plain.buffer as ArrayBuffer);
    return { width: width ?? 0, height: height ?? 0, rgba: data ?? [] };
  } finally {
    console.warn = warn;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
