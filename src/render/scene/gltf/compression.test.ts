/** Draco and meshopt: the compressed file is the same scene as the plain one. */
import { createRequire } from 'node:module';
import { EXTMeshoptCompression, KHRDracoMeshCompression } from '@gltf-transform/extensions';
import { MeshoptEncoder } from 'meshoptimizer';
import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { oneFile, TestScene } from '../testing.ts';

/** A wavy sheet of 20 x 20 quads. */
function sheet(): TestScene {
  const test = new TestScene();
  const side = 21;
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      positions.push(x, y, ((x * y) % 7) / 2);
      normals.push(0, 0, 1);
      if (x === side - 1 || y === side - 1) continue;
      const a = y * side + x;
      indices.push(a, a + 1, a + side, a + 1, a + side + 1, a + side);
    }
  }
  test.show(
    test.document
      .createPrimitive()
      .setAttribute('POSITION', test.accessor('VEC3', Float32Array.from(positions)))
      .setAttribute('NORMAL', test.accessor('VEC3', Float32Array.from(normals)))
      .setIndices(test.accessor('SCALAR', Uint16Array.from(indices))),
  );
  return test;
}

/** Every triangle by its rounded corners, in an order of its own: compression may reorder. */
async function triangles(glb: Uint8Array): Promise<string[]> {
  const { scene } = await readScene(oneFile('a.glb', glb));
  const corner = (index: number): string =>
    Array.from(scene.positions.subarray(3 * index, 3 * index + 3), (value) => value.toFixed(1)).join();
  const list: string[] = [];
  for (let i = 0; i < scene.indices.length; i += 3) {
    const corners = Array.from(scene.indices.subarray(i, i + 3), corner);
    const first = corners.indexOf(corners.toSorted()[0] ?? '');
    list.push([...corners.slice(first), ...corners.slice(0, first)].join(' '));
  }
  return list.toSorted();
}

describe('compressed geometry', () => {
  it('of Draco decodes to the same triangles', async () => {
    const draco = createRequire(import.meta.url)('draco3dgltf') as {
      createEncoderModule(): Promise<unknown>;
    };
    const plain = await triangles(await sheet().glb());
    const test = sheet();
    test.document
      .createExtension(KHRDracoMeshCompression)
      .setRequired(true)
      .setEncoderOptions({ quantizationBits: { POSITION: 16, NORMAL: 12 } });
    const glb = await test.glb({ 'draco3d.encoder': await draco.createEncoderModule() });
    expect(new TextDecoder('latin1').decode(glb)).toContain('KHR_draco_mesh_compression');
    expect(await triangles(glb)).toEqual(plain);
  });

  it('of meshopt decodes to the same triangles', async () => {
    await MeshoptEncoder.ready;
    const plain = await triangles(await sheet().glb());
    const test = sheet();
    test.document.createExtension(EXTMeshoptCompression).setRequired(true);
    const glb = await test.glb({ 'meshopt.encoder': MeshoptEncoder });
    expect(new TextDecoder('latin1').decode(glb)).toContain('EXT_meshopt_compression');
    expect(await triangles(glb)).toEqual(plain);
  });

  it('of meshopt is read under its younger name too', async () => {
    await MeshoptEncoder.ready;
    const plain = await triangles(await sheet().glb());
    const test = sheet();
    test.document.createExtension(EXTMeshoptCompression).setRequired(true);
    const glb = await test.glb({ 'meshopt.encoder': MeshoptEncoder });
    const renamed = glb.slice();
    const text = new TextDecoder('latin1').decode(glb);
    for (let at = text.indexOf('EXT_meshopt'); at >= 0; at = text.indexOf('EXT_meshopt', at + 1)) {
      renamed.set(new TextEncoder().encode('KHR'), at);
    }
    expect(await triangles(renamed)).toEqual(plain);
    const { scene } = await readScene(oneFile('a.glb', renamed));
    expect(scene.warnings).toEqual([]);
  });

  it('of Draco that is damaged is told so, with its mesh', async () => {
    const draco = createRequire(import.meta.url)('draco3dgltf') as {
      createEncoderModule(): Promise<unknown>;
    };
    const test = sheet();
    test.document.createExtension(KHRDracoMeshCompression).setRequired(true);
    const glb = await test.glb({ 'draco3d.encoder': await draco.createEncoderModule() });
    const start = new TextDecoder('latin1').decode(glb).indexOf('DRACO');
    expect(start).toBeGreaterThan(0);
    glb.fill(0xff, start, start + 60);
    await expect(readScene(oneFile('a.glb', glb))).rejects.toMatchObject({
      code: 'compression-damaged',
      message: expect.stringMatching(/^meshes\[0\]\.primitives\[0\]: its Draco data cannot be decoded/),
    });
  });
});
