/** Reading survives every damage: what comes out is a valid scene or a SceneError, in bounded time. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../output/index.ts';
import { decodeScene, encodeScene, readScene, SceneError } from './index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile, TestScene, textFile } from './testing.ts';

/** The triangle's 44 bytes, then weights, joints, two key times, two weights of a morph target. */
const EVERYTHING_BINARY = new Uint8Array(120);
EVERYTHING_BINARY.set(ONE_TRIANGLE_BINARY);
EVERYTHING_BINARY.set(new Uint8Array(Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0).buffer), 44);
EVERYTHING_BINARY.set(new Uint8Array(Float32Array.of(0, 1, 0, 1).buffer), 104);

function everything() {
  const png = encodePng(new Uint8Array(4), 1, 1);
  const slot = {
    index: 0,
    extensions: { KHR_texture_transform: { offset: [0.5, 0], rotation: 1, texCoord: 0 } },
  };
  const layers = {
    KHR_materials_transmission: { transmissionFactor: 1, transmissionTexture: slot },
    KHR_materials_volume: { thicknessFactor: 1, attenuationDistance: 2, attenuationColor: [1, 0.5, 0.25] },
    KHR_materials_dispersion: { dispersion: 0.1 },
    KHR_materials_ior: { ior: 1.4 },
    KHR_materials_specular: { specularFactor: 0.5, specularTexture: slot, specularColorFactor: [1, 2, 3] },
    KHR_materials_clearcoat: { clearcoatFactor: 1, clearcoatNormalTexture: { ...slot, scale: 0.5 } },
    KHR_materials_sheen: { sheenColorFactor: [1, 0, 0], sheenRoughnessFactor: 0.5 },
    KHR_materials_anisotropy: { anisotropyStrength: 0.5, anisotropyRotation: 1, anisotropyTexture: slot },
    KHR_materials_iridescence: { iridescenceFactor: 1, iridescenceIor: 1.4, iridescenceThicknessMaximum: 9 },
  };
  const light = { KHR_lights_punctual: { light: 0 } };
  const spot = { innerConeAngle: 0.1, outerConeAngle: 0.5 };
  return {
    ...ONE_TRIANGLE,
    extensionsUsed: [...Object.keys(layers), 'KHR_lights_punctual', 'KHR_texture_transform'],
    extensions: {
      KHR_lights_punctual: { lights: [{ type: 'spot', color: [1, 1, 0], intensity: 2, range: 9, spot }] },
    },
    images: [{ uri: `data:image/png;base64,${btoa(String.fromCharCode(...png))}` }],
    textures: [{ source: 0, sampler: 0 }],
    samplers: [{ wrapS: 33071, wrapT: 33648, magFilter: 9728 }],
    materials: [{ extensions: layers }],
    scenes: [{ nodes: [0, 1] }],
    nodes: [
      { mesh: 0, skin: 0, weights: [0.5] },
      { rotation: [0, 0, 0, 1], translation: [1, 2, 3], scale: [1, 2, 1], extensions: light },
    ],
    skins: [{ joints: [1] }],
    meshes: [
      {
        weights: [1],
        primitives: [
          {
            attributes: { POSITION: 0, WEIGHTS_0: 2, JOINTS_0: 3 },
            indices: 1,
            material: 0,
            targets: [{ POSITION: 0 }],
          },
        ],
      },
    ],
    animations: [
      {
        name: 'all',
        samplers: [{ input: 4, output: 5, interpolation: 'LINEAR' }],
        channels: [{ sampler: 0, target: { node: 0, path: 'weights' } }],
      },
    ],
    buffers: [{ byteLength: 120 }],
    bufferViews: [
      ...ONE_TRIANGLE.bufferViews,
      { buffer: 0, byteOffset: 44, byteLength: 48 },
      { buffer: 0, byteOffset: 92, byteLength: 12 },
      { buffer: 0, byteOffset: 104, byteLength: 8 },
      { buffer: 0, byteOffset: 112, byteLength: 8 },
    ],
    accessors: [
      ...ONE_TRIANGLE.accessors,
      { bufferView: 2, componentType: 5126, type: 'VEC4', count: 3 },
      { bufferView: 3, componentType: 5121, type: 'VEC4', count: 3 },
      { bufferView: 4, componentType: 5126, type: 'SCALAR', count: 2 },
      { bufferView: 5, componentType: 5126, type: 'SCALAR', count: 2 },
    ],
  };
}

