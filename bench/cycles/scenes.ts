// What both renderers are given: two samples of the page, scenes that each lean on one thing (reflections, an environment,
// many lamps, leaves cut out by alpha, a million triangles), and five that are modelled in Blender and come out of its
// exporter, as people's do. All seeded: the same file in every run.

import { loadBunny, loadSuzanne } from '../../src/render/scene/assets/models.ts';
import { facingQuads, ground, type Point, type Shape, sphere } from '../../src/render/scene/assets/shapes.ts';
import { BUILTIN_SAMPLES } from '../../src/render/scene/index.ts';
import { seededRandom, uniform } from '../../src/runtime/index.ts';
import { exportFromBlender } from './blender.ts';
import { SceneDocument } from './document.ts';

export interface BenchScene {
  readonly name: string;
  /** A built-in environment; undefined: black. */
  readonly environment?: string;
  /** Already made by `npm run build:assets`, relative to the page's root; otherwise `make` does. */
  readonly sample?: string;
  readonly make?: () => Promise<Uint8Array>;
}

const sample = (name: string): BenchScene => {
  const found = BUILTIN_SAMPLES.find((each) => each.name === name);
  if (!found) throw new Error(`there is no sample ${name}`);
  return {
    name,
    sample: found.path,
    ...(found.environment !== undefined && { environment: found.environment }),
  };
};

/** Made by make-scene.py, which says what is in it. */
function exported(name: string, environment?: string): BenchScene {
  return { name, make: () => exportFromBlender(name), ...(environment !== undefined && { environment }) };
}

export const SCENES: readonly BenchScene[] = [
  sample('cornell'),
  sample('terrace'),
  { name: 'matte', make: matte },
  { name: 'models', environment: 'studio', make: models },
  { name: 'spheres', environment: 'city', make: spheres },
  { name: 'lamps', make: lamps },
  { name: 'foliage', environment: 'sky', make: foliage },
  { name: 'million', environment: 'dawn', make: million },
  exported('woods', 'sky'),
  exported('interior'),
  exported('glasses'),
  exported('figure', 'studio'),
  exported('heap', 'city'),
];

/** Lambert's surfaces and nothing else, under one lamp: where both renderers mean the same, their pictures are the same. */
async function matte(): Promise<Uint8Array> {
  const document = new SceneDocument();
  document.camera(40, [0, 2.2, 7], 0, -10);
  const look = (r: number, g: number, b: number) => document.look({ baseColor: [r, g, b], ior: 1 });
  document.add(ground(20, 1), look(0.7, 0.7, 0.7));
  const wall = (a: Point, b: Point, c: Point, d: Point) => facingQuads([[a, b, c, d]], [0, 1, 0]);
  document.add(wall([-3, 0, -3], [-3, 0, 3], [-3, 4, 3], [-3, 4, -3]), look(0.7, 0.15, 0.1));
  document.add(wall([3, 0, -3], [3, 0, 3], [3, 4, 3], [3, 4, -3]), look(0.15, 0.5, 0.15));
  document.add(wall([-3, 0, -3], [3, 0, -3], [3, 4, -3], [-3, 4, -3]), look(0.75, 0.75, 0.75));
  const lamp = document.look({ baseColor: [0, 0, 0], ior: 1, emission: [14, 13, 11] });
  document.add(wall([-0.7, 4, -0.7], [0.7, 4, -0.7], [0.7, 4, 0.7], [-0.7, 4, 0.7]), lamp);
  document.add(sphere(48, 24), look(0.3, 0.4, 0.75), { at: [-1.1, 0.8, -0.4], scale: 0.8 });
  document.add(await loadBunny(), look(0.75, 0.6, 0.3), { at: [1.1, 0.95, 0.2], turn: -30 });
  return document.toGlb();
}

