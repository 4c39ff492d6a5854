import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  anisotropy,
  anyDirection,
  anyMaterial,
  clearcoat,
  film,
  LOBES,
  sheen,
  specular,
  volume,
} from './material-gallery.ts';
import { direction, even, type Followed, MaterialProbe, overSphere, returnedLight } from './probing.ts';
import type { Triple } from './testing.ts';

let probe: MaterialProbe;
beforeAll(async () => {
  probe = await MaterialProbe.start();
});

const FRONT = [0, 45, 70, 85];
const BEHIND = [100, 130, 170];

describe('a white furnace', () => {
  for (const [name, material, loss] of LOBES) {
    it(`gets back from ${name} what it gave, and never more`, () => {
      probe.load(material);
      for (const degrees of [...FRONT, ...BEHIND]) {
        expect(probe.look(direction(degrees, 25))).toBe(true);
        for (const channel of returnedLight(probe)) {
          expect(channel, `${degrees} degrees`).toBeLessThan(1.015);
          expect(channel, `${degrees} degrees`).toBeGreaterThan(1 - loss);
        }
      }
    });
  }

  it('gets back no more than it gave from anything', () => {
    fc.assert(
      fc.property(anyMaterial, anyDirection, (material, outgoing) => {
        probe.load(material);
        if (!probe.look(outgoing)) return;
        for (const channel of returnedLight(probe, 2048)) expect(channel).toBeLessThan(1.03);
      }),
      { numRuns: 150, seed: 3 },
    );
  });
});

describe('a material at the end of its ranges', () => {
  it('still gives numbers', () => {
    const edge = (...values: number[]) => fc.constantFrom(...values);
    const extreme = fc.record({
      ior: edge(0, 1e-3, 0.9, 1, 1.0001, 1000),
      roughness: edge(0, 1e-20, 1),
      metallic: edge(0, 1e-20, 1),
      transmission: edge(0, 1e-20, 1),
      dispersion: edge(0, 1e-20, 100),
      distance: edge(0, 1e-30, 1e30, Number.POSITIVE_INFINITY),
      specular: edge(0, 1e-20, 1e15),
      coat: edge(0, 1e-20, 1),
      sheen: edge(0, 1e-20, 1),
      strength: edge(0, 1e-20, 1),
      filmIor: edge(1, 1000),
      thickness: edge(0, 1e-20, 1e6),
      base: edge(0, 1e-30, 1),
    });
    const light = fc.tuple(anyDirection, edge(0, 1, 2, 3));
    fc.assert(
      fc.property(extreme, light, anyDirection, (it, [outgoing, color], incoming) => {
        probe.load({
          baseColor: [it.base, it.base, it.base, 1],
          ior: it.ior,
          roughness: it.roughness,
          metallic: it.metallic,
          transmission: it.transmission,
          volume: volume({ dispersion: it.dispersion, attenuationDistance: it.distance }),
          specular: specular({ color: [it.specular, it.specular, 0] }),
          clearcoat: clearcoat({ strength: it.coat, roughness: it.roughness }),
          sheen: sheen({ color: [it.sheen, 0, 0], roughness: it.roughness }),
          anisotropy: anisotropy({ strength: it.strength }),
          iridescence: { ...film(it.thickness), strength: it.strength, ior: it.filmIor },
        });
        if (!probe.look(outgoing, color as Followed)) return;
        const all = [incoming];
        for (let i = 0; i < 32; i++) all.push(probe.sample(...even(i)) ?? incoming);
        const isNumber = (each: Triple): boolean => {
          const { value, density } = probe.towards(each);
          // No number is not at least 0, either.
          return each.every(Number.isFinite) && Math.min(...value, density) >= 0;
        };
        expect(all.filter((each) => !isNumber(each))).toEqual([]);
      }),
      { numRuns: 200, seed: 11 },
    );
  });
});

