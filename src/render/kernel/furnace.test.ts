import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatMaterial } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { cameraAt, freshKernel, MeshBuilder, material, meanRadiance, type Triple } from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

/** What a large flat surface returns of a uniform environment of 1, seen under an angle from its normal. */
function returned(surface: Partial<FlatMaterial>, degrees: number): Triple {
  const mesh = new MeshBuilder().quad(0, [-1e3, 0, 1e3], [1e3, 0, 1e3], [1e3, 0, -1e3], [-1e3, 0, -1e3]);
  kernel.loadScene(mesh.scene([material(surface)]));
  kernel.setEnvironment([1, 1, 1]);
  const angle = (degrees * Math.PI) / 180;
  const camera = cameraAt([0, 4 * Math.cos(angle), 4 * Math.sin(angle)], [0, 0, 0], 0.001);
  return meanRadiance(kernel, camera, { side: 8, samples: 512, bounces: 1 });
}

const CLEAR = {
  attenuationDistance: Number.POSITIVE_INFINITY,
  attenuationColor: [1, 1, 1],
  dispersion: 0,
} as const;

const LOBES: readonly (readonly [string, Partial<FlatMaterial>])[] = [
  ['a diffuse surface without interface', { ior: 1 }],
  ['a rough dielectric', { roughness: 1 }],
  ['a half glossy dielectric', { roughness: 0.5 }],
  ['a glossy dielectric', { roughness: 0.15 }],
  ['a mirror-smooth dielectric', { roughness: 0 }],
  ['a dense dielectric', { roughness: 0.6, ior: 2.4 }],
  ['a perfect mirror', { metallic: 1, roughness: 0 }],
  ['a glossy metal', { metallic: 1, roughness: 0.3 }],
  ['a half rough metal', { metallic: 1, roughness: 0.6 }],
  ['a rough metal', { metallic: 1, roughness: 1 }],
  ['half a metal', { metallic: 0.5, roughness: 0.7 }],
  ['a clear pane', { transmission: 1, roughness: 0 }],
  ['a frosted pane', { transmission: 1, roughness: 0.6 }],
  ['a half transparent pane', { transmission: 0.5, roughness: 1 }],
  ['polished glass', { transmission: 1, roughness: 0, volume: CLEAR }],
  ['ground glass', { transmission: 1, roughness: 0.4, volume: CLEAR }],
  ['rough diamond', { transmission: 1, roughness: 1, ior: 2.4, volume: CLEAR }],
  ['milky glass', { transmission: 0.5, roughness: 0.5, volume: CLEAR }],
];

describe('a white furnace', () => {
  for (const [name, surface] of LOBES) {
    it(`makes ${name} of albedo 1 vanish under every angle`, () => {
      for (const degrees of [0, 45, 70, 85]) {
        for (const value of returned(surface, degrees)) expect(value, `${degrees} degrees`).toBeCloseTo(1, 2);
      }
    });
  }

  it('takes the colour of a mirror from its base colour', () => {
    const [r, g, b] = returned({ metallic: 1, roughness: 0, baseColor: [0.9, 0.5, 0.1, 1] }, 0);
    expect(r).toBeCloseTo(0.9, 3);
    expect(g).toBeCloseTo(0.5, 3);
    expect(b).toBeCloseTo(0.1, 3);
  });

  it('shows 4 % of the light in black glass seen straight on', () => {
    const [r] = returned({ baseColor: [0, 0, 0, 1], roughness: 0 }, 0);
    expect(r).toBeCloseTo(0.04, 4);
  });

  it('darkens a rough grey metal below its base colour, by the further bounces between its facets', () => {
    const [r] = returned({ metallic: 1, roughness: 1, baseColor: [0.5, 0.5, 0.5, 1] }, 30);
    expect(r).toBeLessThan(0.4);
    expect(r).toBeGreaterThan(0.2);
  });
});
