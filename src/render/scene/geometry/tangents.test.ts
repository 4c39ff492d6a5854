import { describe, expect, it } from 'vitest';
import { encodePng } from '../../output/index.ts';
import type { FlatScene } from '../format.ts';
import { readTest, TestScene } from '../testing.ts';

function normalMapped(test: TestScene) {
  const flat = encodePng(Uint8Array.of(128, 128, 255, 255), 1, 1);
  return test.document.createMaterial('bumpy').setNormalTexture(test.texture('normals', flat));
}

const tangentAt = (scene: FlatScene, vertex: number): number[] =>
  Array.from(
    scene.tangents.subarray(4 * vertex, 4 * vertex + 4),
    (value) => Math.round(value * 1e4) / 1e4 + 0,
  );

describe('tangents', () => {
  it('are made only where a normal map needs them', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    expect((await readTest(test)).tangents).toHaveLength(0);
  });

  it('point along u, with the bitangent against v as glTF wants', async () => {
    const test = new TestScene();
    test.show(test.triangle(normalMapped(test)));
    const scene = await readTest(test);
    // u grows along +X and v along -Y; cross(normal, tangent) * w is +Y.
    for (let i = 0; i < 3; i++) expect(tangentAt(scene, i)).toEqual([1, 0, 0, 1]);
  });

  it('follow a mirrored texture: two triangles that share an edge split it', async () => {
    const test = new TestScene();
    const primitive = test.document
      .createPrimitive()
      .setAttribute('POSITION', test.accessor('VEC3', Float32Array.of(0, 0, 0, 0, 1, 0, 1, 0, 0, -1, 0, 0)))
      .setAttribute('NORMAL', test.accessor('VEC3', Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1)))
      .setAttribute('TEXCOORD_0', test.accessor('VEC2', Float32Array.of(0, 1, 0, 0, 1, 1, 1, 1)))
      .setIndices(test.accessor('SCALAR', Uint16Array.of(0, 2, 1, 0, 1, 3)))
      .setMaterial(normalMapped(test));
    test.show(primitive);
    const scene = await readTest(test);
    expect(scene.positions.length / 3).toBe(6);
    const kinds = new Set(Array.from({ length: 6 }, (_, i) => tangentAt(scene, i).join()));
    expect(kinds).toEqual(new Set(['1,0,0,1', '-1,0,0,-1']));
  });

  it('of the file are kept, made perpendicular, and change hands where a node mirrors', async () => {
    const test = new TestScene();
    const tilted = [0.8, 0, 0.6, -1];
    const primitive = test.triangle(normalMapped(test));
    primitive.setAttribute(
      'TANGENT',
      test.accessor('VEC4', Float32Array.of(...tilted, ...tilted, ...tilted)),
    );
    const mesh = test.document.createMesh().addPrimitive(primitive);
    test.showMesh(mesh);
    test.showMesh(mesh).setScale([1, -1, 1]);
    const scene = await readTest(test);
    expect(tangentAt(scene, 0)).toEqual([1, 0, 0, -1]);
    expect(tangentAt(scene, 3)).toEqual([1, 0, 0, 1]);
  });

  it('of a rotated normal map follow the rotation', async () => {
    const test = new TestScene();
    test.show(test.triangle(normalMapped(test)));
    const { KHRTextureTransform } = await import('@gltf-transform/extensions');
    const turned = test.document
      .createExtension(KHRTextureTransform)
      .createTransform()
      .setRotation(Math.PI / 2);
    test.document
      .getRoot()
      .listMaterials()[0]
      ?.getNormalTextureInfo()
      ?.setExtension('KHR_texture_transform', turned);
    const scene = await readTest(test);
    // u' = v, so the tangent is where v grows: -Y.
    expect(tangentAt(scene, 0)).toEqual([0, -1, 0, 1]);
  });
});
