import { Matrix4, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import type { FlatScene } from '../../render/scene/index.ts';
import { instanceGroups } from './instance-groups.ts';

const TRANSFORMS = [
  [1, 0, 0, 5, 0, 2, 0, 6, 0, 0, 3, 7],
  [0, -1, 0, 1, 1, 0, 0, 2, 0, 0, -1, 3],
  [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 9],
];

function scene(copies: number): FlatScene {
  return {
    meshes: [
      { firstTriangle: 4, triangleCount: 10 },
      { firstTriangle: 14, triangleCount: 20 },
    ],
    instanceMeshes: Uint32Array.from({ length: 3 * copies }, (_, i) => (i % 3 === 2 ? 1 : 0)),
    instanceTransforms: Float32Array.from(Array.from({ length: copies }, () => TRANSFORMS).flat(2)),
  } as unknown as FlatScene;
}

describe('instances for the preview', () => {
  it('are all drawn, by mesh and by whether they mirror', () => {
    const groups = instanceGroups(scene(2));
    const told = groups.map(({ mesh, isMirrored, matrices }) => [mesh, isMirrored, matrices.length / 16]);
    expect(told).toEqual([
      [0, false, 2],
      [0, true, 2],
      [1, false, 2],
    ]);
  });

  it('stand where the scene has them, mirrored ones under an object that mirrors x', () => {
    const point = new Vector3(1, 2, 3);
    const groups = instanceGroups(scene(1));
    const places = groups.map(({ isMirrored, matrices }) => {
      const matrix = new Matrix4().fromArray(matrices);
      expect(matrix.determinant()).toBeGreaterThan(0);
      if (isMirrored) matrix.premultiply(new Matrix4().makeScale(-1, 1, 1));
      return point.clone().applyMatrix4(matrix).toArray();
    });
    expect(places).toEqual([
      [6, 10, 16],
      [-1, 3, 0],
      [1, 2, 12],
    ]);
  });

  it('are thinned out where there are more than can be drawn', () => {
    const groups = instanceGroups(scene(1000), 4000);
    const triangles = groups.reduce(
      (sum, { mesh, matrices }) => sum + (matrices.length / 16) * (mesh ? 20 : 10),
      0,
    );
    expect(triangles).toBeGreaterThan(3000);
    expect(triangles).toBeLessThan(5500);
  });
});
