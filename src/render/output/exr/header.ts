/** The header of a single-part scan line file ("OpenEXR File Layout"): attributes of name, type, size and value. */
import { concatBytes, LeafcutterError } from '../../../runtime/index.ts';
import type { Channel } from './layers.ts';

export type ExrCompression = 'none' | 'zip';

const MAGIC = Uint8Array.of(0x76, 0x2f, 0x31, 0x01);
/** Version 2 without flags: scan lines, names up to 31 bytes, one part, no deep data. */
const VERSION = Uint8Array.of(2, 0, 0, 0);
const LONGEST_NAME = 31;
const COMPRESSION_CODE: Readonly<Record<ExrCompression, number>> = { none: 0, zip: 3 };
const HALF = 1;
const FLOAT = 2;
const INCREASING_Y = 0;
/** Red, green, blue, white of Rec. 709 as CIE x, y. */
const REC709 = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329];
/** The attributes that are ours; a text may not replace them. */
const OWN = new Set([
  'channels',
  'chromaticities',
  'compression',
  'dataWindow',
  'displayWindow',
  'lineOrder',
  'pixelAspectRatio',
  'screenWindowCenter',
  'screenWindowWidth',
]);

/** @throws LeafcutterError `bad-exr-input` where a text's name cannot be an attribute's */
export function exrHeader(
  width: number,
  height: number,
  channels: readonly Channel[],
  compression: ExrCompression,
  texts: Readonly<Record<string, string>>,
): Uint8Array {
  const window = ints(0, 0, width - 1, height - 1);
  return concatBytes(
    MAGIC,
    VERSION,
    attribute('channels', 'chlist', concatBytes(...channels.map(channelEntry), Uint8Array.of(0))),
    attribute('chromaticities', 'chromaticities', floats(...REC709)),
    attribute('compression', 'compression', Uint8Array.of(COMPRESSION_CODE[compression])),
    attribute('dataWindow', 'box2i', window),
    attribute('displayWindow', 'box2i', window),
    attribute('lineOrder', 'lineOrder', Uint8Array.of(INCREASING_Y)),
    attribute('pixelAspectRatio', 'float', floats(1)),
    attribute('screenWindowCenter', 'v2f', floats(0, 0)),
    attribute('screenWindowWidth', 'float', floats(1)),
    ...Object.entries(texts).map(([name, text]) => {
      if (OWN.has(name)) throw badName(name);
      return attribute(name, 'string', new TextEncoder().encode(text));
    }),
    Uint8Array.of(0),
  );
}

function channelEntry({ name, isHalf }: Channel): Uint8Array {
  // Pixel type, "perceptually linear" and three reserved bytes, one sample a pixel in x and y.
  return concatBytes(zeroEnded(name), ints(isHalf ? HALF : FLOAT, 0, 1, 1));
}

function attribute(name: string, type: string, value: Uint8Array): Uint8Array {
  return concatBytes(zeroEnded(name), zeroEnded(type), ints(value.length), value);
}

function zeroEnded(name: string): Uint8Array {
  if (name.length > LONGEST_NAME || !/^[!-~]+( [!-~]+)*$/.test(name)) throw badName(name);
  return concatBytes(new TextEncoder().encode(name), Uint8Array.of(0));
}

const badName = (name: string): LeafcutterError =>
  new LeafcutterError('bad-exr-input', `"${name}" cannot be the name of an EXR attribute`);

function ints(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setInt32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

function floats(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
