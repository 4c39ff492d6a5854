/** The extensions of materials: what of them reaches the FlatScene. */
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../output/index.ts';
import type { FlatMaterial, FlatScene } from '../format.ts';
import { decodeScene, encodeScene, readScene, texelsOf } from '../index.ts';
import { encodePicture, glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile } from '../testing.ts';

const dataUri = (bytes: Uint8Array): string =>
  `data:application/octet-stream;base64,${btoa(String.fromCharCode(...bytes))}`;
const PNG = dataUri(encodePng(new Uint8Array(4), 1, 1));
const TRANSFORM = { extensions: { KHR_texture_transform: { offset: [0.5, 0] } } };

async function readMaterial(extensions: object, more: object = {}, uri: string = PNG): Promise<FlatScene> {
  const json = {
    ...ONE_TRIANGLE,
    extensionsUsed: Object.keys(extensions).map((name) => `KHR_materials_${name}`),
    images: [{ name: 'dot', uri }],
    samplers: [{ wrapS: 33071 }],
    textures: [{ source: 0 }, { source: 0, sampler: 0 }],
    materials: [
      {
        name: 'm',
        extensions: Object.fromEntries(
          Object.entries(extensions).map(([name, value]) => [`KHR_materials_${name}`, value]),
        ),
        ...more,
      },
    ],
  };
  const { scene } = await readScene(oneFile('a.glb', glbOf(json, ONE_TRIANGLE_BINARY)));
  expect(decodeScene(encodeScene(scene))).toEqual(scene);
  return scene;
}

async function material(extensions: object): Promise<FlatMaterial | undefined> {
  const scene = await readMaterial(extensions);
  expect(scene.warnings).toEqual([]);
  return scene.materials[0];
}

