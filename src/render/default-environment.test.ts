import { describe, expect, it } from 'vitest';
import { defaultEnvironment } from './default-environment.ts';
import { encodePng } from './output/index.ts';
import { readScene } from './scene/index.ts';
import { oneFile, TestScene } from './scene/testing.ts';

/** A triangle of half a square metre and another, larger one that glows or not. */
async function environmentOf(
  build: (test: TestScene) => void,
): Promise<ReturnType<typeof defaultEnvironment>['kind']> {
  const test = new TestScene();
  build(test);
  return defaultEnvironment((await readScene(oneFile('a.glb', await test.glb()))).ownLight).kind;
}

/** @param size share of the scene's own */
function withGlow(size: number, glow: [number, number, number], texel?: number) {
  return (test: TestScene): void => {
    const material = test.document.createMaterial('glow').setEmissiveFactor(glow);
    if (texel !== undefined) {
      const png = encodePng(new Uint8Array([texel, texel, texel, 255]), 1, 1);
      material.setEmissiveTexture(test.texture('glow', png));
    }
    test.show(test.triangle());
    test.show(test.triangle(material)).setScale([size, size, size]);
  };
}

describe('defaultEnvironment', () => {
  it('is the studio for a scene without any light', async () => {
    expect(await environmentOf((test) => void test.show(test.triangle()))).toBe('builtin');
  });

  it('is black for a scene with a lamp', async () => {
    expect(await environmentOf(withGlow(1, [1, 1, 1]))).toBe('colour');
  });

  it('is the studio for a thing with a tiny lamp on it', async () => {
    expect(await environmentOf(withGlow(0.03, [1, 1, 1]))).toBe('builtin');
  });

  it('is the studio where a glow is painted dark, and black where it is painted bright', async () => {
    expect(await environmentOf(withGlow(1, [1, 1, 1], 20))).toBe('builtin');
    expect(await environmentOf(withGlow(1, [1, 1, 1], 255))).toBe('colour');
  });

  it('counts the back of a lamp that shines from both sides, and a lamp in the middle as if it were at the border', async () => {
    const withLamp = (isDouble: boolean) => (test: TestScene) => {
      const material = test.document.createMaterial().setEmissiveFactor([1, 1, 1]).setDoubleSided(isDouble);
      test.show(test.triangle());
      test.show(test.triangle(material)).setScale([0.7, 0.7, 0.7]);
    };
    // A quarter of a square metre of white lamp gives 0.04.
    expect(await environmentOf(withLamp(false))).toBe('builtin');
    expect(await environmentOf(withLamp(true))).toBe('colour');
    const { KHRLightsPunctual } = await import('@gltf-transform/extensions');
    const inTheMiddle = (test: TestScene): void => {
      const light = test.document.createExtension(KHRLightsPunctual).createLight().setType('point');
      test.show(test.triangle());
      const node = test.document.createNode().setTranslation([0.5, 0.5, 0]);
      test.scene.addChild(node.setExtension('KHR_lights_punctual', light.setIntensity(0.05)));
    };
    expect(await environmentOf(inTheMiddle)).toBe('builtin');
  });

  it('is black for a scene that brings a punctual light, unless that is too weak or too far away', async () => {
    const { KHRLightsPunctual } = await import('@gltf-transform/extensions');
    const withLight = (intensity: number, distance: number) => (test: TestScene) => {
      const light = test.document
        .createExtension(KHRLightsPunctual)
        .createLight()
        .setType('point')
        .setIntensity(intensity);
      test.show(test.triangle());
      const node = test.document.createNode().setTranslation([0, 0, distance]);
      test.scene.addChild(node.setExtension('KHR_lights_punctual', light));
    };
    expect(await environmentOf(withLight(10, 2))).toBe('colour');
    expect(await environmentOf(withLight(0.01, 2))).toBe('builtin');
    expect(await environmentOf(withLight(10, 200))).toBe('builtin');
  });

  it('is the studio where a light ends before it reaches anything, looks past it or is a needle', async () => {
    const { KHRLightsPunctual } = await import('@gltf-transform/extensions');
    const environment = (kind: 'point' | 'spot', range: number | null, cone: number, turned = false) =>
      environmentOf((test) => {
        const light = test.document.createExtension(KHRLightsPunctual).createLight().setType(kind);
        light.setIntensity(10).setRange(range).setInnerConeAngle(0).setOuterConeAngle(cone);
        test.show(test.triangle());
        const node = test.document.createNode().setTranslation([0, 0, 2]);
        node.setRotation(turned ? [0, 1, 0, 0] : [0, 0, 0, 1]);
        test.scene.addChild(node.setExtension('KHR_lights_punctual', light));
      });
    expect(await environment('point', 2, 0)).toBe('colour');
    expect(await environment('point', 0.1, 0)).toBe('builtin');
    expect(await environment('spot', null, 0.5)).toBe('colour');
    // Of a fifth of the scene's width; it is there to be seen by.
    expect(await environment('spot', null, 0.05)).toBe('colour');
    expect(await environment('spot', null, 0.5, true)).toBe('builtin');
    expect(await environment('spot', null, 0.001)).toBe('builtin');
  });
});
