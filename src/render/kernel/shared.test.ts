import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentMap, FlatLight, FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { anisotropy, film, sheen, volume } from './material-gallery.ts';
import { attachKernel, createSharingKernel } from './shared.ts';
import { cornellBox, freshKernel, MeshBuilder, material } from './testing.ts';

const SHARED_KERNEL = new URL('../../../public/generated/kernel-shared.wasm', import.meta.url);
const SIZE = 24;

let sharedModule: WebAssembly.Module;
beforeAll(async () => {
  sharedModule = await WebAssembly.compile(await readFile(SHARED_KERNEL));
});

/** A sky with a bright spot. */
const sky: EnvironmentMap = {
  width: 8,
  height: 4,
  rgb: Float32Array.from({ length: 96 }, (_, i) => (i === 30 ? 40 : 0.2 + (i % 3) * 0.1)),
};

/** See-through, shiny and lit by the sky. */
function foliage(): FlatScene {
  return new MeshBuilder()
    .quad(0, [-2, 0, -2], [-2, 0, 2], [2, 0, 2], [2, 0, -2])
    .quad(1, [-1, 0, -0.5], [1, 0, -0.5], [1, 2, -0.5], [-1, 2, -0.5])
    .scene(
      [
        material({ baseColor: [0.7, 0.6, 0.5, 1], metallic: 1, roughness: 0.3 }),
        material({ alphaMode: 'blend', baseColor: [0.2, 0.9, 0.3, 0.4], doubleSided: true }),
      ],
      { cameras: cornellBox().cameras },
    );
}

/** Everything that needs tables besides the scene's. */
function wardrobe(): FlatScene {
  return new MeshBuilder()
    .quad(0, [-2, 0, 2], [2, 0, 2], [2, 0, -2], [-2, 0, -2])
    .sphere(1, [-0.7, 1.4, 0], 0.5, 6)
    .sphere(2, [0.7, 1.2, 0], 0.5, 6)
    .scene(
      [
        material({ sheen: sheen({ color: [0.9, 0.3, 0.4], roughness: 0.4 }) }),
        material({
          anisotropy: anisotropy({ strength: 0.8 }),
          metallic: 1,
          roughness: 0.4,
          iridescence: film(420),
        }),
        material({
          transmission: 1,
          roughness: 0.3,
          volume: volume({ dispersion: 3, attenuationDistance: 2 }),
        }),
      ],
      { cameras: cornellBox().cameras },
    );
}

/** Enough little lamps that several are looked at for each that is aimed at. */
function chandelier(): FlatScene {
  const mesh = new MeshBuilder().quad(0, [-2, 0, 2], [2, 0, 2], [2, 0, -2], [-2, 0, -2]);
  for (let i = 0; i < 40; i++) {
    const [x, z] = [(i % 8) * 0.4 - 1.5, Math.floor(i / 8) * 0.4 - 1];
    mesh.quad(1, [x, 1.6, z], [x + 0.1, 1.6, z], [x + 0.1, 1.7, z + 0.1], [x, 1.6, z + 0.1]);
  }
  const materials = [material({ roughness: 0.7 }), material({ emissive: [9, 8, 6] })];
  return mesh.scene(materials, { cameras: cornellBox().cameras });
}

const pointLight: FlatLight = {
  name: 'point',
  kind: 'point',
  intensity: [3, 2, 1],
  position: [0.2, 1.5, 0.3],
  direction: [0, -1, 0],
  range: 5,
  innerConeAngle: 0,
  outerConeAngle: 1,
};

function load(kernel: Kernel, scene: FlatScene): void {
  kernel.loadScene(scene);
  kernel.setEnvironment(sky, { strength: 1.5, rotation: 0.3 });
}

function view(kernel: Kernel, scene: FlatScene): void {
  const [camera] = scene.cameras;
  if (camera) kernel.setView({ width: SIZE, height: SIZE, camera, bounces: 4, seed: 3 });
}

const rows = (kernel: Kernel, y: number): Float32Array =>
  kernel.renderBlock({ x: 0, y, width: SIZE, height: 4, firstSample: 2, sampleCount: 6 });

describe('kernels over one shared scene', () => {
  it.each([
    ['emitters', cornellBox()],
    ['see-through surfaces under a sky', foliage()],
    ['materials of many layers', wardrobe()],
    ['many lamps', chandelier()],
    ['punctual lights', { ...cornellBox(), lights: [pointLight] }],
  ])('render the bits of a kernel with its own copy, in any turns: %s', async (_, scene) => {
    const { kernel: alone } = await freshKernel();
    load(alone, scene);
    view(alone, scene);

    const { kernel: first, share } = await createSharingKernel(sharedModule);
    load(first, scene);
    const shared = share();
    const kernels = [
      first,
      await attachKernel(sharedModule, shared, 0),
      await attachKernel(sharedModule, shared, 1),
    ];
    for (const kernel of kernels) view(kernel, scene);
    for (let y = 0; y + 4 <= SIZE; y += 4) {
      const expected = rows(alone, y);
      expect(expected.some((value) => value > 0)).toBe(true);
      for (const kernel of kernels) expect(rows(kernel, y)).toEqual(expected);
    }
    expect(kernels.map(({ discardedSamples }) => discardedSamples)).toEqual([0, 0, 0]);
  });

  it('cannot load anything over the others', async () => {
    const scene = cornellBox();
    const { kernel: first, share } = await createSharingKernel(sharedModule);
    load(first, scene);
    const attached = await attachKernel(sharedModule, share(), 0);
    const large = new MeshBuilder();
    for (let i = 0; i < 60_000; i++) large.triangle(0, [i, 0, 0], [i + 1, 0, 0], [i, 1, 0]);
    expect(() => attached.loadScene(large.scene([material()]))).toThrow('no memory');
    view(first, scene);
    expect(rows(first, 8).some((value) => value > 0)).toBe(true);
  });

  it('are refused where the address space ends', async () => {
    const { kernel, share } = await createSharingKernel(sharedModule);
    load(kernel, cornellBox());
    await expect(attachKernel(sharedModule, share(), 1023)).rejects.toThrow('no memory for another worker');
  });
});
