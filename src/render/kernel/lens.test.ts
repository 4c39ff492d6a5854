import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatCamera, FlatScene } from '../scene/index.ts';
import type { Lens } from '../settings.ts';
import type { Kernel } from './contract.ts';
import { cameraAt, freshKernel, image, MeshBuilder, material, texture, wholeFrame } from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

const SIDE = 32;
const shining = material({ emissive: [1, 1, 1], baseColor: [0, 0, 0, 1], ior: 1 });

/** Looks along -Z from the origin; a picture of 2 m height at a distance of 1 m (perspective) or everywhere. */
function camera(kind: 'perspective' | 'orthographic'): FlatCamera {
  const perspective = cameraAt([0, 0, 0], [0, 0, -1], Math.PI / 2);
  return kind === 'perspective'
    ? perspective
    : { ...perspective, projection: { kind: 'orthographic', ymag: 1 } };
}

/** A small square, at (x, 0, -distance). */
function speck(x: number, distance: number, half: number): FlatScene {
  const z = -distance;
  return new MeshBuilder()
    .quad(0, [x - half, -half, z], [x + half, -half, z], [x + half, half, z], [x - half, half, z])
    .scene([shining]);
}

function picture(scene: FlatScene, view: FlatCamera, lens: Lens | undefined, samples: number): number[] {
  kernel.loadScene(scene);
  kernel.setEnvironment([0, 0, 0]);
  kernel.setView({ width: SIDE, height: SIDE, camera: view, bounces: 0, seed: 5, ...(lens && { lens }) });
  const sums = kernel.renderBlock(wholeFrame(SIDE, 0, samples));
  return Array.from({ length: SIDE * SIDE }, (_, i) => (sums[i * 3] ?? 0) / samples);
}

/** Total, centre, and second moments about it, in pixels. */
function moments(pixels: readonly number[]) {
  let [total, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    total += value;
    x += value * ((i % SIDE) + 0.5);
    y += value * (Math.floor(i / SIDE) + 0.5);
  });
  x /= total;
  y /= total;
  let [xx, xy, yy] = [0, 0, 0];
  pixels.forEach((value, i) => {
    const dx = (i % SIDE) + 0.5 - x;
    const dy = Math.floor(i / SIDE) + 0.5 - y;
    xx += (value * dx * dx) / total;
    xy += (value * dx * dy) / total;
    yy += (value * dy * dy) / total;
  });
  return { total, x, y, xx, xy, yy };
}

