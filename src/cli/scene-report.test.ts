import { expect, it } from 'vitest';
import { readScene } from '../render/scene/index.ts';
import { glbOf, ONE_TRIANGLE, ONE_TRIANGLE_BINARY, oneFile } from '../render/scene/testing.ts';
import { type SceneFacts, sceneFacts } from './scene-facts.ts';
import { sceneReport } from './scene-report.ts';

const facts: SceneFacts = {
  title: 'a.glb',
  bounds: { min: [-1, 0, 0], max: [1, 0.5, 1 / 3] },
  ...{
    triangles: 1234,
    drawnTriangles: 1234,
    points: 0,
    lines: 0,
    vertices: 99,
    nodes: 1,
    meshes: 2,
    instances: 0,
    skins: 0,
  },
  materials: ['Wood', ''],
  images: [{ name: 'wood', width: 512, height: 256, format: 'png', bytes: 92_345 }],
  lights: [{ name: 'Sun', kind: 'directional' }],
  cameras: [{ name: 'Whole scene', kind: 'perspective' }],
  animations: [{ name: 'walk', duration: 1.5 }],
  variants: ['Red', 'Blue'],
  scenes: ['only one'],
  extensions: ['KHR_lights_punctual'],
  notes: ['FOO_bar is not supported and was ignored'],
};

it('tells people what is in a scene, in rows', () => {
  expect(sceneReport(facts, undefined).split('\n')).toEqual([
    'size        2 x 0.5 x 0.333 m',
    'triangles   1,234, 99 vertices',
    'meshes      2 in 1 node',
    'materials   2',
    '            Wood',
    '            -',
    'textures    wood 512x256, png, 92 kB',
    'lights      Sun directional',
    'cameras     0: Whole scene perspective',
    'animations  0: walk 1.5 s',
    'variants    2',
    '            0: Red',
    '            1: Blue',
    'extensions  KHR_lights_punctual',
    'not shown   FOO_bar is not supported and was ignored',
  ]);
});

it('tells people of instances, skins, and a choice of scenes', () => {
  const report = sceneReport(
    { ...facts, instances: 3000, drawnTriangles: 7_000_000, skins: 1, scenes: ['day', 'night'] },
    undefined,
  );
  expect(report).toContain('99 vertices, 7,000,000 drawn in 3,000 instances\n');
  expect(report).toContain('1 node, 1 skin\n');
  expect(report).toContain('scenes      2\n            0: day\n            1: night\n');
});

it('tells people how many points and lines are seen as bodies', () => {
  const rows = (points: number, lines: number) =>
    sceneReport({ ...facts, points, lines }, undefined)
      .split('\n')
      .filter((line) => line.startsWith('points'));
  expect(rows(12_000, 0)).toEqual(['points      12,000 as small spheres']);
  expect(rows(3, 1)).toEqual(['points      3 as small spheres, 1 line as tubes']);
  expect(rows(0, 0)).toEqual([]);
});

it('does not count the spheres of points as triangles of the scene', async () => {
  const cloud =
    'ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n1 0 0\n0 1 0\n';
  const file = await readScene(new Map([['cloud.ply', new TextEncoder().encode(cloud)]]));
  const { triangles, points, lines, drawnTriangles } = sceneFacts(file.scene, file);
  expect({ triangles, points, lines }).toEqual({ triangles: 0, points: 3, lines: 0 });
  expect(drawnTriangles).toBeGreaterThan(0);
});

it('tells what a render takes, and how that is known', () => {
  const expected = {
    ...{ width: 800, height: 600, samples: 64, workers: 2, samplesPerSecond: 1.5e6, loadSeconds: 0.42 },
    ...{ seconds: 20.9, sceneBytes: 12e6, peakBytes: 345e6 },
  };
  expect(sceneReport(facts, expected).split('\n').slice(-2)).toEqual([
    'memory      12 MB to render from, 345 MB at the peak of reading and loading',
    'time        21 s for 800x600 with 64 samples: 0.4 s to load, then 1.50 M samples/s measured with 2 workers',
  ]);
});

it('cuts long lists, and gives the terminal no orders from names', () => {
  const materials = Array.from({ length: 45 }, (_, i) => `m${i}\u001b[2J\nx`);
  const lines = sceneReport({ ...facts, materials }, undefined).split('\n');
  const from = lines.indexOf('materials   45');
  expect(lines[from + 20]).toBe('            m19\ufffd[2J x');
  expect(lines[from + 21]).toBe('            ... and 25 more');
});

it('finds in a file what it has', async () => {
  const json = {
    ...ONE_TRIANGLE,
    nodes: [{ mesh: 0 }, { name: 'unseen' }],
    materials: [{ name: 'Paint' }],
    cameras: [{ type: 'perspective', perspective: { yfov: 1, znear: 0.1 } }],
    scenes: [
      { name: 'day', nodes: [0] },
      { name: 'night', nodes: [0] },
    ],
    extensionsUsed: ['FOO_bar', 'KHR_materials_ior'],
    extensionsRequired: ['KHR_materials_ior'],
  };
  const { scene, ...file } = await readScene(oneFile('a.glb', glbOf(json, ONE_TRIANGLE_BINARY)));
  const found = sceneFacts(scene, file);
  expect(found).toMatchObject({
    ...{
      title: 'a.glb',
      triangles: 1,
      drawnTriangles: 1,
      vertices: 3,
      meshes: 1,
      nodes: 2,
      instances: 0,
      skins: 0,
    },
    ...{ materials: ['Paint'], scenes: ['day', 'night'], extensions: ['FOO_bar', 'KHR_materials_ior'] },
    notes: ['FOO_bar is not supported and was ignored'],
  });
  expect(found.cameras.at(-1)).toEqual({ name: 'Whole scene', kind: 'perspective' });
});
