/** For tests: one material for each thing a layered material can be, white where it can be, and random ones. */
import fc from 'fast-check';
import type { FlatMaterial } from '../scene/index.ts';

export type Changes = Partial<FlatMaterial>;
type Layer<Name extends keyof FlatMaterial> = NonNullable<FlatMaterial[Name]>;

export function volume(changes: Partial<Layer<'volume'>> = {}): Layer<'volume'> {
  return {
    attenuationDistance: Number.POSITIVE_INFINITY,
    attenuationColor: [1, 1, 1],
    dispersion: 0,
    ...changes,
  };
}

export function specular(changes: Partial<Layer<'specular'>> = {}): Layer<'specular'> {
  return { strength: 1, strengthTexture: -1, color: [1, 1, 1], colorTexture: -1, ...changes };
}

export function clearcoat(changes: Partial<Layer<'clearcoat'>> = {}): Layer<'clearcoat'> {
  return {
    strength: 1,
    strengthTexture: -1,
    roughness: 0,
    roughnessTexture: -1,
    normalTexture: -1,
    normalScale: 1,
    ...changes,
  };
}

export function sheen(changes: Partial<Layer<'sheen'>> = {}): Layer<'sheen'> {
  return { color: [1, 1, 1], colorTexture: -1, roughness: 0.5, roughnessTexture: -1, ...changes };
}

export function anisotropy(changes: Partial<Layer<'anisotropy'>> = {}): Layer<'anisotropy'> {
  return { strength: 1, rotation: 0, texture: -1, ...changes };
}

export function iridescence(changes: Partial<Layer<'iridescence'>> = {}): Layer<'iridescence'> {
  return {
    strength: 1,
    strengthTexture: -1,
    ior: 1.3,
    thicknessMinimum: 100,
    thicknessMaximum: 400,
    thicknessTexture: -1,
    ...changes,
  };
}

export function diffuseTransmission(
  changes: Partial<Layer<'diffuseTransmission'>> = {},
): Layer<'diffuseTransmission'> {
  return { strength: 1, strengthTexture: -1, color: [1, 1, 1], colorTexture: -1, ...changes };
}

/** A single thickness in nanometres. */
export function film(thickness: number): Layer<'iridescence'> {
  return iridescence({ thicknessMinimum: thickness, thicknessMaximum: thickness });
}

const glass = { transmission: 1, volume: volume() } as const;

/** Name, material, and how much of a white furnace it may lose (its text says why more than noise). */
export const LOBES: readonly (readonly [name: string, material: Changes, loss: number])[] = [
  ['glass', { ...glass, roughness: 0.3 }, 0.01],
  ['rough glass', { ...glass, roughness: 1 }, 0.01],
  ['rough diamond', { ...glass, roughness: 0.7, ior: 2.4 }, 0.01],
  ['milky glass', { transmission: 0.5, volume: volume(), roughness: 0.5 }, 0.01],
  ['half metal, half glass', { ...glass, metallic: 0.5, roughness: 0.6 }, 0.01],
  ['air in a bottle', { ...glass, roughness: 0.8, ior: 1 }, 0.01],
  ['paper', { diffuseTransmission: diffuseTransmission({ strength: 0.4 }), roughness: 0.8 }, 0.01],
  ['a leaf', { diffuseTransmission: diffuseTransmission(), roughness: 0.4 }, 0.01],
  ['waxed paper', { diffuseTransmission: diffuseTransmission({ strength: 0.5 }), transmission: 0.5 }, 0.01],
  [
    'a varnished leaf',
    { diffuseTransmission: diffuseTransmission({ strength: 0.5 }), clearcoat: clearcoat({ roughness: 0.4 }) },
    0.02,
  ],
  ['a weak highlight', { specular: specular({ strength: 0.5 }), roughness: 0.4 }, 0.01],
  ['no highlight', { specular: specular({ strength: 0 }), roughness: 0.4 }, 0.01],
  ['a strong highlight', { specular: specular({ color: [9, 9, 9] }), roughness: 0.6 }, 0.01],
  ['a varnished wall', { clearcoat: clearcoat({ roughness: 0.4 }), roughness: 1 }, 0.015],
  ['varnished metal', { clearcoat: clearcoat({ roughness: 0.4 }), metallic: 1, roughness: 0.5 }, 0.02],
  ['cloth', { sheen: sheen({ roughness: 0.6 }) }, 0.015],
  ['silk', { sheen: sheen({ roughness: 0.2 }), roughness: 0.5 }, 0.02],
  ['varnished cloth', { sheen: sheen(), clearcoat: clearcoat({ strength: 0.7, roughness: 0.5 }) }, 0.03],
  ['brushed metal', { anisotropy: anisotropy(), metallic: 1, roughness: 0.5 }, 0.015],
  ['brushed plastic', { anisotropy: anisotropy({ strength: 0.6, rotation: 0.5 }), roughness: 0.5 }, 0.015],
  ['an oily mirror', { iridescence: film(400), metallic: 1, roughness: 0.4 }, 0.015],
  // A film's colours are taken from what is below in equal parts, so that it does not turn into the opposite colour.
  ['an oily wall', { iridescence: film(400), roughness: 0.4 }, 0.2],
  ['a soap bubble', { iridescence: film(300), transmission: 1, ior: 1.33, roughness: 0.4 }, 0.2],
  ['oily glass', { ...glass, iridescence: film(500), roughness: 0.5 }, 0.2],
  // From within, light that the coat keeps is not followed.
  ['varnished glass', { ...glass, clearcoat: clearcoat({ roughness: 0.5 }), roughness: 0.5 }, 0.12],
];

