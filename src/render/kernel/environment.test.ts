import { beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentMap, FlatCamera } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import {
  cameraAt,
  cameraDownOn,
  freshKernel,
  MeshBuilder,
  material,
  meanRadiance,
  type Triple,
} from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

/** A map whose texel (column, row) holds (column + 1, row + 1, 0). */
function numbered(width: number, height: number): EnvironmentMap {
  const rgb = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.set([x + 1, y + 1, 0], (y * width + x) * 3);
  }
  return { width, height, rgb };
}

const towards = (direction: Triple): FlatCamera => cameraAt([0, 0, 0], direction, 0.001);
const seen = (direction: Triple) => meanRadiance(kernel, towards(direction), { samples: 4, bounces: 0 });

describe('an environment map', () => {
  it('begins at -X and goes by -Z, +X and +Z, with +Y in its first row', () => {
    kernel.loadScene(new MeshBuilder().scene([]));
    kernel.setEnvironment(numbered(8, 4));
    // Centres of the columns 1, 3, 5, 7 of row 1 are 67.5 degrees from +Y.
    const high = Math.cos((67.5 * Math.PI) / 180) / Math.sin((67.5 * Math.PI) / 180);
    const centre = (column: number): Triple => {
      const angle = (2 * Math.PI * (column + 0.5)) / 8;
      return [-Math.cos(angle), high, -Math.sin(angle)];
    };
    for (const column of [0, 1, 3, 4, 6, 7]) {
      const [r, g] = seen(centre(column));
      expect(r, `column ${column}`).toBeCloseTo(column + 1, 2);
      expect(g).toBeCloseTo(2, 2);
    }
    // Between columns 1 and 2 lies -Z, between 3 and 4 +X, between 5 and 6 +Z.
    expect(seen([0, high, -1])[0]).toBeCloseTo(2.5, 2);
    expect(seen([1, high, 0])[0]).toBeCloseTo(4.5, 2);
    expect(seen([0, high, 1])[0]).toBeCloseTo(6.5, 2);
    expect(seen([0.001, 1, 0])[1]).toBeCloseTo(1, 2);
    expect(seen([0.001, -1, 0])[1]).toBeCloseTo(4, 2);
  });

  it('that is uniform lights like a constant', () => {
    const floor = new MeshBuilder().quad(0, [-9, 0, 9], [9, 0, 9], [9, 0, -9], [-9, 0, -9]);
    kernel.loadScene(floor.scene([material({ baseColor: [0.5, 0.5, 0.5, 1], roughness: 0.6 })]));
    kernel.setEnvironment([2, 2, 2]);
    const constant = meanRadiance(kernel, cameraDownOn(0, 0), { samples: 2048 })[0];
    kernel.setEnvironment({ width: 12, height: 6, rgb: new Float32Array(12 * 6 * 3).fill(2) });
    const mapped = meanRadiance(kernel, cameraDownOn(0, 0), { samples: 2048 })[0];
    expect(mapped / constant).toBeCloseTo(1, 2);
  });

  it('with a sun lights a floor by the closed form of its texel', () => {
    // One bright texel near the zenith: its bilinear glow integrates to its own weight over the sphere.
    const width = 256;
    const height = 128;
    const rgb = new Float32Array(width * height * 3);
    rgb.set([1e4, 1e4, 1e4], (20 * width + 30) * 3);
    const floor = new MeshBuilder().quad(0, [-9, 0, 9], [9, 0, 9], [9, 0, -9], [-9, 0, -9]);
    kernel.loadScene(floor.scene([material({ ior: 1 })]));
    kernel.setEnvironment({ width, height, rgb });
    let irradiance = 0;
    // Midpoint rule over the tent of weights of the texel, in units of texels.
    const steps = 64;
    for (let i = 0; i < steps; i++) {
      const offset = ((i + 0.5) / steps) * 2 - 1;
      const theta = (Math.PI * (20.5 + offset)) / height;
      irradiance += (1 - Math.abs(offset)) * Math.sin(theta) * Math.cos(theta) * (2 / steps);
    }
    irradiance *= 1e4 * (Math.PI / height) * ((2 * Math.PI) / width);
    const [r] = meanRadiance(kernel, cameraDownOn(0, 0), { bounces: 1, samples: 512 });
    expect(r / (irradiance / Math.PI)).toBeCloseTo(1, 1.9);
  });

  it('with more texels than its table lights a floor as its average does', () => {
    const large = { width: 2048, height: 1024, rgb: new Float32Array(2048 * 1024 * 3).fill(0.1) };
    const small = { width: 512, height: 256, rgb: new Float32Array(512 * 256 * 3).fill(0.1) };
    for (let row = 400; row < 404; row++) {
      large.rgb.fill(500, (row * 2048 + 40) * 3, (row * 2048 + 44) * 3);
    }
    small.rgb.fill(500, (100 * 512 + 10) * 3, (100 * 512 + 11) * 3);
    const floor = new MeshBuilder().quad(0, [-9, 0, 9], [9, 0, 9], [9, 0, -9], [-9, 0, -9]);
    kernel.loadScene(floor.scene([material({ ior: 1 })]));
    const [ofLarge, ofSmall] = [large, small].map((map) => {
      kernel.setEnvironment(map);
      return meanRadiance(kernel, cameraDownOn(0, 0), { bounces: 1, samples: 512 })[0];
    });
    expect((ofLarge ?? 0) / (ofSmall ?? 1)).toBeCloseTo(1, 1.7);
  });

  it('with a sun of one texel on black is found by every aimed ray, whatever of its glow it is given', () => {
    const { width, height } = { width: 64, height: 32 };
    const rgb = new Float32Array(width * height * 3);
    rgb.set([1e3, 1e3, 1e3], (8 * width + 30) * 3);
    const floor = new MeshBuilder().quad(0, [-9, 0, 9], [9, 0, 9], [9, 0, -9], [-9, 0, -9]);
    kernel.loadScene(floor.scene([material({ ior: 1 })]));
    kernel.setEnvironment({ width, height, rgb });
    kernel.setView({ width: 16, height: 16, camera: cameraDownOn(0, 0), bounces: 1, seed: 1 });
    const sums = kernel.renderBlock({ x: 0, y: 0, width: 16, height: 16, firstSample: 0, sampleCount: 1 });
    const reds = sums.filter((_, i) => i % 3 === 0);
    const mean = reds.reduce((a, b) => a + b) / reds.length;
    const deviation = Math.sqrt(reds.reduce((a, b) => a + (b - mean) ** 2, 0) / reds.length);
    // What is left is the change of the cosine over a row; even in a cell the glow alone would give 1.
    expect(deviation / mean).toBeLessThan(0.15);
  });

  it('with rows of black, infinities and noise below zero still gives finite light', () => {
    const map = numbered(6, 5);
    map.rgb.fill(0, 18, 36);
    map.rgb.set([Number.POSITIVE_INFINITY, -1, Number.NaN], 40);
    kernel.loadScene(new MeshBuilder().sphere(0, [0, 0, 0], 1, 8).scene([material({ roughness: 0.4 })]));
    kernel.setEnvironment(map);
    for (const value of meanRadiance(kernel, cameraAt([0, 0, 4], [0, 0, 0], 0.7))) {
      expect(Number.isFinite(value)).toBe(true);
    }
    expect(kernel.discardedSamples).toBe(0);
  });

  it('that is all black is no light', () => {
    kernel.loadScene(new MeshBuilder().sphere(0, [0, 0, 0], 1, 8).scene([material()]));
    kernel.setEnvironment({ width: 4, height: 2, rgb: new Float32Array(24) });
    expect(meanRadiance(kernel, cameraAt([0, 0, 4], [0, 0, 0], 0.7))).toEqual([0, 0, 0]);
  });

  it('stays when another scene is loaded', () => {
    const map = numbered(8, 4);
    const sphere = new MeshBuilder().sphere(0, [0, 0, 0], 1, 12).scene([material({ roughness: 0.5 })]);
    const camera = cameraAt([0, 0, 4], [0, 0, 0], 0.7);
    kernel.loadScene(sphere);
    kernel.setEnvironment(map);
    const before = meanRadiance(kernel, camera);
    kernel.loadScene(new MeshBuilder().sphere(0, [0, 0, 0], 1, 40).scene([material()]));
    kernel.loadScene(sphere);
    expect(meanRadiance(kernel, camera)).toEqual(before);
  });

  it('turns counter-clockwise as seen from above, by turns', () => {
    kernel.loadScene(new MeshBuilder().scene([]));
    const map = numbered(8, 4);
    kernel.setEnvironment(map, { strength: 1, rotation: 0.25 });
    // What was at +X (between columns 3 and 4) goes to -Z, what was at -Z to -X.
    expect(seen([0.001, 0.3, -1])[0]).toBeCloseTo(4.5, 2);
    expect(seen([-1, 0.3, 0.001])[0]).toBeCloseTo(2.5, 2);
    expect(seen([0, 0.3, 1])[0]).toBeCloseTo(4.5, 2);
    kernel.setEnvironment(map, { strength: 1, rotation: 0.125 });
    expect(seen([1, 0.3, -1])[0]).toBeCloseTo(4.5, 2);
    kernel.setEnvironment(map, { strength: 1, rotation: 1 });
    expect(seen([1, 0.3, 0])[0]).toBeCloseTo(4.5, 2);
  });

  it('is the same when turned as when its columns are moved, for aimed and scattered rays', () => {
    const width = 32;
    const height = 16;
    const map = { width, height, rgb: new Float32Array(width * height * 3).fill(0.2) };
    map.rgb.set([900, 900, 900], (4 * width + 3) * 3);
    const moved = { ...map, rgb: map.rgb.slice() };
    moved.rgb.fill(0.2).set([900, 900, 900], (4 * width + ((3 - 8 + width) % width)) * 3);
    const wall = new MeshBuilder().quad(0, [0, -9, -9], [0, -9, 9], [0, 9, 9], [0, 9, -9]);
    const camera = cameraAt([-3, 0, 0], [0, 0, 0], 0.001);
    kernel.loadScene(wall.scene([material({ ior: 1 })]));
    const view = { samples: 2048, bounces: 1 };
    kernel.setEnvironment(moved);
    const [expected] = meanRadiance(kernel, camera, view);
    kernel.setEnvironment(map, { strength: 1, rotation: 0.25 });
    expect(meanRadiance(kernel, camera, view)[0] / expected).toBeCloseTo(1, 2);
    kernel.setEnvironment(map, { strength: 1, rotation: 0 });
    expect(meanRadiance(kernel, camera, view)[0] / expected).not.toBeCloseTo(1, 1);
  });

  it('has a strength, as a constant has', () => {
    kernel.loadScene(new MeshBuilder().sphere(0, [0, 0, 0], 1, 12).scene([material({ roughness: 0.5 })]));
    const camera = cameraAt([0, 0, 4], [0, 0, 0], 0.7);
    const under = (...environment: Parameters<Kernel['setEnvironment']>) => {
      kernel.setEnvironment(...environment);
      return meanRadiance(kernel, camera);
    };
    const map = numbered(8, 4);
    const once = under(map);
    expect(under(map, { strength: 1, rotation: 0 })).toEqual(once);
    under(map, { strength: 4, rotation: 0 }).forEach((value, i) => {
      expect(value).toBeCloseTo(4 * (once[i] ?? 0), 3);
    });
    expect(under(map, { strength: 0, rotation: 0 })).toEqual([0, 0, 0]);
    const constant = under([1, 0.5, 0.25]);
    expect(under([2, 1, 0.5], { strength: 0.5, rotation: 0.3 })).toEqual(constant);
    expect(under([1, 1, 1], { strength: 0, rotation: 0 })).toEqual([0, 0, 0]);
    // The next one is as it is, unless told otherwise.
    expect(under(map)).toEqual(once);
  });

  it('keeps its strength and turn when another scene is loaded', () => {
    const sphere = new MeshBuilder().sphere(0, [0, 0, 0], 1, 12).scene([material({ roughness: 0.5 })]);
    const camera = cameraAt([0, 0, 4], [0, 0, 0], 0.7);
    kernel.loadScene(sphere);
    kernel.setEnvironment(numbered(8, 4), { strength: 3, rotation: 0.4 });
    const before = meanRadiance(kernel, camera);
    kernel.loadScene(new MeshBuilder().sphere(0, [0, 0, 0], 1, 20).scene([material()]));
    kernel.loadScene(sphere);
    expect(meanRadiance(kernel, camera)).toEqual(before);
  });

  it('cannot stand anyhow', () => {
    for (const placement of [
      { strength: -1, rotation: 0 },
      { strength: Number.NaN, rotation: 0 },
      { strength: 1e7, rotation: 0 },
      { strength: 1, rotation: 1.5 },
      { strength: 1, rotation: Number.NaN },
    ]) {
      expect(() => kernel.setEnvironment([1, 1, 1], placement)).toThrow(
        expect.objectContaining({ code: 'invalid-environment' }),
      );
    }
  });

  it('of the wrong size is refused', () => {
    const refusal = expect.objectContaining({ code: 'invalid-environment' });
    expect(() => kernel.setEnvironment({ width: 4, height: 2, rgb: new Float32Array(23) })).toThrow(refusal);
    expect(() => kernel.setEnvironment({ width: 0, height: 2, rgb: new Float32Array() })).toThrow(refusal);
    expect(() => kernel.setEnvironment([1, Number.NaN, 1])).toThrow(refusal);
  });
});