/** Bunnies and Suzannes of matte and glossy plastic on a pale floor, lit by the studio. */
async function models(): Promise<Uint8Array> {
  const document = new SceneDocument();
  document.camera(40, [0, 2.6, 7.5], 0, -17);
  document.add(ground(20, 1), document.look({ baseColor: [0.6, 0.6, 0.62], roughness: 0.9 }));
  const [bunny, suzanne] = [await loadBunny(), await loadSuzanne()];
  const looks = [
    document.look({ baseColor: [0.7, 0.2, 0.15], roughness: 0.9 }),
    document.look({ baseColor: [0.2, 0.4, 0.75], roughness: 0.35 }),
    document.look({ baseColor: [0.75, 0.7, 0.5], roughness: 0.6 }),
  ];
  for (let i = 0; i < 6; i++) {
    const look = looks[i % 3] ?? looks[0];
    if (!look) continue;
    const at: Point = [((i % 3) - 1) * 2, i % 2 ? 0.52 : 0.72, i < 3 ? 0.6 : -1.6];
    document.add(i % 2 ? suzanne : bunny, look, { at, turn: i * 25 - 40, scale: 0.8 });
  }
  return document.toGlb();
}

/** Metal and plastic spheres of rising roughness on a checkerboard: reflections of reflections. */
async function spheres(): Promise<Uint8Array> {
  const document = new SceneDocument();
  document.camera(45, [0, 3.2, 7], 0, -22);
  document.add(ground(24, 12), document.look({ texture: checker(64), roughness: 0.5 }));
  const ball = sphere(64, 32);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 5; column++) {
      const isMetal = row !== 1;
      const look = document.look({
        baseColor: row === 0 ? [0.95, 0.93, 0.88] : row === 1 ? [0.15, 0.45, 0.2] : [1, 0.77, 0.34],
        metallic: isMetal ? 1 : 0,
        roughness: 0.05 + column * 0.2,
      });
      document.add(ball, look, { at: [(column - 2) * 1.5, 0.7, 1 - row * 1.8], scale: 0.7 });
    }
  }
  return document.toGlb();
}

/** A hall of columns with 160 small lamps of many colours: 12,800 emissive triangles. */
async function lamps(): Promise<Uint8Array> {
  const random = seededRandom(11);
  const document = new SceneDocument();
  document.camera(55, [0, 2.2, 9.2], 0, -4);
  const [x, y, z] = [8, 5, 10];
  const corner = (i: number): Point => [i & 1 ? x : -x, i & 2 ? y : 0, i & 4 ? z : -z];
  const side = (a: number, b: number, c: number, d: number) =>
    [corner(a), corner(b), corner(c), corner(d)] as const;
  const walls = [side(0, 1, 5, 4), side(2, 3, 7, 6), side(0, 1, 3, 2), side(0, 2, 6, 4), side(1, 3, 7, 5)];
  document.add(
    facingQuads(walls, [0, 2, 0]),
    document.look({ baseColor: [0.7, 0.68, 0.65], roughness: 0.8 }),
  );
  const pillar = sphere(24, 12);
  const stone = document.look({ baseColor: [0.5, 0.52, 0.55], roughness: 0.4 });
  for (let i = 0; i < 12; i++) {
    document.add(pillar, stone, { at: [i % 2 ? 3 : -3, 0.9, (i >> 1) * 3 - 8.5], scale: 0.9 });
  }
  const bulb = sphere(8, 6);
  for (let i = 0; i < 160; i++) {
    const hue = uniform(random) * 2 * Math.PI;
    const strength = 25 * uniform(random) ** 2 + 5;
    const channel = (shift: number): number => strength * (0.55 + 0.45 * Math.cos(hue + shift));
    const look = document.look({ baseColor: [0, 0, 0], emission: [channel(0), channel(2.1), channel(4.2)] });
    const at: Point = [
      (uniform(random) * 2 - 1) * 7.5,
      0.3 + uniform(random) * 4.4,
      (uniform(random) * 2 - 1) * 9,
    ];
    document.add(bulb, look, { at, scale: 0.04 + 0.05 * uniform(random) });
  }
  return document.toGlb();
}

