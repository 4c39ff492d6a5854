import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../../runtime/index.ts';
import { hitsOf, KernelUnderTest, type Triangles } from './kernel-under-test.ts';
import { closedSurface, joined, ray, scaled } from './shapes.ts';

type Point = readonly [number, number, number];

function vertexOf(mesh: Triangles, place: number): Point {
  const at = (mesh.indices[place] ?? 0) * 3;
  return [mesh.positions[at] ?? 0, mesh.positions[at + 1] ?? 0, mesh.positions[at + 2] ?? 0];
}

/** Rays from `origin` at every vertex, every edge's middle and a random point of every edge. */
function raysAtSeams(mesh: Triangles, origin: Point, seed: number): Float32Array {
  const random = seededRandom(seed);
  const rays: Float32Array[] = [];
  for (let place = 0; place < mesh.indices.length; place++) {
    const a = vertexOf(mesh, place);
    const b = vertexOf(mesh, place - (place % 3) + ((place + 1) % 3));
    for (const share of [0, 0.5, uniform(random)]) {
      const aim = [0, 1, 2].map((k) => {
        const along = (a[k] ?? 0) + share * ((b[k] ?? 0) - (a[k] ?? 0));
        return along - (origin[k] ?? 0);
      }) as unknown as Point;
      rays.push(ray(origin, aim));
    }
  }
  return joined(rays);
}

/** `side` x `side` quads in the plane y = 0.3, `perUnit` of them to a unit, from the z axis and the x axis on. */
function flatGrid(side: number, perUnit: number): Triangles {
  const positions = new Float32Array((side + 1) ** 2 * 3);
  const indices: number[] = [];
  for (let i = 0; i <= side; i++) {
    for (let j = 0; j <= side; j++) positions.set([i / perUnit, 0.3, j / perUnit], (i * (side + 1) + j) * 3);
  }
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const a = i * (side + 1) + j;
      indices.push(a, a + 1, a + side + 1, a + 1, a + side + 2, a + side + 1);
    }
  }
  return { positions, indices: Uint32Array.from(indices) };
}

function leaks(mesh: Triangles, rays: Float32Array): number {
  const kernel = new KernelUnderTest();
  expect(kernel.build(mesh)).toBeGreaterThan(0);
  const closest = hitsOf(kernel.closest(rays)).filter((hit) => hit.triangle < 0).length;
  expect(kernel.any(rays).filter((hit) => !hit).length).toBe(closest);
  return closest;
}

describe('no ray slips between triangles that share an edge or a vertex', () => {
  const surface = closedSurface(28, 0.2);

  it('from the middle of a closed surface', () => {
    expect(leaks(surface, raysAtSeams(surface, [0, 0, 0], 1))).toBe(0);
  });

  it.each([2, 3, 4, 5])('from a random place inside it (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const origin: Point = [uniform(random) - 0.5, uniform(random) - 0.5, uniform(random) - 0.5];
    expect(leaks(surface, raysAtSeams(surface, origin, seed))).toBe(0);
  });

  it('when the surface lies far from the origin, where coordinates are coarse', () => {
    const shift: Point = [1000, 2000, -3000];
    const far = scaled(closedSurface(20, 0.1), 1, shift);
    expect(leaks(far, raysAtSeams(far, shift, 6))).toBe(0);
  });

  it.each([1e-25, 1e25])('when the surface is %d large', (size) => {
    const sized = scaled(closedSurface(16, 0.2), size);
    expect(leaks(sized, raysAtSeams(sized, [0.1 * size, 0.2 * size, -0.3 * size], 7))).toBe(0);
  });

  it('with rays that are almost, but not quite, parallel to the sides of boxes', () => {
    const random = seededRandom(8);
    const grid = flatGrid(48, 7);
    const rays: Float32Array[] = [];
    for (let place = 0; place < grid.positions.length; place += 3) {
      const [x = 0, y = 0, z = 0] = grid.positions.subarray(place, place + 3);
      if (x < 0.5 || z < 0.5 || x > 6 || z > 6) continue;
      for (let i = 0; i < 12; i++) {
        const away: Point = [
          (uniform(random) - 0.5) * 10 ** (-2 - 6 * uniform(random)),
          50 * (1 + uniform(random)),
          (uniform(random) - 0.5) * 10 ** (-2 - 6 * uniform(random)),
        ];
        rays.push(ray([x + away[0], y + away[1], z + away[2]], [-away[0], -away[1], -away[2]]));
      }
    }
    expect(leaks(grid, joined(rays))).toBe(0);
  });

  it('grazing a wall close to the middle of long edges, whose ends are far away', () => {
    const random = seededRandom(9);
    const rows = 60;
    const positions = Float32Array.from(
      { length: rows * 6 },
      (_, i) => [i % 6 < 3 ? -97.3 : 101.7, Math.floor(i / 6) * 0.37, 0].at(i % 3) ?? 0,
    );
    const strips = Array.from({ length: rows - 1 }, (_, row) => [0, 1, 2, 1, 3, 2].map((k) => row * 2 + k));
    const wall = { positions, indices: Uint32Array.from(strips.flat()) };
    const rays = Array.from({ length: 40_000 }, () => {
      const row = 5 + (random.uint32() % (rows - 10));
      const along = (uniform(random) - 0.5) * 40;
      const distance = 10 ** (-2 * uniform(random));
      const away: Point = [
        -distance,
        (uniform(random) - 0.5) * distance,
        distance * (0.1 + 0.8 * uniform(random)),
      ];
      const y = positions[row * 6 + 1] ?? 0;
      return ray([along + away[0], y + away[1], away[2]], [-away[0], -away[1], -away[2]]);
    });
    expect(leaks(wall, joined(rays))).toBe(0);
  });

  it('through a flat grid with rays square to it, on its lines and crossings', () => {
    const side = 32;
    const grid = flatGrid(side, 7);
    const { positions } = grid;
    const rays: Float32Array[] = [];
    for (let place = 0; place < positions.length; place += 3) {
      const [x = 0, , z = 0] = positions.subarray(place, place + 3);
      const inner = x > 0 && z > 0 && x < side / 7 - 0.01 && z < side / 7 - 0.01;
      if (!inner) continue;
      rays.push(ray([x, 5, z], [0, -1, 0]), ray([x, -2, z], [0, 3, 0]), ray([x, 1, z + 0.05], [0, -1, 0]));
      rays.push(ray([x - 1, 1.3, z], [1, -1, 0]), ray([x, 1.3, z + 1], [-0, -1, -1]));
    }
    expect(leaks(grid, joined(rays))).toBe(0);
  });
});
