/** The images that the shown materials use: fetched, measured all together, then decoded one after the other. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import { baseName } from '../files/bundle.ts';
import type { FlatImage } from '../format.ts';
import { decodeImage, measureImage } from '../images/decode-image.ts';
import { MAX_TEXELS } from '../limits.ts';
import type { BufferView } from './buffers.ts';
import type { WantedImage } from './textures.ts';

/**
 * @param onDecoded is told after each image how many are done; it may throw to stop
 * @throws SceneError `missing-file`, `image-damaged`, `image-unsupported`, `too-large`, `json-damaged`
 */
export async function readImages(
  json: CheckedJson,
  root: JsonObject,
  wanted: readonly WantedImage[],
  views: readonly BufferView[],
  resolve: (uri: string, part: string) => Uint8Array,
  onDecoded: (done: number) => void,
): Promise<FlatImage[]> {
  const { images: rawImages } = root;
  const values = json.list(rawImages, 'images');
  const encoded = wanted.map(({ source, glossiness }) => ({
    ...encodedImage(json, values[source], source, views, resolve),
    glossiness,
  }));
  let texels = 0;
  for (const { bytes, name } of encoded) {
    const { width, height } = measureImage(bytes, name);
    texels += width * height;
    if (texels > MAX_TEXELS) {
      const reason = `all together have more than ${MAX_TEXELS / 2 ** 20} million pixels; export smaller textures`;
      throw new SceneError('too-large', 'images', reason);
    }
  }
  const decoded: FlatImage[] = [];
  for (const { bytes, name, glossiness } of encoded) {
    const image = await decodeImage(bytes, name);
    if (glossiness !== undefined) roughnessFromGlossiness(image.rgba, glossiness);
    decoded.push(image);
    onDecoded(decoded.length);
  }
  return decoded;
}

/** Alpha to green, in place. */
function roughnessFromGlossiness(rgba: Uint8Array, factor: number): void {
  for (let i = 0; i < rgba.length; i += 4) rgba[i + 1] = Math.round(255 - factor * (rgba[i + 3] ?? 0));
}

function encodedImage(
  json: CheckedJson,
  value: unknown,
  index: number,
  views: readonly BufferView[],
  resolve: (uri: string, part: string) => Uint8Array,
): { readonly name: string; readonly bytes: Uint8Array } {
  const part = `images[${index}]`;
  const { name, uri, bufferView } = json.object(value, part);
  if (bufferView !== undefined) {
    const view = views[json.index(bufferView, views.length, `${part}.bufferView`)];
    if (!view?.bytes) throw new SceneError('missing-file', part, 'its buffer view has no data');
    return { name: json.name(name, `image ${index}`), bytes: view.bytes };
  }
  const address = json.text(uri, `${part}.uri`);
  const fallback = address.startsWith('data:') ? `image ${index}` : baseName(address);
  return { name: json.name(name, fallback), bytes: resolve(address, part) };
}