/** Nine hundred cards with three leaves cut out of each, over grass-coloured ground, under the open sky. */
async function foliage(): Promise<Uint8Array> {
  const random = seededRandom(5);
  const document = new SceneDocument();
  document.camera(45, [0, 2.2, 6.5], 0, -8);
  document.add(ground(30, 1), document.look({ baseColor: [0.25, 0.3, 0.12], roughness: 0.95 }));
  const quads: (readonly [Point, Point, Point, Point])[] = [];
  for (let i = 0; i < 900; i++) {
    const around = uniform(random) * 2 * Math.PI;
    const far = 2.6 * Math.sqrt(uniform(random));
    const middle: Point = [far * Math.cos(around), 0.3 + 3 * uniform(random), far * Math.sin(around)];
    const size = 0.25 + 0.2 * uniform(random);
    const [a, b] = [uniform(random) * 2 * Math.PI, (uniform(random) - 0.5) * 2.4];
    const across: Point = [size * Math.cos(a), 0, size * Math.sin(a)];
    const up: Point = [
      -size * Math.sin(a) * Math.sin(b),
      size * Math.cos(b),
      size * Math.cos(a) * Math.sin(b),
    ];
    const at = (s: number, t: number): Point => [
      middle[0] + across[0] * s + up[0] * t,
      middle[1] + across[1] * s + up[1] * t,
      middle[2] + across[2] * s + up[2] * t,
    ];
    quads.push([at(-1, -1), at(1, -1), at(1, 1), at(-1, 1)]);
  }
  const uvs = Float32Array.from(quads.flatMap(() => [0, 1, 1, 1, 1, 0, 0, 0]));
  const cards: Shape = { ...facingQuads(quads, [0, 100, 0]), uvs };
  document.add(cards, document.look({ texture: leaves(128), isMasked: true, roughness: 0.6 }));
  return document.toGlb();
}

/** Hills of 1,000,000 triangles. */
async function million(): Promise<Uint8Array> {
  const document = new SceneDocument();
  document.camera(50, [0, 2.6, 7.5], 0, -16);
  const [columns, rows] = [1000, 500];
  const height = (x: number, z: number): number => {
    let h = 0;
    for (let octave = 0; octave < 7; octave++) {
      const f = 1.9 ** octave * 0.55;
      h += (Math.sin(x * f + octave * 1.7) * Math.sin(z * f * 1.1 + octave * 2.3) * 0.75) / 1.75 ** octave;
    }
    return h;
  };
  const positions = new Float32Array((columns + 1) * (rows + 1) * 3);
  const normals = new Float32Array(positions.length);
  const indices = new Uint32Array(columns * rows * 6);
  for (let row = 0, p = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++, p += 3) {
      const [x, z] = [(column / columns - 0.5) * 20, (row / rows - 0.8) * 16 + 3];
      const slope = [
        height(x + 0.005, z) - height(x - 0.005, z),
        height(x, z + 0.005) - height(x, z - 0.005),
      ] as const;
      const length = Math.hypot(slope[0], 0.01, slope[1]);
      positions.set([x, height(x, z), z], p);
      normals.set([-slope[0] / length, 0.01 / length, -slope[1] / length], p);
    }
  }
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i += 6) {
      const a = row * (columns + 1) + column;
      const b = a + columns + 1;
      indices.set([a, b, a + 1, a + 1, b, b + 1], i);
    }
  }
  const shape: Shape = { positions, normals, uvs: undefined, indices };
  document.add(shape, document.look({ baseColor: [0.55, 0.5, 0.42], roughness: 0.7 }));
  return document.toGlb();
}

function paint(
  side: number,
  colour: (u: number, v: number) => readonly [number, number, number, number],
): Uint8Array {
  const rgba = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) rgba.set(colour((x + 0.5) / side, (y + 0.5) / side), (y * side + x) * 4);
  }
  return rgba;
}

const checker = (side: number): Uint8Array =>
  paint(side, (u, v) => (u < 0.5 === v < 0.5 ? [210, 205, 195, 255] : [70, 72, 80, 255]));

/** Three pointed leaves side by side; more than half of the card is empty. */
const leaves = (side: number): Uint8Array =>
  paint(side, (u, v) => {
    const third = (u * 3) % 1;
    const width = 0.33 * Math.sin(Math.PI * v) ** 0.8;
    const isLeaf = Math.abs(third - 0.5) < width;
    return [60 + 50 * v, 110 + 50 * third, 35, isLeaf ? 255 : 0];
  });
