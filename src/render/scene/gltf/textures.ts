/**
 * Textures as the materials ask for them: an image, how it is sampled, and KHR_texture_transform as a 2x3 matrix. Only
 * images that a shown material uses get a number, and are fetched and decoded.
 */
import { type CheckedJson, EMPTY, type JsonObject } from '../checked-json.ts';
import type { FlatTexture, WrapMode } from '../format.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';
import { sinCos } from './sin-cos.ts';
import type { UvSets } from './uv-sets.ts';

const WRAPS: Readonly<Record<number, WrapMode>> = { 33071: 'clamp', 33648: 'mirror', 10497: 'repeat' };
const NEAREST = 9728;

export interface WantedImage {
  /** Which of the file's. */
  readonly source: number;
  /** Where given, green becomes roughness: 1 - glossiness * alpha. */
  readonly glossiness?: number;
  /** The name of the first material that shows it. */
  readonly material: string;
}

/** Who asks for a texture. */
export interface TextureOwner {
  /** Its name, for messages. */
  readonly material: string;
  readonly uvSets: UvSets;
  /** As WantedImage has it. */
  readonly glossiness?: number;
}

export class Textures {
  readonly #json: CheckedJson;
  readonly #warnings: Warnings;
  readonly #textures: readonly unknown[];
  readonly #samplers: readonly unknown[];
  readonly #imageCount: number;
  /** What the shown materials use, in order of first use. */
  readonly #used: FlatTexture[] = [];
  /** The JSON of a used texture to its place. */
  readonly #places = new Map<string, number>();
  /** The wanted images as JSON, to their numbers in the FlatScene. */
  readonly #imagePlaces = new Map<string, number>();
  readonly #images: WantedImage[] = [];

  constructor(json: CheckedJson, root: JsonObject, warnings: Warnings) {
    const { textures, samplers, images } = root;
    this.#json = json;
    this.#warnings = warnings;
    this.#textures = Array.isArray(textures) ? textures : [];
    this.#samplers = Array.isArray(samplers) ? samplers : [];
    this.#imageCount = Array.isArray(images) ? images.length : 0;
  }

  get list(): readonly FlatTexture[] {
    return this.#used;
  }

  /** In the order of the FlatScene's. */
  get images(): readonly WantedImage[] {
    return this.#images;
  }

  /**
   * @param info a glTF textureInfo, or undefined
   * @returns the texture's index in `list`, or -1
   * @throws SceneError `json-damaged`
   */
  use(info: unknown, part: string, { material, uvSets, glossiness }: TextureOwner): number {
    if (info === undefined) return -1;
    const json = this.#json;
    const textureInfo = json.object(info, part);
    const { index: rawIndex, texCoord = 0 } = textureInfo;
    const index = json.index(rawIndex, this.#textures.length, `${part}.index`);
    const texture = json.object(this.#textures[index], `textures[${index}]`);
    const source = this.#source(texture, `textures[${index}]`);
    if (source === undefined) return -1;
    const transform = extensionOf(json, textureInfo, 'KHR_texture_transform', part) ?? {};
    const { texCoord: override = texCoord } = transform;
    const flat: FlatTexture = {
      image: this.#useImage(source, glossiness, material),
      ...this.#sampling(texture, `textures[${index}]`),
      texCoord: json.count(override, `${part}.texCoord`, 255) === uvSets[1] ? 1 : 0,
      transform: this.#matrix(transform, `${part}.extensions.KHR_texture_transform`),
    };
    const key = JSON.stringify(flat);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#used.length);
    return this.#used.push(flat) - 1;
  }

  #useImage(source: number, glossiness: number | undefined, material: string): number {
    const image = glossiness === undefined ? { source } : { source, glossiness };
    const key = JSON.stringify(image);
    const place = this.#imagePlaces.get(key) ?? this.#images.push({ ...image, material }) - 1;
    this.#imagePlaces.set(key, place);
    return place;
  }

  #source(texture: JsonObject, part: string): number | undefined {
    const { source: plain } = texture;
    const webp = extensionOf(this.#json, texture, 'EXT_texture_webp', part);
    const basis = extensionOf(this.#json, texture, 'KHR_texture_basisu', part);
    // The plain source, where there is one too, is for readers that do not know the extensions.
    const { source = plain } = webp ?? basis ?? {};
    if (source === undefined) {
      this.#warnings.add('textures in formats other than PNG, JPEG, WebP and KTX2 are not shown');
      return undefined;
    }
    return this.#json.index(source, this.#imageCount, `${part}.source`);
  }

  #sampling(texture: JsonObject, part: string): Pick<FlatTexture, 'wrapS' | 'wrapT' | 'nearest'> {
    const { sampler: reference } = texture;
    const { wrapS, wrapT, magFilter } = this.#warnings.salvage(
      () => {
        const index = this.#json.optionalIndex(reference, this.#samplers.length, `${part}.sampler`);
        return index === undefined ? EMPTY : this.#json.object(this.#samplers[index], `samplers[${index}]`);
      },
      EMPTY,
      'the texture repeats',
    );
    const wrap = (value: unknown): WrapMode =>
      (typeof value === 'number' ? WRAPS[value] : undefined) ?? 'repeat';
    return { wrapS: wrap(wrapS), wrapT: wrap(wrapT), nearest: magFilter === NEAREST };
  }

  /** uv' = translation * rotation * scale * uv, the rotation counter-clockwise in a v-down image (the extension's text). */
  #matrix(transform: JsonObject, part: string): FlatTexture['transform'] {
    const json = this.#json;
    const { offset = [0, 0], rotation = 0, scale = [1, 1] } = transform;
    const [ox = 0, oy = 0] = json.numbers(offset, 2, `${part}.offset`);
    const [sx = 1, sy = 1] = json.numbers(scale, 2, `${part}.scale`);
    const { sin, cos } = sinCos(json.numberWithin(rotation, -1e4, 1e4, `${part}.rotation`));
    return [cos * sx + 0, sin * sy + 0, ox, -sin * sx + 0, cos * sy + 0, oy];
  }
}
