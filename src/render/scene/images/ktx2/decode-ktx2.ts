/** A KTX2 texture to RGBA: our own decoders of ETC1S and UASTC, integers only, loaded when the first such texture comes. */
import { type Ktx2Picture, readKtx2 } from './container.ts';
import { decodeEtc1s } from './etc1s.ts';
import { decodeUastc } from './uastc.ts';

/** @throws Ktx2UnsupportedError; anything else means damage */
export function decodeKtx2(
  bytes: Uint8Array,
): Pick<Ktx2Picture, 'width' | 'height'> & { data: Uint8ClampedArray } {
  const picture = readKtx2(bytes);
  const rgba = picture.model === 'etc1s' ? decodeEtc1s(picture) : decodeUastc(picture);
  const { width, height } = picture;
  return { width, height, data: new Uint8ClampedArray(rgba.buffer) };
}
