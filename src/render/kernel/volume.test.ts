import { beforeAll, describe, expect, it } from 'vitest';
import type { FlatMaterial } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import { type Changes, film, specular, volume } from './material-gallery.ts';
import { direction, even, type Followed, MaterialProbe, returnedLight } from './probing.ts';
import { cameraAt, freshKernel, MeshBuilder, material, meanRadiance, type Triple } from './testing.ts';

let kernel: Kernel;
let probe: MaterialProbe;
beforeAll(async () => {
  ({ kernel } = await freshKernel());
  probe = await MaterialProbe.start();
});

const GLASS: Changes = { transmission: 1, roughness: 0, volume: volume() };
/** Glass that bends and reflects nothing: only what is inside shows. */
const AIR: Changes = { transmission: 1, roughness: 0, ior: 1, baseColor: [1, 1, 1, 1] };

const LOOKING_DOWN = cameraAt([0, 4, 0.001], [0, 0, 0], 0.02);

function seen(mesh: MeshBuilder, materials: readonly FlatMaterial[], bounces = 12, samples = 64): Triple {
  kernel.loadScene(mesh.scene(materials));
  return meanRadiance(kernel, LOOKING_DOWN, { side: 4, samples, bounces });
}

/** A block with its lower face at y = 0. */
function slab(mesh: MeshBuilder, number: number, thickness: number, base = 0): MeshBuilder {
  return mesh.box(number, [0, base + thickness / 2, 0], [3, thickness / 2, 3]);
}

function floor(mesh: MeshBuilder, number: number, y = -1): MeshBuilder {
  return mesh.quad(number, [-9, y, 9], [9, y, 9], [9, y, -9], [-9, y, -9]);
}

const LAMP = material({ unlit: true, baseColor: [4, 4, 4, 1] });

describe('light in a medium', () => {
  it('is absorbed as Beer and Lambert say, whatever the thickness', () => {
    kernel.setEnvironment([0, 0, 0]);
    const medium = volume({ attenuationDistance: 0.5, attenuationColor: [0.8, 0.5, 0.1] });
    for (const thickness of [0.25, 1, 2]) {
      const mesh = floor(slab(new MeshBuilder(), 0, thickness), 1);
      const light = seen(mesh, [material({ ...AIR, volume: medium }), LAMP]);
      medium.attenuationColor.forEach((colour, i) => {
        expect(light[i]).toBeCloseTo(4 * colour ** (thickness / 0.5), 3);
      });
    }
  });

  it('is not absorbed where the distance is infinite, nor on the way to a sky without end', () => {
    kernel.setEnvironment([1, 1, 1]);
    const clear = floor(slab(new MeshBuilder(), 0, 1), 1);
    expect(seen(clear, [material({ ...AIR, volume: volume() }), LAMP])[0]).toBeCloseTo(4, 3);
    // A sheet of water without a bottom.
    const open = floor(new MeshBuilder(), 0, 0);
    const dark = volume({ attenuationDistance: 1, attenuationColor: [0.1, 0.1, 0.1] });
    expect(seen(open, [material({ ...AIR, volume: dark })])[0]).toBeCloseTo(1, 3);
  });

  it('is tinted by the base colour at both faces', () => {
    kernel.setEnvironment([0, 0, 0]);
    const mesh = floor(slab(new MeshBuilder(), 0, 1), 1);
    const tinted = material({ ...AIR, baseColor: [1, 0.5, 0, 1], volume: volume() });
    const [r, g, b] = seen(mesh, [tinted, LAMP]);
    expect(r).toBeCloseTo(4, 3);
    expect(g).toBeCloseTo(1, 3);
    expect(b).toBe(0);
  });

  it('is absorbed by what it is in, where volumes lie in volumes', () => {
    kernel.setEnvironment([0, 0, 0]);
    const outer = volume({ attenuationDistance: 1, attenuationColor: [0.5, 1, 1] });
    const inner = volume({ attenuationDistance: 1, attenuationColor: [1, 0.5, 1] });
    const materials = [material({ ...AIR, volume: outer }), LAMP, material({ ...AIR, volume: inner })];
    const nested = floor(slab(new MeshBuilder(), 0, 3), 1).box(2, [0, 1.5, 0], [1, 0.5, 1]);
    const light = seen(nested, materials);
    // Two metres in the outer, one in the inner one.
    expect(light[0]).toBeCloseTo(4 / 4, 3);
    expect(light[1]).toBeCloseTo(4 / 2, 3);
    expect(light[2]).toBeCloseTo(4, 3);
    // What lies deeper within the outer one is seen through it again: 1 and 0.5 metres.
    const sunk = floor(slab(new MeshBuilder(), 0, 3), 1, 0.5).box(2, [0, 1.5, 0], [1, 0.5, 1]);
    expect(seen(sunk, materials)[0]).toBeCloseTo(4 * 0.5 ** 1.5, 3);
    // Overlapping: in the shared part only the one that was entered last absorbs, after it both go on as they were.
    const overlapping = slab(slab(floor(new MeshBuilder(), 1), 0, 2, 1), 2, 2, 0);
    const mixed = seen(overlapping, materials);
    expect(mixed[0]).toBeCloseTo(4 / 2 ** 2, 1);
    expect(mixed[1]).toBeCloseTo(4 / 2, 1);
  });

  it('dims what stands within: an opaque body in coloured air, lit by a lamp in the same air', () => {
    kernel.setEnvironment([0, 0, 0]);
    const lit = (medium: Changes) => {
      const mesh = new MeshBuilder()
        .box(0, [0, 1, 0], [3, 2, 3])
        .quad(1, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1])
        .quad(2, [-0.02, 2, -0.02], [0.02, 2, -0.02], [0.02, 2, 0.02], [-0.02, 2, 0.02]);
      const lamp = material({ emissive: [1e4, 1e4, 1e4] });
      kernel.loadScene(mesh.scene([material({ ...AIR, ...medium }), material({ ior: 1 }), lamp]));
      const oblique = cameraAt([0, 3.9, 1.9], [0, 0, 0], 0.002);
      return meanRadiance(kernel, oblique, { side: 4, samples: 256, bounces: 3 });
    };
    const clear = lit({ volume: volume() });
    const dim = lit({ volume: volume({ attenuationDistance: 1, attenuationColor: [0.5, 1, 1] }) });
    expect(clear[0]).toBeGreaterThan(0.1);
    expect(dim[1] / clear[1]).toBeCloseTo(1, 2);
    // From the lamp two metres down, then to the upper face at y = 3: 3 / (3.9 / |(0, 3.9, 1.9)|) metres.
    const way = 2 + (3 * Math.hypot(3.9, 1.9)) / 3.9;
    expect(dim[0] / clear[0]).toBeCloseTo(0.5 ** way, 2);
  });
});

