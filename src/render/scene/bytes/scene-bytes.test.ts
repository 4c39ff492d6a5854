import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { SceneError } from '../errors.ts';
import type { FlatCamera, FlatLight, FlatMaterial, FlatScene, FlatTexture, WrapMode } from '../format.ts';
import { needsTangents } from '../tangent-space.ts';
import { decodeScene } from './decode-scene.ts';
import { encodeScene, SCENE_MAGIC, SCENE_VERSION } from './encode-scene.ts';
import { readSections, writeSections } from './sections.ts';

const WRAPS: readonly WrapMode[] = ['repeat', 'mirror', 'clamp'];

const KINDS = ['point', 'spot', 'directional'] as const;

/** A valid scene of any shape: with and without tangents, colours, a second uv set, textures. */
function randomScene(seed: number): FlatScene {
  const random = seededRandom(seed);
  const below = (bound: number): number => Math.floor(uniform(random) * bound);
  const floats = (length: number) => Float32Array.from({ length }, () => 20 * uniform(random) - 10);
  const triangles = 1 + below(40);
  const vertices = 3 + below(3 * triangles - 2);
  const imageCount = below(3);
  const images = Array.from({ length: imageCount }, (_, i) => {
    const [width, height] = [1 + below(5), 1 + below(5)];
    return { name: `image ${i} é`, width, height, rgba: random.bytes(4 * width * height) };
  });
  const texture = (): FlatTexture => ({
    image: below(imageCount),
    wrapS: WRAPS[below(3)] ?? 'repeat',
    wrapT: WRAPS[below(3)] ?? 'repeat',
    nearest: below(2) === 1,
    texCoord: below(2),
    transform: [uniform(random), 0.1, 0, 0, 1, -3],
  });
  const textures = imageCount === 0 ? [] : Array.from({ length: 1 + below(4) }, texture);
  const anyTexture = (): number => below(textures.length + 1) - 1;
  const material = (_: unknown, i: number): FlatMaterial => ({
    name: `material ${i}`,
    baseColor: [uniform(random), 1, 0, 0.5],
    baseColorTexture: anyTexture(),
    metallic: uniform(random),
    roughness: uniform(random),
    metallicRoughnessTexture: anyTexture(),
    emissive: below(2) === 1 ? [below(100), 0, 0.25] : [0, 0, 0],
    emissiveTexture: anyTexture(),
    normalTexture: anyTexture(),
    normalScale: 1.5,
    alphaMode: 'mask',
    alphaCutoff: 0.5,
    doubleSided: below(2) === 1,
    unlit: below(4) === 1,
    ior: 1.45,
    transmission: 0.5,
    transmissionTexture: anyTexture(),
    ...layers(),
  });
  const unit = (): [number, number, number] => [uniform(random), uniform(random), uniform(random)];
  const endless = (): number => (below(2) === 1 ? Number.POSITIVE_INFINITY : 1 + below(9));
  const sometimes = <T>(layer: T): T | Record<string, never> => (below(2) === 1 ? layer : {});
  const layers = () => ({
    ...sometimes({
      volume: { attenuationDistance: endless(), attenuationColor: [0.5, 1, 0.25], dispersion: below(3) },
    } as const),
    ...sometimes({
      specular: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        color: [below(3), 1, 0.5],
        colorTexture: anyTexture(),
      },
    } as const),
    ...sometimes({
      clearcoat: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        roughness: uniform(random),
        roughnessTexture: anyTexture(),
        normalTexture: anyTexture(),
        normalScale: 0.5,
      },
    }),
    ...sometimes({
      sheen: {
        color: unit(),
        colorTexture: anyTexture(),
        roughness: uniform(random),
        roughnessTexture: anyTexture(),
      },
    }),
    ...sometimes({
      anisotropy: { strength: uniform(random), rotation: -3, texture: anyTexture() },
    }),
    ...sometimes({
      iridescence: {
        strength: uniform(random),
        strengthTexture: anyTexture(),
        ior: 1.3,
        thicknessMinimum: 100,
        thicknessMaximum: below(900),
        thicknessTexture: anyTexture(),
      },
    }),
  });
  const light = (_: unknown, i: number): FlatLight => ({
    name: `light ${i}`,
    kind: KINDS[i] ?? 'point',
    intensity: [below(1000), 0.5, 0],
    position: unit(),
    direction: [0, 0.6, -0.8],
    range: endless(),
    innerConeAngle: 0.25 * uniform(random),
    outerConeAngle: 0.5,
  });
  const materials = Array.from({ length: 1 + below(4) }, material);
  const camera: FlatCamera = {
    name: 'Whole scene',
    position: [1, 2, 3],
    right: [1, 0, 0],
    up: [0, 1, 0],
    back: [0, 0, 1],
    projection: below(2) === 1 ? { kind: 'perspective', yfov: 0.7 } : { kind: 'orthographic', ymag: 2 },
  };
  return {
    positions: floats(3 * vertices),
    normals: floats(3 * vertices),
    tangents: materials.some(needsTangents) ? floats(4 * vertices) : new Float32Array(),
    colors: below(2) === 1 ? floats(4 * vertices) : new Float32Array(),
    uv0: floats(2 * vertices),
    uv1: textures.some(({ texCoord }) => texCoord === 1) ? floats(2 * vertices) : new Float32Array(),
    indices: Uint32Array.from({ length: 3 * triangles }, () => below(vertices)),
    triangleMaterials: Uint32Array.from({ length: triangles }, () => below(materials.length)),
    ...randomInstances(triangles, materials, below),
    lights: Array.from({ length: below(4) }, light),
    materials,
    textures,
    images,
    cameras: [camera],
    bounds: { min: [-10, -10, -10], max: [10, 10, 10] },
    warnings: ['morph targets are shown at rest'],
  };
}

