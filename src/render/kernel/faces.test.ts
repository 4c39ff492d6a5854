import { expect, it } from 'vitest';
import type { FlatScene } from '../scene/index.ts';
import { cameraAt, freshKernel, MeshBuilder, material } from './testing.ts';

function picture(kernel: Awaited<ReturnType<typeof freshKernel>>['kernel'], scene: FlatScene): Float32Array {
  kernel.loadScene(scene);
  kernel.setEnvironment([0.4, 0.6, 0.8]);
  const camera = cameraAt([0, 2, 3], [0, 0, 0], 0.8);
  kernel.setView({ width: 8, height: 8, camera, bounces: 2, seed: 0 });
  return kernel.renderBlock({ x: 0, y: 0, width: 8, height: 8, firstSample: 0, sampleCount: 16 });
}

it('vertices without a normal are lit by the triangle that is hit, as if each corner had its normal', async () => {
  const { kernel } = await freshKernel();
  const scene = new MeshBuilder()
    .quad(0, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1])
    .quad(0, [-1, 0, -1], [1, 0, -1], [1, 1, -1], [-1, 1, -1])
    .scene([material({ roughness: 0.4 })]);
  const told = picture(kernel, scene);
  const untold = picture(kernel, { ...scene, normals: new Float32Array(scene.normals.length) });
  expect(told.some((value) => value > 0)).toBe(true);
  expect(untold).toEqual(told);
});
