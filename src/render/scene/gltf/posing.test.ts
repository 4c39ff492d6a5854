/** Skins and morph targets: where vertices are, at rest and at a chosen time. */
import { createRequire } from 'node:module';
import { KHRDracoMeshCompression } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { glbOf, TestScene, triples } from '../testing.ts';
import { animate, firstVertex, readPosed as read, vec3 } from './testing.ts';

/** A triangle whose corners follow joint 0, joint 1, and both alike. */
function skinned(weights: Float32Array | Uint8Array = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0)) {
  const test = new TestScene();
  const joints = [0, 1].map((i) => test.document.createNode(`joint ${i}`));
  for (const joint of joints) test.scene.addChild(joint);
  const primitive = test
    .triangle()
    .setAttribute('JOINTS_0', test.accessor('VEC4', Uint8Array.of(0, 9, 9, 9, 1, 9, 9, 9, 0, 1, 9, 9)))
    .setAttribute('WEIGHTS_0', test.accessor('VEC4', weights).setNormalized(weights instanceof Uint8Array));
  const skin = test.document.createSkin();
  for (const joint of joints) skin.addJoint(joint);
  const node = test.show(primitive).setSkin(skin).setTranslation([50, 50, 50]);
  return { test, node, skin, primitive, joints };
}

describe('a skin', () => {
  it('moves each vertex by its joints, by weights of any sum, wherever the node itself stands', async () => {
    for (const weights of [undefined, Uint8Array.of(255, 0, 0, 0, 9, 0, 0, 0, 100, 100, 0, 0)]) {
      const { test, joints } = skinned(weights);
      joints[0]?.setTranslation([0, 0, 2]);
      joints[1]?.setTranslation([0, 0, 6]);
      expect(triples((await read(test)).positions)).toEqual([
        [0, 0, 2],
        [1, 0, 6],
        [0, 1, 4],
      ]);
    }
  });

  it('counts from where the joints were when the mesh was bound, and follows animated ones', async () => {
    const { test, joints, skin } = skinned();
    const bind = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -2, 1];
    skin.setInverseBindMatrices(test.accessor('MAT4', Float32Array.of(...bind, ...bind)));
    for (const joint of joints) joint.setTranslation([0, 0, 2]);
    const [, second] = joints;
    if (!second) throw new Error('a joint is missing');
    animate(test, '', second, 'translation', [0, 1], vec3(test, 0, 0, 2, 0, 0, 12));
    expect(triples((await read(test)).positions).map(([, , z]) => z)).toEqual([0, 0, 0]);
    const { positions } = await read(test, { time: 1 });
    expect(triples(positions).map(([, , z]) => z)).toEqual([0, 10, 5]);
  });

  it('turns normals by the inverse transpose', async () => {
    const { test, joints, primitive } = skinned();
    const n = Math.SQRT1_2;
    primitive.setAttribute('NORMAL', vec3(test, n, 0, n, 0, n, n, 0, 0, 1));
    joints[0]?.setScale([2, 1, 1]);
    joints[1]?.setScale([1, 1, 4]);
    const [first = [], second = []] = triples((await read(test)).normals);
    // (1, 0, 1) under a scale of x by 2 is (1/2, 0, 1).
    expect((first[0] ?? 0) / (first[2] ?? 0)).toBeCloseTo(0.5, 6);
    expect((second[1] ?? 0) / (second[2] ?? 0)).toBeCloseTo(4, 5);
    expect(Math.hypot(...first)).toBeCloseTo(1, 6);
  });

  it('keeps the front in front where its joints mirror', async () => {
    const { test, joints } = skinned();
    for (const joint of joints) joint.setScale([-1, 1, 1]);
    const { positions, normals, indices } = await read(test);
    const corners = Array.from(indices, (index) => triples(positions)[index] ?? []);
    expect(corners).toContainEqual([-1, 0, 0]);
    expect(triples(normals)[0]).toEqual([0, 0, 1]);
    const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = [], [cx = 0, cy = 0] = []] = corners;
    expect((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)).toBeGreaterThan(0);
  });

  it('makes flat normals of the posed triangle where the file has none', async () => {
    const { test, joints, primitive } = skinned();
    primitive.setAttribute('NORMAL', null);
    for (const joint of joints) joint.setRotation([0, Math.SQRT1_2, 0, Math.SQRT1_2]);
    expect(triples((await read(test)).normals)[0]?.[0]).toBeCloseTo(1, 6);
  });

  it('takes joints of a second set, and joints that the shown scene does not hold', async () => {
    const { test, joints, primitive } = skinned(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
    primitive
      .setAttribute('JOINTS_1', test.accessor('VEC4', new Uint8Array(12).fill(1)))
      .setAttribute('WEIGHTS_1', test.accessor('VEC4', Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0)));
    const [, second] = joints;
    if (second) test.scene.removeChild(second.setTranslation([0, 0, 4]));
    expect(triples((await read(test)).positions).map(([, , z]) => z)).toEqual([0, 4, 3]);
  });

  it('moves nothing by a joint it does not have', async () => {
    const { test } = skinned(Float32Array.of(1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
    const scene = await read(test);
    expect(scene.indices).toHaveLength(3);
    expect(scene.warnings).toEqual([
      expect.stringContaining(
        'follows joint 9 of a skin of 2, or one without a place; that joint moves nothing',
      ),
    ]);
  });
});