describe('a material with layers', () => {
  it('lets diffuse light through where it has a factor', async () => {
    const leaf = await material({
      diffuse_transmission: {
        diffuseTransmissionFactor: 0.25,
        diffuseTransmissionTexture: { index: 0 },
        diffuseTransmissionColorFactor: [1, 0.5, 0],
        diffuseTransmissionColorTexture: { index: 1 },
      },
    });
    expect(leaf?.diffuseTransmission).toEqual({
      ...{ strength: 0.25, strengthTexture: 0, color: [1, 0.5, 0], colorTexture: 1 },
    });
    const plain = await material({ diffuse_transmission: { diffuseTransmissionTexture: { index: 0 } } });
    expect(plain?.diffuseTransmission).toBeUndefined();
  });

  it('has its transmission, and a medium only where it is thick', async () => {
    const glass = await material({
      transmission: { transmissionFactor: 0.75, transmissionTexture: { index: 0 } },
      volume: { thicknessFactor: 2, attenuationDistance: 0.5, attenuationColor: [1, 0.5, 0] },
      dispersion: { dispersion: 0.3 },
    });
    expect(glass).toMatchObject({ transmission: 0.75, transmissionTexture: 0 });
    expect(glass?.volume).toEqual({
      attenuationDistance: 0.5,
      attenuationColor: [1, 0.5, 1e-6],
      dispersion: 0.3,
    });
    const clear = await material({
      transmission: { transmissionFactor: 1 },
      volume: { thicknessFactor: 1 },
    });
    expect(clear?.volume).toEqual({
      attenuationDistance: Number.POSITIVE_INFINITY,
      attenuationColor: [1, 1, 1],
      dispersion: 0,
    });
    const thin = await material({ transmission: { transmissionFactor: 1 }, volume: {} });
    expect(thin).not.toHaveProperty('volume');
    expect(await material({ volume: { thicknessFactor: 1 } })).not.toHaveProperty('volume');
  });

  it('has every factor and every texture of the others, each with its own sampling', async () => {
    const layered = await material({
      specular: {
        specularFactor: 0.5,
        specularTexture: { index: 0 },
        specularColorFactor: [2, 1, 0.5],
        specularColorTexture: { index: 1 },
      },
      clearcoat: {
        clearcoatFactor: 0.9,
        clearcoatTexture: { index: 0 },
        clearcoatRoughnessFactor: 0.2,
        clearcoatRoughnessTexture: { index: 1 },
        clearcoatNormalTexture: { index: 0, scale: 0.5, ...TRANSFORM },
      },
      sheen: {
        sheenColorFactor: [0, 0.5, 1],
        sheenColorTexture: { index: 1 },
        sheenRoughnessFactor: 0.3,
        sheenRoughnessTexture: { index: 0 },
      },
      anisotropy: { anisotropyStrength: 0.6, anisotropyRotation: -1.5, anisotropyTexture: { index: 1 } },
      iridescence: {
        iridescenceFactor: 1,
        iridescenceTexture: { index: 0 },
        iridescenceIor: 1.8,
        iridescenceThicknessMinimum: 200,
        iridescenceThicknessMaximum: 800,
        iridescenceThicknessTexture: { index: 1 },
      },
    });
    expect(layered).toMatchObject({
      specular: { strength: 0.5, strengthTexture: 0, color: [2, 1, 0.5], colorTexture: 1 },
      clearcoat: {
        strength: 0.9,
        strengthTexture: 0,
        roughness: 0.2,
        roughnessTexture: 1,
        normalTexture: 2,
        normalScale: 0.5,
      },
      sheen: { color: [0, 0.5, 1], colorTexture: 1, roughness: 0.3, roughnessTexture: 0 },
      anisotropy: { strength: 0.6, rotation: -1.5, texture: 1 },
      iridescence: {
        strength: 1,
        strengthTexture: 0,
        ior: 1.8,
        thicknessMinimum: 200,
        thicknessMaximum: 800,
        thicknessTexture: 1,
      },
    });
  });

  it('samples the texture of a slot by its own uv transform and wrapping', async () => {
    const { textures } = await readMaterial({
      clearcoat: {
        clearcoatFactor: 1,
        clearcoatTexture: { index: 1 },
        clearcoatRoughnessTexture: { index: 0, ...TRANSFORM },
      },
    });
    expect(textures).toMatchObject([
      { wrapS: 'clamp', transform: [1, 0, 0, 0, 1, 0] },
      { wrapS: 'repeat', transform: [1, 0, 0.5, 0, 1, 0] },
    ]);
  });

  it('uses the defaults of the extensions for what is not said', async () => {
    const layered = await material({
      iridescence: { iridescenceFactor: 1 },
      specular: { specularColorFactor: [1, 1, 0] },
      anisotropy: { anisotropyStrength: 1 },
    });
    expect(layered?.iridescence).toMatchObject({ ior: 1.3, thicknessMinimum: 100, thicknessMaximum: 400 });
    expect(layered?.specular).toMatchObject({ strength: 1, color: [1, 1, 0] });
    expect(layered?.anisotropy).toEqual({ strength: 1, rotation: 0, texture: -1 });
  });

  it('has no layer whose factor is zero, and does not load its textures', async () => {
    const scene = await readMaterial({
      clearcoat: { clearcoatTexture: { index: 0 } },
      sheen: { sheenColorTexture: { index: 0 } },
      anisotropy: { anisotropyTexture: { index: 0 } },
      iridescence: { iridescenceTexture: { index: 0 } },
      transmission: { transmissionTexture: { index: 0 } },
      specular: {},
    });
    for (const layer of ['clearcoat', 'sheen', 'anisotropy', 'iridescence', 'specular']) {
      expect(scene.materials[0]).not.toHaveProperty(layer);
    }
    expect([scene.textures, scene.images]).toEqual([[], []]);
  });

  it('brings every factor into its range and says so once', async () => {
    const { materials, warnings } = await readMaterial({
      clearcoat: { clearcoatFactor: 3, clearcoatRoughnessFactor: -1 },
      sheen: { sheenColorFactor: [2, 2, 0.5] },
      iridescence: { iridescenceFactor: 1, iridescenceIor: 0.5 },
      transmission: { transmissionFactor: 1 },
      volume: { thicknessFactor: 1, attenuationDistance: -2 },
    });
    expect(materials[0]).toMatchObject({
      clearcoat: { strength: 1, roughness: 0 },
      sheen: { color: [1, 1, 0.5] },
      iridescence: { ior: 1 },
      volume: { attenuationDistance: 1e-9 },
    });
    expect(warnings).toEqual([
      'material "m": attenuationDistance -2 was taken as 1e-9',
      'material "m": clearcoatFactor 3 was taken as 1',
      'material "m": clearcoatRoughnessFactor -1 was taken as 0',
      'material "m": sheenColorFactor 2 was taken as 1',
      'material "m": iridescenceIor 0.5 was taken as 1',
    ]);
  });

  it("takes an exporter's largest number for infinity", async () => {
    const glass = await material({
      transmission: { transmissionFactor: 1 },
      volume: { thicknessFactor: 1, attenuationDistance: 3.4028234663852886e38 },
    });
    expect(glass?.volume?.attenuationDistance).toBe(Number.POSITIVE_INFINITY);
  });

  it('gives tangents to a coat with a normal map and to a grain, with or without a map', async () => {
    const coat = await readMaterial({
      clearcoat: { clearcoatFactor: 1, clearcoatNormalTexture: { index: 0 } },
    });
    const grain = await readMaterial({ anisotropy: { anisotropyStrength: 1 } });
    expect([coat.tangents.length, grain.tangents.length]).toEqual([12, 12]);
    expect((await readMaterial({ clearcoat: { clearcoatFactor: 1 } })).tangents.length).toBe(0);
  });

  it('of specular and glossiness is shown as a dielectric with that reflectance', async () => {
    const plain = await material({
      pbrSpecularGlossiness: {
        diffuseFactor: [0.5, 0.25, 0, 1],
        specularFactor: [0.1, 0.2, 0.3],
        glossinessFactor: 0.75,
      },
    });
    expect(plain).toMatchObject({
      baseColor: [0.5, 0.25, 0, 1],
      metallic: 0,
      roughness: 0.25,
      metallicRoughnessTexture: -1,
      ior: 0,
      specular: { strength: 1, strengthTexture: -1, color: [0.1, 0.2, 0.3], colorTexture: -1 },
    });
    const pixel = { width: 1, height: 1, data: Uint8ClampedArray.of(10, 20, 30, 200) };
    const scene = await readMaterial(
      { pbrSpecularGlossiness: { glossinessFactor: 0.5, specularGlossinessTexture: { index: 0 } } },
      { pbrMetallicRoughness: { baseColorTexture: { index: 1 } } },
      dataUri(await encodePicture(pixel, 'webp', { lossless: 1, exact: 1 })),
    );
    expect(scene.warnings).toEqual([]);
    const [textured] = scene.materials;
    expect(textured).toMatchObject({ roughness: 1, baseColorTexture: -1 });
    const shown = async (texture = -1) => {
      const image = scene.images[scene.textures[texture]?.image ?? -1];
      return image ? Array.from(await texelsOf(image)) : [];
    };
    expect(await shown(textured?.specular?.colorTexture)).toEqual([10, 20, 30, 200]);
    expect((await shown(textured?.metallicRoughnessTexture))[1]).toBe(255 - 100);
  });
});
