/** Scenes whose images are files: texels are written straight into the kernel's memory, one image after the other. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatImage, FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { cameraAt, freshKernel, image, MeshBuilder, material, texture } from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

const RED = [255, 0, 0, 255];
const GREEN = [0, 255, 0, 255];

/** A red and a green wall, side by side. */
function walls(): FlatScene {
  const mesh = new MeshBuilder()
    .quad(0, [-2, -1, 0], [0, -1, 0], [0, 1, 0], [-2, 1, 0])
    .quad(1, [0, -1, 0], [2, -1, 0], [2, 1, 0], [0, 1, 0]);
  const pictured = (baseColorTexture: number) => material({ baseColorTexture, unlit: true });
  return mesh.scene([pictured(0), pictured(1)], {
    images: [image(1, 1, RED), image(1, 1, GREEN)],
    textures: [texture(0), texture(1)],
  });
}

const asFiles = (scene: FlatScene): FlatScene => ({
  ...scene,
  images: scene.images.map((raw): FlatImage => ({ ...raw, encoding: 'png', bytes: Uint8Array.of(1) })),
});

function picture(): Float32Array {
  kernel.setEnvironment([0, 0, 0]);
  kernel.setView({ width: 8, height: 4, camera: cameraAt([0, 0, 2], [0, 0, 0], 0.8), bounces: 0, seed: 0 });
  return kernel.renderBlock({ x: 0, y: 0, width: 8, height: 4, firstSample: 0, sampleCount: 4 });
}

describe('loadPictured', () => {
  it('gives the same bits as a scene whose texels are there already', async () => {
    const scene = walls();
    kernel.loadScene(scene);
    const expected = picture();
    expect(expected.some((value) => value > 0)).toBe(true);
    kernel.loadScene(walls());
    const asked: string[] = [];
    const info = await kernel.loadPictured(asFiles(scene), async ({ width, height }, target) => {
      expect(target).toHaveLength(4 * width * height);
      asked.push('image');
      target.set(asked.length === 1 ? RED : GREEN);
    });
    expect(asked).toHaveLength(2);
    expect(info).toMatchObject({ triangles: 4, memoryBytes: expect.any(Number) });
    expect(picture()).toEqual(expected);
  });

  it('leaves no scene behind when an image cannot be written', async () => {
    const broken = kernel.loadPictured(asFiles(walls()), () => Promise.reject(new Error('it is damaged')));
    await expect(broken).rejects.toThrow('it is damaged');
    expect(picture().every((value) => value === 0)).toBe(true);
    kernel.loadScene(walls());
    expect(picture().some((value) => value > 0)).toBe(true);
  });

  it('is what files need: without a decoder they are refused', () => {
    expect(() => kernel.loadScene(asFiles(walls()))).toThrow(
      'image image is a png file, and nobody decodes it',
    );
  });
});
