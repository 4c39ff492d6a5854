/**
 * For tests only: smooth glass. One side is chosen by Schlick's reflectance in the cosine on the thinner side; what passes
 * is tinted by the base colour and goes straight on through a sheet, or by Snell's law into a volume; inside, Beer's law.
 */
import type { FlatMaterial } from '../../scene/index.ts';
import { add, dot, scale, type Vec } from './naive-vector.ts';

export function isGlass({ transmission, roughness }: FlatMaterial): boolean {
  return transmission === 1 && roughness === 0;
}

/** The next direction and what the path is multiplied with. `normal` faces where the unit `direction` comes from. */
export function throughGlass(
  { ior, volume }: FlatMaterial,
  base: Vec,
  direction: Vec,
  normal: Vec,
  isFront: boolean,
  chance: number,
): { direction: Vec; weight: Vec } {
  const cos = -dot(direction, normal);
  const ratio = isFront ? 1 / ior : ior;
  const sin2 = ratio * ratio * (1 - cos * cos);
  const behind = Math.sqrt(Math.max(0, 1 - sin2));
  const f0 = ((ior - 1) / (ior + 1)) ** 2;
  const thinner = volume && !isFront ? behind : cos;
  const isTotal = volume !== undefined && sin2 >= 1;
  const reflectance = isTotal ? 1 : f0 + (1 - f0) * (1 - thinner) ** 5;
  if (chance < reflectance) {
    return { direction: add(direction, scale(normal, 2 * cos)), weight: [1, 1, 1] };
  }
  if (!volume) return { direction, weight: base };
  return { direction: add(scale(direction, ratio), scale(normal, ratio * cos - behind)), weight: base };
}

/** What is left of light after a way inside. */
export function throughMedium({ volume }: FlatMaterial, distance: number): Vec {
  if (!volume || volume.attenuationDistance === Number.POSITIVE_INFINITY) return [1, 1, 1];
  const [r, g, b] = volume.attenuationColor;
  const part = distance / volume.attenuationDistance;
  return [r ** part, g ** part, b ** part];
}
