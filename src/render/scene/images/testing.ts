/** For tests: a whole picture at once. */
import { measureImage, readRows } from './decode-image.ts';

export async function decodeImage(bytes: Uint8Array, name: string) {
  const { width, height } = measureImage(bytes, name);
  const rgba = new Uint8Array(4 * width * height);
  await readRows(bytes, name, (y, row) => {
    rgba.set(row, 4 * width * y);
  });
  return { name, width, height, rgba };
}
