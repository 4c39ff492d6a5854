/** The correction written down as plainly as it goes, in doubles and whole images: what `correction.ts` is held against. */
import type { NetworkInput } from './network.ts';

const RADIUS = 3;

/** @param scale brings the picture's middling light to 0.18 */
export function plainCorrection(
  clean: Float64Array,
  { width, height, light, albedo, normal }: NetworkInput,
  scale: number,
): Float64Array {
  const level = (pixel: number): number => {
    const [r = 0, g = 0, b = 0] = clean.subarray(3 * pixel, 3 * pixel + 3);
    return 0.02 / scale + 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const square = (image: ArrayLike<number>, p: number, q: number): number =>
    [0, 1, 2].reduce((sum, c) => sum + ((image[3 * p + c] ?? 0) - (image[3 * q + c] ?? 0)) ** 2, 0);
  return clean.map((value, i) => {
    const [p, c] = [Math.floor(i / 3), i % 3];
    const [x, y] = [p % width, Math.floor(p / width)];
    let [sum, squares, weights, squaredWeights] = [0, 0, 0, 0];
    for (let v = Math.max(0, y - RADIUS); v <= Math.min(height - 1, y + RADIUS); v++) {
      for (let u = Math.max(0, x - RADIUS); u <= Math.min(width - 1, x + RADIUS); u++) {
        const q = v * width + u;
        const strangeness = square(clean, p, q) / level(p) ** 2 + square(albedo, p, q) + square(normal, p, q);
        const weight = (1 + strangeness / 0.3 ** 2) ** -2;
        const residual = ((light[3 * q + c] ?? 0) - (clean[3 * q + c] ?? 0)) / level(q);
        const bounded = Math.max(-0.4, Math.min(0.4, residual));
        sum += weight * bounded;
        squares += weight * bounded ** 2;
        weights += weight;
        squaredWeights += weight ** 2;
      }
    }
    const mean = sum / weights;
    const variance = squares / weights - mean ** 2;
    const squaredError = (variance * squaredWeights) / (weights ** 2 - squaredWeights);
    const share = mean ** 2 / (mean ** 2 + 1.5 * squaredError);
    return Math.max(0, value + 0.6 * level(p) * mean * (share > 0 ? share ** 2 : 0));
  });
}
