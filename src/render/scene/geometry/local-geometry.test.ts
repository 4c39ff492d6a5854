import { expect, it } from 'vitest';
import type { Primitive } from '../gltf/meshes.ts';
import { MOST_FLAT_TRIANGLES } from '../limits.ts';
import { Warnings } from '../warnings.ts';
import { localGeometry } from './local-geometry.ts';
import { placeAll } from './place.ts';

/** Two triangles over four vertices, again and again. */
function drawnOften(triangles: number) {
  const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  const corners = Uint32Array.from({ length: 3 * triangles }, (_, i) => [0, 1, 2, 0, 3, 1][i % 6] ?? 0);
  const primitive: Primitive = {
    ...{ part: 'meshes[0].primitives[0]', attributes: { POSITION: 0 }, indices: 1, mode: 4 },
    ...{ idle: new Set(), material: 0, draco: undefined, targets: [] },
  };
  return localGeometry(primitive, {
    numbersOf: (accessor) => ({
      array: accessor === 0 ? positions : corners,
      components: accessor === 0 ? 3 : 1,
      normalized: false,
    }),
    ...{ warnings: new Warnings(), normalMap: undefined, deform: undefined, markSize: 1 },
  });
}

it('a mesh without normals gets flat ones, which takes a vertex a corner', async () => {
  const { vertexCount, normals } = await drawnOften(2);
  expect(vertexCount).toBe(6);
  expect([...normals.subarray(0, 3), ...normals.subarray(15)]).toEqual([0, 0, 1, 0, 1, 0]);
});

it('a very large mesh without normals keeps the vertices that it shares, and has none', async () => {
  const { vertexCount, normals, indices } = await drawnOften(MOST_FLAT_TRIANGLES + 2);
  expect(vertexCount).toBe(4);
  expect([...normals]).toEqual(Array.from({ length: 12 }, () => 0));
  expect(indices).toHaveLength(3 * (MOST_FLAT_TRIANGLES + 2));
});

it('and has none where it is placed, either', async () => {
  const geometry = await drawnOften(MOST_FLAT_TRIANGLES + 2);
  const matrix = [0, 2, 0, 0, -2, 0, 0, 0, 0, 0, 2, 0, 5, 6, 7, 1];
  const wanted = { tangents: false, uv0: false, uv1: false };
  const { normals, uv0 } = placeAll([{ geometry, matrix, material: 0, part: 'nodes[0]' }], [], wanted);
  expect(uv0).toHaveLength(0);
  expect([...normals]).toEqual(Array.from({ length: 12 }, () => 0));
});
