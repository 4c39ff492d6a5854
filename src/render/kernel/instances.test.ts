import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { attachKernel, createSharingKernel } from './shared.ts';
import {
  cameraAt,
  freshKernel,
  image,
  MeshBuilder,
  material,
  meanRadiance,
  type Triple,
  texture,
  unit,
  wholeFrame,
} from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

/** Rows of a 3 x 4 matrix. */
type Rows = readonly number[];

/** A turn about y and one about z, by angles of known sine and cosine, after scaling. */
function placed([sx, sy, sz]: Triple, [x, y, z]: Triple): Rows {
  return [
    ...[0.6 * 0.96 * sx, -0.8 * sy, 0.6 * 0.28 * sz, x],
    ...[0.8 * 0.96 * sx, 0.6 * sy, 0.8 * 0.28 * sz, y],
    ...[-0.28 * sx, 0, 0.96 * sz, z],
  ];
}

/** Like MeshBuilder.scene, with what was built between two of the marks as meshes, and instances of them. */
function instanced(
  scene: FlatScene,
  meshes: readonly (readonly [firstTriangle: number, triangleCount: number])[],
  instances: readonly (readonly [mesh: number, rows: Rows])[],
): FlatScene {
  return {
    ...scene,
    meshes: meshes.map(([firstTriangle, triangleCount]) => ({ firstTriangle, triangleCount })),
    instanceMeshes: Uint32Array.from(instances.map(([mesh]) => mesh)),
    instanceTransforms: Float32Array.from(instances.flatMap(([, rows]) => rows)),
  };
}

function linear(rows: Rows, [x = 0, y = 0, z = 0]: ArrayLike<number> & Iterable<number>): Triple {
  const row = (r: number) => (rows[r] ?? 0) * x + (rows[r + 1] ?? 0) * y + (rows[r + 2] ?? 0) * z;
  return [row(0), row(4), row(8)];
}

/** Rows of the inverse transpose, up to a positive factor. */
function normalRows(m: Rows): Rows {
  const row = (i: number): Triple => [m[4 * i] ?? 0, m[4 * i + 1] ?? 0, m[4 * i + 2] ?? 0];
  const crossed = (a: Triple, b: Triple): number[] => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  const cofactors = [crossed(row(1), row(2)), crossed(row(2), row(0)), crossed(row(0), row(1))];
  const side = isMirror(m) ? -1 : 1;
  return cofactors.flatMap((values) => [...values.map((value) => value * side), 0]);
}

function isMirror(m: Rows): boolean {
  const [a = 0, b = 0, c = 0, , d = 0, e = 0, f = 0, , g = 0, h = 0, i = 0] = m;
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) < 0;
}

/** The same scene without instances, as the reader would place it. */
function inWorld(scene: FlatScene): FlatScene {
  const first = scene.meshes[0]?.firstTriangle ?? 0;
  const positions = [...scene.positions];
  const normals = [...scene.normals];
  const tangents = [...scene.tangents];
  const uv0 = [...scene.uv0];
  const indices = [...scene.indices.subarray(0, 3 * first)];
  const triangleMaterials = [...scene.triangleMaterials.subarray(0, first)];
  scene.instanceMeshes.forEach((number, instance) => {
    const rows = [...scene.instanceTransforms.subarray(12 * instance, 12 * instance + 12)];
    const forNormals = normalRows(rows);
    const isMirrored = isMirror(rows);
    const { firstTriangle = 0, triangleCount = 0 } = scene.meshes[number] ?? {};
    for (let triangle = firstTriangle; triangle < firstTriangle + triangleCount; triangle++) {
      triangleMaterials.push(scene.triangleMaterials[triangle] ?? 0);
      for (const corner of isMirrored ? [0, 2, 1] : [0, 1, 2]) {
        const vertex = scene.indices[3 * triangle + corner] ?? 0;
        const take = (array: Float32Array, size: number) =>
          array.subarray(size * vertex, size * (vertex + 1));
        indices.push(positions.length / 3);
        const moved = linear(rows, take(scene.positions, 3));
        positions.push(...moved.map((value, axis) => value + (rows[4 * axis + 3] ?? 0)));
        const normal = unit(linear(forNormals, take(scene.normals, 3)));
        normals.push(...normal);
        const along = linear(rows, take(scene.tangents, 4));
        const lean = along.reduce((sum, value, axis) => sum + value * (normal[axis] ?? 0), 0);
        tangents.push(
          ...unit(along.map((value, axis) => value - lean * (normal[axis] ?? 0)) as unknown as Triple),
        );
        tangents.push((isMirrored ? -1 : 1) * (take(scene.tangents, 4)[3] ?? 1));
        uv0.push(...take(scene.uv0, 2));
      }
    }
  });
  return {
    ...scene,
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    tangents: Float32Array.from(tangents),
    uv0: Float32Array.from(uv0),
    indices: Uint32Array.from(indices),
    triangleMaterials: Uint32Array.from(triangleMaterials),
    meshes: [],
    instanceMeshes: new Uint32Array(),
    instanceTransforms: new Float32Array(),
  };
}

