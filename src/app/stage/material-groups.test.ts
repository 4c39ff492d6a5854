import { describe, expect, it } from 'vitest';
import { groupByMaterial } from './material-groups.ts';

describe('triangles by material', () => {
  it('become one run a material, in their old order within it', () => {
    const { indices, groups } = groupByMaterial(
      Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8),
      Uint32Array.of(2, 0, 2),
      3,
    );
    expect([...indices]).toEqual([3, 4, 5, 0, 1, 2, 6, 7, 8]);
    expect(groups).toEqual([
      { material: 0, start: 0, count: 3 },
      { material: 2, start: 3, count: 6 },
    ]);
  });

  it('may be none at all', () => {
    expect(groupByMaterial(new Uint32Array(), new Uint32Array(), 1).groups).toEqual([]);
  });
});
