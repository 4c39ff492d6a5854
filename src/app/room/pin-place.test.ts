import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlatCamera } from '../../render/scene/index.ts';
import { depthsInPiles, pointSeen, stagePointOf } from './pin-place.ts';

/** Looks along -x from (5, 1, 0). */
const aside = { position: [5, 1, 0], right: [0, 0, -1], up: [0, 1, 0], back: [1, 0, 0] } as const;
const cameras: readonly FlatCamera[] = [
  { name: 'eye', ...aside, projection: { kind: 'perspective', yfov: 0.8 } },
  { name: 'plan', ...aside, projection: { kind: 'orthographic', ymag: 2 } },
];
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe.each(cameras)('a pin in a scene seen by the $projection.kind camera', (camera) => {
  it('is where it was set', () => {
    const metres = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(share, share, metres, (x, y, far) => {
        const at = stagePointOf(camera, 1.5, pointSeen(camera, 1.5, { x, y }, far));
        expect(at?.x).toBeCloseTo(x);
        expect(at?.y).toBeCloseTo(y);
      }),
    );
  });

  it('is nowhere behind the camera, or beside what is seen', () => {
    expect(stagePointOf(camera, 1, [6, 1, 0])).toBeUndefined();
    expect(stagePointOf(camera, 1, [0, 50, 0])).toBeUndefined();
    expect(stagePointOf(camera, 1, [0, 1, 0])).toEqual({ x: 0.5, y: 0.5 });
  });
});

it('marks on one pixel, or as good as on one, stand on each other, and no others', () => {
  const at = (x: number, y = 0.5) => ({ x, y });
  expect(depthsInPiles([at(0.5), at(0.5), undefined, at(0.5)])).toEqual([0, 1, 0, 2]);
  expect(depthsInPiles([at(0.3), at(0.5), at(0.305), at(0.312), at(0.5, 0.6)])).toEqual([0, 0, 1, 2, 0]);
  expect(depthsInPiles([])).toEqual([]);
});
