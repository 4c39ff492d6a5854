/** Meshes that stand in many places: which the reader keeps once, and that nothing else about the scene changes by it. */
import type { Mesh } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { type FlatScene, readScene } from './index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, readTest, TestScene } from './testing.ts';

/** A wavy sheet of 2 * side * side triangles. */
function sheet(test: TestScene, side: number): Mesh {
  const positions: number[] = [];
  const indices: number[] = [];
  for (let i = 0; i <= side; i++) {
    for (let j = 0; j <= side; j++) {
      positions.push(i / side, ((i * 7 + j * 5) % 4) / 40, j / side);
      const at = i * (side + 1) + j;
      if (i < side && j < side) indices.push(at, at + 1, at + side + 1, at + 1, at + side + 2, at + side + 1);
    }
  }
  const normals = positions.map((_, i) => (i % 3 === 1 ? 1 : 0));
  const primitive = test.document
    .createPrimitive()
    .setAttribute('POSITION', test.accessor('VEC3', Float32Array.from(positions)))
    .setAttribute('NORMAL', test.accessor('VEC3', Float32Array.from(normals)))
    .setIndices(test.accessor('SCALAR', Uint16Array.from(indices)));
  return test.document.createMesh().addPrimitive(primitive);
}

const SIDE = 24;
const TRIANGLES = 2 * SIDE * SIDE;
/** Enough of them to be worth it. */
const MANY = 120;

function showMany(test: TestScene, mesh: Mesh, count = MANY): void {
  for (let i = 0; i < count; i++) {
    test
      .showMesh(mesh)
      .setTranslation([i % 12, 0, Math.floor(i / 12)])
      .setRotation([0, Math.SQRT1_2, 0, Math.SQRT1_2])
      .setScale([1, i % 5 === 0 ? -2 : 2, 0.5]);
  }
}

/** Positions of all triangles' corners in the world, the instances' after the world's. */
function drawn(scene: FlatScene): number[][] {
  const first = scene.meshes[0]?.firstTriangle ?? scene.indices.length / 3;
  const corner = (i: number): number[] => {
    const at = 3 * (scene.indices[i] ?? 0);
    return [...scene.positions.subarray(at, at + 3)];
  };
  const all = Array.from({ length: 3 * first }, (_, i) => corner(i));
  scene.instanceMeshes.forEach((number, instance) => {
    const rows = scene.instanceTransforms.subarray(12 * instance, 12 * instance + 12);
    const { firstTriangle = 0, triangleCount = 0 } = scene.meshes[number] ?? {};
    for (let i = 0; i < 3 * triangleCount; i++) {
      const [x = 0, y = 0, z = 0] = corner(3 * firstTriangle + i);
      const row = (r: number) =>
        (rows[r] ?? 0) * x + (rows[r + 1] ?? 0) * y + (rows[r + 2] ?? 0) * z + (rows[r + 3] ?? 0);
      all.push([row(0), row(4), row(8)]);
    }
  });
  return all;
}

/** As `drawn`, but of the file's own nodes, by its own order; without instances the reader gives this as it is. */
async function inWorld(fill: (test: TestScene) => void): Promise<FlatScene> {
  const test = new TestScene();
  fill(test);
  // What emits stays in the world.
  for (const mesh of test.document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      primitive.setMaterial(test.document.createMaterial().setEmissiveFactor([1, 1, 1]));
    }
  }
  return readTest(test);
}

/** The triangles of both are in the same places, in the same order; a mirrored one may begin at another corner. */
function expectSame(a: readonly number[][], b: readonly number[][]): void {
  expect(a.length).toBe(b.length);
  let farthest = 0;
  for (let i = 0; i < a.length; i += 3) {
    for (const axis of [0, 1, 2]) {
      const middle = (points: readonly number[][]): number =>
        [0, 1, 2].reduce((sum, k) => sum + (points[i + k]?.[axis] ?? Number.NaN), 0);
      farthest = Math.max(farthest, Math.abs(middle(a) - middle(b)));
    }
  }
  expect(farthest).toBeLessThan(0.01);
}

