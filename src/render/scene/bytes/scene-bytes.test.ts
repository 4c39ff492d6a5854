import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SceneError } from '../errors.ts';
import type { FlatLight, FlatMaterial, FlatScene } from '../format.ts';
import { PLAIN_MATERIAL } from '../test-material.ts';
import { decodeScene } from './decode-scene.ts';
import { encodeScene, SCENE_MAGIC, SCENE_VERSION } from './encode-scene.ts';
import { readSections, writeSections } from './sections.ts';
import { LAMP, randomScene } from './testing.ts';

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
      (s) => ({
        ...s,
        images: [{ name: '', width: 2, height: 2, encoding: 'rgba', bytes: new Uint8Array(4) }],
      }),
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
    const plain = scene.materials.map(() => PLAIN_MATERIAL);
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
  const layer = (changes: Partial<FlatMaterial>) => ({ materials: [{ ...PLAIN_MATERIAL, ...changes }] });
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
    [lamp({ position: [0, 1e16, 0] }), 'lights[0].position[1]'],
    [lamp({ innerConeAngle: 0.5 }), 'lights[0].innerConeAngle'],
    [lamp({ outerConeAngle: 3 }), 'lights[0].outerConeAngle'],
  ];
  it.each(impossible.map(([changes, part], i) => [i, part, changes] as const))(
    'never write nor read the impossible (%i): %s',
    (_i, part, changes) => {
      const { textures: _, ...scene } = randomScene(1);
      const good = { ...scene, textures: [], images: [], materials: [PLAIN_MATERIAL], lights: [LAMP] };
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
