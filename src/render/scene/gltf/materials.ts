/** glTF materials to flat ones. Values outside of glTF's ranges are brought to the nearest end, with a warning. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { FlatMaterial } from '../format.ts';
import { MAX_IOR, MAX_RADIANCE } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { readLayers } from './material-layers.ts';
import { MaterialReader } from './material-reader.ts';
import { readSpecularGlossiness } from './specular-glossiness.ts';
import type { Textures } from './textures.ts';
import { usedSets } from './uv-sets.ts';

/** glTF's default material (section 3.9): white and fully metallic as written there. */
const DEFAULT: JsonObject = {};
/** For points and lines without one: white paper. */
const MARKS: JsonObject = { name: 'Marks', pbrMetallicRoughness: { metallicFactor: 0 } };

export class Materials {
  readonly #json: CheckedJson;
  readonly #values: readonly unknown[];
  readonly #textures: Textures;
  readonly #warnings: Warnings;
  /** The file's material (undefined: the default) to its place in the FlatScene. */
  readonly #places = new Map<number | 'marks' | undefined, number>();
  readonly #flat: FlatMaterial[] = [];

  constructor(json: CheckedJson, root: JsonObject, textures: Textures, warnings: Warnings) {
    const { materials } = root;
    this.#json = json;
    this.#values = Array.isArray(materials) ? materials : [];
    this.#textures = textures;
    this.#warnings = warnings;
  }

  get list(): readonly FlatMaterial[] {
    return this.#flat;
  }

  /** The place in `list` of the file's material; what of it cannot be read is as in the default material. */
  use(index: number | 'marks' | undefined): { readonly place: number; readonly material: FlatMaterial } {
    let place = this.#places.get(index);
    if (place === undefined) {
      place = this.#flat.length;
      this.#places.set(index, place);
      const part = typeof index === 'number' ? `materials[${index}]` : 'the default material';
      const fallbackName = typeof index === 'number' ? `Material ${index + 1}` : 'Default';
      this.#flat.push(this.#read(this.#definition(index, part), part, fallbackName));
    }
    const material = this.#flat[place];
    if (!material) throw this.#json.fail(`materials[${index}]`, 'is missing');
    return { place, material };
  }

  #definition(index: number | 'marks' | undefined, part: string): JsonObject {
    if (index === undefined) return DEFAULT;
    if (index === 'marks') return MARKS;
    return this.#warnings.salvage(
      () => this.#json.object(this.#values[index], part),
      DEFAULT,
      'the default material stands in',
    );
  }

  #read(def: JsonObject, part: string, fallbackName: string): FlatMaterial {
    const { normalTexture, emissiveFactor, emissiveTexture } = def;
    const { alphaMode = 'OPAQUE', alphaCutoff, doubleSided = false, name: rawName } = def;
    const name = this.#json.name(rawName, fallbackName);
    const reader = new MaterialReader(this.#json, def, this.#textures, this.#warnings, part, name);
    const { emissiveStrength } = reader.extension('emissive_strength') ?? {};
    const { transmissionFactor, transmissionTexture } = reader.extension('transmission') ?? {};
    const unlit = reader.extension('unlit') !== undefined;
    const strength = reader.within(emissiveStrength, 1, 0, MAX_RADIANCE, 'emissiveStrength');
    const [er, eg, eb] = reader.colour(emissiveFactor, [0, 0, 0], 0, MAX_RADIANCE, 'emissiveFactor');
    const transmission = reader.within(transmissionFactor, 0, 0, 1, 'transmissionFactor');
    const glossy = reader.extension('pbrSpecularGlossiness');
    // Where a material has both, the extension is the better one.
    const { specular, ...base } = glossy
      ? readSpecularGlossiness(reader, glossy)
      : readMetallicRoughness(reader);
    const glow = reader.texture(emissiveTexture, 'emissiveTexture');
    // Where a glow is painted by a texture, all of the surface glowing would be far from what is meant.
    const brightest = emissiveTexture !== undefined && glow < 0 ? 0 : MAX_RADIANCE;
    const brightness = (channel: number): number => Math.min(channel * strength, brightest);
    if (usedSets(def).size > 2) {
      reader.warn('looks at more than two sets of texture coordinates; its first stands in for the others');
    }
    return {
      name,
      ...base,
      emissive: [brightness(er), brightness(eg), brightness(eb)],
      emissiveTexture: glow,
      normalTexture: reader.texture(normalTexture, 'normalTexture'),
      normalScale: reader.normalScale(normalTexture, 'normalTexture'),
      alphaMode: reader.choice(alphaMode, ALPHA_MODES, 'opaque', 'alphaMode'),
      alphaCutoff: reader.within(alphaCutoff, 0.5, 0, 1e3, 'alphaCutoff'),
      doubleSided: doubleSided === true,
      unlit,
      transmission,
      transmissionTexture: transmission > 0 ? reader.texture(transmissionTexture, 'transmissionTexture') : -1,
      ...(unlit ? {} : readLayers(reader, transmission > 0)),
      ...(specular && !unlit ? { specular } : {}),
    };
  }
}

function readMetallicRoughness(reader: MaterialReader) {
  const { pbrMetallicRoughness } = reader.def;
  const pbr = reader.object(pbrMetallicRoughness, 'pbrMetallicRoughness');
  const { baseColorFactor, baseColorTexture, metallicFactor, roughnessFactor, metallicRoughnessTexture } =
    pbr;
  const { ior } = reader.extension('ior') ?? {};
  return {
    baseColor: reader.baseColor(baseColorFactor, 'baseColorFactor'),
    baseColorTexture: reader.texture(baseColorTexture, 'baseColorTexture'),
    metallic: reader.within(metallicFactor, 1, 0, 1, 'metallicFactor'),
    roughness: reader.within(roughnessFactor, 1, 0, 1, 'roughnessFactor'),
    metallicRoughnessTexture: reader.texture(metallicRoughnessTexture, 'metallicRoughnessTexture'),
    // 0 is the extension's word for "as if infinite"; nothing else below 1 exists.
    ior: ior === 0 ? 0 : reader.within(ior, 1.5, 1, MAX_IOR, 'ior'),
    specular: undefined,
  };
}

const ALPHA_MODES = { OPAQUE: 'opaque', MASK: 'mask', BLEND: 'blend' } as const;
