import { expect, it } from 'vitest';
import { drawnTriangles } from './drawn-triangles.ts';

it('counts the triangles of a mesh wherever it stands', () => {
  const indices = new Uint32Array(30);
  const none = { indices, meshes: [], instanceMeshes: new Uint32Array() };
  expect(drawnTriangles(none)).toBe(10);
  const meshes = [
    { firstTriangle: 3, triangleCount: 2 },
    { firstTriangle: 5, triangleCount: 5 },
  ];
  expect(drawnTriangles({ indices, meshes, instanceMeshes: Uint32Array.of(0, 0, 1, 0) })).toBe(3 + 3 * 2 + 5);
});
