/** Sorts triangles by material (counting sort), so that each material is one draw call. */

export interface MaterialGroup {
  readonly material: number;
  /** First index and number of indices, three a triangle. */
  readonly start: number;
  readonly count: number;
}

export function groupByMaterial(
  indices: Uint32Array,
  triangleMaterials: Uint32Array,
  materials: number,
): { readonly indices: Uint32Array; readonly groups: readonly MaterialGroup[] } {
  const counts = new Uint32Array(materials);
  for (const material of triangleMaterials) counts[material] = (counts[material] ?? 0) + 1;
  const next = new Uint32Array(materials);
  const groups: MaterialGroup[] = [];
  let start = 0;
  counts.forEach((count, material) => {
    next[material] = start;
    if (count > 0) groups.push({ material, start: 3 * start, count: 3 * count });
    start += count;
  });
  const sorted = new Uint32Array(indices.length);
  triangleMaterials.forEach((material, triangle) => {
    const target = next[material] ?? 0;
    next[material] = target + 1;
    sorted.set(indices.subarray(3 * triangle, 3 * triangle + 3), 3 * target);
  });
  return { indices: sorted, groups };
}
