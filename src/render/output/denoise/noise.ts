/**
 * How noisy each pixel is. Where the caller knows (the spread between a pixel's Blocks), that is averaged over alike
 * neighbours, for a handful of Blocks says little alone. Where nobody knows, it is estimated from the picture: noise is
 * independent from pixel to pixel, so what a second difference in both directions leaves (Immerkaer 1996: zero on planes and
 * along straight edges) is noise, or detail. Detail is told apart only by being stronger than the picture's typical noise,
 * which is why this estimate is capped: a mirror's reflections keep their contrast, a caustic keeps some of its grain.
 */
import type { GuideImages } from '../guides.ts';
import { type Features, UNLIKE } from './features.ts';
import { reflectance, type Signal } from './signal.ts';
import { TUNING } from './tuning.ts';

/** Sum of the squares of the mask 1 -2 1 / -2 4 -2 / 1 -2 1 over 4. */
const MASK_GAIN = 2.25;
/** Of the absolute value of a normally distributed number, in standard deviations. */
const MEDIAN_OF_NORMAL = 0.6745;
/** Pixels from which the typical noise is taken. */
const PROBES = 65_536;

/**
 * The picture's typical noise: standard deviation over light, the median over pixels with light.
 */
export function typicalNoise(
  picture: Float32Array,
  guides: GuideImages,
  width: number,
  height: number,
): number {
  const stride = Math.max(1, Math.floor((width * height) / PROBES));
  const found: number[] = [];
  for (let i = width + 1; i < width * (height - 1) - 1; i += stride) {
    if (i % width === 0 || i % width === width - 1) continue;
    for (let channel = 0; channel < 3; channel++) {
      const at = (pixel: number): number => {
        const value = (picture[3 * pixel + channel] ?? 0) / reflectance(guides, pixel, channel);
        return Number.isFinite(value) ? value : 0;
      };
      const cross = at(i - 1) + at(i + 1) + at(i - width) + at(i + width);
      const corners = at(i - width - 1) + at(i - width + 1) + at(i + width - 1) + at(i + width + 1);
      const light = (at(i) + cross + corners) / 9;
      if (light > 0) found.push(Math.abs(at(i) - cross / 2 + corners / 4) / light);
    }
  }
  const median = Float64Array.from(found).sort()[found.length >> 1] ?? 0;
  return median / (MEDIAN_OF_NORMAL * Math.sqrt(MASK_GAIN));
}

/** Fills `signal.variance` with estimates a pixel (-1: none possible), before they are averaged. */
export function estimateVariance(signal: Signal, features: Features, width: number, rows: number): void {
  const { red, green, blue, variance } = signal;
  const residual = (plane: Float32Array, i: number): number => {
    const cross =
      (plane[i - 1] ?? 0) + (plane[i + 1] ?? 0) + (plane[i - width] ?? 0) + (plane[i + width] ?? 0);
    const corners =
      (plane[i - width - 1] ?? 0) +
      (plane[i - width + 1] ?? 0) +
      (plane[i + width - 1] ?? 0) +
      (plane[i + width + 1] ?? 0);
    return (plane[i] ?? 0) - cross / 2 + corners / 4;
  };
  const isUniform = (i: number): boolean => {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        if (features.distance(i, i + dy * width + dx, dx, dy) > UNLIKE / 2) return false;
      }
    }
    return true;
  };
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const isInside = y > 0 && x > 0 && y < rows - 1 && x < width - 1;
      if (!isInside || !isUniform(i)) {
        variance[i] = -1;
        continue;
      }
      const r = residual(red, i);
      const g = residual(green, i);
      const b = residual(blue, i);
      variance[i] = (r * r + g * g + b * b) / MASK_GAIN;
    }
  }
}

/**
 * Each pixel's variance becomes the mean over alike neighbours; where there is none, that of their light.
 * @param ceiling largest standard deviation over light; undefined where the variances are known
 */
export function averageVariance(
  signal: Signal,
  features: Features,
  width: number,
  rows: number,
  ceiling: number | undefined,
): Float32Array {
  const { red, green, blue, variance } = signal;
  const averaged = new Float32Array(variance.length);
  const radius = TUNING.varianceRadius;
  for (let y = 0; y < rows; y++) {
    const top = Math.max(y - radius, 0);
    const bottom = Math.min(y + radius, rows - 1);
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const left = Math.max(x - radius, 0);
      const right = Math.min(x + radius, width - 1);
      let known = 0;
      let sum = 0;
      let weights = 0;
      let r = 0;
      let g = 0;
      let b = 0;
      let squares = 0;
      for (let ny = top; ny <= bottom; ny++) {
        // Every other one, as on the black squares of a chessboard, says nearly as much in half the time.
        for (let nx = left + ((left + x + ny + y) & 1); nx <= right; nx += 2) {
          const j = ny * width + nx;
          const weight = 1 - features.distance(i, j, nx - x, ny - y) / UNLIKE;
          if (weight <= 0) continue;
          const v = variance[j] as number;
          if (v >= 0) {
            known += weight;
            sum += weight * v;
          }
          const jr = red[j] as number;
          const jg = green[j] as number;
          const jb = blue[j] as number;
          weights += weight;
          r += weight * jr;
          g += weight * jg;
          b += weight * jb;
          squares += weight * (jr * jr + jg * jg + jb * jb);
        }
      }
      const light = (r * r + g * g + b * b) / (weights * weights);
      const estimate = known > 0 ? sum / known : Math.max(squares / weights - light, 0);
      averaged[i] = ceiling === undefined ? estimate : Math.min(estimate, ceiling * ceiling * light);
    }
  }
  return averaged;
}
