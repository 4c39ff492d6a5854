import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatCamera, FlatLight } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import {
  cameraAt,
  cameraDownOn,
  freshKernel,
  MeshBuilder,
  material,
  meanRadiance,
  type Triple,
  unit,
} from './testing.ts';

let kernel: Kernel;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
});

const ALBEDO = 0.5;
/** No interface: what remains is Lambert's surface, for which there are closed forms. */
const lambert = material({ baseColor: [ALBEDO, ALBEDO, ALBEDO, 1], ior: 1 });

function light(changes: Partial<FlatLight>): FlatLight {
  return {
    name: 'light',
    kind: 'point',
    intensity: [1, 1, 1],
    position: [0, 1, 0],
    direction: [0, -1, 0],
    range: Number.POSITIVE_INFINITY,
    innerConeAngle: 0,
    outerConeAngle: Math.PI / 4,
    ...changes,
  };
}

function floor(half = 10): MeshBuilder {
  return new MeshBuilder().quad(0, [-half, 0, half], [half, 0, half], [half, 0, -half], [-half, 0, -half]);
}

interface View {
  readonly mesh?: MeshBuilder;
  readonly camera?: FlatCamera;
  readonly samples?: number;
  readonly bounces?: number;
}

/** What the camera (at the floor's middle) sees under these lights and nothing else. */
function under(lights: readonly FlatLight[], view: View = {}): Triple {
  const { mesh = floor(), camera = cameraDownOn(0, 0), samples = 16, bounces = 1 } = view;
  kernel.loadScene(mesh.scene([lambert, material({ emissive: [3, 3, 3], ior: 1 })], { lights }));
  return meanRadiance(kernel, camera, { samples, bounces });
}

/** Radiance of the floor's middle by a point light there. */
const byPoint = (intensity: number, [x, y, z]: Triple): number => {
  const distance2 = x * x + y * y + z * z;
  return ((ALBEDO / Math.PI) * intensity * y) / Math.sqrt(distance2) / distance2;
};

/** The extension's formula, with angles in radians. */
function coneAt(angle: number, inner: number, outer: number): number {
  const scale = 1 / Math.max(0.001, Math.cos(inner) - Math.cos(outer));
  const ramp = Math.min(Math.max(Math.cos(angle) * scale - Math.cos(outer) * scale, 0), 1);
  return ramp * ramp;
}