describe('a thin lens', () => {
  // On the picture at 1 m a metre is half of it. A disc of radius R has second moments of R^2 / 4.
  const pixels = SIDE / 2;
  const cases = [
    { kind: 'perspective', distance: 4, focusDistance: 2, circle: (r: number) => r * (1 / 2 - 1 / 4) },
    { kind: 'perspective', distance: 1, focusDistance: 3, circle: (r: number) => r * (1 - 1 / 3) },
    { kind: 'orthographic', distance: 3, focusDistance: 2, circle: (r: number) => r * (3 / 2 - 1) },
  ] as const;
  it.each(cases)(
    'spreads a $kind point at $distance m, in focus at $focusDistance m, over the circle of confusion',
    ({ kind, distance, focusDistance, circle }) => {
      const radius = 0.4 / circle(1);
      const size = kind === 'perspective' ? distance : 1;
      const scene = speck(0.2 * size, distance, 0.05 * size);
      const sharp = moments(picture(scene, camera(kind), undefined, 4096));
      const pixelsOfLens = picture(scene, camera(kind), { radius, focusDistance }, 4096);
      const blurred = moments(pixelsOfLens);
      const expected = circle(radius) * pixels;
      expect((blurred.xx - sharp.xx) / (expected ** 2 / 4)).toBeCloseTo(1, 1);
      expect((blurred.yy - sharp.yy) / (expected ** 2 / 4)).toBeCloseTo(1, 1);
      expect(Math.abs(blurred.xy) / blurred.xx).toBeLessThan(0.05);
      // It neither moves the point nor loses its light.
      expect(Math.abs(blurred.x - sharp.x)).toBeLessThan(0.2);
      expect(Math.abs(blurred.y - sharp.y)).toBeLessThan(0.2);
      expect(blurred.total / (0.1 * pixels) ** 2).toBeCloseTo(1, 1);
      // Evenly filled, with a rim: nothing beyond it, as much in the middle as halfway out.
      const at = (x: number, y: number) => pixelsOfLens[Math.floor(y) * SIDE + Math.floor(x)] ?? 0;
      expect(at(sharp.x, sharp.y) / at(sharp.x + expected * 0.6, sharp.y)).toBeCloseTo(1, 0);
      expect(at(sharp.x - expected - 3.5, sharp.y)).toBe(0);
      expect(at(sharp.x, sharp.y - expected - 3.5)).toBe(0);
      expect(at(sharp.x - (expected + 3.5) * 0.75, sharp.y - (expected + 3.5) * 0.75)).toBe(0);
    },
  );

  it.each(['perspective', 'orthographic'] as const)(
    'leaves the plane in focus as sharp as a pinhole does: %s',
    (kind) => {
      const wall = new MeshBuilder().quad(0, [-3, -3, -2], [3, -3, -2], [3, 3, -2], [-3, 3, -2]);
      const checks = image(2, 2, [0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 255]);
      const scene = wall.scene([material({ unlit: true, baseColorTexture: 0 })], {
        images: [checks],
        textures: [texture(0, { nearest: true, transform: [3, 0, 0.1, 0, 3, 0.1] })],
      });
      const sharp = picture(scene, camera(kind), undefined, 32);
      const inFocus = picture(scene, camera(kind), { radius: 0.3, focusDistance: 2 }, 32);
      const different = sharp.filter((value, i) => Math.abs(value - (inFocus[i] ?? 0)) > 1e-6);
      // Rounding may move a ray across the edge of a check, now and then.
      expect(different.length).toBeLessThan(SIDE * SIDE * 0.01);
      const outOfFocus = picture(scene, camera(kind), { radius: 0.3, focusDistance: 1 }, 32);
      expect(
        sharp.filter((value, i) => Math.abs(value - (outOfFocus[i] ?? 0)) > 0.05).length,
      ).toBeGreaterThan(SIDE * SIDE * 0.3);
    },
  );

  it('of radius 0 is a pinhole, bit for bit', () => {
    const scene = speck(0.1, 2, 0.5);
    const pinhole = picture(scene, camera('perspective'), undefined, 8);
    expect(picture(scene, camera('perspective'), { radius: 0, focusDistance: 7 }, 8)).toEqual(pinhole);
  });

  it('that cannot be is refused', () => {
    const view = { width: 4, height: 4, camera: camera('perspective'), bounces: 1, seed: 1 };
    for (const lens of [
      { radius: -1, focusDistance: 1 },
      { radius: Number.NaN, focusDistance: 1 },
      { radius: 1, focusDistance: 0 },
      { radius: 1, focusDistance: Number.POSITIVE_INFINITY },
    ]) {
      expect(() => kernel.setView({ ...view, lens })).toThrow(
        expect.objectContaining({ code: 'invalid-view' }),
      );
    }
  });

  it('as large and as near as allowed still gives a finite picture', () => {
    const scene = speck(0, 2, 0.5);
    for (const lens of [
      { radius: 1e6, focusDistance: 1e-300 },
      { radius: 1e-30, focusDistance: 1e12 },
    ]) {
      for (const kind of ['perspective', 'orthographic'] as const) {
        expect(picture(scene, camera(kind), lens, 4).every(Number.isFinite)).toBe(true);
      }
    }
    expect(kernel.discardedSamples).toBe(0);
  });
});
