import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, sha256Sync, toHex } from '../../../runtime/index.ts';
import { hitsOf, KernelUnderTest } from './kernel-under-test.ts';
import { closedSurface, cubes, joined, randomRays, ray, soup } from './shapes.ts';

const HIT_BYTES = 16;

function shuffled(count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.uint32() % (i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

describe('the bits of a hit', () => {
  const random = seededRandom(60);
  const kernel = new KernelUnderTest();
  kernel.build(soup(random, 3000, 0.15));
  const rays = randomRays(random, 1000);
  const expected = kernel.closest(joined(rays));
  const hitOf = (i: number) => expected.subarray(i * HIT_BYTES, (i + 1) * HIT_BYTES);

  it('do not depend on the size of the batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 80 }), (first, count) => {
        const some = rays.slice(first, first + count);
        const hits = kernel.closest(joined(some));
        expect(hits).toEqual(expected.slice(first * HIT_BYTES, (first + some.length) * HIT_BYTES));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('do not depend on the order of the rays or on repetition', () => {
    const order = [...shuffled(rays.length, 61), ...shuffled(rays.length, 62)];
    const hits = kernel.closest(joined(order.map((i) => rays[i] ?? new Float32Array(8))));
    order.forEach((i, place) => {
      expect(hits.subarray(place * HIT_BYTES, (place + 1) * HIT_BYTES)).toEqual(hitOf(i));
    });
  });

  it('do not depend on rays in between that can hit nothing', () => {
    const broken = new Float32Array(8);
    const hits = kernel.closest(joined(rays.flatMap((one) => [broken, one])));
    rays.forEach((_, i) => {
      expect(hits.subarray((2 * i + 1) * HIT_BYTES, (2 * i + 2) * HIT_BYTES)).toEqual(hitOf(i));
    });
  });

  it('do not depend on whether neighbouring rays go the same way', () => {
    const side = 40;
    const camera = Array.from({ length: side * side }, (_, i) =>
      ray([0, 0, 4], [((i % side) + 0.5) / side - 0.5, Math.floor(i / side) / side - 0.5, -1]),
    );
    const inRows = kernel.closest(joined(camera));
    expect(hitsOf(inRows).filter((hit) => hit.triangle >= 0).length).toBeGreaterThan(side);
    const order = shuffled(camera.length, 65);
    const mixed = kernel.closest(joined(order.map((i) => camera[i] ?? new Float32Array(8))));
    order.forEach((i, place) => {
      const hit = mixed.subarray(place * HIT_BYTES, (place + 1) * HIT_BYTES);
      expect(hit).toEqual(inRows.subarray(i * HIT_BYTES, (i + 1) * HIT_BYTES));
    });
  });

  it('do not depend on what was built before', () => {
    const other = new KernelUnderTest();
    other.scoped(() => other.build(cubes(seededRandom(63), 20)));
    other.build(soup(seededRandom(60), 3000, 0.15));
    expect(other.closest(joined(rays))).toEqual(expected);
  });

  it('are the same on every machine', () => {
    const fixed = new KernelUnderTest();
    fixed.build(closedSurface(24, 0.3));
    const hits = fixed.closest(joined(randomRays(seededRandom(64), 4000)));
    expect(toHex(sha256Sync(hits))).toBe('41905bf4d0ca8e7906b0326e2277f256687114726283368ff304ace825cbea26');
  });
});