/** The directions that smooth glass sends light on to, from those of its lobes. */
function passed(outgoing: Triple, color: Followed = 0): Triple | undefined {
  probe.look(outgoing, color);
  for (let i = 0; i < 256; i++) {
    const sampled = probe.sample(...even(i));
    if (sampled && sampled[2] * outgoing[2] < 0) return sampled;
  }
  return undefined;
}

describe('refraction', () => {
  it("follows Snell's law into and out of the medium", () => {
    probe.load({ ...GLASS, ior: 1.5 });
    for (const degrees of [0, 20, 50, 80]) {
      const into = passed(direction(degrees));
      expect(into?.[0]).toBeCloseTo(-Math.sin((degrees * Math.PI) / 180) / 1.5, 2);
      expect(into?.[1]).toBeCloseTo(0, 2);
    }
    for (const degrees of [0, 20, 40]) {
      const out = passed(direction(180 - degrees));
      expect(out?.[0]).toBeCloseTo(-Math.sin((degrees * Math.PI) / 180) * 1.5, 2);
      expect(out?.[2]).toBeGreaterThan(0);
    }
  });

  it('ends at the critical angle: beyond, all light is reflected', () => {
    probe.load({ ...GLASS, ior: 1.5 });
    expect(passed(direction(180 - 43))).toBeUndefined();
    expect(passed(direction(180 - 41))).toBeDefined();
    probe.look(direction(180 - 60));
    const mirrored = Array.from({ length: 64 }, (_, i) => probe.sample(...even(i))?.[2] ?? 0);
    expect(mirrored.reduce((a, b) => a + b) / 64).toBeCloseTo(-0.5, 2);
    expect(returnedLight(probe)[0]).toBeCloseTo(1, 4);
    // Even where the material asks for a weak highlight: there is no other way for light to go.
    probe.load({ ...GLASS, baseColor: [0, 0, 0, 1], specular: specular({ strength: 0.3 }) });
    probe.look(direction(180 - 60));
    expect(returnedLight(probe)[0]).toBeCloseTo(1, 4);
  });

  it('shows 4 % of what is in front in glass of index 1.5, and the rest of what is behind', () => {
    kernel.setEnvironment([1, 1, 1]);
    const mesh = floor(slab(new MeshBuilder(), 0, 1), 1);
    const black = material({ baseColor: [0, 0, 0, 1], ior: 1 });
    // Off the front, and off the back through the front twice, and so on: 2 F / (1 + F).
    expect(seen(mesh, [material(GLASS), black], 12, 4096)[0]).toBeCloseTo(0.08 / 1.04, 2);
  });

  it('is the more diffuse the rougher the glass, and stays where it is at an index of 1', () => {
    const spread = (changes: Changes): number => {
      probe.load({ ...GLASS, ...changes });
      probe.look(direction(0));
      let most = 0;
      for (let i = 0; i < 512; i++) {
        const sampled = probe.sample(...even(i));
        if (sampled && sampled[2] < 0) most = Math.max(most, Math.hypot(sampled[0], sampled[1]));
      }
      return most;
    };
    expect(spread({ roughness: 0 })).toBeLessThan(0.05);
    expect(spread({ roughness: 0.5 })).toBeGreaterThan(spread({ roughness: 0.2 }) * 1.5);
    expect(spread({ roughness: 0.5, ior: 1 })).toBeLessThan(0.05);
  });

  it('without a volume leaves the direction of light as it is', () => {
    probe.load({ transmission: 1, roughness: 0 });
    const outgoing = direction(50, 30);
    const straight = passed(outgoing);
    outgoing.forEach((value, i) => {
      expect(straight?.[i]).toBeCloseTo(-value, 2);
    });
  });

  it('makes a glass ball vanish before a uniform sky', () => {
    kernel.setEnvironment([1, 1, 1]);
    const ball = new MeshBuilder().sphere(0, [0, 0, 0], 1, 24);
    for (const changes of [{ roughness: 0 }, { roughness: 0.3 }, { roughness: 0.1, iridescence: film(0) }]) {
      kernel.loadScene(ball.scene([material({ ...GLASS, ...changes })]));
      const light = meanRadiance(kernel, cameraAt([0, 0, 4], [0, 0, 0], 0.3), { samples: 256, bounces: 32 });
      for (const channel of light) expect(channel).toBeCloseTo(1, 1.7);
    }
  });

  it('through a volume blocks the shadow rays: what lies behind is lit by what finds the lamp', () => {
    kernel.setEnvironment([0, 0, 0]);
    const lit = (bounces: number) => {
      const mesh = floor(new MeshBuilder(), 1, -0.5).quad(2, [-4, 3, -4], [4, 3, -4], [4, 3, 4], [-4, 3, 4]);
      slab(mesh, 0, 1);
      kernel.loadScene(
        mesh.scene([
          material({ ...AIR, volume: volume() }),
          material({ ior: 1 }),
          material({ emissive: [1, 1, 1] }),
        ]),
      );
      return meanRadiance(kernel, cameraAt([0, 2.9, 0.001], [0, 0, 0], 0.02), {
        side: 4,
        samples: 1024,
        bounces,
      });
    };
    expect(lit(3)[0]).toBe(0);
    expect(lit(8)[0]).toBeGreaterThan(0.4);
  });
});

