/** What the tests of posing share. */
import type { Accessor, Node } from '@gltf-transform/core';
import { expect } from 'vitest';
import type { FlatScene } from '../format.ts';
import { decodeScene, encodeScene, type ReadSceneOptions, readScene } from '../index.ts';
import { oneFile, TestScene, triples } from '../testing.ts';

/** Whatever is read must be what another Node can be sent. */
export async function readPosed(
  test: TestScene | Uint8Array,
  options: ReadSceneOptions = {},
): Promise<FlatScene> {
  const glb = test instanceof TestScene ? await test.glb() : test;
  const { scene } = await readScene(oneFile('a.glb', glb), options);
  expect(decodeScene(encodeScene(scene))).toEqual(scene);
  return scene;
}

export const firstVertex = async (test: TestScene, options?: ReadSceneOptions) =>
  triples((await readPosed(test, options)).positions)[0];

type Path = 'translation' | 'rotation' | 'scale' | 'weights';
type Interpolation = 'LINEAR' | 'STEP' | 'CUBICSPLINE';

/** An animation of one channel. */
export function animate(
  test: TestScene,
  name: string,
  node: Node,
  path: Path,
  times: readonly number[],
  output: Accessor,
  interpolation: Interpolation = 'LINEAR',
): void {
  const sampler = test.document
    .createAnimationSampler()
    .setInput(test.accessor('SCALAR', Float32Array.from(times)))
    .setOutput(output)
    .setInterpolation(interpolation);
  const channel = test.document
    .createAnimationChannel()
    .setTargetNode(node)
    .setTargetPath(path)
    .setSampler(sampler);
  test.document.createAnimation(name).addSampler(sampler).addChannel(channel);
}

export const vec3 = (test: TestScene, ...values: number[]) =>
  test.accessor('VEC3', Float32Array.from(values));
