/**
 * The brightness of an environment as a light: photographs of skies and studios come in any unit, from a tenth to a hundred.
 * Calibrated, the mean radiance from all directions is 1: a white matte ball under it shows 1 on average, a grey card 18 percent,
 * and whoever changes one built-in environment for another finds the picture as bright as before.
 */
import type { EnvironmentMap } from '../format.ts';
import { sinCos } from '../gltf/sin-cos.ts';

/** Luminance, averaged over the sphere. */
export function meanRadiance({ width, height, rgb }: EnvironmentMap): number {
  let [sum, weights] = [0, 0];
  for (let y = 0; y < height; y++) {
    // The row's share of the sphere; without the host's sine, for what is calibrated is rendered by.
    const weight = sinCos((Math.PI * (y + 0.5)) / height).sin;
    let row = 0;
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      row += 0.2126 * (rgb[at] ?? 0) + 0.7152 * (rgb[at + 1] ?? 0) + 0.0722 * (rgb[at + 2] ?? 0);
    }
    sum += weight * row;
    weights += weight * width;
  }
  return sum / weights;
}

/** A black one stays black. */
export function calibrated(map: EnvironmentMap): EnvironmentMap {
  const mean = meanRadiance(map);
  return mean > 0 ? { ...map, rgb: map.rgb.map((value) => value / mean) } : map;
}
