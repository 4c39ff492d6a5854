import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import type { FlatCamera } from '../../render/scene/index.ts';
import { cameraFrom, fitCamera, orbitTarget, viewOf } from './camera-view.ts';

const view: FlatCamera = {
  name: 'front',
  position: [1, 2, 8],
  right: [0.8, 0, -0.6],
  up: [0, 1, 0],
  back: [0.6, 0, 0.8],
  projection: { kind: 'perspective', yfov: 0.7 },
};

function expectClose(a: readonly number[], b: readonly number[]): void {
  a.forEach((value, index) => {
    expect(value).toBeCloseTo(b[index] ?? Number.NaN, 6);
  });
}

describe('a view and a three.js camera', () => {
  it.each<FlatCamera['projection']>([
    { kind: 'perspective', yfov: 0.7 },
    { kind: 'orthographic', ymag: 3 },
  ])('are the same view there and back (%o)', (projection) => {
    const back = viewOf(cameraFrom({ ...view, projection }));
    expectClose(back.position, view.position);
    expectClose(back.right, view.right);
    expectClose(back.up, view.up);
    expectClose(back.back, view.back);
    expect(back.projection.kind).toBe(projection.kind);
    const size = (p: FlatCamera['projection']) => (p.kind === 'perspective' ? p.yfov : p.ymag);
    expect(size(back.projection)).toBeCloseTo(size(projection), 6);
  });

  it('put what lies ahead in the middle of the picture', () => {
    const camera = cameraFrom(view);
    fitCamera(camera, 2, 100);
    const ahead = new Vector3(...view.position).addScaledVector(new Vector3(...view.back), -3);
    const projected = ahead.project(camera);
    expect(projected.x).toBeCloseTo(0, 6);
    expect(projected.y).toBeCloseTo(0, 6);
  });
});

describe('the point to orbit around', () => {
  it('lies on the line of sight, beside the middle of the scene', () => {
    const target = orbitTarget({ ...view, back: [0, 0, 1] }, new Vector3(0, 0, 0), 1);
    expectClose(target.toArray(), [1, 2, 0]);
  });

  it('is never behind the camera', () => {
    const target = orbitTarget({ ...view, back: [0, 0, -1] }, new Vector3(0, 0, 0), 1);
    expect(target.z).toBeGreaterThan(8);
  });
});