const share = fc.double({ min: 0, max: 1, noNaN: true });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const colour = fc.tuple(share, share, share);

/** Anything a material may be, without textures, rough enough to be integrated on a grid. */
export const anyMaterial: fc.Arbitrary<Changes> = fc
  .record({
    base: colour,
    metallic: fc.oneof(fc.constantFrom(0, 1), share),
    roughness: fc.double({ min: 0.35, max: 1, noNaN: true }),
    ior: fc.double({ min: 1, max: 2.5, noNaN: true }),
    transmission: fc.oneof(fc.constantFrom(0, 1), share),
    isSolid: fc.boolean(),
    specular: maybe(fc.record({ strength: share, color: colour })),
    clearcoat: maybe(
      fc.record({ strength: share, roughness: fc.double({ min: 0.35, max: 1, noNaN: true }) }),
    ),
    sheen: maybe(fc.record({ color: colour, roughness: fc.double({ min: 0.15, max: 1, noNaN: true }) })),
    anisotropy: maybe(fc.record({ strength: share, rotation: fc.double({ min: 0, max: 6, noNaN: true }) })),
    leaf: maybe(fc.record({ strength: share, color: colour })),
    film: maybe(fc.record({ strength: share, thickness: fc.double({ min: 0, max: 1000, noNaN: true }) })),
  })
  .map((it) => ({
    baseColor: [...it.base, 1] as const,
    metallic: it.metallic,
    roughness: it.roughness,
    ior: it.ior,
    transmission: it.transmission,
    ...(it.isSolid && { volume: volume() }),
    ...(it.specular && { specular: specular(it.specular) }),
    ...(it.clearcoat && { clearcoat: clearcoat(it.clearcoat) }),
    ...(it.sheen && { sheen: sheen(it.sheen) }),
    ...(it.leaf && { diffuseTransmission: diffuseTransmission(it.leaf) }),
    ...(it.anisotropy && { anisotropy: anisotropy(it.anisotropy) }),
    ...(it.film && { iridescence: { ...film(it.film.thickness), strength: it.film.strength } }),
  }));

/** From in front and from behind, steep and grazing. */
export const anyDirection = fc
  .tuple(fc.double({ min: 0.06, max: 1, noNaN: true }), fc.boolean(), share)
  .map(([cos, isFront, turn]) => {
    const sin = Math.sqrt(1 - cos * cos);
    const phi = 2 * Math.PI * turn;
    return [sin * Math.cos(phi), sin * Math.sin(phi), isFront ? cos : -cos] as const;
  });