describe('a punctual light', () => {
  it('that is a point gives intensity over squared distance, by the cosine, without noise', () => {
    const position: Triple = [0.5, 1.2, -0.7];
    const [r, g, b] = under([light({ position, intensity: [6, 3, 0] })]);
    expect(r / byPoint(6, position)).toBeCloseTo(1, 3);
    expect(g / byPoint(3, position)).toBeCloseTo(1, 3);
    expect(b).toBe(0);
  });

  it('lights the same in a perspective view, and from every side of the camera', () => {
    const position: Triple = [0.5, 1.2, -0.7];
    const camera = cameraAt([-1.2, 0.4, -1.4], [0, 0, 0], 0.0005);
    const [r] = under([light({ position })], { camera });
    expect(r / byPoint(1, position)).toBeCloseTo(1, 3);
  });

  it('is hidden by what stands in between, and by nothing behind it', () => {
    const at = (height: number) =>
      floor().quad(0, [-1, height, 1], [1, height, 1], [1, height, -1], [-1, height, -1]);
    // The eye looks from below the blocker; the blocker's own back reflects, so one bounce only.
    const camera = cameraAt([0.3, 0.2, 0.3], [0, 0, 0], 0.0005);
    expect(under([light({})], { mesh: at(0.5), camera })[0]).toBe(0);
    expect(under([light({})], { mesh: at(1.5), camera })[0] / byPoint(1, [0, 1, 0])).toBeCloseTo(1, 3);
    expect(under([light({ kind: 'directional' })], { mesh: at(1.5), camera })[0]).toBe(0);
  });

  it('below the floor lights nothing', () => {
    expect(under([light({ position: [0, -1, 0] })])).toEqual([0, 0, 0]);
    expect(under([light({ kind: 'directional', direction: [0, 1, 0] })])).toEqual([0, 0, 0]);
  });

  it('is not seen by the camera itself', () => {
    const camera = cameraAt([0, 1, 5], [0, 1, 0], 0.01);
    expect(under([light({}), light({ kind: 'spot', direction: [0, 0, 1] })], { camera })).toEqual([0, 0, 0]);
  });

  it('that is a spot is full within its inner cone, falls off as the extension says, and ends at the outer', () => {
    const inner = 0.2;
    const outer = 0.5;
    for (const angle of [0, 0.15, 0.25, 0.35, 0.45, 0.49, 0.51, 1]) {
      const direction: Triple = [Math.sin(angle), -Math.cos(angle), 0];
      const [r] = under([
        light({
          kind: 'spot',
          direction,
          innerConeAngle: inner,
          outerConeAngle: outer,
          intensity: [2, 2, 2],
        }),
      ]);
      const expected = byPoint(2, [0, 1, 0]) * coneAt(angle, inner, outer);
      expect(r, `${angle} radians off`).toBeCloseTo(expected, 4);
      if (angle > outer) expect(r).toBe(0);
    }
  });

  it('that is a spot as wide as allowed, or with cones almost equal, keeps to the formula', () => {
    const seenAt = (angle: number, innerConeAngle: number, outerConeAngle: number) =>
      under([
        light({
          kind: 'spot',
          direction: [Math.sin(angle), -Math.cos(angle), 0],
          innerConeAngle,
          outerConeAngle,
        }),
      ])[0];
    const full = byPoint(1, [0, 1, 0]);
    expect(seenAt(1, 0, Math.PI / 2) / full).toBeCloseTo(coneAt(1, 0, Math.PI / 2), 3);
    expect(seenAt(0.3, 0.4, 0.40001) / full).toBeCloseTo(1, 3);
    expect(seenAt(0.41, 0.4, 0.40001)).toBe(0);
  });

  it('that is directional gives its irradiance by the cosine, wherever it is', () => {
    for (const angle of [0, 0.5, 1.2]) {
      const direction: Triple = [Math.sin(angle) * 0.6, -Math.cos(angle), Math.sin(angle) * 0.8];
      const [r] = under([light({ kind: 'directional', direction, intensity: [5, 5, 5] })]);
      expect(r / ((ALBEDO / Math.PI) * 5 * Math.cos(angle)), `${angle}`).toBeCloseTo(1, 3);
    }
  });

  it('ends at its range by the extension window, for points and spots', () => {
    for (const range of [0.9, 1.1, 1.5, 4]) {
      const window = Math.max(Math.min(1 - (1 / range) ** 4, 1), 0);
      for (const kind of ['point', 'spot'] as const) {
        const [r] = under([light({ kind, range, innerConeAngle: 0.3 })]);
        expect(r, `${kind} of range ${range}`).toBeCloseTo(byPoint(1, [0, 1, 0]) * window, 4);
      }
    }
    const [sun] = under([light({ kind: 'directional', range: 0.01 })]);
    expect(sun / (ALBEDO / Math.PI)).toBeCloseTo(1, 3);
  });

  it('bounces on: from the ceiling back to the floor, by quadrature', () => {
    const mesh = floor(60).quad(0, [-60, 2, -60], [60, 2, -60], [60, 2, 60], [-60, 2, 60]);
    const camera = cameraAt([0.001, 1, 0], [0, 0, 0], 0.0005);
    const once = under([light({})], { mesh, camera, bounces: 1, samples: 64 })[0];
    const twice = under([light({})], { mesh, camera, bounces: 2, samples: 8192 })[0];
    let second = 0;
    const steps = 20_000;
    for (let i = 0; i < steps; i++) {
      const radius = ((i + 0.5) / steps) * 60;
      const lit = ALBEDO / Math.PI / (1 + radius * radius) ** 1.5;
      const form = 4 / (4 + radius * radius) ** 2;
      second += lit * form * 2 * Math.PI * radius * (60 / steps);
    }
    expect(once / byPoint(1, [0, 1, 0])).toBeCloseTo(1, 3);
    expect((twice - once) / ((ALBEDO / Math.PI) * second)).toBeCloseTo(1, 1.3);
  });
});

