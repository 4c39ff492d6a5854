/**
 * How much light a scene brings along, as a photographer would measure it: what a white matte surface shows under the scene's own
 * lamps, on average over a sphere around everything. A lamp that lights a room and a light-emitting diode on a panel differ by
 * orders of magnitude; who must decide whether other light is wanted compares with that. Estimates: nothing of a picture
 * depends on them.
 */
import type { FlatLight, FlatMaterial, FlatScene } from '../format.ts';
import { sinCos } from './sin-cos.ts';

type Point = readonly [x: number, y: number, z: number];

/** Luminance of linear Rec. 709. */
const luminance = ([r, g, b]: readonly [number, number, number]): number =>
  0.2126 * r + 0.7152 * g + 0.0722 * b;

/** Linear value of an 8-bit sRGB value (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, i) =>
  i <= 10 ? i / 255 / 12.92 : ((i / 255 + 0.055) / 1.055) ** 2.4,
);

/** One texel in so many is looked at. */
const STEP = 7;

/** Mean luminance of RGBA texels whose colours are in sRGB. */
export class MeanLight {
  #sum = 0;
  #count = 0;

  /** Any number of texels. */
  add(rgba: Uint8Array): void {
    const linear = (at: number): number => LINEAR[rgba[at] ?? 0] ?? 0;
    for (let at = 0; at < rgba.length; at += 4 * STEP) {
      this.#sum += luminance([linear(at), linear(at + 1), linear(at + 2)]);
      this.#count++;
    }
  }

  get value(): number {
    return this.#count > 0 ? this.#sum / this.#count : 0;
  }
}

/**
 * Radiance of a white surface; 1 is that of one under the calibrated environments.
 * @param meanOf the mean luminance of an image, by its place
 */
export function ownLight(scene: Omit<FlatScene, 'warnings'>, meanOf: (image: number) => number): number {
  const { min, max } = scene.bounds;
  const size = [max[0] - min[0], max[1] - min[1], max[2] - min[2]] as const;
  const radius = Math.sqrt(size[0] * size[0] + size[1] * size[1] + size[2] * size[2]) / 2;
  if (!(radius > 0)) return 0;
  const centre: Point = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
  const lamps = scene.lights.reduce((sum, light) => sum + radianceUnder(light, centre, radius), 0);
  const emission = scene.materials.map((material) => emissionOf(material, scene, meanOf));
  return (
    lamps + (emission.some((value) => value > 0) ? emittedFlux(scene, emission) / sphereFlux(radius) : 0)
  );
}

/** Flux through a sphere around which a white surface has radiance 1. */
function sphereFlux(radius: number): number {
  return Math.PI * 4 * Math.PI * radius * radius;
}

function radianceUnder(light: FlatLight, centre: Point, radius: number): number {
  const strength = luminance(light.intensity) / Math.PI;
  // A sphere's mean irradiance is a quarter of that across the rays.
  if (light.kind === 'directional') return strength / 4;
  const away = distanceBetween(light.position, centre);
  // What ends before the first thing, or looks past everything, lights nothing.
  if (away - radius > light.range) return 0;
  const distance = Math.max(radius, away);
  // A spot is aimed: what it shows counts as much as the mean of all, of which it may be a small part.
  const seen = light.kind === 'spot' ? Math.sqrt(shareOfSphere(light, centre, radius, away)) : 1;
  return (seen * strength * reachedShare(light.range, distance)) / (distance * distance);
}

/** A lamp whose light ends on the way to the walls lights what is around it alone, as a part of all that there is. */
function reachedShare(range: number, distance: number): number {
  const share = range / distance;
  return share >= 1 ? 1 : share * share * share;
}

/** How much of the sphere around everything, as seen from the lamp, its cone covers. */
function shareOfSphere(light: FlatLight, centre: Point, radius: number, away: number): number {
  const outer = sinCos(light.outerConeAngle);
  const cone = 1 - outer.cos;
  if (away <= radius) return cone / 2;
  const sphere = { sin: radius / away, cos: Math.sqrt(1 - (radius / away) * (radius / away)) };
  const [x, y, z] = light.direction;
  const along =
    (x * (centre[0] - light.position[0]) +
      y * (centre[1] - light.position[1]) +
      z * (centre[2] - light.position[2])) /
    away;
  // The angle between the two is more than theirs together.
  if (along < outer.cos * sphere.cos - outer.sin * sphere.sin) return 0;
  return Math.min(1, cone / (1 - sphere.cos));
}

function distanceBetween(a: Point, b: Point): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}

/** Mean radiance of the surface as a lamp; what is unlit is a picture, no lamp. */
function emissionOf(
  { emissive, emissiveTexture, unlit }: FlatMaterial,
  { textures }: Pick<FlatScene, 'textures'>,
  meanOf: (image: number) => number,
): number {
  if (unlit) return 0;
  const texture = textures[emissiveTexture];
  return luminance(emissive) * (texture ? meanOf(texture.image) : 1);
}

/** Of the triangles in the world, which is where emitters are. */
function emittedFlux(scene: Omit<FlatScene, 'warnings'>, emission: readonly number[]): number {
  const { indices, positions, triangleMaterials, materials } = scene;
  let flux = 0;
  for (let triangle = 0; triangle < triangleMaterials.length; triangle++) {
    const material = triangleMaterials[triangle] ?? 0;
    const radiance = emission[material] ?? 0;
    if (radiance === 0) continue;
    const corner = (k: number, axis: number): number =>
      positions[3 * (indices[3 * triangle + k] ?? 0) + axis] ?? 0;
    const edge = (k: number): readonly [number, number, number] => [
      corner(k, 0) - corner(0, 0),
      corner(k, 1) - corner(0, 1),
      corner(k, 2) - corner(0, 2),
    ];
    const [a, b] = [edge(1), edge(2)];
    const [x, y, z] = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    const area = Math.sqrt(x * x + y * y + z * z) / 2;
    flux += Math.PI * radiance * area * (materials[material]?.doubleSided ? 2 : 1);
  }
  return flux;
}
