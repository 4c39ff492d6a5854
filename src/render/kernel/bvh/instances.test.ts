import { describe, expect, it } from 'vitest';
import { type Random, seededRandom, sha256Sync, toHex, uniform } from '../../../runtime/index.ts';
import { complaint } from './brute-force.ts';
import { flattened, instanced, raysAt, shifted, stretched, turned, unevenScale } from './instanced-shapes.ts';
import {
  hitsOf,
  type Instanced,
  KernelUnderTest,
  type Transform,
  type Triangles,
} from './kernel-under-test.ts';
import { closedSurface, cubes, joined, ray, scaled, soup, trianglesOf } from './shapes.ts';

const NOTHING = trianglesOf([]);
const UNIT: Transform = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
/** Relative to distances: an instance adds a dozen roundings to those of a triangle. */
const ROUNDING = 64 * 2 ** -24;

function kernelWith(scene: Instanced): KernelUnderTest {
  const kernel = new KernelUnderTest();
  expect(kernel.buildInstanced(scene)).toBeGreaterThan(0);
  return kernel;
}

/** The rays' hits are those of the flattened scene, as far as f32 can tell; `strain` as in assembly/bvh/instances.ts. */
function expectSameHits(scene: Instanced, seed: number, distance: number, strain = 1): void {
  const flat = flattened(scene);
  const kernel = kernelWith(scene);
  const rays = raysAt(seededRandom(seed), flat, 400, distance);
  const { hits, instances } = kernel.closestInstances(joined(rays));
  const any = kernel.any(joined(rays));
  let found = 0;
  hitsOf(hits).forEach((hit, i) => {
    const instance = instances[i] ?? -1;
    const number = hit.triangle < 0 ? -1 : flat.numberOf(instance, hit.triangle);
    const told = complaint(
      flat,
      rays[i] ?? new Float32Array(8),
      { ...hit, triangle: number },
      ROUNDING * strain,
    );
    expect(told, `ray ${i} in instance ${instance}`).toBeUndefined();
    expect(any[i]).toBe(hit.triangle >= 0);
    found += hit.triangle >= 0 ? 1 : 0;
  });
  expect(found).toBeGreaterThan(300);
}

function several(
  random: Random,
  count: number,
  meshes: number,
  transform: () => Transform,
): Instanced['instances'] {
  return Array.from({ length: count }, () => ({ mesh: random.uint32() % meshes, transform: transform() }));
}