/** A floor and a lamp in the world; a bumpy ball, a single-sided sheet of holes and a mirror box in many places. */
function garden(): FlatScene {
  const mesh = new MeshBuilder()
    .quad(0, [-6, -1, 6], [6, -1, 6], [6, -1, -6], [-6, -1, -6])
    .quad(1, [-1, 5, -1], [1, 5, -1], [1, 5, 1], [-1, 5, 1]);
  const world = mesh.triangleMaterials.length;
  mesh.sphere(2, [0, 0, 0], 0.5, 8);
  const ball = mesh.triangleMaterials.length;
  mesh.quad(3, [-1, 0, 0], [1, 0, 0], [1, 2, 0], [-1, 2, 0]).box(4, [0, -0.3, 0], [0.4, 0.3, 0.4]);
  const end = mesh.triangleMaterials.length;
  const scene = mesh.scene(
    [
      material({ baseColor: [0.6, 0.6, 0.6, 1] }),
      material({ emissive: [12, 11, 9] }),
      material({ baseColor: [0.8, 0.5, 0.3, 1], normalTexture: 0, roughness: 0.5 }),
      material({ baseColorTexture: 0, alphaMode: 'mask' }),
      material({ metallic: 1, roughness: 0.2, baseColor: [0.9, 0.9, 0.8, 1] }),
    ],
    {
      images: [image(2, 2, [150, 128, 240, 255, 100, 140, 240, 0, 128, 90, 235, 0, 128, 160, 235, 255])],
      textures: [texture(0)],
    },
  );
  return instanced(
    scene,
    [
      [world, ball - world],
      [ball, end - ball],
    ],
    [
      [0, placed([1, 1, 1], [-2, 0, 0])],
      [0, placed([2, 0.7, 1], [0.5, 0.2, 1])],
      [0, placed([-1, 1.2, 0.8], [2, 0.3, -1])],
      [1, placed([1, 1, 1], [0, 0, -2])],
      [1, placed([1, -0.6, 1.5], [-1, 0.4, 2])],
      [1, placed([-0.7, 0.7, 0.7], [1.5, 0.5, 1])],
      [0, placed([0.01, 0.01, 0.01], [0, 0.5, 2.5])],
    ],
  );
}

const SIDE = 32;

function picture(target: Kernel, scene: FlatScene, samples: number): Float32Array {
  target.loadScene(scene);
  target.setEnvironment([0.2, 0.3, 0.5]);
  const camera = cameraAt([0.5, 1.5, 6], [0, 0, 0], 0.8);
  target.setView({ width: SIDE, height: SIDE, camera, bounces: 5, seed: 3 });
  return target.renderBlock(wholeFrame(SIDE, 0, samples)).map((sum) => sum / samples);
}

describe('a scene with instances', () => {
  it('looks as it does with everything in the world', () => {
    const samples = 64;
    const instances = picture(kernel, garden(), samples);
    const world = picture(kernel, inWorld(garden()), samples);
    // The same random numbers take the same paths: only where rounding decides do they part.
    let squares = 0;
    let same = 0;
    world.forEach((value, i) => {
      const difference = value - (instances[i] ?? 0);
      squares += difference * difference;
      if (Math.abs(difference) <= 1e-3 * value) same++;
    });
    expect(Math.sqrt(squares / world.length)).toBeLessThan(0.01);
    expect(same / world.length).toBeGreaterThan(0.9);
    expect(kernel.discardedSamples).toBe(0);
  });

  it('tells guides the same normals and depths', () => {
    const guides = (scene: FlatScene): Float32Array => {
      picture(kernel, scene, 1);
      return kernel.renderGuides(wholeFrame(SIDE, 0, 4));
    };
    const instances = guides(garden());
    const world = guides(inWorld(garden()));
    const differing = world.filter((value, i) => Math.abs(value - (instances[i] ?? 0)) > 1e-3);
    expect(differing.length / world.length).toBeLessThan(0.01);
  });

  it('counts what it holds', () => {
    const scene = garden();
    const info = kernel.loadScene(scene);
    expect(info).toMatchObject({ instances: 7, triangles: scene.indices.length / 3, emissiveTriangles: 2 });
  });

  it('is followed by one without, of which nothing is left behind', async () => {
    kernel.loadScene(garden());
    const plain = new MeshBuilder().sphere(0, [0, 0, 0], 1, 8).scene([material()]);
    const fresh = (await freshKernel()).kernel;
    expect(picture(kernel, plain, 2)).toEqual(picture(fresh, plain, 2));
  });

  it('renders the same bits in workers that share it', async () => {
    const bytes = await readFile(new URL('../../../public/generated/kernel-shared.wasm', import.meta.url));
    const module = await WebAssembly.compile(bytes);
    const { kernel: first, share } = await createSharingKernel(module);
    const expected = picture(first, garden(), 2);
    const attached = await attachKernel(module, share(), 0);
    const camera = cameraAt([0.5, 1.5, 6], [0, 0, 0], 0.8);
    attached.setView({ width: SIDE, height: SIDE, camera, bounces: 5, seed: 3 });
    expect(attached.renderBlock(wholeFrame(SIDE, 0, 2)).map((sum) => sum / 2)).toEqual(expected);
    expect(picture(kernel, garden(), 2)).toEqual(expected);
  });
});

