import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/index.ts';
import { complaint } from './brute-force.ts';
import { hitsOf, KernelUnderTest, type Triangles } from './kernel-under-test.ts';
import {
  coplanar,
  cubes,
  duplicated,
  joined,
  nested,
  randomRays,
  ray,
  scaled,
  slivers,
  soup,
  trianglesOf,
} from './shapes.ts';

/** Compares all rays with brute force. @returns how many hit something */
function check(mesh: Triangles, rays: readonly Float32Array[]): number {
  const kernel = new KernelUnderTest();
  expect(kernel.build(mesh)).toBeGreaterThanOrEqual(0);
  const all = joined(rays);
  const hits = hitsOf(kernel.closest(all));
  const complaints = rays.flatMap((one, i) => {
    const hit = hits[i];
    const text = hit && complaint(mesh, one, hit);
    return text ? [`ray ${i} (${one.join(' ')}): ${text}`] : [];
  });
  expect(complaints).toEqual([]);
  expect(kernel.any(all)).toEqual(hits.map((hit) => hit.triangle >= 0));
  return hits.filter((hit) => hit.triangle >= 0).length;
}

describe('the closest hit agrees with brute force in doubles', () => {
  it.each([1, 2, 3, 4, 5, 9, 33, 500])('on a soup of %i triangles', (count) => {
    const random = seededRandom(count);
    const hits = check(soup(random, count, 0.7), randomRays(random, 400));
    expect(hits).toBeGreaterThan(0);
  });

  it('on thousands of small triangles', () => {
    const random = seededRandom(40);
    expect(check(soup(random, 4000, 0.08), randomRays(random, 800))).toBeGreaterThan(100);
  });

  it('on slivers', () => {
    const random = seededRandom(41);
    expect(check(slivers(random, 1000), randomRays(random, 500))).toBeGreaterThan(30);
  });

  it.each([0, 0.3])('on overlapping coplanar triangles tilted by %d', (tilt) => {
    const random = seededRandom(42);
    expect(check(coplanar(random, 300, tilt), randomRays(random, 600))).toBeGreaterThan(40);
  });

  it('on axis-aligned cubes, with rays along axes, in planes and through corners', () => {
    const random = seededRandom(43);
    const mesh = cubes(random, 40);
    const lattice = randomRays(random, 600).map((one, i) =>
      one.map((value, j) =>
        j < 3 ? Math.round(value * 3) / (1 + (i % 2)) : j === 7 ? value : Math.round(value * 2),
      ),
    );
    const pointed = lattice.filter((one) => one[4] !== 0 || one[5] !== 0 || one[6] !== 0);
    check(mesh, pointed);
    expect(check(mesh, randomRays(random, 600, 4))).toBeGreaterThan(60);
  });

  it.each([40, 100])('on sizes over %i powers of two', (scales) => {
    const random = seededRandom(44);
    const rays = [0, 6, 14, 22, 30].flatMap((power) => randomRays(random, 120, 2 ** -power));
    expect(check(nested(random, scales, 12), rays)).toBeGreaterThan(100);
  });

  it('on a spiral of triangles, each half the one before, in a single corner', () => {
    const spiral = trianglesOf(
      Array.from({ length: 3000 }, (_, i) => {
        const size = 2 ** (-i / 30);
        return [
          [size, 0, 0],
          [size, size, 0],
          [size, 0, size],
        ];
      }),
    );
    const rays = randomRays(seededRandom(49), 300).map((one) => {
      const size = 2 ** -Math.abs((one[0] ?? 0) * 10);
      return ray([2, size / 3, size / 4], [-1, 0, 0]);
    });
    expect(check(spiral, rays)).toBe(300);
  });

  it.each([1e-30, 1e-12, 1e12, 1e30, 3e37])('on coordinates of %d', (scale) => {
    const random = seededRandom(45);
    const rays = randomRays(random, 300).map((one) => one.map((value, i) => (i < 3 ? value * scale : value)));
    expect(check(scaled(soup(random, 300, 0.5), scale), rays)).toBeGreaterThan(100);
  });

  it('far from the origin', () => {
    const random = seededRandom(46);
    const mesh = scaled(soup(random, 400, 0.6), 1, [10_000, -20_000, 5000]);
    expect(check(mesh, randomRays(random, 400, 1, [10_000, -20_000, 5000]))).toBeGreaterThan(100);
  });

  it('from far outside', () => {
    const random = seededRandom(47);
    const rays = randomRays(random, 400, 1e5).map((one) => {
      const [x = 0, y = 0, z = 0] = one;
      return ray([x, y, z], [-x / 1e5, -y / 1e5, -z / 1e5]);
    });
    check(soup(random, 400, 0.6), rays);
  });

  it('whatever the length of the direction', () => {
    const random = seededRandom(48);
    const mesh = soup(random, 300, 0.5);
    for (const length of [1e-20, 1e-6, 1e6, 1e20]) {
      const rays = randomRays(random, 150).map((one) =>
        one.map((value, i) => (i > 3 ? value * length : value)),
      );
      expect(check(mesh, rays)).toBeGreaterThan(40);
    }
  });
});