describe('dispersion', () => {
  it('bends blue more than green and green more than red', () => {
    probe.load({ ...GLASS, ior: 1.5, volume: volume({ dispersion: 2 }) });
    const outgoing = direction(60);
    const [red, green, blue] = ([1, 2, 3] as const).map((color) => -(passed(outgoing, color)?.[0] ?? 0));
    const sin = Math.sin(Math.PI / 3);
    expect(red).toBeCloseTo(sin / 1.475, 3);
    expect(green).toBeCloseTo(sin / 1.5, 3);
    expect(blue).toBeCloseTo(sin / 1.525, 3);
  });

  /** Through a wedge with its edge at +x, down on strips that shine with their number (rising with x): the mean one each colour sees. */
  function throughPrism(dispersion: number): Triple {
    kernel.setEnvironment([0, 0, 0]);
    const mesh = new MeshBuilder()
      .quad(0, [-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1])
      .quad(0, [-1, 0.8, 1], [1, 0, 1], [1, 0, -1], [-1, 0.8, -1])
      .quad(0, [-1, 0, 1], [-1, 0.8, 1], [-1, 0.8, -1], [-1, 0, -1]);
    const materials = [material({ ...GLASS, ior: 1.6, volume: volume({ dispersion }) })];
    const width = 0.04;
    for (let i = 0; i < 40; i++) {
      const x = -1.2 + width * i;
      mesh.quad(i + 1, [x, -1.5, 1], [x + width, -1.5, 1], [x + width, -1.5, -1], [x, -1.5, -1]);
      materials.push(material({ unlit: true, baseColor: [i, i, i, 1] }));
    }
    kernel.loadScene(mesh.scene(materials));
    const view = cameraAt([0, 3, 0.001], [0, 0, 0], 0.002);
    return meanRadiance(kernel, view, { side: 4, samples: 4096, bounces: 4 });
  }

  it('by a prism lays the colours out in order, and without it they stay together', () => {
    const together = throughPrism(0);
    expect(together[0]).toBeCloseTo(together[2], 3);
    // Light is bent towards the thick end, at -x.
    const [red, green, blue] = throughPrism(4);
    expect(red).toBeGreaterThan(green + 0.5);
    expect(green).toBeGreaterThan(blue + 0.5);
    expect(green).toBeCloseTo(together[1], 0);
  });

  it('loses no light and gains no colour: a ball of it vanishes before a uniform sky', () => {
    kernel.setEnvironment([1, 1, 1]);
    const ball = new MeshBuilder().sphere(0, [0, 0, 0], 1, 24);
    kernel.loadScene(ball.scene([material({ ...GLASS, roughness: 0.2, volume: volume({ dispersion: 5 }) })]));
    const light = meanRadiance(kernel, cameraAt([0, 0, 4], [0, 0, 0], 0.3), { samples: 1024, bounces: 32 });
    for (const channel of light) expect(channel).toBeCloseTo(1, 1.5);
  });
});