/** A triangle with two morph targets: one lifts it, one stretches it and leans its normals. */
function morphed() {
  const test = new TestScene();
  const { document } = test;
  const lift = document
    .createPrimitiveTarget()
    .setAttribute('POSITION', vec3(test, 0, 0, 1, 0, 0, 1, 0, 0, 1));
  const stretch = document
    .createPrimitiveTarget()
    .setAttribute('POSITION', vec3(test, 0, 0, 0, 2, 0, 0, 0, 0, 0))
    .setAttribute('NORMAL', vec3(test, 1, 0, 0, 1, 0, 0, 1, 0, 0));
  const primitive = test.triangle().addTarget(lift).addTarget(stretch);
  const mesh = document.createMesh().addPrimitive(primitive).setWeights([0.5, 0]);
  return { test, mesh, primitive, stretch, node: test.showMesh(mesh) };
}

describe('morph targets', () => {
  it("are applied by the mesh's weights, by the node's instead, and by an animation's above all", async () => {
    const { test, node, mesh } = morphed();
    const other = test.showMesh(mesh).setWeights([0, 1]);
    const { positions, normals } = await read(test);
    expect(triples(positions)).toEqual([
      [0, 0, 0.5],
      [1, 0, 0.5],
      [0, 1, 0.5],
      [0, 0, 0],
      [3, 0, 0],
      [0, 1, 0],
    ]);
    expect(triples(normals)[0]).toEqual([0, 0, 1]);
    expect(triples(normals)[3]?.[0]).toBeCloseTo(Math.SQRT1_2, 6);
    const output = test.accessor('SCALAR', Float32Array.of(0, 0, 10, 1));
    animate(test, '', other, 'weights', [0, 1], output);
    node.setMesh(null);
    const posed = triples((await read(test, { time: 0.5 })).positions);
    expect(posed[1]).toEqual([2, 0, 5]);
  });

  it('give flat normals of the morphed triangle where the file has none', async () => {
    const { test, primitive, stretch, mesh } = morphed();
    primitive.setAttribute('NORMAL', null);
    stretch.setAttribute('NORMAL', null).setAttribute('POSITION', vec3(test, 0, 0, 0, -1, 0, -1, 0, 0, 0));
    mesh.setWeights([0, 1]);
    expect(triples((await read(test)).normals)[0]).toEqual([1, 0, 0]);
  });

  it('move before the skin does', async () => {
    const { test, mesh, primitive } = morphed();
    const joint = test.document.createNode().setScale([1, 1, 10]);
    test.scene.addChild(joint);
    primitive
      .setAttribute('JOINTS_0', test.accessor('VEC4', new Uint8Array(12)))
      .setAttribute('WEIGHTS_0', test.accessor('VEC4', new Float32Array(12).fill(0.25)));
    for (const parent of test.scene.listChildren()) if (parent.getMesh()) parent.dispose();
    test.showMesh(mesh).setSkin(test.document.createSkin().addJoint(joint));
    expect(await firstVertex(test)).toEqual([0, 0, 5]);
  });

  it('may be sparse, normalised integers, or move nothing at all', async () => {
    const binary = new Uint8Array(64);
    binary.set(new Uint8Array(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0).buffer));
    binary.set([2], 36);
    binary.set(new Uint8Array(Int16Array.of(0, 0, 32767).buffer), 40);
    const json = {
      asset: { version: '2.0' },
      nodes: [{ mesh: 0 }],
      meshes: [
        {
          primitives: [{ attributes: { POSITION: 0 }, targets: [{ POSITION: 1 }, { POSITION: 2 }, {}] }],
          weights: [3, 7, 1],
        },
      ],
      buffers: [{ byteLength: 64 }],
      bufferViews: [
        { buffer: 0, byteLength: 36 },
        { buffer: 0, byteOffset: 36, byteLength: 1 },
        { buffer: 0, byteOffset: 40, byteLength: 6 },
      ],
      accessors: [
        { bufferView: 0, componentType: 5126, type: 'VEC3', count: 3 },
        {
          componentType: 5122,
          normalized: true,
          type: 'VEC3',
          count: 3,
          sparse: { count: 1, indices: { bufferView: 1, componentType: 5121 }, values: { bufferView: 2 } },
        },
        { componentType: 5126, type: 'VEC3', count: 3 },
      ],
    };
    const { positions } = await read(glbOf(json, binary));
    expect(triples(positions)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 3],
    ]);
  });

  it('fit the vertices of a mesh that Draco has compressed', async () => {
    const draco = createRequire(import.meta.url)('draco3dgltf') as {
      createEncoderModule(): Promise<unknown>;
    };
    const { test, primitive } = morphed();
    primitive.setIndices(test.accessor('SCALAR', Uint16Array.of(0, 1, 2)));
    test.document
      .createExtension(KHRDracoMeshCompression)
      .setRequired(true)
      .setEncoderOptions({
        method: KHRDracoMeshCompression.EncoderMethod.SEQUENTIAL,
        quantizationBits: { POSITION: 16 },
      });
    const glb = await test.glb({ 'draco3d.encoder': await draco.createEncoderModule() });
    triples((await read(glb)).positions).forEach(([, , z]) => {
      expect(z).toBeCloseTo(0.5, 3);
    });
  });

  it('for another number of vertices move nothing, with a note', async () => {
    const { test, stretch, mesh } = morphed();
    stretch.setAttribute('POSITION', vec3(test, 0, 0, 1));
    mesh.setWeights([0, 1]);
    expect((await read(test)).warnings).toEqual([
      'meshes[0].primitives[0].targets[1].POSITION: has values for 1 vertices, POSITION for 3; the mesh keeps its shape',
    ]);
  });

  it('move no vertex where they say no number, with a note, and the others all the same', async () => {
    const { test, stretch, mesh } = morphed();
    stretch.setAttribute('POSITION', vec3(test, Number.NaN, 0, 3, 2, 0, 0, 0, Number.POSITIVE_INFINITY, 0));
    mesh.setWeights([0, 1]);
    const { positions, warnings } = await read(test);
    expect(triples(positions)).toEqual([
      [0, 0, 3],
      [3, 0, 0],
      [0, 1, 0],
    ]);
    expect(warnings).toEqual([
      'meshes[0].primitives[0].targets[1].POSITION: has values that are no numbers; those move nothing',
    ]);
  });
});
