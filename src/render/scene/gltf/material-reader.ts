/**
 * Reads the factors and textures of one material: a factor outside of its range is brought to the nearest end, one that is no
 * number is its default, a texture that is not there is none; each with a note.
 */
import { type CheckedJson, EMPTY, type JsonObject } from '../checked-json.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';
import type { Textures } from './textures.ts';
import { type UvSets, uvSetsOf } from './uv-sets.ts';

export class MaterialReader {
  readonly json: CheckedJson;
  readonly def: JsonObject;
  readonly #textures: Textures;
  readonly #warnings: Warnings;
  readonly #part: string;
  readonly #shown: string;
  readonly #uvSets: UvSets;

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
    this.#uvSets = uvSetsOf(def);
  }

  /** The object of KHR_materials_`suffix`, if the material has it. */
  extension(suffix: string): JsonObject | undefined {
    return this.#warnings.salvage(
      () => extensionOf(this.json, this.def, `KHR_materials_${suffix}`, this.#part),
      undefined,
    );
  }

  /** An object of the material itself; without it, or where it is none, an empty one. */
  object(value: unknown, field: string): JsonObject {
    return this.#warnings.salvage(() => this.json.optionalObject(value, `${this.#part}.${field}`), EMPTY);
  }

  /**
   * @param otherwise what the value is where the file has none, or has no number there
   * @param field where the value stands in the material, for messages; its last name is shown to people
   */
  within(value: unknown, otherwise: number, min: number, max: number, field: string): number {
    if (value === undefined) return otherwise;
    const number = this.#warnings.salvage(
      () => this.json.number(value, `${this.#part}.${field}`),
      otherwise,
      `${otherwise} stands in`,
    );
    return this.#nearest(number, min, max, field);
  }

  colour(
    value: unknown,
    otherwise: readonly [number, number, number],
    min: number,
    max: number,
    field: string,
  ): readonly [number, number, number] {
    const [r = 0, g = 0, b = 0] = this.#numbers(value, otherwise, min, max, field);
    return [r, g, b];
  }

  baseColor(value: unknown, field: string): readonly [number, number, number, number] {
    const [r = 1, g = 1, b = 1, a = 1] = this.#numbers(value, [1, 1, 1, 1], 0, 1, field);
    return [r, g, b, a];
  }

  #numbers(value: unknown, otherwise: readonly number[], min: number, max: number, field: string) {
    if (value === undefined) return otherwise;
    return this.#warnings
      .salvage(
        () => this.json.numbers(value, otherwise.length, `${this.#part}.${field}`),
        otherwise,
        `${otherwise.join(', ')} stands in`,
      )
      .map((entry) => this.#nearest(entry, min, max, field));
  }

  #nearest(number: number, min: number, max: number, field: string): number {
    if (number >= min && number <= max) return number;
    const nearest = number < min ? min : max;
    const name = field.slice(field.lastIndexOf('.') + 1);
    this.warn(`${name} ${number} was taken as ${nearest}`);
    return nearest;
  }

  /** The texture's place in the FlatScene, -1 where there is none. */
  texture(info: unknown, field: string): number {
    return this.#use(info, field);
  }

  /** As `texture`, of a picture whose green is 1 - `factor` * alpha. */
  roughnessFromGlossiness(info: unknown, factor: number, field: string): number {
    return this.#use(info, field, factor);
  }

  #use(info: unknown, field: string, glossiness?: number): number {
    const owner = {
      material: this.#shown,
      uvSets: this.#uvSets,
      ...(glossiness !== undefined && { glossiness }),
    };
    return this.#warnings.salvage(
      () => this.#textures.use(info, `${this.#part}.${field}`, owner),
      -1,
      'the material is shown without it',
    );
  }

  /** One of the words that are keys of `choices`, in whichever letter case. */
  choice<T>(value: unknown, choices: Readonly<Record<string, T>>, otherwise: T, field: string): T {
    const found = typeof value === 'string' ? choices[value.toUpperCase()] : undefined;
    if (found !== undefined) return found;
    this.warn(`${field} is none of ${Object.keys(choices).join(', ')}; ${otherwise} stands in`);
    return otherwise;
  }

  /** `scale` of a normal map's textureInfo. */
  normalScale(info: unknown, field: string): number {
    const { scale } = this.object(info, field);
    return this.within(scale, 1, -1e3, 1e3, `${field}.scale`);
  }

  warn(what: string): void {
    this.#warnings.add(`material "${this.#shown}": ${what}`);
  }
}
