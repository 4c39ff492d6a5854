/**
 * The picture's name: two renders are the same picture exactly if their hashes are equal. Page and terminal show it.
 *
 * SHA-256 over: width (u32), height (u32), then the means as float32 R, G, B, row by row from the top left; everything
 * little-endian, as all machines are that have WebAssembly SIMD. Exposure and display are not part of it.
 */
import { concatBytes, fromHex, sha256, toHex } from '../../runtime/index.ts';
import { developInto, type ReadableTiles } from './tile-pixels.ts';

/** Lower-case hex. */
export async function filmHash(picture: ReadableTiles): Promise<string> {
  const { width, height } = picture;
  const bytes = new Uint8Array(8 + width * height * 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, height, true);
  developInto(picture, new Float32Array(bytes.buffer, 8));
  return toHex(await sha256(bytes));
}

/**
 * The name of a render by those of its frames, in their order: of one frame that frame's, of several the SHA-256 of their hashes' bytes
 * one after the other.
 */
export async function rangeHash(frames: readonly string[]): Promise<string> {
  const [only] = frames;
  if (only !== undefined && frames.length === 1) return only;
  return toHex(await sha256(concatBytes(...frames.map(fromHex))));
}
