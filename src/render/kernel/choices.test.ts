/** Many lamps: hits that are shaded one after the other choose theirs together, and nobody sees that in the picture. */
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Sync, toHex } from '../../runtime/index.ts';
import type { FlatMaterial, FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { clearcoat, volume } from './material-gallery.ts';
import { cameraAt, freshKernel, image, MeshBuilder, material, texture, wholeFrame } from './testing.ts';

const SIDE = 32;

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

/** Of each kind that is guessed about before it is shaded: what aims, and whether light from the other side counts. */
const LOOKS: readonly FlatMaterial[] = [
  material({ roughness: 0.6 }),
  material({ metallic: 1, roughness: 0 }),
  // Looks like a mirror, but its varnish aims.
  material({ metallic: 1, roughness: 0, clearcoat: clearcoat({ roughness: 0.5 }) }),
  // Looks as if it let light through, but is metal all over.
  material({ metallic: 1, transmission: 0.5, roughness: 0.4 }),
  // Lets light through where its texture is not metal.
  material({
    metallic: 1,
    transmission: 0.8,
    roughness: 0.5,
    metallicRoughnessTexture: 0,
    doubleSided: true,
  }),
  material({ transmission: 1, roughness: 0, volume: volume({ attenuationDistance: 2 }) }),
  material({ transmission: 1, roughness: 0.3, volume: volume({ attenuationDistance: 2 }) }),
  material({ alphaMode: 'blend', baseColor: [0.3, 0.8, 0.4, 0.5], roughness: 0.7 }),
  material({ unlit: true, baseColor: [0.2, 0.2, 0.4, 1] }),
];

/** A ball of each look on a floor, under a hundred lamps that are two triangles each. */
function balls(): FlatScene {
  const lamp = LOOKS.length;
  const mesh = new MeshBuilder().quad(0, [-4, 0, 4], [4, 0, 4], [4, 0, -4], [-4, 0, -4]);
  LOOKS.forEach((_, i) => {
    mesh.sphere(i, [(i % 3) - 1, 0.45, Math.floor(i / 3) - 1], 0.42, 4);
  });
  for (let i = 0; i < 100; i++) {
    const [x, y, z] = [((i * 7) % 20) * 0.28 - 2.66, 2.2 + ((i * 3) % 7) * 0.2, ((i * 13) % 17) * 0.3 - 2.4];
    mesh.quad(lamp + (i % 2), [x, y, z], [x, y, z + 0.2], [x + 0.2, y + 0.05, z + 0.2], [x + 0.2, y, z]);
  }
  const lamps = [material({ emissive: [9, 6, 3] }), material({ emissive: [2, 3, 9], doubleSided: true })];
  return mesh.scene([...LOOKS, ...lamps], {
    images: [image(2, 1, [0, 128, 255, 255, 0, 128, 0, 255])],
    textures: [texture(0, { nearest: true })],
    cameras: [cameraAt([0, 2.1, 3.4], [0, 0.3, 0], 0.75)],
  });
}

function load(scene: FlatScene): void {
  kernel.loadScene(scene);
  kernel.setEnvironment([0.02, 0.03, 0.05]);
  const [camera] = scene.cameras;
  if (camera) kernel.setView({ width: SIDE, height: SIDE, camera, bounces: 6, seed: 5 });
}

describe('lamps chosen together', () => {
  it('are those that each hit chooses alone (golden, made before they were)', () => {
    load(balls());
    const sums = kernel.renderBlock(wholeFrame(SIDE, 0, 8));
    expect(sums.every(Number.isFinite)).toBe(true);
    expect(toHex(sha256Sync(new Uint8Array(sums.buffer)))).toBe(
      '1f0087891e544574e9cd0c9e973c60687247171eede15a51b410be6e6c87248c',
    );
  });

  it('do not depend on who else chooses', () => {
    load(balls());
    const sums = kernel.renderBlock(wholeFrame(SIDE, 0, 4));
    for (let pixel = 0; pixel < SIDE * SIDE; pixel += 13) {
      const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
      const alone = kernel.renderBlock({ x, y, width: 1, height: 1, firstSample: 0, sampleCount: 4 });
      expect(alone).toEqual(sums.slice(3 * pixel, 3 * pixel + 3));
    }
  });
});
