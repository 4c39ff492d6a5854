/**
 * Fireflies: single samples that found a lamp by a path of tiny probability. No filter can average one away, it only becomes a
 * blot; so a pixel far brighter than every alike neighbour is dimmed to what the second brightest of them allows. That
 * loses energy, which is the price; highlights are told apart by their variance being small. Where that is not known, only
 * the wildest are touched, and none in a picture without noise.
 */
import { type Features, UNLIKE } from './features.ts';
import type { Signal } from './signal.ts';
import { TUNING } from './tuning.ts';

const RADIUS = 2;
/** Fewer alike neighbours say nothing. */
const LEAST_NEIGHBOURS = 6;
/** An excess of so many standard deviations is no accident. */
const SIGNIFICANT = 4;
/** Relative noise below which the picture is taken for finished. */
const NOISE_FREE = 0.005;

/** In place. `isKnown`: the signal's variances are the renderer's, not yet averaged. */
export function dimFireflies(
  signal: Signal,
  features: Features,
  width: number,
  rows: number,
  isKnown: boolean,
  noise: number,
): void {
  if (!isKnown && noise < NOISE_FREE) return;
  const factor = isKnown ? TUNING.fireflyFactor : TUNING.sureFireflyFactor;
  const { red, green, blue, variance } = signal;
  const brightness = red.map((value, i) => value + (green[i] ?? 0) + (blue[i] ?? 0));
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const own = brightness[i] ?? 0;
      let brightest = 0;
      let second = 0;
      let neighbours = 0;
      for (let ny = Math.max(y - RADIUS, 0); ny <= Math.min(y + RADIUS, rows - 1); ny++) {
        for (let nx = Math.max(x - RADIUS, 0); nx <= Math.min(x + RADIUS, width - 1); nx++) {
          const j = ny * width + nx;
          if (j === i || features.distance(i, j, nx - x, ny - y) >= UNLIKE / 2) continue;
          neighbours++;
          const other = brightness[j] ?? 0;
          if (other > brightest) {
            second = brightest;
            brightest = other;
          } else if (other > second) second = other;
        }
      }
      const limit = factor * second;
      if (neighbours < LEAST_NEIGHBOURS || own <= limit) continue;
      const excess = own - limit;
      if (isKnown && excess * excess > SIGNIFICANT * SIGNIFICANT * (variance[i] ?? 0)) continue;
      const dimming = limit / own;
      red[i] = (red[i] ?? 0) * dimming;
      green[i] = (green[i] ?? 0) * dimming;
      blue[i] = (blue[i] ?? 0) * dimming;
      if (isKnown) variance[i] = (variance[i] ?? 0) * dimming * dimming;
    }
  }
}
