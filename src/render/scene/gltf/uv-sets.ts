/**
 * Which sets of texture coordinates a material looks at. A file may have any number of them (TEXCOORD_0, 1, 2 ...), a
 * FlatScene has two arrays: each material's sets take the places 0 and 1 for the meshes that it covers.
 */
import type { JsonObject } from '../checked-json.ts';

/** The set in each of the two places. */
export type UvSets = readonly [first: number, second: number];

const PLAIN: UvSets = [0, 1];

/** Deepest nesting of a textureInfo in a material: extensions, their name, the slot. */
const MAX_DEPTH = 6;

/** @param material the file's, unchecked; undefined: the default material */
export function uvSetsOf(material: unknown): UvSets {
  const used = [...usedSets(material)].sort((a, b) => a - b);
  const [first = 0, second] = used;
  if (used.every((set) => set <= 1)) return PLAIN;
  return [first, second ?? (first === 0 ? 1 : 0)];
}

/** How many sets the material would need. */
export function usedSets(material: unknown): ReadonlySet<number> {
  const sets = new Set<number>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > MAX_DEPTH) return;
    const { index, texCoord = 0, extensions } = value as JsonObject;
    if (typeof index === 'number') {
      const { KHR_texture_transform: transform } = objectOr(extensions);
      const { texCoord: set = texCoord } = objectOr(transform);
      if (typeof set === 'number') sets.add(set);
      return;
    }
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  visit(material, 0);
  return sets;
}

function objectOr(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}
