import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/index.ts';
import { hitsOf, KernelUnderTest } from './kernel-under-test.ts';
import { duplicated, joined, randomRays, ray, soup, trianglesOf } from './shapes.ts';

const NOT_FINITE = -1;
const OUT_OF_MEMORY = -2;

describe('building the hierarchy', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses a vertex with %d',
    (bad) => {
      for (let place = 0; place < 9; place++) {
        const mesh = soup(seededRandom(place), 50, 0.5);
        mesh.positions[place * 37] = bad;
        const kernel = new KernelUnderTest();
        expect(kernel.build(mesh)).toBe(NOT_FINITE);
        const rays = joined(randomRays(seededRandom(1), 20));
        expect(hitsOf(kernel.closest(rays)).every((hit) => hit.triangle === -1)).toBe(true);
      }
    },
  );

  it('does not mind a vertex that is no number where no triangle uses it', () => {
    const mesh = soup(seededRandom(1), 10, 0.5);
    const positions = Float32Array.of(...mesh.positions, Number.NaN, 0, 0);
    expect(new KernelUnderTest().build({ positions, indices: mesh.indices })).toBeGreaterThan(0);
  });

  it('of nothing gives a hierarchy that nothing hits', () => {
    const kernel = new KernelUnderTest();
    expect(kernel.build(trianglesOf([]))).toBe(0);
    const rays = joined(randomRays(seededRandom(2), 40));
    expect(hitsOf(kernel.closest(rays)).every((hit) => hit.triangle === -1 && hit.t === Infinity)).toBe(true);
    expect(kernel.any(rays).includes(true)).toBe(false);
  });

  it('before any build, nothing is hit', () => {
    const kernel = new KernelUnderTest();
    const rays = joined([ray([0, 0, 0], [0, 0, 1])]);
    expect(hitsOf(kernel.closest(rays))).toEqual([{ t: Infinity, u: 0, v: 0, triangle: -1 }]);
  });

  it('of thousands of equal triangles ends, and every ray finds the first', () => {
    const one = trianglesOf([
      [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ],
    ]);
    const kernel = new KernelUnderTest();
    expect(kernel.build(duplicated(one, 20_000))).toBeGreaterThan(0);
    const hits = hitsOf(
      kernel.closest(joined([ray([0.2, 0.2, 1], [0, 0, -1]), ray([0.2, 0.2, -1], [0, 0, 1])])),
    );
    expect(hits.map((hit) => hit.triangle)).toEqual([0, 0]);
  });

  it('keeps less than a hundred bytes a triangle once it is done', () => {
    const kernel = new KernelUnderTest();
    const mesh = soup(seededRandom(3), 20_000, 0.05);
    const input = mesh.positions.byteLength + mesh.indices.byteLength;
    const before = kernel.used;
    kernel.build(mesh);
    expect(kernel.used - before - input).toBeLessThan(100 * 20_000);
  });

  it('without room says so, leaves nothing behind, and the kernel goes on working', () => {
    for (const pages of [28, 34, 40, 46]) {
      const kernel = new KernelUnderTest(pages);
      const large = soup(seededRandom(4), 20_000, 0.05);
      kernel.scoped(() => {
        const input = large.positions.byteLength + large.indices.byteLength;
        const before = kernel.used;
        expect(kernel.build(large)).toBe(OUT_OF_MEMORY);
        expect(kernel.used - before - input).toBeLessThan(64);
      });
      expect(kernel.build(soup(seededRandom(5), 100, 0.9))).toBeGreaterThan(0);
      const hits = hitsOf(kernel.closest(joined(randomRays(seededRandom(6), 50))));
      expect(hits.some((hit) => hit.triangle >= 0)).toBe(true);
    }
  });
});