describe('a hierarchy of two levels finds what the flattened scene has', () => {
  it.each([1, 2, 3])(
    'with turned, moved, mirrored and unevenly scaled instances in a world (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const instances = several(random, 20, 3, () =>
        turned(random, unevenScale(random, 0.3, 2), shifted(random, 1)),
      );
      const meshes = [soup(random, 60, 0.5), closedSurface(4, 0.2), soup(random, 5, 0.2)];
      expectSameHits(instanced(soup(random, 100, 0.3), meshes, instances), seed, 2);
    },
  );

  it('without any triangle in the world, and with a single instance', () => {
    const random = seededRandom(4);
    const transform = turned(random, [1, 2, 3], [10, 20, 30]);
    expectSameHits(instanced(NOTHING, [soup(random, 200, 0.3)], [{ mesh: 0, transform }]), 4, 5);
  });

  it('with scales from a millionth to a million in one scene', () => {
    const random = seededRandom(5);
    const sizes = [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6];
    const instances = sizes.map((size) => ({
      mesh: 0,
      transform: turned(random, unevenScale(random, size, 1), shifted(random, size)),
    }));
    for (const size of sizes) {
      expectSameHits(instanced(NOTHING, [soup(random, 60, 0.5)], instances), 5, size);
    }
  });

  it.each([1e-6, 1e6])('with a mesh of size %d that its instances bring back to one', (size) => {
    const random = seededRandom(6);
    const instances = several(random, 12, 1, () =>
      turned(random, unevenScale(random, 1 / size, 1), shifted(random, 3)),
    );
    expectSameHits(instanced(soup(random, 50, 0.5), [scaled(soup(random, 80, 0.4), size)], instances), 6, 2);
  });

  it('with one axis scaled a million times as much as another', () => {
    const random = seededRandom(7);
    const instances = several(random, 6, 1, () => turned(random, [1, 1e-3, 1e3], shifted(random, 1)));
    expectSameHits(instanced(NOTHING, [soup(random, 80, 0.4)], instances), 7, 2, 4);
  });

  it('with turned instances stretched askew by a parent', () => {
    const random = seededRandom(8);
    const instances = several(random, 10, 1, () =>
      stretched(turned(random, unevenScale(random, 0.5, 1), shifted(random, 1)), [5, 1, 0.5]),
    );
    expectSameHits(instanced(soup(random, 50, 0.3), [soup(random, 80, 0.4)], instances), 8, 3, 12);
  });

  it('with instances far from the origin, and a mesh far from its own', () => {
    const random = seededRandom(9);
    const far = scaled(soup(random, 80, 0.4), 1, [300, -200, 100]);
    const instances = several(random, 12, 1, () => turned(random, [1, 1, 1], [1000, 2000, -3000]));
    expectSameHits(instanced(NOTHING, [far], instances), 9, 2, 400);
  });

  it('with hundreds of overlapping instances', () => {
    const random = seededRandom(10);
    const instances = several(random, 300, 2, () =>
      turned(random, unevenScale(random, 0.8, 1), shifted(random, 0.5)),
    );
    expectSameHits(
      instanced(soup(random, 30, 0.5), [soup(random, 8, 0.7), cubes(random, 2)], instances),
      10,
      2,
    );
  });
});

describe('of equal distances', () => {
  const square = trianglesOf([
    [
      [-1, -1, 0],
      [1, -1, 0],
      [1, 1, 0],
    ],
    [
      [-1, -1, 0],
      [1, 1, 0],
      [-1, 1, 0],
    ],
  ]);
  const rays = joined(
    Array.from({ length: 200 }, (_, i) =>
      ray([i / 300 - 0.33, 0.5 - i / 250, i % 2 ? 3 : -3], [0, 0, i % 2 ? -1 : 1]),
    ),
  );

  it('the lowest instance is hit, wherever it stands in the tree', () => {
    const instances = Array.from({ length: 40 }, () => ({ mesh: 0, transform: UNIT }));
    const kernel = kernelWith(instanced(NOTHING, [square], instances));
    expect([...kernel.closestInstances(rays).instances].every((instance) => instance === 0)).toBe(true);
    const other = kernelWith(
      instanced(
        NOTHING,
        [square],
        instances.map((same, i) => (i < 17 ? { mesh: 0, transform: [...UNIT.slice(0, 11), 50 + i] } : same)),
      ),
    );
    expect([...other.closestInstances(rays).instances].every((instance) => instance === 17)).toBe(true);
  });

  it('the triangles of the world come first', () => {
    const instances = Array.from({ length: 9 }, () => ({ mesh: 0, transform: UNIT }));
    const { hits, instances: found } = kernelWith(instanced(square, [square], instances)).closestInstances(
      rays,
    );
    expect([...found].every((instance) => instance === -1)).toBe(true);
    expect(hitsOf(hits).every(({ triangle }) => triangle >= 0 && triangle < 2)).toBe(true);
  });

  it('within an instance the lowest triangle is hit', () => {
    const twice = {
      positions: square.positions,
      indices: Uint32Array.of(...square.indices, ...square.indices),
    };
    const { hits } = kernelWith(instanced(NOTHING, [twice], [{ mesh: 0, transform: UNIT }])).closestInstances(
      rays,
    );
    expect(hitsOf(hits).every(({ triangle }) => triangle === 0 || triangle === 1)).toBe(true);
  });
});

