import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { cornellBox, freshKernel, wholeFrame } from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

const SIDE = 32;

/** Grey walls, so that all light has the lamp's hue; with a metal block that makes caustics. */
function greyBox(): FlatScene {
  const box = cornellBox();
  const grey = [0.7, 0.7, 0.7, 1] as const;
  const materials = box.materials.map((each, i) =>
    i === 3 ? each : { ...each, baseColor: grey, ...(i === 4 && { roughness: 0.15 }) },
  );
  return { ...box, materials };
}

function sample(scene: FlatScene, bounces: number, clamp: number | undefined, index = 0): Float32Array {
  const [camera] = scene.cameras;
  if (!camera) throw new Error('the test scene has no camera');
  kernel.setView({
    width: SIDE,
    height: SIDE,
    camera,
    bounces,
    seed: 2,
    ...(clamp !== undefined && { clamp }),
  });
  return kernel.renderBlock(wholeFrame(SIDE, index, 1));
}

/** Light of one sample a pixel that was scattered at least twice: RGB sums. */
function indirect(scene: FlatScene, bounces: number, clamp: number, index: number): number[][] {
  const direct = sample(scene, 1, 0, index);
  const all = sample(scene, bounces, clamp, index);
  return Array.from({ length: SIDE * SIDE }, (_, i) =>
    [0, 1, 2].map((channel) => (all[i * 3 + channel] ?? 0) - (direct[i * 3 + channel] ?? 0)),
  );
}

const sumOf = (rgb: readonly number[]) => rgb.reduce((sum, value) => sum + value, 0);

describe('the clamp', () => {
  it('leaves light alone that is seen, or was scattered once, however bright', () => {
    const scene = greyBox();
    kernel.loadScene(scene);
    for (const environment of [[0, 0, 0] as const, [30, 20, 10] as const]) {
      kernel.setEnvironment(environment);
      expect(sample(scene, 1, 0.01)).toEqual(sample(scene, 1, 0));
    }
    kernel.setEnvironment([0, 0, 0]);
  });

  it('limits what a sample gets from each meeting with light after that, to the mean of its channels', () => {
    const scene = greyBox();
    kernel.loadScene(scene);
    const clamp = 0.05;
    let brightest = 0;
    for (let index = 0; index < 8; index++) {
      for (const rgb of indirect(scene, 2, 0, index)) brightest = Math.max(brightest, sumOf(rgb));
      for (const rgb of indirect(scene, 2, clamp, index)) {
        // Two bounces: one light aimed at from the second vertex, and one run into from there.
        expect(sumOf(rgb)).toBeLessThanOrEqual(2 * 3 * clamp + 1e-5);
      }
    }
    expect(brightest).toBeGreaterThan(10 * 2 * 3 * clamp);
  });

  it('keeps the hue of what it limits', () => {
    const scene = greyBox();
    kernel.loadScene(scene);
    let limited = 0;
    for (const [r = 0, g = 0, b = 0] of indirect(scene, 4, 0.05, 3)) {
      if (r + g + b < 0.1) continue;
      limited++;
      expect(g / r).toBeCloseTo(12 / 17, 3);
      expect(b / r).toBeCloseTo(4 / 17, 3);
    }
    expect(limited).toBeGreaterThan(100);
  });

  it('limits light run into by chance as well: a sky and lamps that are not aimed at', () => {
    const scene = greyBox();
    const open = {
      ...scene,
      materials: scene.materials.map((each) => ({ ...each, emissive: [0, 0, 0] as const })),
    };
    kernel.loadScene(open);
    kernel.setEnvironment([9, 9, 9]);
    const brightest = Math.max(...indirect(open, 4, 0, 1).map(sumOf));
    const limited = Math.max(...indirect(open, 4, 0.2, 1).map(sumOf));
    kernel.setEnvironment([0, 0, 0]);
    expect(brightest).toBeGreaterThan(3);
    expect(limited).toBeLessThanOrEqual(0.6 + 1e-5);
  });

  it('limits what is left to chance of a lamp, where nothing is aimed', async () => {
    const { kernel: other, instance } = await freshKernel();
    const scene = greyBox();
    const [camera] = scene.cameras;
    if (!camera) throw new Error('the test scene has no camera');
    other.loadScene(scene);
    instance.wasm.setStrategy(2);
    const brightest = (clamp: number) => {
      const render = (bounces: number) => {
        other.setView({ width: SIDE, height: SIDE, camera, bounces, seed: 2, clamp });
        return other.renderBlock(wholeFrame(SIDE, 0, 1));
      };
      const direct = render(1);
      return Math.max(...render(2).map((value, i) => value - (direct[i] ?? 0)));
    };
    expect(brightest(0)).toBeGreaterThan(3);
    expect(brightest(0.1)).toBeLessThanOrEqual(0.3);
  });

  it('of 0, of none and of more than there is gives the same bits', () => {
    const scene = greyBox();
    kernel.loadScene(scene);
    const off = sample(scene, 5, 0);
    expect(sample(scene, 5, undefined)).toEqual(off);
    expect(sample(scene, 5, 1e9)).toEqual(off);
    expect(sample(scene, 5, 0.01)).not.toEqual(off);
  });

  it('that is no number above 0 is refused', () => {
    const scene = greyBox();
    for (const clamp of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => sample(scene, 1, clamp)).toThrow(expect.objectContaining({ code: 'invalid-view' }));
    }
  });
});
