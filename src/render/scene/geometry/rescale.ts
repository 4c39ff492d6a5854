/**
 * Scenes far from the size of rooms: a molecule in metres, a galaxy. Squares of areas must fit single precision, so such a scene is
 * made larger or smaller as a whole, by a power of two, which changes no bit of any mantissa; light falls off as before.
 */
import type { FlatCamera, FlatLight, FlatMaterial, FlatScene } from '../format.ts';
import { MAX_DISTANCE, MAX_RADIANCE, MIN_DISTANCE } from '../limits.ts';

/** Diagonals of the box around everything, metres, between which nothing is done. */
const SMALLEST = 2 ** -10;
const LARGEST = 2 ** 24;

type Sized = Pick<
  FlatScene,
  'positions' | 'instanceTransforms' | 'bounds' | 'lights' | 'cameras' | 'materials'
>;

/** By what to multiply all lengths; 1: the scene is of a size that can be rendered. */
export function lengthFactor({ min, max }: FlatScene['bounds']): number {
  const [x, y, z] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  const diagonal = Math.max(x, y, z);
  if (!(diagonal > 0) || (diagonal >= SMALLEST && diagonal <= LARGEST)) return 1;
  let factor = 1;
  while (diagonal * factor < 1) factor *= 2;
  while (diagonal * factor >= 2) factor /= 2;
  return factor;
}

/** The arrays are written over. */
export function rescaled<Scene extends Sized>(scene: Scene, factor: number): Scene {
  if (factor === 1) return scene;
  const { positions, instanceTransforms, bounds } = scene;
  for (const array of [positions, instanceTransforms]) {
    for (let i = 0; i < array.length; i++) array[i] = (array[i] ?? 0) * factor;
  }
  const point = ([x, y, z]: readonly [number, number, number]) =>
    [x * factor, y * factor, z * factor] as const;
  return {
    ...scene,
    bounds: { min: point(bounds.min), max: point(bounds.max) },
    cameras: scene.cameras.map((camera) => scaledCamera(camera, factor)),
    lights: scene.lights.map((light) => scaledLight(light, factor)),
    materials: scene.materials.map((material) => scaledMaterial(material, factor)),
  };
}

function scaledCamera(camera: FlatCamera, factor: number): FlatCamera {
  const { position, projection } = camera;
  return {
    ...camera,
    position: [position[0] * factor, position[1] * factor, position[2] * factor],
    projection:
      projection.kind === 'orthographic' ? { ...projection, ymag: projection.ymag * factor } : projection,
  };
}

/** Light of a lamp falls off with the square of the distance; the sun's does not. */
function scaledLight(light: FlatLight, factor: number): FlatLight {
  const { position, intensity, kind, range } = light;
  const strength = kind === 'directional' ? 1 : factor * factor;
  const channel = (value: number): number => Math.min(value * strength, MAX_RADIANCE);
  return {
    ...light,
    position: [position[0] * factor, position[1] * factor, position[2] * factor],
    intensity: [channel(intensity[0]), channel(intensity[1]), channel(intensity[2])],
    range: withinDistances(range * factor),
  };
}

function scaledMaterial(material: FlatMaterial, factor: number): FlatMaterial {
  const { volume } = material;
  if (!volume) return material;
  const attenuationDistance = withinDistances(volume.attenuationDistance * factor);
  return { ...material, volume: { ...volume, attenuationDistance } };
}

/** Infinity stays it. */
function withinDistances(metres: number): number {
  return metres > MAX_DISTANCE ? Number.POSITIVE_INFINITY : Math.max(metres, MIN_DISTANCE);
}
