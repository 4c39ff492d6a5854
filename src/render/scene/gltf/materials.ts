/** glTF materials to flat ones. Values outside of glTF's ranges are brought to the nearest end, with a warning. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { FlatMaterial } from '../format.ts';
import { MAX_RADIANCE } from '../limits.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';
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
    const { pbrMetallicRoughness, normalTexture, emissiveFactor = [0, 0, 0], emissiveTexture } = def;
    const { alphaMode = 'OPAQUE', alphaCutoff = 0.5, doubleSided, name } = def;
    const pbr = json.optionalObject(pbrMetallicRoughness, `${part}.pbrMetallicRoughness`);
    const { baseColorFactor = [1, 1, 1, 1], baseColorTexture } = pbr;
    const { metallicFactor = 1, roughnessFactor = 1, metallicRoughnessTexture } = pbr;
    const { scale: normalScale = 1 } = json.optionalObject(normalTexture, `${part}.normalTexture`);
    const extension = (suffix: string): JsonObject =>
      extensionOf(json, def, `KHR_materials_${suffix}`, part) ?? {};
    const { emissiveStrength = 1 } = extension('emissive_strength');
    const { ior = 1.5 } = extension('ior');
    const { transmissionFactor = 0, transmissionTexture } = extension('transmission');
    const shown = json.name(name, fallbackName);
    const within = (value: unknown, min: number, max: number, field: string): number =>
      this.#within(value, min, max, `${part}.${field}`, `material "${shown}"`);
    const [r, g, b, a] = json
      .numbers(baseColorFactor, 4, `${part}.baseColorFactor`)
      .map((value) => within(value, 0, 1, 'baseColorFactor'));
    const strength = within(emissiveStrength, 0, MAX_RADIANCE, 'emissiveStrength');
    const [er, eg, eb] = json
      .numbers(emissiveFactor, 3, `${part}.emissiveFactor`)
      .map((value) => within(value * strength, 0, MAX_RADIANCE, 'emissiveFactor'));
    return {
      name: shown,
      baseColor: [r ?? 1, g ?? 1, b ?? 1, a ?? 1],
      baseColorTexture: this.#textures.use(baseColorTexture, `${part}.baseColorTexture`),
      metallic: within(metallicFactor, 0, 1, 'metallicFactor'),
      roughness: within(roughnessFactor, 0, 1, 'roughnessFactor'),
      metallicRoughnessTexture: this.#textures.use(
        metallicRoughnessTexture,
        `${part}.metallicRoughnessTexture`,
      ),
      emissive: [er ?? 0, eg ?? 0, eb ?? 0],
      emissiveTexture: this.#textures.use(emissiveTexture, `${part}.emissiveTexture`),
      normalTexture: this.#textures.use(normalTexture, `${part}.normalTexture`),
      normalScale: within(normalScale, -1e3, 1e3, 'normalTexture.scale'),
      alphaMode: ALPHA_MODES[json.oneOf(alphaMode, ['OPAQUE', 'MASK', 'BLEND'], `${part}.alphaMode`)],
      alphaCutoff: within(alphaCutoff, 0, 1e3, 'alphaCutoff'),
      doubleSided: json.boolean(doubleSided, false, `${part}.doubleSided`),
      unlit: extensionOf(json, def, 'KHR_materials_unlit', part) !== undefined,
      // 0 is the extension's word for "as if infinite"; nothing else below 1 exists.
      ior: ior === 0 ? 0 : within(ior, 1, 100, 'ior'),
      transmission: within(transmissionFactor, 0, 1, 'transmissionFactor'),
      transmissionTexture: this.#textures.use(transmissionTexture, `${part}.transmissionTexture`),
    };
  }

  #within(value: unknown, min: number, max: number, part: string, shown: string): number {
    const number = this.#json.number(value, part);
    if (number >= min && number <= max) return number;
    const nearest = number < min ? min : max;
    this.#warnings.add(`${shown}: ${part.split('.').at(-1)} ${number} was taken as ${nearest}`);
    return nearest;
  }
}

const ALPHA_MODES = { OPAQUE: 'opaque', MASK: 'mask', BLEND: 'blend' } as const;
