import { describe, expect, it } from 'vitest';
import { defaultEnvironment } from './default-environment.ts';
import { encodePng } from './output/index.ts';
import { readTest, TestScene } from './scene/testing.ts';

async function environmentOf(glow: [number, number, number], painted: boolean): Promise<string> {
  const test = new TestScene();
  const material = test.document.createMaterial('glow').setEmissiveFactor(glow);
  if (painted) material.setEmissiveTexture(test.texture('glow', encodePng(new Uint8Array(4), 1, 1)));
  test.show(test.triangle(material));
  return defaultEnvironment(await readTest(test)).kind;
}

describe('defaultEnvironment', () => {
  it('is the studio for a scene without any light', async () => {
    expect(await environmentOf([0, 0, 0], false)).toBe('builtin');
  });

  it('is black for a scene with a lamp', async () => {
    expect(await environmentOf([0, 0.5, 0], false)).toBe('colour');
  });

  it('is the studio for a thing with glowing details, which would stand in the dark', async () => {
    expect(await environmentOf([1, 1, 1], true)).toBe('builtin');
  });

  it('is black for a scene that brings a punctual light', async () => {
    const test = new TestScene();
    test.show(test.triangle());
    const scene = await readTest(test);
    const light = {
      name: 'sun',
      kind: 'directional',
      intensity: [1, 1, 1],
      position: [0, 0, 0],
      direction: [0, -1, 0],
      range: Number.POSITIVE_INFINITY,
      innerConeAngle: 0,
      outerConeAngle: 1,
    } as const;
    expect(defaultEnvironment({ ...scene, lights: [light] }).kind).toBe('colour');
  });
});
