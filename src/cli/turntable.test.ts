import { describe, expect, it } from 'vitest';
import type { FlatCamera } from '../render/scene/index.ts';
import { orbited, turntableViews } from './turntable.ts';

/** One metre in front of the middle of its scene and two above it, looking along -Z. */
const camera: FlatCamera = {
  name: '',
  position: [10, 7, 6],
  ...{ right: [1, 0, 0], up: [0, 1, 0], back: [0, 0, 1] },
  projection: { kind: 'perspective', yfov: 1 },
};
const bounds = { min: [8, 0, 2], max: [12, 10, 8] } as const;

const rounded = (vector: readonly number[]) => vector.map((value) => Math.round(1e9 * value) / 1e9 + 0);

describe('a turntable', () => {
  it('takes the camera around the middle, counter-clockwise seen from above, at its height', () => {
    const positions = [0, 0.25, 0.5, 0.75].map((turns) => rounded(orbited(camera, bounds, turns).position));
    expect(positions).toEqual([
      [10, 7, 6],
      [11, 7, 5],
      [10, 7, 4],
      [9, 7, 5],
    ]);
  });

  it('turns the view with it, and keeps the lens', () => {
    const quarter = orbited({ ...camera, up: [0, 0.8, -0.6], back: [0, 0.6, 0.8] }, bounds, 0.25);
    expect(rounded(quarter.back)).toEqual([0.8, 0.6, 0]);
    expect(rounded(quarter.right)).toEqual([0, 0, -1]);
    expect(rounded(quarter.up)).toEqual([-0.6, 0.8, 0]);
    expect(quarter.projection).toEqual(camera.projection);
  });

  it('begins with the very camera that a still has, and goes on in equal steps', () => {
    const scene = { cameras: [{ ...camera, position: [0, 0, 0] as const }, camera], bounds };
    const around = [1, 2, 3].map((step) => orbited(camera, bounds, step / 4));
    expect(turntableViews(scene, 1, 4)).toEqual([1, ...around]);
    expect(turntableViews(scene, camera, 4)).toEqual([camera, ...around]);
    expect(turntableViews(scene, 1, 0)).toEqual([]);
  });
});
