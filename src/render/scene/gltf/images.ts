/**
 * The images that the shown materials use: fetched, measured all together, then decoded one after the other to see that each
 * can be, and to make the small copies that a preview shows. What cannot be shown is left out, with a note that names the material
 * and the picture.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { isDataUri } from '../files/data-uri.ts';
import { baseName } from '../files/reference.ts';
import type { FlatImage } from '../format.ts';
import { measureImage } from '../images/decode-image.ts';
import { fitted, halving, type ImageSize, readHalved } from '../images/texels.ts';
import { MAX_TEXELS } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import type { BufferViews, Resolve } from './buffers.ts';
import { MeanLight } from './own-light.ts';
import type { WantedImage } from './textures.ts';

export interface ReadImage {
  readonly image: FlatImage;
  /** Mean of its texels' light: linear luminance of the colours in sRGB. */
  readonly mean: number;
}

export interface ImageSource {
  readonly json: CheckedJson;
  readonly root: JsonObject;
  readonly views: BufferViews;
  readonly resolve: Resolve;
  /** 0: no previews. */
  readonly previewTexels: number;
  readonly warnings: Warnings;
  /** Is told after each image how many are done; may throw to stop. */
  readonly onDecoded: (done: number) => void;
}

/** One for each of the wanted; undefined for what cannot be shown. @throws SceneError `reader-failed` */
export async function readImages(
  wanted: readonly WantedImage[],
  source: ImageSource,
): Promise<readonly (ReadImage | undefined)[]> {
  const { warnings, previewTexels, onDecoded } = source;
  const found: (FlatImage | undefined)[] = [];
  for (const image of wanted) {
    found.push(await attempt(image, warnings, () => encodedImage(image, source)));
  }
  const sizes = fittingSizes(found, MAX_TEXELS);
  if (found.some((image, i) => image && sizes[i]?.width !== image.width)) {
    const limit = `${MAX_TEXELS / 2 ** 20} million texels`;
    warnings.add(
      `the textures have more than ${limit} together; the largest are shown at half their size or less`,
    );
  }
  const small = previewTexels > 0 ? fittingSizes(found, previewTexels) : [];
  const read: (ReadImage | undefined)[] = [];
  for (const [i, image] of found.entries()) {
    const size = sizes[i];
    const request = wanted[i];
    read.push(
      image && size && request
        ? await attempt(request, warnings, () => decodedOnce({ ...image, ...size }, small[i]))
        : undefined,
    );
    onDecoded(i + 1);
  }
  return read;
}

function fittingSizes(images: readonly (FlatImage | undefined)[], most: number): readonly ImageSize[] {
  return fitted(
    images.map((image) => ({ width: image?.width ?? 0, height: image?.height ?? 0 })),
    most,
  );
}

async function decodedOnce(image: FlatImage, small: ImageSize | undefined): Promise<ReadImage> {
  const mean = new MeanLight();
  const size = small && halving(image, small, () => {}).size;
  const preview = size && { ...size, rgba: new Uint8Array(4 * size.width * size.height) };
  const { sink } = preview
    ? halving(image, preview, (y, row) => preview.rgba.set(row, 4 * preview.width * y))
    : { sink: () => {} };
  await readHalved(image, image, (y, row) => {
    mean.add(row);
    sink(y, row);
  });
  return { image: preview ? { ...image, preview } : image, mean: mean.value };
}

async function attempt<T>(
  { material }: WantedImage,
  warnings: Warnings,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    warnings.excuse(error, `material "${material}" is shown without it`);
    return undefined;
  }
}

/** At its full size. */
async function encodedImage(
  { source: index, glossiness }: WantedImage,
  { json, root, views, resolve }: ImageSource,
): Promise<FlatImage> {
  const { images } = root;
  const part = `images[${index}]`;
  const { name: rawName, uri, bufferView } = json.object(json.list(images, 'images')[index], part);
  let bytes: Uint8Array;
  let name = json.name(rawName, `image ${index}`);
  if (bufferView !== undefined) {
    bytes = views.bytesOf(json.index(bufferView, views.length, `${part}.bufferView`));
  } else {
    const address = json.text(uri, `${part}.uri`);
    if (!isDataUri(address)) name = json.name(rawName, baseName(address));
    bytes = await resolve(address, part);
  }
  if (bytes.length === 0) throw new SceneError('image-damaged', `image "${name}"`, 'is empty');
  const { width, height, format } = measureImage(bytes, name);
  return {
    ...{ name, width, height, encoding: format, bytes },
    ...(glossiness !== undefined && { glossiness }),
  };
}