const PLAIN: FlatMaterial = {
  name: 'plain',
  baseColor: [1, 1, 1, 1],
  baseColorTexture: -1,
  metallic: 0,
  roughness: 1,
  metallicRoughnessTexture: -1,
  emissive: [0, 0, 0],
  emissiveTexture: -1,
  normalTexture: -1,
  normalScale: 1,
  alphaMode: 'opaque',
  alphaCutoff: 0.5,
  doubleSided: false,
  unlit: false,
  ior: 1.5,
  transmission: 0,
  transmissionTexture: -1,
};
const LAMP: FlatLight = {
  name: 'lamp',
  kind: 'spot',
  intensity: [1, 1, 1],
  position: [0, 0, 0],
  direction: [0, 0, -1],
  range: Number.POSITIVE_INFINITY,
  innerConeAngle: 0,
  outerConeAngle: 0.5,
};

/** Some of the triangles in meshes, unless there is a material that emits. */
function randomInstances(
  triangles: number,
  materials: readonly FlatMaterial[],
  below: (limit: number) => number,
): Pick<FlatScene, 'meshes' | 'instanceMeshes' | 'instanceTransforms'> {
  const isDark = materials.every(({ unlit, emissive }) => !unlit && emissive.every((value) => value === 0));
  const meshes = isDark ? Math.min(below(3), triangles) : 0;
  const count = meshes > 0 ? below(5) : 0;
  return {
    meshes: Array.from({ length: meshes }, (_, i) => ({
      firstTriangle: triangles - meshes + i,
      triangleCount: 1,
    })),
    instanceMeshes: Uint32Array.from({ length: count }, () => below(meshes)),
    instanceTransforms: Float32Array.from(
      { length: 12 * count },
      (_, i) => (i % 4 === Math.floor((i % 12) / 4) ? 1 + below(3) : 0) + (i % 4 === 3 ? below(9) : 0),
    ),
  };
}