describe('a mesh that many nodes show', () => {
  const fill = (test: TestScene) => {
    test.show(test.triangle());
    showMany(test, sheet(test, SIDE));
  };

  it('is kept once, with a list of its places, and all stands where it stood', async () => {
    const test = new TestScene();
    fill(test);
    const scene = await readTest(test);
    expect(scene.meshes).toEqual([{ firstTriangle: 1, triangleCount: TRIANGLES }]);
    expect(scene.instanceMeshes).toEqual(new Uint32Array(MANY));
    expect(scene.indices.length / 3).toBe(1 + TRIANGLES);
    expect(
      [...scene.instanceTransforms.subarray(12, 24)].map((value) => Math.round(value * 1e6) / 1e6 + 0),
    ).toEqual([...[0, 0, 0.5, 1], ...[0, 2, 0, 0], ...[-1, 0, 0, 0]]);
    const flat = await inWorld(fill);
    expect(flat.meshes).toEqual([]);
    expectSame(drawn(scene), drawn(flat));
    for (const end of ['min', 'max'] as const) {
      scene.bounds[end].forEach((value, axis) => {
        expect(value).toBeCloseTo(flat.bounds[end][axis] ?? 0, 5);
      });
    }
  });

  it('stays in the world where little is spared', async () => {
    const few = new TestScene();
    showMany(few, sheet(few, SIDE), 20);
    expect((await readTest(few)).meshes).toEqual([]);
    const small = new TestScene();
    showMany(small, sheet(small, 5), 3000);
    expect((await readTest(small)).meshes).toEqual([]);
  });

  it('stays in the world where one of its materials emits or is unlit', async () => {
    const scene = await inWorld((test) => showMany(test, sheet(test, SIDE)));
    expect(scene.instanceMeshes.length).toBe(0);
    expect(scene.indices.length / 3).toBe(MANY * TRIANGLES);
  });

  it('stays in the world where morph targets change it, as far as they do', async () => {
    const test = new TestScene();
    const mesh = sheet(test, SIDE);
    const [primitive] = mesh.listPrimitives();
    const moved = test.accessor('VEC3', new Float32Array(3 * (SIDE + 1) ** 2).fill(1));
    primitive?.addTarget(test.document.createPrimitiveTarget().setAttribute('POSITION', moved));
    mesh.setWeights([0]);
    showMany(test, mesh);
    test.showMesh(mesh).setWeights([1]);
    const scene = await readTest(test);
    expect(scene.instanceMeshes.length).toBe(MANY);
    expect(scene.meshes).toEqual([{ firstTriangle: TRIANGLES, triangleCount: TRIANGLES }]);
  });

  it('goes to the world where a node squashes it, and nowhere where one scales it to nothing', async () => {
    const test = new TestScene();
    const mesh = sheet(test, SIDE);
    showMany(test, mesh);
    test.showMesh(mesh).setScale([1, 0, 1]).setTranslation([0, 50, 0]);
    test.showMesh(mesh).setScale([0, 0, 0]).setTranslation([0, 5000, 0]);
    const scene = await readTest(test);
    expect(scene.instanceMeshes.length).toBe(MANY);
    expect(scene.meshes).toEqual([{ firstTriangle: TRIANGLES, triangleCount: TRIANGLES }]);
    expect(scene.bounds.max[1]).toBe(50);
  });

  it('may have several primitives, and the scene several such meshes', async () => {
    const test = new TestScene();
    const two = sheet(test, SIDE);
    const other = sheet(test, SIDE + 1);
    const red = test.document.createMaterial('red').setBaseColorFactor([1, 0, 0, 1]);
    for (const primitive of other.listPrimitives()) two.addPrimitive(primitive.clone().setMaterial(red));
    showMany(test, two);
    showMany(test, other);
    const scene = await readTest(test);
    const second = 2 * (SIDE + 1) ** 2;
    expect(scene.meshes).toEqual([
      { firstTriangle: 0, triangleCount: TRIANGLES + second },
      { firstTriangle: TRIANGLES + second, triangleCount: second },
    ]);
    expect([...scene.triangleMaterials.subarray(TRIANGLES - 1, TRIANGLES + 1)]).toEqual([0, 1]);
    expect(scene.materials.map(({ name }) => name)).toEqual(['Default', 'red']);
    expect([...new Set(scene.instanceMeshes.subarray(0, MANY))]).toEqual([0]);
    expect([...new Set(scene.instanceMeshes.subarray(MANY))]).toEqual([1]);
  });
});

