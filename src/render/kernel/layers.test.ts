import { beforeAll, describe, expect, it } from 'vitest';
import {
  anisotropy,
  type Changes,
  clearcoat,
  diffuseTransmission,
  film,
  iridescence,
  sheen,
  specular,
  volume,
} from './material-gallery.ts';
import { direction, even, MaterialProbe, returnedLight } from './probing.ts';
import { image, type Triple, texture } from './testing.ts';
import { thinFilm } from './thin-film.testing.ts';

let probe: MaterialProbe;
beforeAll(async () => {
  probe = await MaterialProbe.start();
});

const BLACK = { baseColor: [0, 0, 0, 1], roughness: 0 } as const;

/** What the material returns of a uniform environment of 1, seen under an angle. */
function returned(material: Changes, degrees = 0): Triple {
  probe.load(material);
  return probe.look(direction(degrees)) ? returnedLight(probe, 2048) : [0, 0, 0];
}

/** The same through a texture of one texel. */
function textured(material: Changes, texel: readonly [number, number, number, number], degrees = 0): Triple {
  probe.load(material, [image(1, 1, texel)], [texture(0)]);
  return probe.look(direction(degrees)) ? returnedLight(probe, 2048) : [0, 0, 0];
}

function expectColor(actual: Triple, expected: Triple, digits = 3): void {
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? 0, digits);
  });
}

/** sRGB 188 decodes to this. */
const HALF = 0.5029;

describe('KHR_materials_specular', () => {
  it('scales the highlight of a dielectric by strength and tints it by colour', () => {
    expectColor(returned({ ...BLACK, specular: specular({ strength: 0.5 }) }), [0.02, 0.02, 0.02]);
    expectColor(returned({ ...BLACK, specular: specular({ color: [1, 0.5, 0] }) }), [0.04, 0.02, 0]);
    expectColor(returned({ ...BLACK, specular: specular({ color: [100, 5, 1] }) }), [1, 0.2, 0.04]);
  });

  it('scales the glow at grazing angles by strength, but does not tint it', () => {
    const [r, , b] = returned({ ...BLACK, specular: specular({ color: [1, 1, 0] }) }, 89.5);
    expect(r / b).toBeCloseTo(1, 1);
    const [half] = returned({ ...BLACK, specular: specular({ strength: 0.5 }) }, 89.5);
    expect(half / r).toBeCloseTo(0.5, 1);
  });

  it('leaves metal as it is', () => {
    const metal = { metallic: 1, roughness: 0, baseColor: [0.9, 0.5, 0.1, 1] } as const;
    expectColor(
      returned({ ...metal, specular: specular({ strength: 0, color: [0, 0, 0] }) }),
      [0.9, 0.5, 0.1],
    );
  });

  it('takes strength from alpha and colour from sRGB', () => {
    const strength = specular({ strengthTexture: 0 });
    expectColor(textured({ ...BLACK, specular: strength }, [0, 0, 0, 128]), [0.0201, 0.0201, 0.0201]);
    const color = specular({ colorTexture: 0 });
    expectColor(textured({ ...BLACK, specular: color }, [188, 255, 0, 0]), [0.04 * HALF, 0.04, 0], 4);
  });
});

