/**
 * One level of the edge-avoiding à-trous filter: every pixel becomes the weighted mean of a 5 x 5 grid of pixels `step` apart.
 * A weight falls with the distance of the surfaces, and of the light as seen against its noise. The light is compared over
 * 3 x 3 patches (non-local means), for single pixels are too noisy to compare; and after each level the variances shrink as
 * the weights say (SVGF), so that later, wider levels see smaller differences.
 *
 * Each pair of pixels is visited once and serves both. The loops run over whole rows, one offset at a time, with plain
 * arithmetic on planes: the shape that JavaScript engines compile best.
 */
import { type Features, UNLIKE } from './features.ts';
import { emptySignal, type Signal } from './signal.ts';
import { TUNING } from './tuning.ts';

const RADIUS = 2;
/** The B3 spline of the à-trous wavelet, 1/16 1/4 3/8 1/4 1/16, over its middle. */
const SPLINE = [1, 2 / 3, 1 / 6];
/** Keeps quotients of black by black finite. */
const TINY = 1e-12;

/** @returns the smoothed signal; yields the share done now and then */
export function* smoothLevel(
  signal: Signal,
  features: Features,
  width: number,
  rows: number,
  step: number,
): Generator<number, Signal> {
  const sums = emptySignal(width * rows);
  sums.red.set(signal.red);
  sums.green.set(signal.green);
  sums.blue.set(signal.blue);
  sums.variance.set(signal.variance);
  const weights = new Float32Array(width * rows).fill(1);
  const offsets: [number, number][] = [];
  for (let y = 0; y <= RADIUS; y++) {
    for (let x = -RADIUS; x <= RADIUS; x++) if (y > 0 || x > 0) offsets.push([x, y]);
  }
  for (const [done, [x, y]] of offsets.entries()) {
    yield done / offsets.length;
    const kernel = (SPLINE[Math.abs(x)] ?? 0) * (SPLINE[y] ?? 0);
    addOffset(signal, sums, weights, features, width, rows, x * step, y * step, kernel);
  }
  for (let i = 0; i < weights.length; i++) {
    const scale = 1 / (weights[i] as number);
    sums.red[i] = (sums.red[i] as number) * scale;
    sums.green[i] = (sums.green[i] as number) * scale;
    sums.blue[i] = (sums.blue[i] as number) * scale;
    sums.variance[i] = (sums.variance[i] as number) * scale * scale;
  }
  return sums;
}

/** All pairs of pixels that are (dx, dy) apart. */
function addOffset(
  signal: Signal,
  sums: Signal,
  weights: Float32Array,
  features: Features,
  width: number,
  rows: number,
  dx: number,
  dy: number,
  kernel: number,
): void {
  const left = Math.max(0, -dx);
  const right = Math.min(width, width - dx);
  const bottom = rows - dy;
  if (right <= left || bottom <= 0) return;
  const offset = dy * width + dx;
  let above = new Float32Array(width);
  let here = new Float32Array(width);
  let below = new Float32Array(width);
  const column = new Float32Array(width);
  const { red, green, blue, variance } = signal;
  lightDistances(signal, width, 0, left, right, offset, here);
  above.set(here);
  for (let y = 0; y < bottom; y++) {
    if (y + 1 < bottom) lightDistances(signal, width, y + 1, left, right, offset, below);
    else below.set(here);
    for (let x = left; x < right; x++) {
      column[x] = (above[x] as number) + (here[x] as number) + (below[x] as number);
    }
    for (let x = left; x < right; x++) {
      const before = column[x > left ? x - 1 : x] as number;
      const after = column[x < right - 1 ? x + 1 : x] as number;
      const light = (before + (column[x] as number) + after) / 9;
      if (light >= UNLIKE) continue;
      const i = y * width + x;
      const j = i + offset;
      const distance = Math.max(light, 0) + features.distance(i, j, dx, dy);
      if (distance >= UNLIKE) continue;
      // (1 - d / 4)^4: close to e^-d, and 0 at the end.
      const root = 1 - distance / UNLIKE;
      const weight = kernel * root * root * root * root;
      const square = weight * weight;
      sums.red[i] = (sums.red[i] as number) + weight * (red[j] as number);
      sums.green[i] = (sums.green[i] as number) + weight * (green[j] as number);
      sums.blue[i] = (sums.blue[i] as number) + weight * (blue[j] as number);
      sums.variance[i] = (sums.variance[i] as number) + square * (variance[j] as number);
      weights[i] = (weights[i] as number) + weight;
      sums.red[j] = (sums.red[j] as number) + weight * (red[i] as number);
      sums.green[j] = (sums.green[j] as number) + weight * (green[i] as number);
      sums.blue[j] = (sums.blue[j] as number) + weight * (blue[i] as number);
      sums.variance[j] = (sums.variance[j] as number) + square * (variance[i] as number);
      weights[j] = (weights[j] as number) + weight;
    }
    [above, here, below] = [here, below, above];
  }
}

/** A row of squared differences, less what noise alone would make them, in units of the noise (Rousselle et al. 2012). */
function lightDistances(
  { red, green, blue, variance }: Signal,
  width: number,
  y: number,
  left: number,
  right: number,
  offset: number,
  out: Float32Array,
): void {
  const { noiseTolerance, invisible } = TUNING;
  const floor = invisible * invisible;
  for (let x = left; x < right; x++) {
    const i = y * width + x;
    const j = i + offset;
    const ri = red[i] as number;
    const gi = green[i] as number;
    const bi = blue[i] as number;
    const r = ri - (red[j] as number);
    const g = gi - (green[j] as number);
    const b = bi - (blue[j] as number);
    const vi = variance[i] as number;
    const vj = variance[j] as number;
    const expected = vi + Math.min(vi, vj);
    const unit = TINY + floor * (ri * ri + gi * gi + bi * bi) + noiseTolerance * (vi + vj);
    out[x] = (r * r + g * g + b * b - expected) / unit;
  }
}
