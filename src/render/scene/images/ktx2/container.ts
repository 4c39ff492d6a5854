/**
 * KTX 2.0 (Khronos): a fixed header, an index of mip levels, a data format descriptor, and the levels. Of all that it may
 * hold, what KHR_texture_basisu allows is read: one two-dimensional picture in ETC1S or UASTC. Mip levels are not needed.
 */
import { unzlibSync } from 'fflate';
import { decompress as unzstd } from 'fzstd';
import { Ktx2UnsupportedError } from './header.ts';

/** What the channels of the texture stand for, as the descriptor's samples say. */
export type Ktx2Channels = 'rgb' | 'rgba' | 'red' | 'red-green';

export interface Ktx2Picture {
  readonly width: number;
  readonly height: number;
  readonly model: 'etc1s' | 'uastc';
  readonly channels: Ktx2Channels;
  /** The largest level, unpacked where it was packed as a whole. */
  readonly level: Uint8Array;
  /** BasisLZ: what all levels share. */
  readonly global: Uint8Array;
}

const LEVEL_INDEX = 80;
const MODELS: Readonly<Record<number, 'etc1s' | 'uastc'>> = { 163: 'etc1s', 166: 'uastc' };
const NONE = 0;
const BASIS_LZ = 1;
const ZSTANDARD = 2;
const ZLIB = 3;

/** @throws Ktx2UnsupportedError, Error where something lies outside of the file, and the unpackers' own errors */
export function readKtx2(bytes: Uint8Array): Ktx2Picture {
  const view = viewOf(bytes);
  const word = (at: number): number => view.getUint32(at, true);
  /** 64-bit offsets and lengths: a file has no 4 GiB. */
  const long = (at: number): number => word(at) + word(at + 4) * 2 ** 32;
  const slice = (offset: number, length: number): Uint8Array => {
    if (offset + length > bytes.length) throw new Error('it is cut short');
    return bytes.subarray(offset, offset + length);
  };
  const [format, width, height, depth] = [word(12), word(20), word(24), word(28)];
  const [layers, faces, scheme] = [word(32), word(36), word(44)];
  if (depth > 0 || layers > 1 || faces !== 1) {
    throw new Ktx2UnsupportedError('it is a volume, a cube or a list of pictures');
  }
  const descriptor = slice(word(48), word(52));
  const model = MODELS[descriptor[12] ?? 0];
  if (format !== 0 || !model) throw new Ktx2UnsupportedError('its pixels are neither ETC1S nor UASTC');
  if ((model === 'etc1s') !== (scheme === BASIS_LZ)) {
    throw new Ktx2UnsupportedError(`its supercompression ${scheme} does not fit its pixels`);
  }
  const stored = slice(long(LEVEL_INDEX), long(LEVEL_INDEX + 8));
  return {
    width,
    height,
    model,
    channels: channelsOf(descriptor, model),
    level: unpacked(stored, scheme, model, width, height),
    global: slice(long(64), long(72)),
  };
}

/** UASTC has 16 bytes for each 4 x 4 pixels; no more is ever unpacked. */
function unpacked(
  stored: Uint8Array,
  scheme: number,
  model: Ktx2Picture['model'],
  width: number,
  height: number,
): Uint8Array {
  const expected = 16 * Math.ceil(width / 4) * Math.ceil(height / 4);
  let level = stored;
  if (scheme === ZSTANDARD) level = unzstd(stored, new Uint8Array(expected));
  else if (scheme === ZLIB) level = unzlibSync(stored, { out: new Uint8Array(expected) });
  else if (scheme !== NONE && scheme !== BASIS_LZ) {
    throw new Ktx2UnsupportedError(`its supercompression ${scheme} is unknown`);
  }
  if (model === 'uastc' && level.length < expected) throw new Error('it has too few blocks');
  return level;
}

/** The channel type of each sample: the low four bits of its fourth byte (Khronos Data Format, "KHR_DF_CHANNEL_..."). */
function channelsOf(descriptor: Uint8Array, model: Ktx2Picture['model']): Ktx2Channels {
  const [FIRST_SAMPLE, SAMPLE_BYTES] = [28, 16];
  const [first = 0, second] = [0, 1].map((i) => {
    const byte = descriptor[FIRST_SAMPLE + i * SAMPLE_BYTES + 3];
    return byte === undefined ? undefined : byte & 15;
  });
  if (model === 'uastc') {
    const kinds: Readonly<Record<number, Ktx2Channels>> = { 3: 'rgba', 4: 'red', 5: 'red-green' };
    return kinds[first] ?? 'rgb';
  }
  if (first === 3) return second === 4 ? 'red-green' : 'red';
  return second === undefined ? 'rgb' : 'rgba';
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
