/** KHR_materials_variants: the same meshes in other materials (a shoe in three colours), one of which is chosen by its name. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { Warnings } from '../warnings.ts';
import { extensionOf } from './extensions.ts';

const VARIANTS = 'KHR_materials_variants';

/** The place of a variant in the file. */
export type ChosenVariant = number;

/** The names of the variants in the file's order; often none. */
export function variantNames(json: CheckedJson, root: JsonObject, warnings: Warnings): readonly string[] {
  return warnings.salvage(() => {
    const { variants } = extensionOf(json, root, VARIANTS, 'glTF') ?? {};
    return json.list(variants, `extensions.${VARIANTS}.variants`).map((value, i) => {
      const { name } = json.object(value, `extensions.${VARIANTS}.variants[${i}]`);
      return json.name(name, `Variant ${i + 1}`);
    });
  }, []);
}

/** The material that a primitive has in the variant; undefined: its own. @throws SceneError `json-damaged` */
export function variantMaterial(
  json: CheckedJson,
  primitive: JsonObject,
  part: string,
  variant: ChosenVariant,
): unknown {
  const { mappings } = extensionOf(json, primitive, VARIANTS, part) ?? {};
  for (const [i, value] of json.list(mappings, `${part}.extensions.${VARIANTS}.mappings`).entries()) {
    const at = `${part}.extensions.${VARIANTS}.mappings[${i}]`;
    const { material, variants } = json.object(value, at);
    if (json.list(variants, `${at}.variants`).includes(variant)) return material;
  }
  return undefined;
}

/**
 * What a person chose by its place or name among what the file has.
 * @returns undefined where nothing was chosen
 * @throws SceneError `unknown-choice`, naming what there is
 */
export function chosenAmong(
  names: readonly string[],
  wanted: number | string | undefined,
  kind: string,
): number | undefined {
  if (wanted === undefined) return undefined;
  const index = typeof wanted === 'string' ? names.indexOf(wanted) : wanted;
  if (names[index] !== undefined) return index;
  const known = names.slice(0, 20).map((name, i) => `${i} "${name}"`);
  const reason = `does not exist; the file has ${known.length > 0 ? known.join(', ') : 'none'}`;
  throw new SceneError('unknown-choice', `the ${kind} ${JSON.stringify(wanted)}`, reason);
}
