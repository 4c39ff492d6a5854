/**
 * Khronos PBR Neutral tone mapper, specification version 1.0 (https://modelviewer.dev/examples/tone-mapping): colours below
 * 0.76 keep their hue and value exactly (what a texture says is what the picture shows, which product and architecture
 * pictures need), only highlights are compressed and desaturated.
 */
import type { Rgb } from './rgb.ts';

/** Where compression starts, and how fast white comes. */
const START_COMPRESSION = 0.8 - 0.04;
const DESATURATION = 0.15;
/** Fresnel reflection at normal incidence of ior 1.5, which the curve takes off so that base colours come out exact. */
const F90 = 0.04;

export function neutral(colour: Rgb): void {
  const lowest = Math.min(colour[0], colour[1], colour[2]);
  const offset = lowest < 2 * F90 ? lowest - (lowest * lowest) / (4 * F90) : F90;
  colour[0] -= offset;
  colour[1] -= offset;
  colour[2] -= offset;
  const peak = Math.max(colour[0], colour[1], colour[2]);
  if (peak < START_COMPRESSION) return;
  const range = 1 - START_COMPRESSION;
  const newPeak = 1 - (range * range) / (peak + range - START_COMPRESSION);
  const scale = newPeak / peak;
  const whiteness = 1 - 1 / (DESATURATION * (peak - newPeak) + 1);
  colour[0] += (newPeak - colour[0] * scale) * whiteness + colour[0] * (scale - 1);
  colour[1] += (newPeak - colour[1] * scale) * whiteness + colour[1] * (scale - 1);
  colour[2] += (newPeak - colour[2] * scale) * whiteness + colour[2] * (scale - 1);
}
