import { describe, expect, it } from 'vitest';
import { tinyScene } from '../../render/job/test-scene.ts';
import type { FlatImage, FlatScene } from '../../render/scene/index.ts';
import { outlineOf, SceneInSlices, slicesOf } from './scene-slices.ts';

const image = (name: string, preview?: FlatImage['preview']): FlatImage => ({
  ...{ name, width: 64, height: 64, encoding: 'png' as const, bytes: new Uint8Array(1000) },
  ...(preview && { preview }),
});
const small = (value: number): FlatImage['preview'] => {
  return { width: 2, height: 1, rgba: new Uint8Array(8).fill(value) };
};

/** With every kind of array, one of them a part of a larger buffer. */
const scene: FlatScene = {
  ...tinyScene(),
  normals: Float32Array.from({ length: 30 }, (_, i) => i).subarray(3, 27),
  colors: Float32Array.of(1, 2, 3, 4),
  instanceMeshes: Uint32Array.of(0, 1),
  instanceTransforms: new Float32Array(24).fill(7),
  images: [image('without'), image('first', small(1)), image('second', small(2))],
};

function through(sliceBytes?: number): FlatScene {
  const other = new SceneInSlices(structuredClone(outlineOf(scene)));
  for (const slice of slicesOf(scene, sliceBytes)) {
    const copy = structuredClone(slice, { transfer: [slice.bytes.buffer] });
    other.add(copy);
  }
  return other.whole();
}

/** As it must arrive: without the images' files. */
const expected = { ...scene, images: scene.images.map((one) => ({ ...one, bytes: new Uint8Array() })) };

describe('a scene in slices', () => {
  it('arrives as it was, whatever the slices, without the files of its images', () => {
    expect(through()).toEqual(expected);
    expect(through(5)).toEqual(expected);
  });

  it('is left untouched', () => {
    through(16);
    expect(scene.normals).toHaveLength(24);
    expect(scene.images[0]?.bytes).toHaveLength(1000);
  });

  it('never has a slice larger than it should be, nor an outline with an array', () => {
    for (const { bytes } of slicesOf(scene, 16)) expect(bytes.buffer.byteLength).toBeLessThanOrEqual(16);
    const { scene: outline } = outlineOf(scene);
    expect(JSON.stringify(outline).length).toBeLessThan(6000);
    expect(outline.positions).toHaveLength(0);
    expect(outline.images[1]?.preview?.rgba).toHaveLength(0);
  });
});