describe('KHR_materials_clearcoat', () => {
  const DULL = { baseColor: [0, 0, 0, 1], ior: 1 } as const;

  it('adds a highlight of 4 % times its strength, and takes it from what is below', () => {
    expectColor(returned({ ...DULL, clearcoat: clearcoat() }), [0.04, 0.04, 0.04]);
    expectColor(returned({ ...DULL, clearcoat: clearcoat({ strength: 0.5 }) }), [0.02, 0.02, 0.02]);
    const mirror = { metallic: 1, roughness: 0, baseColor: [0.5, 0.5, 0.5, 1] } as const;
    expectColor(returned({ ...mirror, clearcoat: clearcoat() }), [0.52, 0.52, 0.52]);
  });

  it('takes strength from red and roughness from green', () => {
    const strength = clearcoat({ strengthTexture: 0 });
    expectColor(textured({ ...DULL, clearcoat: strength }, [128, 0, 0, 0]), [0.02, 0.02, 0.02]);
    const rough = clearcoat({ roughness: 1, roughnessTexture: 0 });
    const spread = (green: number) => {
      textured({ ...DULL, clearcoat: rough }, [0, green, 0, 0]);
      return Math.min(...Array.from({ length: 64 }, (_, i) => probe.sample(...even(i))?.[2] ?? 1));
    };
    expect(spread(0)).toBeGreaterThan(0.99);
    expect(spread(255)).toBeLessThan(0.7);
  });

  it('shines along its own normal, not along that of the surface below', () => {
    const byte = (value: number) => Math.round((value * 0.5 + 0.5) * 255);
    // 15 degrees towards +x: straight down comes back 30 degrees off.
    const tilt = (15 * Math.PI) / 180;
    const tilted = [byte(Math.sin(tilt)), 128, byte(Math.cos(tilt)), 255] as const;
    const brightest = (material: Changes): number => {
      textured(material, tilted);
      const sampled = Array.from({ length: 64 }, (_, i) => probe.sample(...even(i))?.[0] ?? 0);
      return sampled.reduce((a, b) => a + b) / 64;
    };
    expect(brightest({ ...DULL, clearcoat: clearcoat({ normalTexture: 0 }) })).toBeCloseTo(0.5, 1);
    expect(brightest({ ...DULL, clearcoat: clearcoat({ normalTexture: 0, normalScale: 0 }) })).toBeCloseTo(
      0,
      2,
    );
    // The base's normal map is not the coat's.
    expect(brightest({ ...DULL, clearcoat: clearcoat(), normalTexture: 0 })).toBeCloseTo(0, 2);
  });
});

describe('KHR_materials_sheen', () => {
  const BARE = { baseColor: [0, 0, 0, 1], ior: 1 } as const;

  it('glows towards grazing angles, in its colour', () => {
    const cloth = { ...BARE, sheen: sheen({ color: [1, 0.5, 0], roughness: 0.4 }) };
    const straight = returned(cloth, 0);
    const grazing = returned(cloth, 80);
    expect(grazing[0]).toBeGreaterThan(straight[0] * 5);
    expect(grazing[1] / grazing[0]).toBeCloseTo(0.5, 3);
    expect(grazing[2]).toBe(0);
  });

  it('spreads from the rim over the whole surface as roughness grows', () => {
    const at = (roughness: number, degrees: number) =>
      returned({ ...BARE, sheen: sheen({ roughness }) }, degrees)[0];
    expect(at(1, 0)).toBeGreaterThan(0.1);
    expect(at(0.3, 0)).toBeLessThan(0.01);
    expect(at(0.3, 85)).toBeGreaterThan(0.4);
  });

  it('follows the Charlie distribution and its shadowing', () => {
    probe.load({ ...BARE, sheen: sheen({ roughness: 0.7 }) });
    const outgoing = direction(35, 10);
    const incoming = direction(60, 200);
    probe.look(outgoing);
    // Estevez and Kulla, equations 2 to 4, in double precision.
    const alpha = 0.49;
    const l = (x: number): number => {
      const t = (1 - alpha) ** 2;
      const mixed = (low: number, high: number) => low + (high - low) * t;
      const a = mixed(21.5473, 25.3245);
      const b = mixed(3.82987, 3.32435);
      const c = mixed(0.19823, 0.16801);
      return a / (1 + b * x ** c) + mixed(-1.9776, -1.27393) * x + mixed(-4.32054, -4.85967);
    };
    const lambda = (cos: number) => Math.exp(cos < 0.5 ? l(cos) : 2 * l(0.5) - l(1 - cos));
    const h = outgoing.map((value, i) => value + (incoming[i] ?? 0));
    const cosH = (h[2] ?? 0) / Math.hypot(...h);
    const density = ((2 + 1 / alpha) * (1 - cosH * cosH) ** (0.5 / alpha)) / (2 * Math.PI);
    const shadowing = 1 / (1 + lambda(outgoing[2]) + lambda(incoming[2]));
    const expected = (density * shadowing) / (4 * outgoing[2]);
    expect(probe.towards(incoming).value[0] / expected).toBeCloseTo(1, 3);
  });

  it('takes colour from sRGB and roughness from alpha', () => {
    const colored = returned({ ...BARE, sheen: sheen({ roughness: 0.5 }) }, 70);
    const slot = { ...BARE, sheen: sheen({ roughness: 0.5, colorTexture: 0 }) };
    expectColor(textured(slot, [188, 255, 0, 0], 70), [colored[0] * HALF, colored[1], 0]);
    const rough = { ...BARE, sheen: sheen({ roughness: 1, roughnessTexture: 0 }) };
    expectColor(textured(rough, [0, 0, 0, 128], 70), colored, 2);
  });
});

