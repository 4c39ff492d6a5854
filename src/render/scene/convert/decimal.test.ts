import { expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { decimal } from './decimal.ts';

const bytes = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join('\n'));

it('a number has a point or a comma, and what is none is none', () => {
  expect(['0.5', '0,5', '-1,25', '2', '1e3', '1,5e-2'].map(decimal)).toEqual([
    0.5, 0.5, -1.25, 2, 1000, 0.015,
  ]);
  for (const none of ['a', '1,2,3', ',', '1.5,0']) expect(decimal(none), none).toBeNaN();
});

it('OBJ, MTL and STL are read with commas, as some machines write them', async () => {
  const obj = ['v 0,5 0 0 1 0 0', 'v 1,25 0 0 1 0 0', 'v 1,5 2,5 0 1 0 0', 'vn 0 0,6 0,8'];
  const { scene } = await readScene(
    new Map([
      ['a.obj', bytes('mtllib a.mtl', ...obj, 'usemtl m', 'f 1//1 2//1 3//1')],
      ['a.mtl', bytes('newmtl m', 'Kd 0,25 0,5 1')],
    ]),
  );
  expect(Array.from(scene.positions)).toEqual([0.5, 0, 0, 1.25, 0, 0, 1.5, 2.5, 0]);
  expect(scene.materials[0]?.baseColor[0]).toBeCloseTo(0.25, 3);
  expect(scene.normals[1]).toBeCloseTo(0.6, 5);
  expect(scene.warnings).toEqual([]);
  const facet = [
    'facet normal 0 0 1',
    'outer loop',
    'vertex 0,5 0 3,0',
    'vertex 1 0 3',
    'vertex 0 1 3',
    'endloop',
  ];
  const stl = await readScene(new Map([['a.stl', bytes('solid a', ...facet, 'endfacet', 'endsolid a')]]));
  expect(Array.from(stl.scene.positions.subarray(0, 2))).toEqual([0.5, 3]);
});
