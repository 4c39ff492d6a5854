import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatScene } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { KernelError } from './errors.ts';
import { createKernel } from './kernel.ts';
import { anisotropy, clearcoat, iridescence, sheen, specular, volume } from './material-gallery.ts';
import {
  cameraAt,
  cornellBox,
  freshKernel,
  image,
  kernelBytes,
  MeshBuilder,
  material,
  meanRadiance,
  texture,
} from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

function textured(): FlatScene {
  const mesh = new MeshBuilder()
    .quad(0, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1])
    .quad(1, [-1, 1, -1], [1, 1, -1], [1, 1, 1], [-1, 1, 1])
    .sphere(2, [0, 0.5, 0], 0.3, 6);
  return mesh.scene(
    [
      material({ baseColorTexture: 0, normalTexture: 1, metallicRoughnessTexture: 1 }),
      material({ emissive: [1, 1, 1], emissiveTexture: 0 }),
      material({ alphaMode: 'blend', baseColorTexture: 1, transmission: 0.5, roughness: 0.3 }),
    ],
    {
      images: [
        image(
          2,
          2,
          Array.from({ length: 16 }, (_, i) => i * 16),
        ),
        image(1, 1, [128, 128, 255, 100]),
      ],
      textures: [texture(0), texture(1, { wrapS: 'mirror' })],
    },
  );
}

const camera = cameraAt([0, 0.6, 3], [0, 0.5, 0], 0.8);

const refused = expect.objectContaining({ name: 'KernelError', code: 'invalid-scene' });

