/** The texels of a FlatImage: decoded where they are needed, halved to the size that they are looked up at. */
import { SceneError } from '../errors.ts';
import type { FlatImage } from '../format.ts';
import { decodeImage } from './decode-image.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * 4 bytes a texel, the same on every machine. For the encoding `rgba` they are the image's own bytes: not to be written to.
 * @throws SceneError as `decodeImage`; `image-damaged` where the picture does not have the size that the image claims
 */
export async function texelsOf(image: FlatImage): Promise<Uint8Array> {
  if (image.encoding === 'rgba') return image.bytes;
  const decoded = await decodeImage(image.bytes, image.name);
  const { rgba, ...size } = halvedTo(decoded.rgba, decoded, image);
  if (size.width !== image.width || size.height !== image.height) {
    const reason = `is ${decoded.width} x ${decoded.height}, should be ${image.width} x ${image.height}`;
    throw new SceneError('image-damaged', `image "${image.name}"`, reason);
  }
  if (image.glossiness !== undefined) roughnessFromGlossiness(rgba, image.glossiness);
  return rgba;
}

/** Alpha to green, in place. */
function roughnessFromGlossiness(rgba: Uint8Array, factor: number): void {
  for (let i = 0; i < rgba.length; i += 4) rgba[i + 1] = Math.round(255 - factor * (rgba[i + 3] ?? 0));
}

/** Half of a size, at least 1. */
export function halfOf({ width, height }: ImageSize): ImageSize {
  return { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) };
}

/** Halves until no side is longer than the goal's; may write over what it is given. */
export function halvedTo(
  rgba: Uint8Array,
  from: ImageSize,
  goal: ImageSize,
): ImageSize & { rgba: Uint8Array } {
  let size: ImageSize = { width: from.width, height: from.height };
  let texels = rgba;
  while ((size.width > goal.width || size.height > goal.height) && size.width * size.height > 1) {
    const half = halfOf(size);
    texels = halved(texels, size, half);
    size = half;
  }
  return { ...size, rgba: texels };
}

/** Each texel the mean of the two by two that it covers, in place: what is written lies before what is still to be read. */
function halved(texels: Uint8Array, from: ImageSize, to: ImageSize): Uint8Array {
  const right = from.width > 1 ? 4 : 0;
  const down = from.height > 1 ? 4 * from.width : 0;
  for (let y = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      const at = 4 * (2 * y * from.width + 2 * x);
      const target = 4 * (y * to.width + x);
      for (let c = at; c < at + 4; c++) {
        const sum =
          (texels[c] ?? 0) +
          (texels[c + right] ?? 0) +
          (texels[c + down] ?? 0) +
          (texels[c + right + down] ?? 0);
        texels[target + c - at] = (sum + 2) >> 2;
      }
    }
  }
  return texels.subarray(0, 4 * to.width * to.height);
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