describe('KHR_materials_anisotropy', () => {
  // Black plastic: next to nothing but the highlight.
  const BRUSHED = { roughness: 0.3, baseColor: [0, 0, 0, 1] } as const;

  /** How much brighter straight light comes back 40 degrees off the normal along the tangent than across it. */
  function stretch(turned = 0): number {
    probe.look(direction(0));
    const [along, across] = [0, 90].map((around) => probe.towards(direction(40, around + turned)).value[0]);
    return (along ?? 0) / (across ?? 0);
  }

  it('stretches the highlight along the tangent, turned by the rotation', () => {
    probe.load({ ...BRUSHED, anisotropy: anisotropy() });
    expect(stretch()).toBeGreaterThan(20);
    probe.load({ ...BRUSHED, anisotropy: anisotropy({ rotation: Math.PI / 2 }) });
    expect(stretch()).toBeLessThan(1 / 20);
    // Counter-clockwise: between the tangent and the bitangent.
    probe.load({ ...BRUSHED, anisotropy: anisotropy({ rotation: Math.PI / 4 }) });
    expect(stretch()).toBeCloseTo(1, 3);
    expect(stretch(45)).toBeGreaterThan(20);
    probe.load({ ...BRUSHED, anisotropy: anisotropy({ strength: 1e-6 }) });
    expect(stretch()).toBeCloseTo(1, 3);
  });

  it('takes direction from red and green, strength from blue', () => {
    const slot = { ...BRUSHED, anisotropy: anisotropy({ texture: 0 }) };
    textured(slot, [128, 255, 255, 255]);
    expect(stretch()).toBeLessThan(1 / 20);
    textured(slot, [255, 128, 255, 255]);
    expect(stretch()).toBeGreaterThan(20);
    textured(slot, [128, 255, 0, 255]);
    expect(stretch()).toBeCloseTo(1, 3);
  });

  it('widens to mix(alpha, 1, strength^2) along the grain', () => {
    probe.load({ ...BRUSHED, anisotropy: anisotropy({ strength: 0.5 }) });
    probe.look(direction(0));
    // D at straight incidence, where masking hardly matters: the ratio of values is that of densities.
    const alphaB = 0.09;
    const alphaT = 0.09 + 0.91 * 0.25;
    const density = (degrees: number, alpha: number) => {
      const half = (degrees * Math.PI) / 360;
      return 1 / ((Math.sin(half) / alpha) ** 2 + Math.cos(half) ** 2) ** 2;
    };
    const ratio = probe.towards(direction(20, 0)).value[0] / probe.towards(direction(20, 90)).value[0];
    expect(ratio / (density(20, alphaT) / density(20, alphaB))).toBeCloseTo(1, 1);
  });
});

