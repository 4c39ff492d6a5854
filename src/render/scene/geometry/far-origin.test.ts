/** Scenes far from the origin, through the reader of all scenes: they look as they do at it. */
import { describe, expect, it } from 'vitest';
import { animate, readPosed, vec3 } from '../gltf/testing.ts';
import { readScene } from '../index.ts';
import { oneFile, TestScene, triples } from '../testing.ts';
import { farOrigin } from './far-origin.ts';

/** Metres of UTM zone 32, which single precision keeps to half a metre. */
const FAR = [448_123.12, 5_412_345.67, 312.5] as const;
const CORNERS = [
  [-0.5, -0.3, 0],
  [0.5, -0.21, 0],
  [0.1, 0.3, 0.13],
] as const;
const away = (corner: readonly number[]): number[] => corner.map((value, axis) => value + (FAR[axis] ?? 0));
const text = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join('\n'));

const plyHeader = (format: string, kind: string): string[] => [
  ...['ply', `format ${format} 1.0`, 'element vertex 3'],
  ...['x', 'y', 'z'].map((name) => `property ${kind} ${name}`),
  ...['element face 1', 'property list uchar int vertex_indices', 'end_header', ''],
];

function binaryPly(): Uint8Array {
  const data = new DataView(new ArrayBuffer(9 * 8 + 13));
  for (const [i, value] of CORNERS.flatMap(away).entries()) data.setFloat64(8 * i, value, true);
  data.setUint8(72, 3);
  for (const i of [0, 1, 2]) data.setInt32(73 + 4 * i, i, true);
  const header = text(plyHeader('binary_little_endian', 'double'));
  return Uint8Array.of(...header, ...new Uint8Array(data.buffer));
}

const FILES: Readonly<Record<string, Uint8Array>> = {
  'a.obj': text([...CORNERS.map((corner) => `v ${away(corner).join(' ')}`), 'f 1 2 3']),
  'text.ply': text([
    plyHeader('ascii', 'float').join('\n') + CORNERS.map((corner) => away(corner).join(' ')).join('\n'),
    '3 0 1 2',
  ]),
  'binary.ply': binaryPly(),
  'a.stl': text([
    ...['solid a', 'facet normal 0 0 1', 'outer loop'],
    ...CORNERS.map((corner) => `vertex ${away(corner).join(' ')}`),
    ...['endloop', 'endfacet', 'endsolid a'],
  ]),
};

describe('a scene far from the origin', () => {
  it.each(Object.entries(FILES))('keeps its shape: %s', async (name, bytes) => {
    const { scene } = await readScene(oneFile(name, bytes));
    const edges = ([a = [], b = [], c = []]: readonly (readonly number[])[]) =>
      [a, b, c].map((from, i) =>
        Math.hypot(...([b, c, a][i] ?? []).map((to, axis) => to - (from[axis] ?? 0))),
      );
    for (const [i, edge] of edges(triples(scene.positions)).entries()) {
      expect(edge).toBeCloseTo(edges(CORNERS)[i] ?? 0, 6);
    }
    expect(Math.max(...scene.positions.map(Math.abs))).toBeLessThan(0.51);
  });

  it('is moved with its cameras, lamps and skins, by the same way at every moment', async () => {
    const positions = async (place: readonly [number, number, number], time: number) => {
      const test = new TestScene();
      const { document } = test;
      const city = document.createNode().setTranslation([...place]);
      test.scene.addChild(city);
      const joint = document.createNode();
      const camera = document.createCamera().setType('orthographic').setXMag(1).setYMag(1);
      const skinned = test
        .triangle()
        .setAttribute('JOINTS_0', test.accessor('VEC4', new Uint8Array(12)))
        .setAttribute(
          'WEIGHTS_0',
          test.accessor('VEC4', Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)),
        );
      const node = test.show(skinned).setSkin(document.createSkin().addJoint(joint));
      const still = test.show(test.triangle());
      const eye = document.createNode().setCamera(camera).setTranslation([0, 0, 4]);
      // A skinned node itself stands anywhere.
      test.scene.addChild(node);
      for (const child of [joint, still, eye]) city.addChild(child);
      animate(test, '', joint, 'translation', [0, 1], vec3(test, 0, 0, 0, 2 ** 12, 0, 0));
      return readPosed(test, { time });
    };
    for (const time of [0, 1]) {
      const [near, far] = [await positions([0, 0, 0], time), await positions([2 ** 22 + 0.25, 0.5, 0], time)];
      const at = (scene: typeof near) => [
        ...triples(scene.positions),
        ...scene.cameras.slice(0, 1).map(({ position }) => position),
      ];
      // The origin is the middle of what is seen at rest: triangles from 0 to 1.
      expect(at(far), `at ${time} s`).toEqual(at(near).map(([x = 0, y = 0, z = 0]) => [x - 0.5, y - 0.5, z]));
    }
  });

  it('moves its lamps along', async () => {
    const json = {
      ...{ asset: { version: '2.0' }, scene: 0, scenes: [{ nodes: [0] }] },
      nodes: [
        { translation: [2 ** 23, 0, 0], children: [1, 2] },
        { mesh: 0 },
        { translation: [0, 3, 0], extensions: { KHR_lights_punctual: { light: 0 } } },
      ],
      extensions: { KHR_lights_punctual: { lights: [{ type: 'point' }] } },
    };
    const test = new TestScene();
    test.show(test.triangle());
    const { json: written, files } = await test.gltf();
    const bytes = new TextEncoder().encode(JSON.stringify({ ...written, ...json }));
    const { scene } = await readScene(new Map([['scene.gltf', bytes], ...files]));
    expect(scene.lights.map(({ position }) => position)).toEqual([[-0.5, 2.5, 0]]);
  });

  it('stays where it is when it is near enough, or when nobody can say', () => {
    const box = (from: number, to: number) => ({ min: [from, 0, 0] as const, max: [to, 1, 0] as const });
    expect(farOrigin(box(1000, 1001))).toBeUndefined();
    expect(farOrigin(box(-2001, -2000))).toEqual([-2000.5, 0.5, 0]);
    expect(farOrigin(box(0, 1e20))).toBeUndefined();
    expect(farOrigin(box(Infinity, -Infinity))).toBeUndefined();
    expect(farOrigin(box(0, Infinity))).toBeUndefined();
  });
});
