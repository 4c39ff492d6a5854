/**
 * Our own OpenEXR writer: the film's floats as they are, without exposure or curve, for those who go on in a compositor. A
 * single-part scan line file, which every reader knows; float or half; uncompressed or ZIP (16 lines deflated together,
 * after the bytes were sorted by significance and replaced by their differences). Runs in browsers and in Node.
 */
import { zlibSync } from 'fflate';
import { concatBytes, LeafcutterError } from '../../../runtime/index.ts';
import { halfFromFloat } from '../half.ts';
import { type ExrCompression, exrHeader } from './header.ts';
import { type Channel, channelsOf, type ExrLayers } from './layers.ts';

export interface ExrOptions {
  /** `half` has 11 significant bits up to 65504, at half the size. @default 'float' */
  readonly pixelType?: 'float' | 'half';
  /** @default 'zip' */
  readonly compression?: ExrCompression;
  readonly layers?: ExrLayers;
  /** Name (1-31 ASCII letters, e.g. "software") to text; written as string attributes. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** Lines a chunk has, as the format fixes it. */
const LINES: Readonly<Record<ExrCompression, number>> = { none: 1, zip: 16 };
/** Noise does not get smaller by trying harder: level 9 saves 1 % for three times the work. */
const DEFLATE_LEVEL = 4;

/**
 * @param picture linear Rec. 709 radiance, RGB, row-major, 3 floats a pixel
 * @throws LeafcutterError `bad-exr-input` where lengths or a name do not fit
 */
export function encodeExr(
  picture: Float32Array,
  width: number,
  height: number,
  options: ExrOptions = {},
): Uint8Array<ArrayBuffer> {
  const { pixelType = 'float', compression = 'zip', layers = {}, texts = {} } = options;
  if (!(width > 0 && height > 0)) {
    throw new LeafcutterError('bad-exr-input', `a picture cannot have ${width} x ${height} pixels`);
  }
  const channels = channelsOf(picture, layers, width * height, pixelType === 'half');
  const header = exrHeader(width, height, channels, compression, texts);
  const lines = LINES[compression];
  const offsets = new DataView(new ArrayBuffer(8 * Math.ceil(height / lines)));
  const parts = [header, new Uint8Array(offsets.buffer)];
  let offset = header.length + offsets.byteLength;
  for (let y = 0; y < height; y += lines) {
    const raw = packLines(channels, width, y, Math.min(lines, height - y));
    const packed = compression === 'zip' ? zipped(raw) : raw;
    const head = new DataView(new ArrayBuffer(8));
    head.setInt32(0, y, true);
    head.setInt32(4, packed.length, true);
    offsets.setBigUint64(8 * (y / lines), BigInt(offset), true);
    parts.push(new Uint8Array(head.buffer), packed);
    offset += head.byteLength + packed.length;
  }
  return concatBytes(...parts) as Uint8Array<ArrayBuffer>;
}

/** Line by line, within it channel by channel, little-endian. */
function packLines(channels: readonly Channel[], width: number, y: number, lines: number): Uint8Array {
  const pixelBytes = channels.reduce((sum, { isHalf }) => sum + (isHalf ? 2 : 4), 0);
  const view = new DataView(new ArrayBuffer(pixelBytes * width * lines));
  let to = 0;
  for (let line = y; line < y + lines; line++) {
    for (const { isHalf, values, offset, stride } of channels) {
      let from = line * width * stride + offset;
      for (let x = 0; x < width; x++, from += stride) {
        const value = values[from] ?? 0;
        if (isHalf) view.setUint16(to, halfFromFloat(value), true);
        else view.setFloat32(to, value, true);
        to += isHalf ? 2 : 4;
      }
    }
  }
  return new Uint8Array(view.buffer);
}

/** Even bytes before odd ones, each as its difference to the one before plus 128, deflated; as it was where that is no gain. */
function zipped(raw: Uint8Array): Uint8Array {
  const sorted = new Uint8Array(raw.length);
  const half = (raw.length + 1) >> 1;
  for (let i = 0; i < raw.length; i++) sorted[(i & 1 ? half : 0) + (i >> 1)] = raw[i] ?? 0;
  for (let i = sorted.length - 1; i > 0; i--) sorted[i] = (sorted[i] ?? 0) - (sorted[i - 1] ?? 0) + 128;
  const packed = zlibSync(sorted, { level: DEFLATE_LEVEL });
  return packed.length < raw.length ? packed : raw;
}
