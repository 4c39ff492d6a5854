/**
 * ACES 1.0: Stephen Hill's fit of the Reference Rendering Transform with the output transform of a 100 nit sRGB display
 * (published in MJP's "BakingLab", ACES.hlsl). Contrasty and saturated; middle grey comes out at 0.1, as the standard has
 * it: real-time engines often multiply by 1 / 0.6 (0.74 stops) to make up for that, here the exposure does.
 */
import { type Matrix3, type Rgb, transform } from './rgb.ts';

/** Linear sRGB to XYZ, D65 to D60, to AP1, then the RRT's desaturation. */
const INPUT: Matrix3 = [0.59719, 0.35458, 0.04823, 0.076, 0.90834, 0.01566, 0.0284, 0.13383, 0.83777];
/** The ODT's desaturation, then back to linear sRGB. */
const OUTPUT: Matrix3 = [
  1.60475, -0.53108, -0.07367, -0.10208, 1.10813, -0.00605, -0.00327, -0.07276, 1.07602,
];
/** From here on the fit stands within 1e-7 of its limit, and larger numbers would overflow. */
const BRIGHTEST = 1e7;

export function aces(colour: Rgb): void {
  transform(INPUT, colour);
  colour[0] = rrtAndOdt(colour[0]);
  colour[1] = rrtAndOdt(colour[1]);
  colour[2] = rrtAndOdt(colour[2]);
  transform(OUTPUT, colour);
}

function rrtAndOdt(value: number): number {
  const v = Math.min(value, BRIGHTEST);
  return (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.432951) + 0.238081);
}
