import { describe, expect, it } from 'vitest';
import { type Random, seededRandom, uniform } from '../../../runtime/index.ts';
import { instanced, shifted, turned } from './instanced-shapes.ts';
import { hitsOf, type Instanced, KernelUnderTest } from './kernel-under-test.ts';
import { closedSurface, cubes, joined, ray, soup, trianglesOf } from './shapes.ts';

const SIDE = 40;
const HIT_BYTES = 16;

type Pixel = (x: number, y: number) => Float32Array;

/** Rays in rows, as of a picture, x and y between -0.5 and 0.5. */
function rows(pixel: Pixel): Float32Array[] {
  return Array.from({ length: SIDE * SIDE }, (_, i) =>
    pixel(((i % SIDE) + 0.5) / SIDE - 0.5, (Math.floor(i / SIDE) + 0.5) / SIDE - 0.5),
  );
}

function families(random: Random): [string, Float32Array[]][] {
  const somewhere = (size: number): number => size * (uniform(random) - 0.5);
  const camera = rows((x, y) => ray([0.1, 0.2, 3], [x, y, -1]));
  const broken = [
    ray([Number.NaN, 0, 3], [0, 0, -1]),
    ray([0, 0, 3], [0, Infinity, -1]),
    ray([-Infinity, 0, 3], [0, 0, -1]),
    ray([0, 0, 3], [0, 0, 0]),
  ];
  return [
    ['one origin, directions of all signs', camera],
    ['one origin inside', rows((x, y) => ray([0.01, 0.02, 0.03], [1, x, y]))],
    ['a lens', rows((x, y) => ray([somewhere(0.05), somewhere(0.05), 3], [x + 0.6, y + 0.6, -1]))],
    ['parallel, along an axis', rows((x, y) => ray([2 * x, 2 * y, -3], [0, -0, 1]))],
    ['from one place to the next', rows((x, y) => ray([3 * x, 3 * y, 3], [-x, -y, -1.5]))],
    ['short intervals', rows((x, y) => ray([0, 0, 3], [x, y, -1], 2 + somewhere(2), 3 + somewhere(2)))],
    ['some of them broken', camera.map((one, i) => (i % 48 ? one : (broken[(i / 48) % 4] ?? one)))],
    ['a last bundle of one', camera.slice(780, 845)],
  ];
}

function expectAsAlone(kernel: KernelUnderTest, rays: readonly Float32Array[]): void {
  const together = kernel.closestInstances(joined(rays));
  const any = kernel.any(joined(rays));
  // A batch of one is never taken for coherent.
  const alone = rays.map((one) => kernel.closestInstances(one));
  const areHit = alone.map(({ hits }) => hitsOf(hits)[0]?.triangle !== -1);
  alone.forEach(({ hits }, i) => {
    expect(together.hits.subarray(i * HIT_BYTES, (i + 1) * HIT_BYTES), `ray ${i}`).toEqual(hits);
  });
  expect(any).toEqual(areHit);
  expect(areHit).toContain(true);
}

const random = seededRandom(70);
const surface = closedSurface(24, 0.3);
const one = turned(random, [0.8, 0.7, 0.6], [0.1, 0, 0]);
const many = [0, 1, 2, 3, 4, 5].map(() => turned(random, [0.3, 0.3, 0.2], shifted(random, 0.8)));
const SCENES: [string, (kernel: KernelUnderTest) => number][] = [
  ['a soup', (kernel) => kernel.build(soup(seededRandom(71), 2000, 0.1))],
  ['cubes', (kernel) => kernel.build(cubes(seededRandom(72), 60))],
  ['a surface', (kernel) => kernel.build(surface)],
  [
    'an instance alone',
    (kernel) => kernel.buildInstanced(instanced(trianglesOf([]), [surface], [{ mesh: 0, transform: one }])),
  ],
  [
    'instances in a soup',
    (kernel) =>
      kernel.buildInstanced(
        instanced(
          soup(random, 200, 0.1),
          [surface],
          many.map((transform) => ({ mesh: 0, transform })),
        ),
      ),
  ],
];

describe('neighbouring rays that enter the hierarchy together hit what each hits alone', () => {
  for (const [scene, build] of SCENES) {
    const kernel = new KernelUnderTest();
    build(kernel);
    for (const [kind, rays] of families(seededRandom(73))) {
      it(`${scene}: ${kind}`, () => expectAsAlone(kernel, rays));
    }
  }
});

/** A sheet from -1 to 1 that hovers at 45 degrees where the mesh is, and lies flat where its instance is: pressed to `thickness`. */
function pressedSheet(thickness: number): Instanced {
  const half = Math.SQRT1_2;
  const corner = (x: number, z: number): [number, number, number] => [x, z * half, z * half];
  const sheet = trianglesOf([
    [corner(-1, -1), corner(1, -1), corner(1, 1)],
    [corner(-1, -1), corner(1, 1), corner(-1, 1)],
  ]);
  const pressed = thickness * half;
  const transform = [1, 0, 0, 0, 0, pressed, -pressed, 0, 0, half, half, 0].map(Math.fround);
  return instanced(trianglesOf([]), [sheet], [{ mesh: 0, transform }]);
}

it.each([
  [0.06, 1e5],
  [0.01, 1e3],
  [1e-4, 10],
])(
  'at the edge of an instance pressed askew to %d, seen from %d, each hits what it hits alone',
  (thickness, distance) => {
    const kernel = new KernelUnderTest();
    kernel.buildInstanced(pressedSheet(thickness));
    const random = seededRandom(74);
    for (let row = 0; row < 200; row++) {
      const beyond = 10 ** -(0.4 + 5 * uniform(random));
      const [x, lean] = [1.5 * (uniform(random) - 0.5), 0.3 * uniform(random)];
      const rays = Array.from({ length: 64 }, (_, i) => {
        const z = 1 + beyond * ((i % 16) / 8 - 1);
        return ray([x + distance * lean, distance, z + 0.3 * distance], [-lean, -1, -0.3]);
      });
      if (hitsOf(kernel.closest(joined(rays))).some(({ triangle }) => triangle >= 0))
        expectAsAlone(kernel, rays);
    }
  },
);
