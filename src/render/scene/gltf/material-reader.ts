/** Reads the factors and textures of one material: a factor outside of its range is brought to the nearest end, with a warning. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';
import type { Textures } from './textures.ts';

export class MaterialReader {
  readonly json: CheckedJson;
  readonly def: JsonObject;
  readonly #textures: Textures;
  readonly #warnings: Warnings;
  readonly #part: string;
  readonly #shown: string;

  /** @param shown the material's name for people */
  constructor(
    json: CheckedJson,
    def: JsonObject,
    textures: Textures,
    warnings: Warnings,
    part: string,
    shown: string,
  ) {
    this.json = json;
    this.def = def;
    this.#textures = textures;
    this.#warnings = warnings;
    this.#part = part;
    this.#shown = shown;
  }

  /** The object of KHR_materials_`suffix`, if the material has it. */
  extension(suffix: string): JsonObject | undefined {
    return extensionOf(this.json, this.def, `KHR_materials_${suffix}`, this.#part);
  }

  /** @param field where the value stands in the material, for messages; its last name is shown to people */
  within(value: unknown, min: number, max: number, field: string): number {
    const number = this.json.number(value, `${this.#part}.${field}`);
    if (number >= min && number <= max) return number;
    const nearest = number < min ? min : max;
    const name = field.slice(field.lastIndexOf('.') + 1);
    this.warn(`${name} ${number} was taken as ${nearest}`);
    return nearest;
  }

  colour(value: unknown, min: number, max: number, field: string): readonly [number, number, number] {
    const [r = 0, g = 0, b = 0] = this.json
      .numbers(value, 3, `${this.#part}.${field}`)
      .map((entry) => this.within(entry, min, max, field));
    return [r, g, b];
  }

  /** The texture's place in the FlatScene, -1 where there is none. */
  texture(info: unknown, field: string): number {
    return this.#textures.use(info, `${this.#part}.${field}`);
  }

  /** As `texture`, of a picture whose green is 1 - `factor` * alpha. */
  roughnessFromGlossiness(info: unknown, factor: number, field: string): number {
    return this.#textures.use(info, `${this.#part}.${field}`, factor);
  }

  baseColor(value: unknown, field: string): readonly [number, number, number, number] {
    const [r = 1, g = 1, b = 1, a = 1] = this.json
      .numbers(value, 4, `${this.#part}.${field}`)
      .map((entry) => this.within(entry, 0, 1, field));
    return [r, g, b, a];
  }

  /** `scale` of a normal map's textureInfo. */
  normalScale(info: unknown, field: string): number {
    const { scale = 1 } = this.json.optionalObject(info, `${this.#part}.${field}`);
    return this.within(scale, -1e3, 1e3, `${field}.scale`);
  }

  warn(what: string): void {
    this.#warnings.add(`material "${this.#shown}": ${what}`);
  }
}
