/** What comes out of good files: geometry in the world, winding, normals, vertex attributes. */
import { describe, expect, it } from 'vitest';
import { encodePng } from '../output/index.ts';
import { type FlatScene, readScene } from './index.ts';
import {
  glbOf,
  ONE_TRIANGLE,
  ONE_TRIANGLE_BINARY,
  oneFile,
  readTest as read,
  sceneHash,
  TestScene,
  textFile,
  triples,
} from './testing.ts';

/** Twice the area times the normal of a triangle, by its winding. */
function windingNormal(scene: FlatScene, triangle: number): number[] {
  const at = (k: number): number[] => triples(scene.positions)[scene.indices[3 * triangle + k] ?? 0] ?? [];
  const [a, b, c] = [at(0), at(1), at(2)];
  const u = b.map((value, i) => value - (a[i] ?? 0));
  const v = c.map((value, i) => value - (a[i] ?? 0));
  const cross = (i: number, j: number) => (u[i] ?? 0) * (v[j] ?? 0) - (u[j] ?? 0) * (v[i] ?? 0);
  return [cross(1, 2), cross(2, 0), cross(0, 1)];
}

describe('readScene', () => {
  it('places a mesh by the whole chain of its nodes', async () => {
    const test = new TestScene();
    const child = test.show(test.triangle()).setTranslation([0, 0, 5]);
    test.scene.removeChild(child);
    const half = Math.SQRT1_2;
    const parent = test.document
      .createNode()
      .addChild(child)
      .setRotation([0, half, 0, half])
      .setScale([2, 2, 2]);
    test.scene.addChild(parent.setTranslation([1, 0, 0]));
    const scene = await read(test);
    // A quarter turn around +Y takes +Z to +X and +X to -Z.
    const expected = [
      [11, 0, 0],
      [11, 0, -2],
      [11, 2, 0],
    ];
    triples(scene.positions).forEach((position, i) => {
      position.forEach((value, axis) => {
        expect(value).toBeCloseTo(expected[i]?.[axis] ?? 0, 5);
      });
    });
    expect(triples(scene.normals)[0]?.[0]).toBeCloseTo(1, 6);
    expect(scene.bounds.max[0]).toBeCloseTo(11, 5);
  });

  it('keeps matrices that shear, which no translation, rotation and scale can hold', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    const { json, files } = await test.gltf();
    const sheared = {
      ...json,
      nodes: [{ mesh: 0, matrix: [1, 0, 0, 0, 0.5, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }],
    };
    const { scene } = await readScene(new Map([...files, ['a.gltf', textFile(sheared)]]));
    expect(triples(scene.positions)[2]).toEqual([0.5, 1, 0]);
  });

  it('turns normals by the inverse transpose and keeps the front in front where a node mirrors', async () => {
    const test = new TestScene();
    const slanted = test.triangle();
    slanted.setAttribute('POSITION', test.accessor('VEC3', Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0)));
    const n = 1 / Math.sqrt(3);
    slanted.setAttribute(
      'NORMAL',
      test.accessor(
        'VEC3',
        Float32Array.from({ length: 9 }, () => n),
      ),
    );
    test.show(slanted).setScale([-3, 1, 1]);
    const scene = await read(test);
    const winding = windingNormal(scene, 0);
    const length = Math.hypot(...winding);
    triples(scene.normals).forEach((normal) => {
      normal.forEach((value, axis) => {
        expect(value).toBeCloseTo((winding[axis] ?? 0) / length, 5);
      });
    });
    expect(winding[0]).toBeLessThan(0);
  });

  it('unrolls strips and fans so that all triangles face one way', async () => {
    const corners = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 2, 0, 1, 2, 0);
    const strip = new TestScene();
    strip.show(
      strip.document.createPrimitive().setMode(5).setAttribute('POSITION', strip.accessor('VEC3', corners)),
    );
    const fan = new TestScene();
    const around = Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, -1, 1, 0);
    fan.show(
      fan.document.createPrimitive().setMode(6).setAttribute('POSITION', fan.accessor('VEC3', around)),
    );
    for (const [test, count] of [
      [strip, 4],
      [fan, 3],
    ] as const) {
      const scene = await read(test);
      expect(scene.indices.length / 3).toBe(count);
      for (let i = 0; i < count; i++) expect(windingNormal(scene, i)[2]).toBe(1);
    }
  });

  it('makes flat normals where the file has none: one a triangle, across shared vertices', async () => {
    const test = new TestScene();
    const roof = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
    const primitive = test.document.createPrimitive().setAttribute('POSITION', test.accessor('VEC3', roof));
    test.show(primitive.setIndices(test.accessor('SCALAR', Uint16Array.of(0, 1, 2, 0, 3, 1))));
    const scene = await read(test);
    expect(triples(scene.normals)).toEqual([
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
      [0, 1, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it('takes only the vertices that triangles use, and drops triangles without an area', async () => {
    const test = new TestScene();
    const many = new Float32Array(3000);
    many.set([0, 0, 0, 1, 0, 0, 0, 1, 0], 300);
    const primitive = test.document.createPrimitive().setAttribute('POSITION', test.accessor('VEC3', many));
    primitive.setAttribute(
      'NORMAL',
      test.accessor(
        'VEC3',
        Float32Array.from(many, (_, i) => (i % 3 === 2 ? 1 : 0)),
      ),
    );
    test.show(primitive.setIndices(test.accessor('SCALAR', Uint16Array.of(100, 101, 102, 5, 5, 6, 7, 8, 9))));
    const scene = await read(test);
    expect([scene.positions.length / 3, scene.indices.length / 3]).toEqual([3, 1]);
  });

  it('reads quantised positions, normals, uvs and byte colours as the floats that they stand for', async () => {
    const test = new TestScene();
    const primitive = test
      .triangle()
      .setAttribute(
        'POSITION',
        test.accessor('VEC3', Int16Array.of(0, 0, 0, 32767, 0, 0, 0, -32767, 0)).setNormalized(true),
      )
      .setAttribute(
        'NORMAL',
        test.accessor('VEC3', Int8Array.of(0, 0, -127, 0, 0, -127, 0, 0, -128)).setNormalized(true),
      )
      .setAttribute(
        'TEXCOORD_0',
        test.accessor('VEC2', Uint16Array.of(0, 65535, 0, 0, 65535, 0)).setNormalized(true),
      )
      .setAttribute(
        'COLOR_0',
        test.accessor('VEC3', Uint8Array.of(255, 0, 51, 0, 0, 0, 0, 0, 0)).setNormalized(true),
      );
    // Without a picture no coordinates would be kept.
    const picture = test.texture('white', encodePng(Uint8Array.of(255, 255, 255, 255), 1, 1));
    primitive.setMaterial(test.document.createMaterial('pictured').setBaseColorTexture(picture));
    test.show(primitive);
    const scene = await read(test);
    expect(triples(scene.positions)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, -1, 0],
    ]);
    expect(triples(scene.normals)[2]).toEqual([0, 0, -1]);
    expect(Array.from(scene.uv0)).toEqual([0, 1, 0, 0, 1, 0]);
    expect(Array.from(scene.colors.subarray(0, 4))).toEqual([1, 0, Math.fround(0.2), 1]);
  });

  it('gives white to what has no colours beside what has', async () => {
    const test = new TestScene();
    const coloured = test.triangle().setAttribute('COLOR_0', test.accessor('VEC4', new Float32Array(12)));
    test.show(coloured, test.triangle());
    const scene = await read(test);
    expect(Array.from(scene.colors.subarray(12))).toEqual(new Array(12).fill(1));
  });

  it('reads sparse accessors and interleaved buffers', async () => {
    const binary = new Uint8Array(new Float32Array([0, 0, 0, 9, 1, 0, 0, 9, 0, 1, 0, 9, 5, 5, 5]).buffer);
    const json = {
      asset: { version: '2.0' },
      nodes: [{ mesh: 0 }],
      buffers: [{ byteLength: 64 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
      bufferViews: [
        { buffer: 0, byteLength: 48, byteStride: 16 },
        { buffer: 0, byteOffset: 48, byteLength: 12 },
        { buffer: 0, byteOffset: 60, byteLength: 4 },
      ],
      accessors: [
        {
          bufferView: 0,
          componentType: 5126,
          type: 'VEC3',
          count: 3,
          sparse: { count: 1, indices: { bufferView: 2, componentType: 5121 }, values: { bufferView: 1 } },
        },
      ],
    };
    const bytes = new Uint8Array(64);
    bytes.set(binary);
    bytes[60] = 2;
    const { scene } = await readScene(oneFile('a.glb', glbOf(json, bytes)));
    expect(triples(scene.positions)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [5, 5, 5],
    ]);
  });

  it('gives the same bytes for the same file every time', async () => {
    const test = new TestScene();
    test.show(test.triangle()).setRotation([0.1, 0.2, 0.3, 0.9]);
    const glb = await test.glb();
    const hashes = await Promise.all(
      [1, 2, 3].map(async () => sceneHash((await readScene(oneFile('x.glb', glb))).scene)),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('walks a tree of nodes as deep as a file allows', async () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) =>
      i < 99_999 ? { children: [i + 1] } : { mesh: 0 },
    );
    const { scene } = await readScene(
      oneFile('a.glb', glbOf({ ...ONE_TRIANGLE, nodes }, ONE_TRIANGLE_BINARY)),
    );
    expect(scene.indices.length).toBe(3);
  });
});