describe('a ray inside a hierarchy of two levels', () => {
  it('never leaks out of a closed mesh, however it is placed', () => {
    const random = seededRandom(20);
    const surface = closedSurface(16, 0.2);
    for (let i = 0; i < 12; i++) {
      const place = shifted(random, 10 ** (i % 4));
      const transform = turned(random, unevenScale(random, 1, 3), place);
      const kernel = kernelWith(instanced(NOTHING, [surface], [{ mesh: 0, transform }]));
      const rays: Float32Array[] = [];
      for (let vertex = 0; vertex < surface.positions.length; vertex += 3) {
        const [x = 0, y = 0, z = 0] = surface.positions.subarray(vertex, vertex + 3);
        const aim = [0, 4, 8].map(
          (row) => (transform[row] ?? 0) * x + (transform[row + 1] ?? 0) * y + (transform[row + 2] ?? 0) * z,
        ) as unknown as readonly [number, number, number];
        rays.push(ray(place, aim));
      }
      expect(hitsOf(kernel.closest(joined(rays))).filter((hit) => hit.triangle < 0)).toEqual([]);
      expect(kernel.any(joined(rays)).includes(false)).toBe(false);
    }
  });

  it('keeps to its open interval', () => {
    const random = seededRandom(21);
    const instances = several(random, 30, 1, () =>
      turned(random, unevenScale(random, 0.3, 1), shifted(random, 1)),
    );
    const scene = instanced(soup(random, 50, 0.3), [soup(random, 40, 0.5)], instances);
    const kernel = kernelWith(scene);
    const rays = raysAt(random, flattened(scene), 300, 2);
    const first = hitsOf(kernel.closest(joined(rays)));
    const after = rays.map((one, i) =>
      Float32Array.of(...one.subarray(0, 3), first[i]?.t ?? 0, ...one.subarray(4)),
    );
    const second = hitsOf(kernel.closest(joined(after)));
    const before = rays.map((one, i) => Float32Array.of(...one.subarray(0, 7), first[i]?.t ?? 0));
    const none = hitsOf(kernel.closest(joined(before)));
    first.forEach((hit, i) => {
      if (hit.triangle < 0) return;
      expect(second[i]?.t).toBeGreaterThan(hit.t);
      expect(none[i]?.triangle).toBe(-1);
    });
    expect(kernel.any(joined(before)).includes(true)).toBe(false);
  });

  it('gets the same bits whatever its batch, and whatever way its neighbours go', () => {
    const random = seededRandom(22);
    const instances = several(random, 60, 2, () =>
      turned(random, unevenScale(random, 0.3, 1), shifted(random, 1)),
    );
    const scene = instanced(
      soup(random, 100, 0.2),
      [soup(random, 60, 0.5), closedSurface(6, 0.3)],
      instances,
    );
    const kernel = kernelWith(scene);
    const side = 40;
    const camera = Array.from({ length: side * side }, (_, i) =>
      ray([0, 0, 4], [((i % side) + 0.5) / side - 0.5, Math.floor(i / side) / side - 0.5, -1]),
    );
    const inRows = kernel.closestInstances(joined(camera));
    const order = camera.map((_, i) => (i * 769) % camera.length);
    const mixed = kernel.closestInstances(joined(order.map((i) => camera[i] ?? new Float32Array(8))));
    order.forEach((i, at) => {
      expect(mixed.hits.subarray(16 * at, 16 * at + 16)).toEqual(inRows.hits.subarray(16 * i, 16 * i + 16));
      expect(mixed.instances[at]).toBe(inRows.instances[i]);
    });
    expect(new Set(inRows.instances).size).toBeGreaterThan(20);
    const hash = toHex(sha256Sync(mixed.hits));
    expect(hash).toBe('0f15eeab4e597ce5cdec1065f2ae03dbd1787a1132e6399be0ec6fedc541b65d');
  });
});

/** A tree of a kind: a soup, tall and thin. */
function tree(random: Random, triangles: number): Triangles {
  const { positions, indices } = soup(random, triangles, 0.05);
  return { positions: positions.map((value, i) => (i % 3 === 1 ? value * 3 + 3 : value)), indices };
}