describe('a hit', () => {
  const triangle = trianglesOf([
    [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ],
  ]);

  function one(mesh: Triangles, single: Float32Array) {
    const kernel = new KernelUnderTest();
    kernel.build(mesh);
    return hitsOf(kernel.closest(single))[0];
  }

  it('has its distance in units of the direction and the weights of vertices 1 and 2', () => {
    const front = ray([0.5, 0.25, 2], [0, 0, -4]);
    expect(one(triangle, front)).toEqual({ t: 0.5, u: 0.5, v: 0.25, triangle: 0 });
    const back = ray([0.5, 0.25, -2], [0, 0, 4]);
    expect(one(triangle, back)).toEqual({ t: 0.5, u: 0.5, v: 0.25, triangle: 0 });
  });

  it('lies strictly between tmin and tmax', () => {
    const none = { t: Number.POSITIVE_INFINITY, u: 0, v: 0, triangle: -1 };
    const at = (tmin: number, tmax: number) => one(triangle, ray([0.25, 0.25, 1], [0, 0, -1], tmin, tmax));
    expect(at(0, 1)).toEqual(none);
    expect(at(1, 2)).toEqual(none);
    expect(at(0, 1 + 2 ** -23)).toMatchObject({ t: 1, triangle: 0 });
    expect(at(1 - 2 ** -24, 2)).toMatchObject({ t: 1, triangle: 0 });
    expect(at(2, 1)).toEqual(none);
  });

  it('is the lowest number among triangles at the same distance', () => {
    const random = seededRandom(50);
    const mesh = soup(random, 40, 0.8);
    const rays = joined(randomRays(random, 500));
    const once = new KernelUnderTest();
    once.build(mesh);
    const many = new KernelUnderTest();
    many.build(duplicated(mesh, 25));
    expect(many.closest(rays)).toEqual(once.closest(rays));
    // Neighbours that go the same way are traced by another loop.
    const alike = joined(
      Array.from({ length: 900 }, (_, i) => ray([0, 0, 4], [(i % 30) / 40 - 0.4, i / 1200 - 0.4, -1])),
    );
    const found = hitsOf(once.closest(alike));
    expect(found.filter(({ triangle }) => triangle >= 0).length).toBeGreaterThan(300);
    expect(many.closest(alike)).toEqual(once.closest(alike));
  });

  it('is never of a triangle without area', () => {
    const line = (
      a: number,
      b: number,
      c: number,
    ): [[number, number, number], [number, number, number], [number, number, number]] => [
      [a, a, a],
      [b, b, b],
      [c, c, c],
    ];
    const flat = trianglesOf([line(0, 0, 0), line(-1, 1, 1), line(-1, 0.1, 0.7), line(0.3, 0.3, -0.3)]);
    const kernel = new KernelUnderTest();
    expect(kernel.build(flat)).toBe(0);
    const rays = joined([
      ray([1, -1, 0], [-1, 1, 0]),
      ray([-2, -2, -2], [1, 1, 1]),
      ray([0, 0, 3], [0, 0, -1]),
    ]);
    expect(hitsOf(kernel.closest(rays)).map((hit) => hit.triangle)).toEqual([-1, -1, -1]);
  });

  it('is at the right distance or nowhere when the triangle is a speck in the scene', () => {
    for (let power = 20; power < 74; power++) {
      const size = 1.2345 * 2 ** -power;
      const speck = trianglesOf([
        [
          [5, 5, 5],
          [6, 5, 5],
          [5, 6, 5],
        ],
        [
          [size, 0, 0],
          [-size, size, 0],
          [-size, -size, 0],
        ],
      ]);
      const hit = one(speck, ray([0, 0, 1.7 * 2 ** -20], [0, 0, -1]));
      expect(hit?.triangle).toBe(power < 46 ? 1 : hit?.triangle);
      if (hit?.triangle === 1) expect(Math.abs((hit.t * 2 ** 20) / 1.7 - 1)).toBeLessThan(1e-5);
    }
  });

  it('is never found by a ray without direction, or with a part that is no number or infinite', () => {
    const broken = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((bad) =>
      [0, 1, 2, 4, 5, 6].map((place) => {
        const single = ray([0.25, 0.25, 1], [0, 0, -1]);
        single[place] = bad;
        return single;
      }),
    );
    const rays = joined([
      ray([0.25, 0.25, 0], [0, 0, 0]),
      ray([0.25, 0.25, 1], [0, 0, -1], Number.NaN),
      ...broken,
    ]);
    const kernel = new KernelUnderTest();
    kernel.build(triangle);
    expect(hitsOf(kernel.closest(rays)).filter((hit) => hit.triangle >= 0)).toEqual([]);
    expect(kernel.any(rays).includes(true)).toBe(false);
  });
});
