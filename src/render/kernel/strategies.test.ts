import { beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentMap, FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import type { KernelInstance } from './instance.ts';
import { anisotropy, clearcoat, film, sheen, volume } from './material-gallery.ts';
import { cameraAt, cornellBox, freshKernel, MeshBuilder, material, wholeFrame } from './testing.ts';

const BOTH = 0;
const AIMED = 1;
const SCATTERED = 2;

let kernel: Kernel;
let instance: KernelInstance;
beforeAll(async () => {
  ({ kernel, instance } = await freshKernel());
});

function setView(scene: FlatScene, side: number, seed: number): void {
  const camera = scene.cameras[0];
  if (!camera) throw new Error('the test scene has no camera');
  kernel.setView({ width: side, height: side, camera, bounces: 3, seed });
}

/** Mean radiance of each cell of a 4 x 4 grid over the picture, by one strategy. */
function cells(strategy: number, scene: FlatScene, samples: number, seed: number): number[] {
  const side = 16;
  instance.wasm.setStrategy(strategy);
  setView(scene, side, seed);
  const sums = kernel.renderBlock(wholeFrame(side, 0, samples));
  instance.wasm.setStrategy(BOTH);
  const means = new Array<number>(16).fill(0);
  sums.forEach((value, i) => {
    const pixel = Math.floor(i / 3);
    const cell = Math.floor(pixel / side / 4) * 4 + Math.floor((pixel % side) / 4);
    means[cell] = (means[cell] ?? 0) + value / (48 * samples);
  });
  return means;
}

/** A dim sky with a small bright sun in it. */
function sunnySky(): EnvironmentMap {
  const width = 64;
  const height = 32;
  const rgb = new Float32Array(width * height * 3).fill(0.1);
  for (let y = 6; y < 9; y++) {
    for (let x = 40; x < 43; x++) rgb.set([60, 50, 30], (y * width + x) * 3);
  }
  return { width, height, rgb };
}

function stillLife(): FlatScene {
  const mesh = new MeshBuilder()
    .quad(0, [-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3])
    .sphere(1, [-0.5, 0.5, 0], 0.5, 16)
    .box(2, [0.7, 0.4, 0.2], [0.3, 0.4, 0.3], [0.8, 0.6])
    .quad(3, [-1.5, 1, -1], [-0.5, 1, -1], [-0.5, 2, -1], [-1.5, 2, -1]);
  return mesh.scene(
    [
      material({ baseColor: [0.6, 0.6, 0.6, 1], roughness: 0.8 }),
      material({ baseColor: [0.9, 0.6, 0.3, 1], metallic: 1, roughness: 0.35 }),
      material({ baseColor: [0.2, 0.4, 0.8, 1], roughness: 0.4 }),
      material({ emissive: [2, 3, 4] }),
    ],
    { cameras: [cameraAt([0, 1.5, 4], [0, 0.5, 0], 0.7)] },
  );
}

/** Lit by a hundred little lamps over it, out of sight, some of which shine to both sides. */
function festival(): FlatScene {
  const mesh = new MeshBuilder()
    .quad(0, [-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3])
    .sphere(1, [-0.5, 0.5, 0], 0.5, 16)
    .quad(2, [0.5, 0, 0.4], [1.7, 0, 0.4], [1.7, 1, 0.4], [0.5, 1, 0.4]);
  for (let i = 0; i < 100; i++) {
    const [x, y, z] = [((i * 7) % 20) * 0.28 - 2.66, 2.6 + ((i * 3) % 7) * 0.2, ((i * 13) % 17) * 0.3 - 2.4];
    const size = 0.4 + (i % 3) * 0.1;
    mesh.quad(3 + (i % 3), [x, y, z], [x, y, z + size], [x + size, y + 0.05, z + size], [x + size, y, z]);
  }
  // They reflect nothing: aimed rays alone are noisy between neighbours.
  const lamp = (emissive: [number, number, number], doubleSided = false) =>
    material({ baseColor: [0, 0, 0, 1], ior: 1, emissive, doubleSided });
  return mesh.scene(
    [
      material({ baseColor: [0.6, 0.6, 0.6, 1], roughness: 0.8 }),
      material({ baseColor: [0.9, 0.6, 0.3, 1], metallic: 1, roughness: 0.4 }),
      material({ baseColor: [0.9, 0.8, 0.7, 1], transmission: 0.8, roughness: 0.7, doubleSided: true }),
      ...[lamp([9, 6, 3]), lamp([2, 3, 9], true), lamp([1, 8, 2])],
    ],
    { cameras: [cameraAt([0, 2.4, 1.6], [0, 0.2, -0.1], 0.7)] },
  );
}

/** The same in materials of several lobes, all rough enough for both strategies. */
function dressed(): FlatScene {
  const scene = stillLife();
  const [ground, ball, box, lamp] = scene.materials;
  if (!ground || !ball || !box || !lamp) throw new Error('the still life has four materials');
  const milk = volume({ attenuationDistance: 1, attenuationColor: [0.9, 0.6, 0.4], dispersion: 2 });
  return {
    ...scene,
    materials: [
      {
        ...ground,
        sheen: sheen({ color: [0.8, 0.4, 0.2] }),
        clearcoat: clearcoat({ strength: 0.5, roughness: 0.5 }),
      },
      { ...ball, anisotropy: anisotropy({ strength: 0.7, rotation: 0.4 }), iridescence: film(380) },
      { ...box, transmission: 0.7, roughness: 0.6, volume: milk },
      lamp,
    ],
  };
}

/** @param more times as many samples, for what is noisier */
function expectAgreement(scene: FlatScene, more = 1): void {
  const aimed = cells(AIMED, scene, 384 * more, 1);
  const scattered = cells(SCATTERED, scene, 1536 * more, 2);
  const both = cells(BOTH, scene, 384 * more, 3);
  both.forEach((value, i) => {
    expect((aimed[i] ?? 0) / value, `aimed rays only, cell ${i}`).toBeCloseTo(1, 1.1);
    expect((scattered[i] ?? 0) / value, `scattered rays only, cell ${i}`).toBeCloseTo(1, 0.6);
  });
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  expect(sum(aimed) / sum(both)).toBeCloseTo(1, 1.7);
  expect(sum(scattered) / sum(both)).toBeCloseTo(1, 1.7);
}

function rootMeanSquare(a: Float32Array, samplesA: number, b: Float32Array, samplesB: number): number {
  let sum = 0;
  a.forEach((value, i) => {
    const difference = value / samplesA - (b[i] ?? 0) / samplesB;
    sum += difference * difference;
  });
  return Math.sqrt(sum / a.length);
}

describe('aimed rays, scattered rays and both together', () => {
  it('agree on a box lit by a lamp', () => {
    // Without its metal block, whose caustics need more samples than a test has.
    const box = cornellBox();
    const scene = {
      ...box,
      materials: box.materials.map((each) => ({ ...each, metallic: 0, roughness: 1 })),
    };
    kernel.loadScene(scene);
    kernel.setEnvironment([0, 0, 0]);
    expectAgreement(scene);
  });

  it('agree under a sky with a sun and a lamp besides, on rough, glossy and metal surfaces', () => {
    const scene = stillLife();
    kernel.loadScene(scene);
    kernel.setEnvironment(sunnySky());
    expectAgreement(scene);
  });

  it('agree on cloth under varnish, brushed metal under a film, and coloured glass', () => {
    const scene = dressed();
    kernel.loadScene(scene);
    kernel.setEnvironment(sunnySky());
    expectAgreement(scene);
  });

  it('agree among a hundred lamps, on surfaces that light passes, too', () => {
    const scene = festival();
    kernel.loadScene(scene);
    kernel.setEnvironment([0, 0, 0]);
    expectAgreement(scene, 2);
  });

  it('agree under a sky that is turned and stronger', () => {
    const scene = stillLife();
    kernel.loadScene(scene);
    kernel.setEnvironment(sunnySky(), { strength: 1.5, rotation: 0.2 });
    expectAgreement(scene);
  });

  it('leave the noise of a sunny day to chance hits when only scattered', () => {
    const scene = stillLife();
    kernel.loadScene(scene);
    kernel.setEnvironment(sunnySky());
    setView(scene, 16, 1);
    const reference = kernel.renderBlock(wholeFrame(16, 1024, 1024));
    const both = kernel.renderBlock(wholeFrame(16, 0, 64));
    instance.wasm.setStrategy(SCATTERED);
    const scattered = kernel.renderBlock(wholeFrame(16, 0, 64));
    instance.wasm.setStrategy(BOTH);
    expect(rootMeanSquare(both, 64, reference, 1024) * 3).toBeLessThan(
      rootMeanSquare(scattered, 64, reference, 1024),
    );
  });
});