describe('building a hierarchy of two levels', () => {
  it('takes less than 300 bytes an instance while it builds, and less than 150 after', () => {
    const random = seededRandom(30);
    const count = 100_000;
    const mesh = tree(random, 10_000);
    const instances = Array.from({ length: count }, () => {
      const size = 0.5 + uniform(random);
      const [x, , z] = shifted(random, 3000);
      return { mesh: 0, transform: turned(random, [size, size, size], [x, 0, z]) };
    });
    const scene = instanced(NOTHING, [mesh], instances);
    const kernel = new KernelUnderTest();
    const before = kernel.used;
    expect(kernel.buildInstanced(scene)).toBeGreaterThan(0);
    const input = mesh.positions.byteLength + mesh.indices.byteLength + count * 52;
    expect(kernel.used - before - input - 10_000 * 100).toBeLessThan(150 * count);
    expect(kernel.size - before - input - 10_000 * 300).toBeLessThan(300 * count);
    const flat = flattened({ ...scene, instances: scene.instances.slice(0, 3) });
    const hits = hitsOf(kernel.closest(joined(raysAt(random, flat, 100, 20))));
    expect(hits.filter((hit) => hit.triangle >= 0).length).toBeGreaterThan(90);
  });

  it('without room says so, leaves nothing behind, and the kernel goes on working', () => {
    const random = seededRandom(31);
    const instances = several(random, 20_000, 1, () => turned(random, [1, 1, 1], shifted(random, 100)));
    const scene = instanced(soup(random, 500, 0.1), [soup(random, 500, 0.2)], instances);
    const small = instanced(NOTHING, [soup(random, 20, 0.5)], instances.slice(0, 5));
    for (const pages of [45, 60, 80]) {
      const kernel = new KernelUnderTest(pages);
      kernel.scoped(() => expect(kernel.buildInstanced(scene)).toBe(-2));
      expect(kernel.buildInstanced(small)).toBeGreaterThan(0);
      const rays = joined(raysAt(random, flattened(small), 50, 2));
      expect(hitsOf(kernel.closest(rays)).some((hit) => hit.triangle >= 0)).toBe(true);
    }
  });

  it('refuses an instance that is carried out of the range of singles', () => {
    const transform = UNIT.map((value) => value * 3e38);
    const scene = instanced(NOTHING, [scaled(soup(seededRandom(32), 9, 1), 10)], [{ mesh: 0, transform }]);
    expect(new KernelUnderTest().buildInstanced(scene)).toBe(-1);
  });

  it('of a mesh that nothing can hit leaves its instances out', () => {
    const random = seededRandom(33);
    const line = trianglesOf([
      [
        [0, 0, 0],
        [1, 1, 1],
        [2, 2, 2],
      ],
    ]);
    const instances = [0, 1, 0, 1].map((mesh) => ({
      mesh,
      transform: turned(random, [1, 1, 1], shifted(random, 2)),
    }));
    const scene = instanced(NOTHING, [line, soup(random, 30, 0.5)], instances);
    const rays = raysAt(random, flattened(scene), 200, 3);
    const found = kernelWith(scene).closestInstances(joined(rays)).instances;
    expect([...new Set(found)].toSorted()).toEqual([-1, 1, 3]);
    expect(
      new KernelUnderTest().buildInstanced({
        ...scene,
        instances: instances.filter(({ mesh }) => mesh === 0),
      }),
    ).toBe(1);
  });

  it('gives way to the next scene without instances', () => {
    const random = seededRandom(34);
    const kernel = kernelWith(instanced(NOTHING, [soup(random, 30, 0.5)], [{ mesh: 0, transform: UNIT }]));
    const plain = soup(random, 100, 0.3);
    kernel.build(plain);
    const fresh = new KernelUnderTest();
    fresh.build(plain);
    const rays = joined(raysAt(random, plain, 200, 2));
    expect(kernel.closest(rays)).toEqual(fresh.closest(rays));
  });
});
