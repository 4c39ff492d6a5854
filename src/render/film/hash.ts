/**
 * The picture's name: two renders are the same picture exactly if their hashes are equal. Page and terminal show it.
 *
 * SHA-256 over: width (u32), height (u32), then the means as float32 R, G, B, row by row from the top left; everything
 * little-endian. Exposure and display are not part of it.
 */
import { sha256, toHex } from '../../runtime/index.ts';

/** `means`: RGB row-major, width * height * 3 floats. Lower-case hex. */
export async function filmHash(width: number, height: number, means: Float32Array): Promise<string> {
  const bytes = new Uint8Array(8 + means.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width, true);
  view.setUint32(4, height, true);
  for (let i = 0; i < means.length; i++) view.setFloat32(8 + i * 4, means[i] ?? 0, true);
  return toHex(await sha256(bytes));
}
