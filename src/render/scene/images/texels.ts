/** The texels of a FlatImage: decoded where they are needed, halved to the size that they are looked up at. */
import { SceneError } from '../errors.ts';
import type { FlatImage } from '../format.ts';
import { measureImage, type OnRow, readRows } from './decode-image.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Writes an image's texels, 4 bytes each, the same on every machine.
 * @param target of 4 * width * height bytes
 * @throws SceneError as `readRows`; `image-damaged` where the picture does not have the size that the image claims
 */
export async function writeTexels(image: FlatImage, target: Uint8Array): Promise<void> {
  if (image.encoding === 'rgba') {
    target.set(image.bytes);
    return;
  }
  const { width, height, glossiness } = image;
  await readHalved(image, image, (y, rgba) => {
    target.set(rgba, 4 * width * y);
  });
  if (glossiness !== undefined) roughnessFromGlossiness(target.subarray(0, 4 * width * height), glossiness);
}

/** As `writeTexels`, into an array of its own. */
export async function texelsOf(image: FlatImage): Promise<Uint8Array> {
  const texels = new Uint8Array(4 * image.width * image.height);
  await writeTexels(image, texels);
  return texels;
}

/** Decodes an image's picture, halved until it has the goal's size. @throws SceneError as `writeTexels` */
export async function readHalved(
  { bytes, name }: Pick<FlatImage, 'bytes' | 'name'>,
  goal: ImageSize,
  onRow: OnRow,
): Promise<void> {
  const header = measureImage(bytes, name);
  const { size, sink } = halving(header, goal, onRow);
  if (size.width !== goal.width || size.height !== goal.height) {
    const reason = `is ${header.width} x ${header.height}, should be ${goal.width} x ${goal.height}`;
    throw new SceneError('image-damaged', `image "${name}"`, reason);
  }
  await readRows(bytes, name, sink);
}

/** Alpha to green, in place. */
function roughnessFromGlossiness(rgba: Uint8Array, factor: number): void {
  for (let i = 0; i < rgba.length; i += 4) rgba[i + 1] = Math.round(255 - factor * (rgba[i + 3] ?? 0));
}

/** Half of a size, at least 1. */
export function halfOf({ width, height }: ImageSize): ImageSize {
  return { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) };
}

/**
 * Rows of a picture to rows of one that is halved until no side is longer than the goal's.
 * @returns what to give the picture's rows to, and the size that is reached
 */
export function halving(
  from: ImageSize,
  goal: ImageSize,
  onRow: OnRow,
): { readonly size: ImageSize; readonly sink: OnRow } {
  const isSmall = from.width <= goal.width && from.height <= goal.height;
  if (isSmall || from.width * from.height <= 1) {
    return { size: { width: from.width, height: from.height }, sink: onRow };
  }
  const next = halving(halfOf(from), goal, onRow);
  return { size: next.size, sink: halvingOnce(from, next.sink) };
}

/** Each texel the mean of the two by two that it covers; an odd last row or column is left out. */
function halvingOnce(from: ImageSize, onRow: OnRow): OnRow {
  const { width } = halfOf(from);
  const right = from.width > 1 ? 4 : 0;
  const upper = new Uint8Array(4 * from.width);
  const half = new Uint8Array(4 * width);
  const emit = (y: number, lower: Uint8Array): void => {
    for (let x = 0; x < width; x++) {
      for (let c = 8 * x; c < 8 * x + 4; c++) {
        const sum = (upper[c] ?? 0) + (upper[c + right] ?? 0) + (lower[c] ?? 0) + (lower[c + right] ?? 0);
        half[c - 4 * x] = (sum + 2) >> 2;
      }
    }
    onRow(y, half);
  };
  return (y, rgba) => {
    if (y % 2 === 0 && from.height > 1) upper.set(rgba);
    else if (from.height > 1) emit(y >> 1, rgba);
    else {
      upper.set(rgba);
      emit(0, rgba);
    }
  };
}

/** How often each image must be halved so that all together fit: always the largest, of equals the first. */
export function fitted(sizes: readonly ImageSize[], mostTexels: number): readonly ImageSize[] {
  const fitting = [...sizes];
  const texels = ({ width, height }: ImageSize): number => width * height;
  let total = fitting.reduce((sum, size) => sum + texels(size), 0);
  while (total > mostTexels) {
    let largest = 0;
    for (const [i, size] of fitting.entries()) {
      if (texels(size) > texels(fitting[largest] ?? size)) largest = i;
    }
    const size = fitting[largest];
    if (!size || texels(size) <= 1) break;
    fitting[largest] = halfOf(size);
    total += texels(halfOf(size)) - texels(size);
  }
  return fitting;
}
