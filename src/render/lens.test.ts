import { describe, expect, it } from 'vitest';
import { distanceToMiddle, fNumberOf, lensOf } from './lens.ts';
import type { FlatCamera } from './scene/index.ts';

const camera = (projection: FlatCamera['projection']): FlatCamera => ({
  name: '',
  position: [0, 0, 0],
  right: [1, 0, 0],
  up: [0, 1, 0],
  back: [0, 0, 1],
  projection,
});

describe('an aperture', () => {
  it('is that of a full frame camera with the same angle', () => {
    // 50 mm on 24 mm of film see 26.99 degrees; at f/2 the lens is 25 mm wide.
    const yfov = 2 * Math.atan(12 / 50);
    const { radius, focusDistance } = lensOf(camera({ kind: 'perspective', yfov }), 2, 3);
    expect(radius).toBeCloseTo(0.0125, 9);
    expect(focusDistance).toBe(3);
    expect(lensOf(camera({ kind: 'orthographic', ymag: 1 }), 2, 3).radius).toBeCloseTo(0.0125, 9);
  });

  it('that is not wanted is a pinhole', () => {
    expect(lensOf(camera({ kind: 'perspective', yfov: 1 }), undefined, 3)).toEqual({
      radius: 0,
      focusDistance: 3,
    });
  });

  it('is told by its f-number again', () => {
    for (const projection of [
      { kind: 'perspective', yfov: 0.7 },
      { kind: 'orthographic', ymag: 1 },
    ] as const) {
      const eye = camera(projection);
      expect(fNumberOf(eye, lensOf(eye, 2.8, 3))).toBeCloseTo(2.8, 9);
      expect(fNumberOf(eye, lensOf(eye, undefined, 3))).toBeUndefined();
    }
  });
});

describe('the focus nobody chose', () => {
  const bounds = { min: [-1, 0, -3], max: [3, 2, 1] } as const;

  it('is the middle of the scene, along the view', () => {
    expect(distanceToMiddle(bounds, { position: [5, 1, 9], back: [0, 0, 1] })).toBe(10);
  });

  it('is never behind the camera', () => {
    expect(distanceToMiddle(bounds, { position: [1, 1, -9], back: [0, 0, 1] })).toBe(0.001);
  });
});