describe('eye and light', () => {
  /** f(outgoing, incoming) over the square of the index of refraction where the light comes from. */
  function exchanged(outgoing: Triple, incoming: Triple, ior: number): Triple | undefined {
    if (!probe.look(outgoing, 2)) return undefined;
    const { value } = probe.towards(incoming);
    const factor = 1 / (Math.abs(incoming[2]) * (incoming[2] < 0 ? ior * ior : 1));
    return [value[0] * factor, value[1] * factor, value[2] * factor];
  }

  it('may change places at anything', () => {
    fc.assert(
      fc.property(anyMaterial, anyDirection, anyDirection, (material, a, b) => {
        probe.load(material);
        const isMedium = material.volume !== undefined && (material.transmission ?? 0) > 0;
        // As the kernel bends light at least a little.
        const ior = isMedium ? Math.max(material.ior ?? 1.5, 1.001) : 1;
        const there = exchanged(a, b, ior);
        const back = exchanged(b, a, ior);
        if (!there || !back) return;
        there.forEach((value, channel) => {
          const other = back[channel] ?? 0;
          expect(Math.abs(value - other)).toBeLessThan(1e-4 + 2e-3 * Math.max(value, other));
        });
      }),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('the sampler', () => {
  it('has a density that adds up to the share of light it does not lose', () => {
    fc.assert(
      fc.property(anyMaterial, anyDirection, (material, outgoing) => {
        // Little bent light, and light at grazing angles, stay in lobes too narrow for the grid.
        fc.pre(!material.volume || (material.ior ?? 0) > 1.3);
        fc.pre(Math.abs(outgoing[2]) > 0.2);
        probe.load(material);
        if (!probe.look(outgoing)) return;
        let lost = 0;
        const samples = 4096;
        for (let i = 0; i < samples; i++) if (!probe.sample(...even(i))) lost++;
        const sum = overSphere((towards) => probe.towards(towards).density);
        expect(sum + lost / samples).toBeGreaterThan(0.97);
        expect(sum + lost / samples).toBeLessThan(1.03);
      }),
      { numRuns: 24, seed: 7 },
    );
  });

  for (const [name, material] of LOBES.filter(([, { ior }]) => ior !== 1)) {
    it(`gives directions as often as its density says: ${name} (chi-square)`, () => {
      probe.load({ ...material, roughness: Math.max(material.roughness ?? 1, 0.4) });
      for (const degrees of [30, 75, 120]) {
        probe.look(direction(degrees, 40));
        const { statistic, limit } = chiSquare();
        expect(statistic, `${degrees} degrees`).toBeLessThan(limit);
      }
    });
  }

  it('gives no direction that its density calls impossible', () => {
    fc.assert(
      fc.property(anyMaterial, anyDirection, fc.nat(1000), (material, outgoing, seed) => {
        probe.load(material);
        if (!probe.look(outgoing)) return;
        const all = Array.from({ length: 64 }, (_, i) => probe.sample(...even(i, seed)));
        expect(all.filter((each) => each && !(probe.towards(each).density > 0))).toEqual([]);
      }),
      { numRuns: 100, seed: 9 },
    );
  });
});

const ROWS = 16;
const COLUMNS = 16;
/** Points of the density's grid in a cell, each way. */
const FINE = 12;
const SAMPLES = 20_000;

/** Pearson's statistic of the sampler against its density on cells of equal solid angle, and what 1 of 10,000 right ones exceeds. */
function chiSquare(): { statistic: number; limit: number } {
  const expected = new Float64Array(ROWS * COLUMNS + 1);
  const fineRows = ROWS * FINE;
  const fineColumns = COLUMNS * FINE;
  const solidAngle = (4 * Math.PI) / (fineRows * fineColumns);
  for (let row = 0; row < fineRows; row++) {
    const z = ((row + 0.5) / fineRows) * 2 - 1;
    const radius = Math.sqrt(1 - z * z);
    for (let column = 0; column < fineColumns; column++) {
      const phi = ((column + 0.5) / fineColumns - 0.5) * 2 * Math.PI;
      const cell = Math.floor(row / FINE) * COLUMNS + Math.floor(column / FINE);
      const { density } = probe.towards([radius * Math.cos(phi), radius * Math.sin(phi), z]);
      expected[cell] = (expected[cell] ?? 0) + density * solidAngle * SAMPLES;
    }
  }
  const found = new Float64Array(ROWS * COLUMNS + 1);
  const random = lcg(1234);
  for (let i = 0; i < SAMPLES; i++) {
    const sampled = probe.sample(random(), random(), random());
    const cell = sampled ? cellOf(sampled) : ROWS * COLUMNS;
    found[cell] = (found[cell] ?? 0) + 1;
  }
  // What is lost has no density to compare with: it is what the others leave.
  expected[ROWS * COLUMNS] = found[ROWS * COLUMNS] ?? 0;
  let statistic = 0;
  let cells = 0;
  let fewExpected = 0;
  let fewFound = 0;
  expected.forEach((count, i) => {
    if (count < 10) {
      fewExpected += count;
      fewFound += found[i] ?? 0;
      return;
    }
    statistic += ((found[i] ?? 0) - count) ** 2 / count;
    cells++;
  });
  if (fewExpected > 5) statistic += (fewFound - fewExpected) ** 2 / fewExpected;
  // E. B. Wilson and M. M. Hilferty (1931); 3.72 standard deviations.
  const spread = 2 / (9 * cells);
  return { statistic, limit: cells * (1 - spread + 3.72 * Math.sqrt(spread)) ** 3 };
}

function cellOf([x, y, z]: Triple): number {
  const row = Math.min(Math.floor(((z + 1) / 2) * ROWS), ROWS - 1);
  const column = Math.min(Math.floor((Math.atan2(y, x) / (2 * Math.PI) + 0.5) * COLUMNS), COLUMNS - 1);
  return row * COLUMNS + column;
}

/** Numbers in [0, 1) of 24 bits. */
function lcg(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 40n) / 2 ** 24;
  };
}