describe('KHR_materials_iridescence', () => {
  const MIRROR = { metallic: 1, roughness: 0, baseColor: [0.7, 0.7, 0.7, 1] } as const;

  it('changes the hue with thickness and angle', () => {
    const hue = ([r, g, b]: Triple) => Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b);
    const hues = [250, 325, 400, 475].map((thickness) =>
      hue(returned({ ...MIRROR, iridescence: film(thickness) })),
    );
    for (const [i, one] of hues.entries()) {
      for (const other of hues.slice(i + 1))
        expect(Math.abs(Math.sin((one - other) / 2))).toBeGreaterThan(0.1);
    }
    const oblique = hue(returned({ ...MIRROR, iridescence: film(400) }, 60));
    expect(Math.abs(Math.sin(((hues[2] ?? 0) - oblique) / 2))).toBeGreaterThan(0.1);
  });

  it("is the extension's sum of Gaussians (worked out in double precision)", () => {
    for (const [thickness, degrees, base] of [
      [400, 0, 0.7],
      [550, 40, 0.3],
      [120, 70, 0.9],
    ] as const) {
      const color = [base, base / 2, base / 4] as const;
      const actual = returned(
        { metallic: 1, roughness: 0, baseColor: [...color, 1], iridescence: film(thickness) },
        degrees,
      );
      expectColor(actual, thinFilm(Math.cos((degrees * Math.PI) / 180), 1.3, thickness, color), 2);
    }
  });

  it('fades with its strength, and is nothing without thickness', () => {
    const bare = returned(MIRROR);
    expectColor(returned({ ...MIRROR, iridescence: film(0) }), bare);
    const full = returned({ ...MIRROR, iridescence: film(400) });
    const half = returned({ ...MIRROR, iridescence: { ...film(400), strength: 0.5 } });
    expectColor(half, [0, 1, 2].map((i) => ((bare[i] ?? 0) + (full[i] ?? 0)) / 2) as unknown as Triple);
  });

  it('takes strength from red, and thickness between its bounds from green', () => {
    const slot = iridescence({ thicknessMinimum: 200, thicknessMaximum: 710, thicknessTexture: 0 });
    const middle = textured({ ...MIRROR, iridescence: slot }, [0, 100, 0, 0]);
    expectColor(middle, returned({ ...MIRROR, iridescence: film(400) }));
    const strength = { ...film(400), strengthTexture: 0 };
    expectColor(textured({ ...MIRROR, iridescence: strength }, [0, 255, 255, 255]), returned(MIRROR));
  });

  it('colours the highlight of a dielectric as well', () => {
    const [r, g, b] = returned({ ...BLACK, iridescence: film(400) });
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeGreaterThan(0.01);
  });
});

describe('transmission', () => {
  it('is scaled by the red of its texture', () => {
    const pane = {
      ...BLACK,
      ior: 1,
      baseColor: [1, 1, 1, 1],
      transmission: 1,
      transmissionTexture: 0,
    } as const;
    const through = () => {
      let sum = 0;
      for (let i = 0; i < 1024; i++) {
        const sampled = probe.sample(...even(i));
        if (sampled && sampled[2] < 0) sum++;
      }
      return sum / 1024;
    };
    textured(pane, [255, 0, 0, 0]);
    expect(through()).toBe(1);
    textured(pane, [51, 255, 255, 255]);
    expect(through()).toBeCloseTo(0.2, 1);
    textured({ ...pane, ior: 1.5, volume: volume() }, [51, 255, 255, 255]);
    expect(through()).toBeCloseTo(0.2, 1);
  });
});

describe('diffuse transmission', () => {
  /** Without an interface: all of the light is the base's. */
  const leaf = { ior: 1, roughness: 1, baseColor: [1, 0.5, 0, 1] } as const;
  const share = () => {
    let behind = 0;
    for (let i = 0; i < 1024; i++) {
      const sampled = probe.sample(...even(i));
      if (sampled && sampled[2] < 0) behind++;
    }
    return behind / 1024;
  };

  it('takes its colour from what goes through, and leaves the rest to the base', () => {
    const color = [0, 1, 1] as const;
    const all = returned({ ...leaf, diffuseTransmission: diffuseTransmission({ color }) });
    expectColor(all, [0, 1, 1]);
    const half = returned({ ...leaf, diffuseTransmission: diffuseTransmission({ color, strength: 0.5 }) });
    expectColor(half, [0.5, 0.75, 0.5]);
    expectColor(
      returned({ ...leaf, diffuseTransmission: diffuseTransmission({ strength: 0 }) }),
      [1, 0.5, 0],
    );
  });

  it('takes strength from alpha and the colour from red, green and blue in sRGB', () => {
    const white = { ...leaf, baseColor: [1, 1, 1, 1] } as const;
    textured({ ...white, diffuseTransmission: diffuseTransmission({ strengthTexture: 0 }) }, [0, 0, 0, 64]);
    expect(share()).toBeCloseTo(64 / 255, 2);
    const slot = diffuseTransmission({ colorTexture: 0 });
    expectColor(textured({ ...white, diffuseTransmission: slot }, [255, 0, 188, 0]), [1, 0, 0.503]);
  });

  it('is not part of metal, nor of what is transparent, nor of a volume', () => {
    for (const other of [{ metallic: 1 }, { transmission: 1 }, { transmission: 0.5, volume: volume() }]) {
      const without = returned({ ...leaf, ...other });
      expectColor(returned({ ...leaf, ...other, diffuseTransmission: diffuseTransmission() }), without);
    }
  });
});
