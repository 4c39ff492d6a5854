/**
 * The picture's name: two renders are the same picture exactly if their hashes are equal. Page and terminal show it.
 *
 * SHA-256 over: width (u32), height (u32), then for each row of Tiles from the top the SHA-256 of its means as float32 R, G, B, row by
 * row of pixels; everything little-endian, as all machines are that have WebAssembly SIMD. So a picture of any size is named with a few of
 * its rows in hand. Exposure and display are not part of it.
 */
import { concatBytes, fromHex, sha256, toHex } from '../../runtime/index.ts';
import { developRow, type ReadableTiles } from './tile-pixels.ts';
import { TILE_SIZE, tileGrid } from './tiles.ts';

/** Lower-case hex. */
export async function filmHash(picture: ReadableTiles): Promise<string> {
  const { width, height } = picture;
  const { tilesDown } = tileGrid(width, height);
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, height, true);
  const digests: Uint8Array[] = [];
  const means = new Float32Array(3 * width * Math.min(TILE_SIZE, height));
  for (let row = 0; row < tilesDown; row++) {
    const floats = developRow(picture, row, means);
    digests.push(await sha256(new Uint8Array(means.buffer, 0, 4 * floats)));
  }
  return toHex(await sha256(concatBytes(head, ...digests)));
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