describe('encodeScene and decodeScene', () => {
  it('bring back every scene exactly', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const scene = randomScene(seed);
        expect(decodeScene(encodeScene(scene))).toEqual(scene);
      }),
    );
  });

  it('give one encoding a scene, whatever order its fields were written in', () => {
    const scene = randomScene(3);
    const [material] = scene.materials;
    const reversed = Object.fromEntries(Object.entries(material ?? {}).reverse()) as unknown as FlatMaterial;
    const other = { ...scene, materials: [reversed, ...scene.materials.slice(1)] };
    expect(encodeScene(other)).toEqual(encodeScene(scene));
    expect(encodeScene(decodeScene(encodeScene(scene)))).toEqual(encodeScene(scene));
  });

  it('look at aligned bytes in place and copy only where they are not', () => {
    const bytes = encodeScene(randomScene(5));
    expect(decodeScene(bytes).positions.buffer).toBe(bytes.buffer);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeScene(shifted.subarray(1))).toEqual(decodeScene(bytes));
  });

  it('refuse any damage with a typed error, or decode to something valid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(100_000),
        (seed, edits, cut) => {
          const bytes = encodeScene(randomScene(seed));
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          const damaged = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
          try {
            const scene = decodeScene(damaged);
            const vertices = scene.positions.length / 3;
            expect(scene.indices.every((index) => index < vertices)).toBe(true);
            expect(scene.triangleMaterials.every((index) => index < scene.materials.length)).toBe(true);
            expect(scene.positions.every(Number.isFinite)).toBe(true);
            expect(scene.instanceMeshes.every((mesh) => mesh < scene.meshes.length)).toBe(true);
            expect(scene.instanceTransforms.length).toBe(12 * scene.instanceMeshes.length);
            expect(scene.instanceTransforms.every(Number.isFinite)).toBe(true);
          } catch (error) {
            if (!(error instanceof SceneError)) throw error;
            expect(error.code).toBe('blob-damaged');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  const spoiled: readonly [string, (scene: FlatScene) => FlatScene, string][] = [
    ['an index beyond the vertices', (s) => ({ ...s, indices: s.indices.map(() => 1e6) }), 'indices'],
    [
      'a material that is not there',
      (s) => ({ ...s, triangleMaterials: s.triangleMaterials.map(() => 99) }),
      'triangleMaterials',
    ],
    [
      'a position that is not finite',
      (s) => ({ ...s, positions: s.positions.map(() => Number.NaN) }),
      'positions',
    ],
    ['normals for fewer vertices', (s) => ({ ...s, normals: s.normals.slice(3) }), 'normals'],
    [
      'no triangle',
      (s) => ({ ...s, indices: new Uint32Array(), triangleMaterials: new Uint32Array() }),
      'indices',
    ],
    [
      'an instance of a mesh that is not there',
      (s) => ({ ...s, instanceMeshes: Uint32Array.of(1) }),
      'instances',
    ],
    [
      'fewer matrices than instances',
      (s) => ({ ...s, instanceTransforms: s.instanceTransforms.slice(1) }),
      'instances',
    ],
    [
      'a singular matrix',
      (s) => ({ ...s, instanceTransforms: Float32Array.of(0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3) }),
      'instances',
    ],
    [
      'a mesh without triangles',
      (s) => ({ ...s, meshes: [...s.meshes, { firstTriangle: 0, triangleCount: 0 }] }),
      'instances',
    ],
    [
      'more triangles in meshes than there are',
      (s) => ({ ...s, meshes: [...s.meshes, { firstTriangle: 0, triangleCount: 1e6 }] }),
      'instances',
    ],
    [
      'a mesh that emits',
      (s) => ({ ...s, materials: s.materials.map((one) => ({ ...one, emissive: [0, 0, 1] as const })) }),
      'instances',
    ],
    ['no camera', (s) => ({ ...s, cameras: [] }), 'cameras'],
    [
      'an image of another size',
      (s) => ({ ...s, images: [{ name: '', width: 2, height: 2, rgba: new Uint8Array(4) }] }),
      'images[0]',
    ],
  ];
  it.each(spoiled)('refuse %s', (_, spoil, part) => {
    const random = randomScene(1);
    const scene = {
      ...{ ...random, images: [], textures: [] },
      meshes: [{ firstTriangle: random.indices.length / 3 - 1, triangleCount: 1 }],
      instanceMeshes: Uint32Array.of(0),
      instanceTransforms: Float32Array.of(1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3),
    };
    const plain = scene.materials.map(() => PLAIN);
    const bytes = encodeScene(spoil({ ...scene, materials: plain }));
    expect(() => decodeScene(bytes)).toThrow(expect.objectContaining({ code: 'blob-damaged', part }));
  });

  const NAN = Number.NaN;
  const VOLUME = { attenuationDistance: 1, attenuationColor: [1, 1, 1], dispersion: 0 } as const;
  const COAT = {
    strength: 1,
    strengthTexture: -1,
    roughness: 0,
    roughnessTexture: -1,
    normalTexture: -1,
    normalScale: 1,
  };
  const layer = (changes: Partial<FlatMaterial>) => ({ materials: [{ ...PLAIN, ...changes }] });
  const lamp = (changes: Partial<FlatLight>) => ({ lights: [{ ...LAMP, ...changes }] });
  const impossible: readonly [Partial<FlatScene>, string][] = [
    [layer({ volume: { ...VOLUME, attenuationDistance: -1 } }), 'materials[0].volume.attenuationDistance'],
    [layer({ volume: { ...VOLUME, attenuationDistance: 0 } }), 'materials[0].volume.attenuationDistance'],
    [
      layer({ volume: { ...VOLUME, attenuationColor: [1, 0, 1] } }),
      'materials[0].volume.attenuationColor[1]',
    ],
    [layer({ volume: { ...VOLUME, dispersion: -1 } }), 'materials[0].volume.dispersion'],
    [layer({ clearcoat: { ...COAT, strength: 2 } }), 'materials[0].clearcoat.strength'],
    [layer({ clearcoat: { ...COAT, normalTexture: 7 } }), 'materials[0].clearcoat.normalTexture'],
    [
      layer({ sheen: { color: [2, 0, 0], colorTexture: -1, roughness: 0, roughnessTexture: -1 } }),
      'materials[0].sheen.color[0]',
    ],
    [
      layer({ specular: { strength: 1, strengthTexture: -1, color: [-1, 1, 1], colorTexture: -1 } }),
      'materials[0].specular.color[0]',
    ],
    [layer({ anisotropy: { strength: 1, rotation: 1e9, texture: -1 } }), 'materials[0].anisotropy.rotation'],
    [
      layer({
        iridescence: {
          strength: 1,
          strengthTexture: -1,
          ior: 0.5,
          thicknessMinimum: 0,
          thicknessMaximum: 1,
          thicknessTexture: -1,
        },
      }),
      'materials[0].iridescence.ior',
    ],
    [lamp({ intensity: [1, NAN, 1] }), 'lights[0].intensity[1]'],
    [lamp({ direction: [0, 0, 2] }), 'lights[0].direction'],
    [lamp({ range: -1 }), 'lights[0].range'],
    [lamp({ innerConeAngle: 0.5 }), 'lights[0].innerConeAngle'],
    [lamp({ outerConeAngle: 3 }), 'lights[0].outerConeAngle'],
  ];
  it.each(impossible.map(([changes, part], i) => [i, part, changes] as const))(
    'never write nor read the impossible (%i): %s',
    (_i, part, changes) => {
      const { textures: _, ...scene } = randomScene(1);
      const good = { ...scene, textures: [], images: [], materials: [PLAIN], lights: [LAMP] };
      const flat = { ...good, triangleMaterials: good.triangleMaterials.map(() => 0) };
      expect(() => encodeScene({ ...flat, ...changes })).toThrow(
        expect.objectContaining({ code: 'blob-damaged', part }),
      );
      // What another Node sends was not written by our encoder: the same manifest, spoiled afterwards.
      const spoiled = spoilManifest(encodeScene(flat), changes);
      expect(() => decodeScene(spoiled)).toThrow(expect.objectContaining({ code: 'blob-damaged' }));
    },
  );
});

/** The same blob with other entries in its manifest. */
function spoilManifest(bytes: Uint8Array, changes: object): Uint8Array {
  const { manifest, sections } = readSections(bytes, SCENE_MAGIC, SCENE_VERSION, 100);
  return writeSections(SCENE_MAGIC, SCENE_VERSION, { ...(manifest as object), ...changes }, sections);
}