describe('a scene', () => {
  it('tells what was loaded', () => {
    const info = kernel.loadScene(cornellBox());
    expect(info).toMatchObject({ triangles: 36, emissiveTriangles: 2 });
    expect(info.bvhNodes).toBeGreaterThan(0);
    expect(info.memoryBytes).toBeGreaterThan(0);
  });

  it('gives its memory back to the next one', () => {
    const large = new MeshBuilder().sphere(0, [0, 0, 0], 1, 60).scene([material()]);
    const first = kernel.loadScene(large).memoryBytes;
    for (let i = 0; i < 5; i++) expect(kernel.loadScene(large).memoryBytes).toBe(first);
  });

  it('that contradicts itself is refused by name, and the one before stays', () => {
    const scene = textured();
    kernel.setEnvironment([1, 1, 1]);
    kernel.loadScene(scene);
    const before = meanRadiance(kernel, camera);
    const [first] = scene.materials;
    if (!first) throw new Error('no material');
    const damaged: Partial<FlatScene>[] = [
      { positions: scene.positions.subarray(1) },
      { normals: scene.normals.subarray(3) },
      { tangents: scene.tangents.subarray(4) },
      { uv0: scene.uv0.subarray(2) },
      { uv1: new Float32Array(3) },
      { colors: new Float32Array(5) },
      { indices: scene.indices.subarray(1) },
      { indices: scene.indices.map((value, i) => (i === 7 ? 1e6 : value)) },
      { indices: scene.indices.map((value, i) => (i === 7 ? 0xffffffff : value)) },
      { triangleMaterials: scene.triangleMaterials.subarray(1) },
      { triangleMaterials: scene.triangleMaterials.map(() => 3) },
      { materials: [] },
      { materials: [{ ...first, normalTexture: 2 }, ...scene.materials.slice(1)] },
      { materials: [{ ...first, baseColorTexture: -2 }, ...scene.materials.slice(1)] },
      { materials: [{ ...first, baseColorTexture: 0.5 }, ...scene.materials.slice(1)] },
      { materials: [{ ...first, roughness: Number.NaN }, ...scene.materials.slice(1)] },
      { materials: [{ ...first, emissive: [1, Number.POSITIVE_INFINITY, 0] }, ...scene.materials.slice(1)] },
      { materials: [{ ...first, metallic: 1.5 }, ...scene.materials.slice(1)] },
      ...[
        { transmissionTexture: 2 },
        { volume: volume(), ior: Number.POSITIVE_INFINITY },
        { volume: volume({ attenuationDistance: -1 }) },
        { volume: volume({ attenuationColor: [1, 2, 1] }) },
        { volume: volume({ dispersion: Number.NaN }) },
        { specular: specular({ strength: 2 }) },
        { specular: specular({ color: [-1, 1, 1] }) },
        { specular: specular({ colorTexture: 2 }) },
        { clearcoat: clearcoat({ roughness: -1 }) },
        { clearcoat: clearcoat({ normalTexture: 7 }) },
        { sheen: sheen({ color: [2, 0, 0] }) },
        { sheen: sheen({ roughnessTexture: 0.5 }) },
        { anisotropy: anisotropy({ rotation: Number.POSITIVE_INFINITY }) },
        { anisotropy: anisotropy({ texture: 2 }) },
        { iridescence: iridescence({ ior: 0.5 }) },
        { iridescence: iridescence({ thicknessMaximum: Number.NaN }) },
        { iridescence: iridescence({ thicknessTexture: -2 }) },
      ].map((layer) => ({ materials: [{ ...first, ...layer }, ...scene.materials.slice(1)] })),
      { textures: [texture(2), texture(0)] },
      { textures: [texture(0, { texCoord: 2 }), texture(0)] },
      { textures: [texture(0, { transform: [Number.NaN, 0, 0, 0, 0, 0] }), texture(0)] },
      { images: [image(2, 2, [1, 2, 3]), image(1, 1, [1, 2, 3, 4])] },
      { images: [image(0, 2, []), image(1, 1, [1, 2, 3, 4])] },
    ];
    for (const change of damaged) {
      expect(() => kernel.loadScene({ ...scene, ...change }), JSON.stringify(Object.keys(change))).toThrow(
        refused,
      );
    }
    expect(meanRadiance(kernel, camera)).toEqual(before);
  });

  it('with a position that is not finite is refused, and leaves an empty scene behind', () => {
    const scene = textured();
    kernel.setEnvironment([1, 1, 1]);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const positions = scene.positions.map((value, i) => (i === 10 ? bad : value));
      expect(() => kernel.loadScene({ ...scene, positions })).toThrow(refused);
      expect(meanRadiance(kernel, camera)).toEqual([1, 1, 1]);
    }
  });

  it('with wild numbers renders, and stays finite', () => {
    const wild = fc.oneof(
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 3e38, -3e38, 1e-40),
      fc.float(),
    );
    const field = fc.constantFrom('normals', 'tangents', 'uv0', 'positions' as const);
    const changes = fc.array(fc.tuple(field, fc.nat(), wild), { minLength: 1, maxLength: 60 });
    kernel.setEnvironment([1, 1, 1]);
    fc.assert(
      fc.property(changes, (list) => {
        const scene = textured();
        for (const [name, at, value] of list) scene[name][at % scene[name].length] = value;
        try {
          kernel.loadScene(scene);
        } catch (error) {
          expect(error).toBeInstanceOf(KernelError);
          return;
        }
        const mean = meanRadiance(kernel, camera, { side: 16, samples: 4 });
        expect(mean.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it('with any number at all in its indices either loads or is refused', () => {
    const changes = fc.array(fc.tuple(fc.boolean(), fc.nat(), fc.oneof(fc.nat(200), fc.nat(0xffffffff))), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(changes, (list) => {
        const scene = textured();
        for (const [isMaterial, at, value] of list) {
          const array = isMaterial ? scene.triangleMaterials : scene.indices;
          array[at % array.length] = value;
        }
        try {
          kernel.loadScene(scene);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-scene' });
          return;
        }
        expect(meanRadiance(kernel, camera, { side: 8, samples: 4 }).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 150, seed: 6 },
    );
  });
});

describe('memory that ends', () => {
  const tooMuch = expect.objectContaining({ name: 'KernelError', code: 'out-of-memory' });

  it('is told from damage, and the kernel goes on with what fits', async () => {
    const { kernel: small } = await freshKernel(64);
    small.setEnvironment([1, 1, 1]);
    for (const steps of [20, 80, 160]) {
      const scene = new MeshBuilder().sphere(0, [0, 0, 0], 1, steps).scene([material()]);
      if (steps > 20) expect(() => small.loadScene(scene), `${steps} steps`).toThrow(tooMuch);
      else small.loadScene(scene);
    }
    expect(meanRadiance(small, camera)).toEqual([1, 1, 1]);
    small.loadScene(textured());
    expect(() =>
      small.setEnvironment({ width: 1024, height: 512, rgb: new Float32Array(1024 * 512 * 3) }),
    ).toThrow(tooMuch);
    expect(meanRadiance(small, camera)[0]).toBeGreaterThan(0);
  });
});

describe('a view', () => {
  it('that cannot be rendered is refused', () => {
    const refusal = expect.objectContaining({ code: 'invalid-view' });
    const view = { width: 8, height: 8, camera, bounces: 1, seed: 0 };
    for (const change of [
      { width: 0 },
      { height: 8193 },
      { bounces: 65 },
      { bounces: -1 },
      { seed: -1 },
      { seed: 2 ** 32 },
      { camera: { ...camera, position: [0, Number.NaN, 0] as const } },
      { camera: { ...camera, projection: { kind: 'perspective' as const, yfov: 0 } } },
      { camera: { ...camera, projection: { kind: 'perspective' as const, yfov: 4 } } },
    ]) {
      expect(() => kernel.setView({ ...view, ...change })).toThrow(refusal);
    }
  });

  it('sees as high as its vertical field of view, whatever its width', () => {
    // A square of 2 x 2 at distance 1 / tan(half the angle) fills the height exactly.
    const mesh = new MeshBuilder().quad(0, [-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]);
    kernel.loadScene(mesh.scene([material({ unlit: true })]));
    kernel.setEnvironment([0, 0, 0]);
    const yfov = 0.9;
    const far = cameraAt([0, 0, 1 / Math.tan(yfov / 2)], [0, 0, 0], yfov);
    kernel.setView({ width: 64, height: 32, camera: far, bounces: 0, seed: 0 });
    const sums = kernel.renderBlock({ x: 0, y: 0, width: 64, height: 32, firstSample: 0, sampleCount: 16 });
    const at = (x: number, y: number) => (sums[(y * 64 + x) * 3] ?? 0) / 16;
    expect([at(32, 1), at(32, 30), at(17, 16), at(46, 16)]).toEqual([1, 1, 1, 1]);
    expect([at(14, 16), at(49, 16), at(0, 0)]).toEqual([0, 0, 0]);
  });

  it('through an orthographic camera keeps sizes at every distance', () => {
    const mesh = new MeshBuilder().quad(0, [-1, -1, -50], [0, -1, -50], [0, 1, -50], [-1, 1, -50]);
    kernel.loadScene(mesh.scene([material({ unlit: true })]));
    kernel.setEnvironment([0, 0, 0]);
    const straight = cameraAt([0, 0, 1], [0, 0, 0], 1);
    kernel.setView({
      width: 32,
      height: 32,
      camera: { ...straight, projection: { kind: 'orthographic', ymag: 2 } },
      bounces: 0,
      seed: 0,
    });
    const sums = kernel.renderBlock({ x: 0, y: 0, width: 32, height: 32, firstSample: 0, sampleCount: 64 });
    const total = sums.reduce((sum, value) => sum + value, 0) / 3 / 64;
    expect(total / (32 * 32)).toBeCloseTo(2 / 16, 3);
  });
});

describe('a kernel', () => {
  it('that is none is refused with what to do', async () => {
    await expect(createKernel(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'unusable-kernel' });
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(createKernel(empty)).rejects.toThrow(/build:kernel/);
  });

  it('asks its host for nothing but memory, where its part of it begins, and abort', async () => {
    const module = await WebAssembly.compile(await kernelBytes());
    const names = WebAssembly.Module.imports(module).map(({ name }) => name);
    const known = ['memory', 'heapStart', 'abort'];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    await expect(createKernel(module)).resolves.toBeDefined();
  });
});
