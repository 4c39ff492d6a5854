/** KHR_lights_punctual: which lights shine, where, and how brightly. */
import { describe, expect, it } from 'vitest';
import type { FlatScene } from '../format.ts';
import { decodeScene, encodeScene, readScene } from '../index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile } from '../testing.ts';

const at = (light: unknown, more: object = {}): object => ({
  extensions: { KHR_lights_punctual: { light } },
  ...more,
});

async function readLit(lights: readonly object[], nodes: readonly object[]): Promise<FlatScene> {
  const json = {
    ...ONE_TRIANGLE,
    extensionsUsed: ['KHR_lights_punctual'],
    extensions: { KHR_lights_punctual: { lights } },
    nodes: [{ mesh: 0 }, ...nodes],
    scenes: [{ nodes: [0, ...nodes.map((_, i) => i + 1)] }],
  };
  const { scene } = await readScene(oneFile('a.glb', glbOf(json, ONE_TRIANGLE_BINARY)));
  expect(decodeScene(encodeScene(scene))).toEqual(scene);
  return scene;
}

const HALF = Math.SQRT1_2;

describe('punctual lights', () => {
  it('shine where their nodes stand, along their -Z, with colour times intensity', async () => {
    const lights = [
      { type: 'point', color: [1, 0.5, 0], intensity: 40, range: 12 },
      {
        type: 'spot',
        name: 'stage',
        intensity: 3,
        spot: { innerConeAngle: 0.25, outerConeAngle: 0.5 },
      },
      { type: 'DIRECTIONAL' },
    ];
    const down = [-HALF, 0, 0, HALF];
    const { lights: flat, warnings } = await readLit(lights, [
      at(0, { name: 'bulb', translation: [1, 2, 3], scale: [5, 5, 5] }),
      at(1, { translation: [0, 9, 0], rotation: down }),
      at(2),
    ]);
    expect(warnings).toEqual([]);
    expect(flat[0]).toEqual({
      name: 'bulb',
      kind: 'point',
      intensity: [40, 20, 0],
      position: [1, 2, 3],
      direction: [0, 0, -1],
      range: 12,
      innerConeAngle: 0,
      outerConeAngle: Math.PI / 4,
    });
    expect(flat[1]).toMatchObject({
      name: 'stage',
      kind: 'spot',
      intensity: [3, 3, 3],
      position: [0, 9, 0],
      range: Number.POSITIVE_INFINITY,
      innerConeAngle: 0.25,
      outerConeAngle: 0.5,
    });
    [0, -1, 0].forEach((value, axis) => {
      expect(flat[1]?.direction[axis]).toBeCloseTo(value, 12);
    });
    expect(flat[2]).toMatchObject({
      name: 'Light 3',
      kind: 'directional',
      intensity: [1, 1, 1],
      direction: [0, 0, -1],
    });
  });

  it('shine once for every node of the shown scene that names them, and nowhere else', async () => {
    const { lights } = await readLit([{ type: 'point' }, { type: 'point' }], [at(0), at(0)]);
    expect(lights.map(({ name }) => name)).toEqual(['Light 1', 'Light 2']);
  });

  it('are left out where they give no light', async () => {
    const dark = [
      { type: 'point', intensity: 0 },
      { type: 'spot', color: [0, 0, 0] },
      { type: 'point', intensity: -4 },
    ];
    const { lights, warnings } = await readLit(
      dark,
      dark.map((_, i) => at(i)),
    );
    expect(lights).toEqual([]);
    expect(warnings).toEqual(['light "Light 3": intensity -4 was taken as 0']);
  });

  it('are left out where they stand beyond all numbers, which is said', async () => {
    const { lights, warnings } = await readLit([{ type: 'point' }], [at(0, { translation: [1e16, 0, 0] })]);
    expect(lights).toEqual([]);
    expect(warnings).toEqual(['the light "Light 1" stands in no usable place and was left out']);
  });

  it('have cones that the kernel can divide by', async () => {
    const sharp = { type: 'spot', spot: { innerConeAngle: 0.5, outerConeAngle: 0.5 } };
    const wide = { type: 'spot', spot: { innerConeAngle: 0, outerConeAngle: 3 } };
    const { lights, warnings } = await readLit([sharp, wide], [at(0), at(1)]);
    expect(lights[0]?.innerConeAngle).toBeCloseTo(0.4995, 10);
    expect(lights[1]?.outerConeAngle).toBe(Math.PI / 2);
    expect(warnings).toEqual(['light "Light 2": outerConeAngle 3 was taken as 1.5707963267948966']);
  });

  it('are left out one by one, with a note that names the place of what is wrong', async () => {
    const good = { type: 'point' };
    const noteOf = async (light: object, node: object): Promise<readonly string[]> => {
      const { lights, warnings } = await readLit([light, good], [node, at(1)]);
      expect(lights).toHaveLength(1);
      return warnings;
    };
    const place = 'extensions.KHR_lights_punctual';
    expect(await noteOf({ type: 'area' }, at(0))).toEqual([
      `${place}.lights[0].type: should be one of point, spot, directional, is "area"; it is left out`,
    ]);
    expect(await noteOf(good, at(2))).toEqual([
      `nodes[1].${place}.light: names entry 2 of a list of 2; it is left out`,
    ]);
    expect(await noteOf({ type: 'point', color: [1, 'x', 0] }, at(0))).toEqual([
      `${place}.lights[0].color[1]: should be a finite number, is "x"; it is left out`,
    ]);
  });
});