describe('readScene with damaged bytes', () => {
  it('reads a valid scene or throws a SceneError, wherever the damage is', async () => {
    const test = new TestScene();
    const png = encodePng(
      Uint8Array.from({ length: 4 * 16 }, (_, i) => 15 * i),
      4,
      4,
    );
    const material = test.document
      .createMaterial()
      .setBaseColorTexture(test.texture('t', png))
      .setNormalTexture(test.texture('n', png));
    test.show(test.triangle(material), test.triangle());
    const good = await test.glb();
    const jsonLength = new DataView(good.buffer, good.byteOffset).getUint32(12, true);
    // Half of the edits strike the JSON, where a changed digit is still JSON.
    const place = fc.oneof(
      fc.integer({ min: 0, max: good.length - 1 }),
      fc.integer({ min: 20, max: 20 + jsonLength - 1 }),
    );
    const value = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 48, max: 57 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 6 }),
        fc.option(place),
        async (edits, cut) => {
          const bytes = good.slice();
          for (const [at, byte] of edits) bytes[at] = byte;
          const files = oneFile('fuzz.glb', cut === null ? bytes : bytes.subarray(0, cut));
          try {
            const { scene } = await readScene(files);
            encodeScene(scene);
          } catch (error) {
            if (!(error instanceof SceneError)) throw error;
            expect(error.code).not.toBe('reader-failed');
          }
        },
      ),
      { numRuns: 750, seed: 20261121 },
    );
  });

  const junk = fc.constantFrom<unknown>(
    null,
    -1,
    1.5,
    1e308,
    'x',
    [],
    {},
    [[]],
    true,
    4294967296,
    2 ** 53,
    '__proto__',
  );
  it.each([
    ['plain scene', ONE_TRIANGLE, ONE_TRIANGLE_BINARY, 300],
    [
      'scene with every extension, a skin, morph targets and an animation',
      everything(),
      EVERYTHING_BINARY,
      500,
    ],
  ])(
    'names the value at fault, whatever a field of a %s is replaced by',
    async (_, whole, binary, numRuns) => {
      const { scene } = await readScene(oneFile('good.glb', glbOf(whole, binary)), { time: 0.5 });
      expect(scene.warnings).toEqual([]);
      const paths = fieldsOf(whole);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), junk, async (path, value) => {
          const json = structuredClone(whole) as unknown;
          replaceAt(json, path, value);
          try {
            await readScene(oneFile('fuzz.gltf', textFile(json)));
          } catch (error) {
            if (!(error instanceof SceneError)) throw error;
            expect(error.code).not.toBe('reader-failed');
          }
          try {
            const file = await readScene(oneFile('fuzz.glb', glbOf(json, binary)), { time: 0.5 });
            decodeScene(encodeScene(file.scene));
          } catch (error) {
            if (!(error instanceof SceneError)) throw error;
            expect(['reader-failed', 'blob-damaged']).not.toContain(error.code);
          }
        }),
        { numRuns, seed: 7 },
      );
    },
  );
});

type Path = readonly (string | number)[];

function fieldsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => fieldsOf(inner, [...path, key]))].filter(
    ({ length }) => length > 0,
  );
}

function replaceAt(root: unknown, path: Path, value: unknown): void {
  const [key, ...rest] = path;
  if (typeof root !== 'object' || root === null || key === undefined) return;
  const owner = root as Record<string, unknown>;
  if (rest.length === 0) owner[key] = value;
  else replaceAt(owner[key], rest, value);
}
