/** What comes out of good files besides geometry: materials, textures, cameras, the chosen scene, warnings. */
import {
  KHRMaterialsEmissiveStrength,
  KHRMaterialsIOR,
  KHRMaterialsTransmission,
  KHRMaterialsUnlit,
  KHRTextureTransform,
} from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../output/index.ts';
import { readScene, texelsOf } from './index.ts';
import { readTest as read, TestScene, textFile, triples } from './testing.ts';

describe('readScene', () => {
  it('reads a material with all its extensions, and textures once however often they are used', async () => {
    const test = new TestScene();
    const { document } = test;
    const png = encodePng(Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255), 2, 1);
    const texture = test.texture('red and green', png);
    const material = document
      .createMaterial('all of it')
      .setBaseColorFactor([0.1, 0.2, 0.3, 0.4])
      .setMetallicFactor(0.5)
      .setRoughnessFactor(0.6)
      .setEmissiveFactor([0.5, 0.25, 0])
      .setAlphaMode('MASK')
      .setAlphaCutoff(0.7)
      .setDoubleSided(true)
      .setBaseColorTexture(texture)
      .setEmissiveTexture(texture)
      .setExtension(
        'KHR_materials_emissive_strength',
        document
          .createExtension(KHRMaterialsEmissiveStrength)
          .createEmissiveStrength()
          .setEmissiveStrength(8),
      )
      .setExtension('KHR_materials_ior', document.createExtension(KHRMaterialsIOR).createIOR().setIOR(1.33))
      .setExtension(
        'KHR_materials_transmission',
        document.createExtension(KHRMaterialsTransmission).createTransmission().setTransmissionFactor(0.9),
      );
    const turned = document
      .createExtension(KHRTextureTransform)
      .createTransform()
      .setOffset([0.25, 0.5])
      .setRotation(Math.PI / 2)
      .setScale([2, 3]);
    material.getEmissiveTextureInfo()?.setExtension('KHR_texture_transform', turned);
    material.getBaseColorTextureInfo()?.setWrapS(33071).setWrapT(33648).setMagFilter(9728);
    test.show(test.triangle(material), test.triangle(material));
    const scene = await read(test);
    expect(scene.materials).toHaveLength(1);
    expect(scene.materials[0]).toEqual({
      name: 'all of it',
      baseColor: [0.1, 0.2, 0.3, 0.4],
      baseColorTexture: 0,
      metallic: 0.5,
      roughness: 0.6,
      metallicRoughnessTexture: -1,
      emissive: [4, 2, 0],
      emissiveTexture: 1,
      normalTexture: -1,
      normalScale: 1,
      alphaMode: 'mask',
      alphaCutoff: 0.7,
      doubleSided: true,
      unlit: false,
      ior: 1.33,
      transmission: 0.9,
      transmissionTexture: -1,
    });
    expect(scene.images).toMatchObject([{ name: 'red and green', width: 2, height: 1, encoding: 'png' }]);
    const [image] = scene.images;
    expect(image && (await texelsOf(image))).toEqual(Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255));
    const [base, emissive] = scene.textures;
    expect(base).toEqual({
      image: 0,
      wrapS: 'clamp',
      wrapT: 'mirror',
      nearest: true,
      texCoord: 0,
      transform: [1, 0, 0, 0, 1, 0],
    });
    // offset * rotation * scale of the extension's own text, for a quarter turn.
    const matrix = [0, 3, 0.25, -2, 0, 0.5];
    emissive?.transform.forEach((value, i) => {
      expect(value).toBeCloseTo(matrix[i] ?? 0, 12);
    });
  });

  it("knows unlit materials, and glTF's default one", async () => {
    const test = new TestScene();
    const unlit = test.document.createExtension(KHRMaterialsUnlit).createUnlit();
    test.show(
      test.triangle(test.document.createMaterial('flat').setExtension('KHR_materials_unlit', unlit)),
      test.triangle(),
    );
    const { materials, triangleMaterials } = await read(test);
    expect(materials.map(({ name, unlit, metallic }) => [name, unlit, metallic])).toEqual([
      ['flat', true, 1],
      ['Default', false, 1],
    ]);
    expect(Array.from(triangleMaterials)).toEqual([0, 1]);
  });

  it('brings factors into their ranges and says so', async () => {
    const test = new TestScene();
    test.show(test.triangle(test.document.createMaterial('odd').setRoughnessFactor(3)));
    const scene = await read(test);
    expect(scene.materials[0]?.roughness).toBe(1);
    expect(scene.warnings).toEqual(['material "odd": roughnessFactor 3 was taken as 1']);
  });

  it('takes the cameras of the file with their names, then one that sees everything', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    const camera = test.document.createCamera('lens').setType('perspective').setYFov(0.8).setZNear(0.1);
    const half = Math.SQRT1_2;
    test.scene.addChild(
      test.document
        .createNode('from the right')
        .setCamera(camera)
        .setRotation([0, half, 0, half])
        .setTranslation([4, 0, 0])
        .setScale([2, 2, 2]),
    );
    const flat = test.document
      .createCamera('plan')
      .setType('orthographic')
      .setYMag(3)
      .setXMag(3)
      .setZNear(0.1)
      .setZFar(9);
    test.scene.addChild(test.document.createNode().setCamera(flat));
    const { cameras, bounds } = await read(test);
    expect(cameras.map(({ name }) => name)).toEqual(['from the right', 'plan', 'Whole scene']);
    expect(cameras[0]).toMatchObject({ position: [4, 0, 0], projection: { kind: 'perspective', yfov: 0.8 } });
    cameras[0]?.back.forEach((value, i) => {
      expect(value).toBeCloseTo([1, 0, 0][i] ?? 0, 12);
    });
    expect(cameras[1]?.projection).toEqual({ kind: 'orthographic', ymag: 3 });
    const whole = cameras[2];
    if (whole?.projection.kind !== 'perspective') throw new Error('no framing');
    const tangent = Math.tan(whole.projection.yfov / 2);
    for (const x of [bounds.min[0], bounds.max[0]])
      for (const y of [bounds.min[1], bounds.max[1]]) {
        const d = [x - whole.position[0], y - whole.position[1], 0 - whole.position[2]];
        const dot = (v: readonly number[]) => v.reduce((sum, value, i) => sum + value * (d[i] ?? 0), 0);
        const depth = -dot(whole.back);
        expect(depth).toBeGreaterThan(0);
        expect(Math.max(Math.abs(dot(whole.right)), Math.abs(dot(whole.up))) / depth).toBeLessThan(tangent);
      }
  });

  it('reads the default scene only, the first where none is named, all roots where there is no scene', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    const second = test.document.createScene();
    second.addChild(
      test.document
        .createNode()
        .setMesh(test.document.createMesh().addPrimitive(test.triangle()))
        .setTranslation([0, 0, 7]),
    );
    const { json, files } = await test.gltf();
    const depthsOf = async (changes: object): Promise<number[]> => {
      const { scene } = await readScene(new Map([...files, ['a.gltf', textFile({ ...json, ...changes })]]));
      return [...new Set(triples(scene.positions).map(([, , z]) => z ?? 0))];
    };
    expect(await depthsOf({ scene: 1 })).toEqual([7]);
    expect(await depthsOf({ scene: undefined })).toEqual([0]);
    expect(await depthsOf({ scene: undefined, scenes: undefined })).toEqual([0, 7]);
  });

  it('shows skinned meshes where their joints put them', async () => {
    const test = new TestScene();
    const joint = test.document.createNode('joint').setTranslation([0, 10, 0]);
    test.scene.addChild(joint);
    const bind = test.accessor('MAT4', Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -4, 0, 1));
    test
      .show(test.triangle())
      .setSkin(test.document.createSkin().addJoint(joint).setInverseBindMatrices(bind))
      .setTranslation([99, 0, 0]);
    const scene = await read(test);
    expect(triples(scene.positions)[0]).toEqual([0, 6, 0]);
    expect(scene.warnings).toEqual([]);
  });

  it('warns once about each thing that it leaves out', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    const { json, files } = await test.gltf();
    const more = {
      ...json,
      extensionsUsed: ['KHR_materials_variants', 'EXT_lights_ies', 'EXT_lights_ies', 'KHR_xmp_json_ld'],
      animations: [{}],
    };
    const { scene } = await readScene(new Map([...files, ['a.gltf', textFile(more)]]));
    expect(scene.warnings).toEqual(['EXT_lights_ies is not supported and was ignored']);
  });
});
