import { describe, expect, it } from 'vitest';
import { readScene } from '../index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile } from '../testing.ts';
import { lengthFactor } from './rescale.ts';

async function readScaled(scale: number) {
  const json = {
    ...ONE_TRIANGLE,
    scenes: [{ nodes: [0, 1, 2] }],
    nodes: [
      { mesh: 0, scale: [scale, scale, scale] },
      { translation: [0, 0, 2 * scale], extensions: { KHR_lights_punctual: { light: 0 } } },
      { translation: [0, 0, 5 * scale], camera: 0 },
    ],
    extensions: { KHR_lights_punctual: { lights: [{ type: 'point', intensity: (scale * scale) / 64 }] } },
    cameras: [
      { type: 'orthographic', orthographic: { xmag: 3 * scale, ymag: 3 * scale, znear: 0, zfar: 9 } },
    ],
  };
  return (await readScene(oneFile('a.glb', glbOf(json, ONE_TRIANGLE_BINARY)))).scene;
}

describe('the size of a scene', () => {
  it('is left as it is where it can be rendered', () => {
    const box = (size: number) => ({ min: [0, 0, 0] as const, max: [size, 0, 0] as const });
    for (const size of [0, 0.001, 1, 1e7]) expect(lengthFactor(box(size))).toBe(1);
    expect(lengthFactor(box(3 * 2 ** 30))).toBe(2 ** -31);
    expect(lengthFactor(box(2 ** -40))).toBe(2 ** 40);
  });

  it('of a molecule or a galaxy becomes that of a room, with its lamps and cameras', async () => {
    const room = await readScaled(1);
    for (const exponent of [-60, 25]) {
      const scene = await readScaled(2 ** exponent);
      expect(scene.warnings).toEqual([
        expect.stringMatching(/^the scene is .* metres large; it was made \w+ to be rendered$/),
      ]);
      for (const part of ['positions', 'bounds', 'lights', 'cameras'] as const) {
        expect(scene[part], `${part} at 2^${exponent}`).toEqual(room[part]);
      }
    }
  });
});