describe('a white furnace makes instances vanish', () => {
  const places: readonly (readonly [string, Triple, Triple])[] = [
    ['at home', [1, 1, 1], [0, 0, 0]],
    ['far from the origin', [1, 1, 1], [3000, -2000, 1000]],
    ['flattened', [1, 0.01, 1], [0, 0, 0]],
    ['stretched and mirrored', [-100, 1, 3], [50, 7, 0]],
    ['of a millimetre', [1e-3, 1e-3, 1e-3], [0.5, 0, 0]],
    ['of a micrometre', [1e-6, 1e-6, 1e-6], [0, 0, 0]],
    ['of a thousand kilometres', [1e6, 1e6, 1e6], [1e6, 0, 0]],
  ];

  it.each(places)('%s', (_, size, place) => {
    const mesh = new MeshBuilder().sphere(0, [0, 0, 0], 1, 10);
    const white = mesh.scene([material({ ior: 1, doubleSided: true })]);
    const rows = placed(size, place);
    kernel.loadScene(instanced(white, [[0, white.indices.length / 3]], [[0, rows]]));
    kernel.setEnvironment([1, 1, 1]);
    // Close to a place on its surface, from outside; the mesh is convex, so light comes after one bounce or none.
    const surface = linear(rows, unit([0.3, 0.5, 0.8])).map((value, i) => value + (place[i] ?? 0));
    const away = unit(linear(normalRows(rows), unit([0.3, 0.5, 0.8])));
    const distance = 0.5 * Math.min(...size.map(Math.abs));
    const from = surface.map((value, i) => value + distance * (away[i] ?? 0));
    const camera = cameraAt(from as unknown as Triple, surface as unknown as Triple, 0.5);
    const seen = meanRadiance(kernel, camera, { side: 8, samples: 64, bounces: 1 });
    for (const value of seen) expect(value).toBeCloseTo(1, 2);
  });
});

describe('a scene is refused', () => {
  const bad: readonly (readonly [string, (scene: FlatScene) => Partial<FlatScene>])[] = [
    [
      'whose instance names a mesh that is not there',
      () => ({ instanceMeshes: Uint32Array.of(0, 1, 2, 0, 0, 0, 0) }),
    ],
    ['with fewer matrices than instances', (s) => ({ instanceTransforms: s.instanceTransforms.slice(12) })],
    [
      'with a singular matrix',
      (s) => ({ instanceTransforms: s.instanceTransforms.map((v, i) => (i < 4 ? 0 : v)) }),
    ],
    [
      'with a matrix that is no number',
      (s) => ({ instanceTransforms: s.instanceTransforms.map((v, i) => (i === 7 ? Number.NaN : v)) }),
    ],
    [
      'with a gap between meshes',
      (s) => ({ meshes: s.meshes.map((m, i) => ({ ...m, firstTriangle: m.firstTriangle + i })) }),
    ],
    [
      'with triangles behind its meshes',
      (s) => ({ meshes: s.meshes.map((m) => ({ ...m, triangleCount: m.triangleCount - 1 })) }),
    ],
    [
      'with a mesh beyond its triangles',
      (s) => ({ meshes: [...s.meshes, { firstTriangle: 1e6, triangleCount: 1 }] }),
    ],
    [
      'with half a triangle in a mesh',
      (s) => ({ meshes: s.meshes.map((m) => ({ ...m, triangleCount: m.triangleCount / 3.5 })) }),
    ],
    [
      'with a mesh that emits',
      (s) => ({ materials: s.materials.map((m) => ({ ...m, emissive: [1, 1, 1] as const })) }),
    ],
    ['with a mesh that is unlit', (s) => ({ materials: s.materials.map((m) => ({ ...m, unlit: true })) })],
  ];

  it.each(bad)('%s', (_, spoil) => {
    const scene = garden();
    expect(() => kernel.loadScene({ ...scene, ...spoil(scene) })).toThrow(
      expect.objectContaining({ code: 'invalid-scene' }),
    );
  });

  it('where an instance leaves the range of numbers, and the kernel goes on', () => {
    const scene = garden();
    const wide = { ...scene, positions: scene.positions.map((value) => value * 1e25) };
    const rows = scene.instanceTransforms.map((value) => value * 1e15);
    expect(() => kernel.loadScene({ ...wide, instanceTransforms: rows })).toThrow(
      expect.objectContaining({ code: 'invalid-scene' }),
    );
    expect(kernel.loadScene(scene).instances).toBe(7);
  });

  it('where its instances do not fit into the memory', async () => {
    const small = (await freshKernel(160)).kernel;
    const scene = garden();
    const count = 60_000;
    const many = {
      ...scene,
      instanceMeshes: new Uint32Array(count),
      instanceTransforms: Float32Array.from(
        { length: 12 * count },
        (_, i) => scene.instanceTransforms[i % 12] ?? 0,
      ),
    };
    expect(() => small.loadScene(many)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
    expect(small.loadScene(scene).instances).toBe(7);
  });
});