describe('punctual lights together', () => {
  const square = (mesh: MeshBuilder) =>
    mesh.quad(1, [-0.5, 1.5, -0.5], [0.5, 1.5, -0.5], [0.5, 1.5, 0.5], [-0.5, 1.5, 0.5]);
  const sky = () => {
    const rgb = new Float32Array(16 * 8 * 3).fill(0.2);
    rgb.set([40, 40, 40], (2 * 16 + 5) * 3);
    return { width: 16, height: 8, rgb };
  };
  const lights = [
    light({ position: [1, 0.8, 0.4], intensity: [2, 2, 2] }),
    light({ kind: 'spot', position: [-1, 1, 0], direction: unit([1, -1, 0]), outerConeAngle: 0.3 }),
    light({ kind: 'directional', direction: unit([0.9, -1, 1.2]), intensity: [0.5, 0.5, 0.5] }),
  ];

  it('add up, with a lamp and a sky besides, also where the lamp shades them', () => {
    const camera = cameraAt([-1.2, 0.4, -1.4], [0, 0, 0], 0.0005);
    const view = { mesh: square(floor()), camera, samples: 2048 };
    const alone = lights.map((one) => under([one], view)[0]);
    const lampOnly = under([], view)[0];
    kernel.setEnvironment(sky());
    const skyAndLamp = under([], view)[0];
    const all = under(lights, { ...view, samples: 8192 })[0];
    const skyAndLights = under(lights, { ...view, mesh: floor(), samples: 8192 })[0];
    const skyOnly = under([], { ...view, mesh: floor() })[0];
    kernel.setEnvironment([0, 0, 0]);
    const ofLights = alone.reduce((sum, value) => sum + value - lampOnly, 0);
    expect(ofLights).toBeGreaterThan(0.05);
    expect(all / (skyAndLamp + ofLights)).toBeCloseTo(1, 1.8);
    const unshaded = lights.reduce((sum, one) => sum + under([one])[0], 0);
    expect(skyAndLights / (skyOnly + unshaded)).toBeCloseTo(1, 1.8);
    const constant: Triple = [0.3, 0.3, 0.3];
    kernel.setEnvironment(constant);
    const skyLit = under(lights, { samples: 4096 })[0];
    kernel.setEnvironment([0, 0, 0]);
    expect(skyLit / (0.3 * ALBEDO + unshaded)).toBeCloseTo(1, 1.8);
  });

  it('by the hundred are each given their chance', () => {
    const many = Array.from({ length: 400 }, (_, i) => {
      const position: Triple = [(i % 20) - 9.5, 0.5 + (i % 7) / 4, Math.floor(i / 20) - 9.5];
      return light({ position, intensity: [1 + (i % 5), 1, 1] });
    });
    const expected = many.reduce((sum, one) => sum + byPoint(one.intensity[0], one.position), 0);
    const [r] = under(many, { samples: 4096 });
    expect(r / expected).toBeCloseTo(1, 1.6);
  });

  it('find a small lamp beside a sun over a plain of kilometres', () => {
    const mesh = floor(3000);
    const sun = light({ kind: 'directional', direction: unit([1, -0.02, 0]), intensity: [50, 50, 50] });
    const lamp = light({});
    const [r] = under([sun, lamp], { mesh, samples: 2048 });
    const expected = byPoint(1, [0, 1, 0]) + (ALBEDO / Math.PI) * 50 * (0.02 / Math.hypot(1, 0.02));
    expect(r / expected).toBeCloseTo(1, 1.6);
  });

  it('that are dark change nothing', () => {
    const lit = under([light({})], { samples: 64 });
    const dark = { intensity: [0, 0, 0] as const };
    expect(under([light(dark)])).toEqual([0, 0, 0]);
    const [r] = under([light(dark), light({}), light({ ...dark, kind: 'spot' })], { samples: 64 });
    expect(r / lit[0]).toBeCloseTo(1, 4);
  });

  it('are gone with their scene', () => {
    under([light({})]);
    expect(under([])).toEqual([0, 0, 0]);
  });
});

describe('a damaged light', () => {
  it('is refused by its name', () => {
    const bad: Partial<FlatLight>[] = [
      { intensity: [-1, 0, 0] },
      { intensity: [Number.POSITIVE_INFINITY, 0, 0] },
      { position: [Number.NaN, 0, 0] },
      { range: 0 },
      { range: Number.NaN },
      { kind: 'directional', direction: [0, 0, 0] },
      { kind: 'spot', innerConeAngle: 0.5, outerConeAngle: 0.5 },
      { kind: 'spot', outerConeAngle: 2 },
      { kind: 'spot', innerConeAngle: -0.1 },
    ];
    for (const changes of bad) {
      const scene = floor().scene([lambert], { lights: [light({ name: 'broken', ...changes })] });
      expect(() => kernel.loadScene(scene), JSON.stringify(changes)).toThrow(
        expect.objectContaining({ code: 'invalid-scene', message: expect.stringContaining('broken') }),
      );
    }
  });
});