describe('EXT_mesh_gpu_instancing', () => {
  const places = Array.from({ length: MANY }, (_, i) => [i % 12, i / 100, Math.floor(i / 12)]);

  function instanced(test: TestScene, mesh: Mesh, { rotation = true, scale = true } = {}): void {
    const copies = test.document
      .createExtension(EXTMeshGPUInstancing)
      .setRequired(true)
      .createInstancedMesh()
      .setAttribute('TRANSLATION', test.accessor('VEC3', Float32Array.from(places.flat())));
    if (rotation) {
      const turns = Int16Array.from(places.flatMap(() => [0, 23_170, 0, 23_170]));
      copies.setAttribute('ROTATION', test.accessor('VEC4', turns).setNormalized(true));
    }
    if (scale) {
      const sizes = Float32Array.from(places.flatMap((_, i) => [1, i % 5 === 0 ? -2 : 2, 0.5]));
      copies.setAttribute('SCALE', test.accessor('VEC3', sizes));
    }
    test.showMesh(mesh).setTranslation([100, 0, 0]).setExtension('EXT_mesh_gpu_instancing', copies);
  }

  it('draws the mesh at each place, after the place of the node', async () => {
    const test = new TestScene();
    instanced(test, sheet(test, SIDE));
    const scene = await readTest(test);
    expect(scene.warnings).toEqual([]);
    expect(scene.instanceMeshes.length).toBe(MANY);
    const flat = await inWorld((other) => {
      const mesh = sheet(other, SIDE);
      places.forEach(([x = 0, y = 0, z = 0], i) => {
        other
          .showMesh(mesh)
          .setTranslation([100 + x, y, z])
          .setRotation([0, Math.SQRT1_2, 0, Math.SQRT1_2])
          .setScale([1, i % 5 === 0 ? -2 : 2, 0.5]);
      });
    });
    expectSame(drawn(scene), drawn(flat));
  });

  it('does so in the world where the mesh is small', async () => {
    const test = new TestScene();
    const mesh = test.document.createMesh().addPrimitive(test.triangle());
    instanced(test, mesh, { rotation: false, scale: false });
    const scene = await readTest(test);
    expect(scene.instanceMeshes.length).toBe(0);
    expect(scene.indices.length / 3).toBe(MANY);
    expect([...scene.positions.subarray(9, 12)].map((value) => Math.round(value * 100) / 100)).toEqual([
      101, 0.01, 0,
    ]);
  });

  const withAttributes = (attributes: object, accessors: readonly object[]) =>
    oneFile(
      'a.glb',
      glbOf(
        {
          ...ONE_TRIANGLE,
          extensionsUsed: ['EXT_mesh_gpu_instancing'],
          nodes: [{ mesh: 0, extensions: { EXT_mesh_gpu_instancing: { attributes } } }],
          accessors: [...ONE_TRIANGLE.accessors, ...accessors],
        },
        ONE_TRIANGLE_BINARY,
      ),
    );
  const zeros = (type: string, count: number) => ({
    componentType: 5126,
    type,
    count,
  });

  it('draws the mesh once where its numbers do not fit together', async () => {
    const expectOnce = async (files: Map<string, Uint8Array>, note: RegExp): Promise<void> => {
      const { scene } = await readScene(files);
      expect(scene.indices).toHaveLength(3);
      expect(scene.warnings).toEqual([expect.stringMatching(note)]);
    };
    const files = withAttributes({ TRANSLATION: 2, SCALE: 3 }, [zeros('VEC3', 4), zeros('VEC3', 5)]);
    await expectOnce(files, /different lengths: 4, 5; the mesh is drawn once/);
    const wrong = withAttributes({ ROTATION: 2 }, [zeros('VEC3', 4)]);
    await expectOnce(wrong, /needs VEC4.*; the mesh is drawn once/);
    await expectOnce(withAttributes({ SCALE: 9 }, []), /names entry 9.*; the mesh is drawn once/);
  });

  it('is refused where it asks for more than can be rendered, before any is made', async () => {
    const files = withAttributes({ TRANSLATION: 2 }, [zeros('VEC3', 4_000_001)]);
    await expect(readScene(files)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('without any number draws the mesh once', async () => {
    const { scene } = await readScene(withAttributes({ _ID: 0 }, []));
    expect(scene.indices.length / 3).toBe(1);
  });
});
