/** glTF materials to flat ones. Values outside of glTF's ranges are brought to the nearest end, with a warning. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { FlatMaterial } from '../format.ts';
import { MAX_IOR, MAX_RADIANCE } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { readLayers } from './material-layers.ts';
import { MaterialReader } from './material-reader.ts';
import { readSpecularGlossiness } from './specular-glossiness.ts';
import type { Textures } from './textures.ts';

/** glTF's default material (section 3.9): white and fully metallic as written there. */
const DEFAULT: JsonObject = {};

export class Materials {
  readonly #json: CheckedJson;
  readonly #values: readonly unknown[];
  readonly #textures: Textures;
  readonly #warnings: Warnings;
  /** The file's material (undefined: the default) to its place in the FlatScene. */
  readonly #places = new Map<number | undefined, number>();
  readonly #flat: FlatMaterial[] = [];

  constructor(json: CheckedJson, root: JsonObject, textures: Textures, warnings: Warnings) {
    const { materials } = root;
    this.#json = json;
    this.#values = json.list(materials, 'materials');
    this.#textures = textures;
    this.#warnings = warnings;
  }

  get list(): readonly FlatMaterial[] {
    return this.#flat;
  }

  /** The place in `list` of the file's material. @throws SceneError `json-damaged` */
  use(index: number | undefined): { readonly place: number; readonly material: FlatMaterial } {
    let place = this.#places.get(index);
    if (place === undefined) {
      const part = index === undefined ? 'the default material' : `materials[${index}]`;
      const def = index === undefined ? DEFAULT : this.#json.object(this.#values[index], part);
      place = this.#flat.length;
      this.#places.set(index, place);
      this.#flat.push(this.#read(def, part, index === undefined ? 'Default' : `Material ${index + 1}`));
    }
    const material = this.#flat[place];
    if (!material) throw this.#json.fail(`materials[${index}]`, 'is missing');
    return { place, material };
  }

  #read(def: JsonObject, part: string, fallbackName: string): FlatMaterial {
    const json = this.#json;
    const { normalTexture, emissiveFactor = [0, 0, 0], emissiveTexture } = def;
    const { alphaMode = 'OPAQUE', alphaCutoff = 0.5, doubleSided, name: rawName } = def;
    const name = json.name(rawName, fallbackName);
    const reader = new MaterialReader(json, def, this.#textures, this.#warnings, part, name);
    const { emissiveStrength = 1 } = reader.extension('emissive_strength') ?? {};
    const { transmissionFactor = 0, transmissionTexture } = reader.extension('transmission') ?? {};
    const unlit = reader.extension('unlit') !== undefined;
    const strength = reader.within(emissiveStrength, 0, MAX_RADIANCE, 'emissiveStrength');
    const [er, eg, eb] = json
      .numbers(emissiveFactor, 3, `${part}.emissiveFactor`)
      .map((value) => reader.within(value * strength, 0, MAX_RADIANCE, 'emissiveFactor'));
    const transmission = reader.within(transmissionFactor, 0, 1, 'transmissionFactor');
    const glossy = reader.extension('pbrSpecularGlossiness');
    // Where a material has both, the extension is the better one.
    const { specular, ...base } = glossy
      ? readSpecularGlossiness(reader, glossy)
      : readMetallicRoughness(reader, part);
    return {
      name,
      ...base,
      emissive: [er ?? 0, eg ?? 0, eb ?? 0],
      emissiveTexture: reader.texture(emissiveTexture, 'emissiveTexture'),
      normalTexture: reader.texture(normalTexture, 'normalTexture'),
      normalScale: reader.normalScale(normalTexture, 'normalTexture'),
      alphaMode: ALPHA_MODES[json.oneOf(alphaMode, ['OPAQUE', 'MASK', 'BLEND'], `${part}.alphaMode`)],
      alphaCutoff: reader.within(alphaCutoff, 0, 1e3, 'alphaCutoff'),
      doubleSided: json.boolean(doubleSided, false, `${part}.doubleSided`),
      unlit,
      transmission,
      transmissionTexture: transmission > 0 ? reader.texture(transmissionTexture, 'transmissionTexture') : -1,
      ...(unlit ? {} : readLayers(reader, transmission > 0)),
      ...(specular && !unlit ? { specular } : {}),
    };
  }
}

function readMetallicRoughness(reader: MaterialReader, part: string) {
  const { pbrMetallicRoughness } = reader.def;
  const pbr = reader.json.optionalObject(pbrMetallicRoughness, `${part}.pbrMetallicRoughness`);
  const { baseColorFactor = [1, 1, 1, 1], baseColorTexture } = pbr;
  const { metallicFactor = 1, roughnessFactor = 1, metallicRoughnessTexture } = pbr;
  const { ior = 1.5 } = reader.extension('ior') ?? {};
  return {
    baseColor: reader.baseColor(baseColorFactor, 'baseColorFactor'),
    baseColorTexture: reader.texture(baseColorTexture, 'baseColorTexture'),
    metallic: reader.within(metallicFactor, 0, 1, 'metallicFactor'),
    roughness: reader.within(roughnessFactor, 0, 1, 'roughnessFactor'),
    metallicRoughnessTexture: reader.texture(metallicRoughnessTexture, 'metallicRoughnessTexture'),
    // 0 is the extension's word for "as if infinite"; nothing else below 1 exists.
    ior: ior === 0 ? 0 : reader.within(ior, 1, MAX_IOR, 'ior'),
    specular: undefined,
  };
}

const ALPHA_MODES = { OPAQUE: 'opaque', MASK: 'mask', BLEND: 'blend' } as const;
