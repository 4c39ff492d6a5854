/**
 * The light without what the surfaces painted on it: radiance divided by reflectance, so that a texture, which the guides
 * know exactly, needs no protection from the filter and comes back unharmed when the result is multiplied again.
 */
import type { GuideImages } from '../guides.ts';

/**
 * Added to the albedo: what a dielectric reflects at normal incidence whatever its colour. Black surfaces show only that,
 * and it keeps the quotient finite.
 */
const SPECULAR = 0.04;

/** A picture's rows as planes, one float a pixel each. */
export interface Signal {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  /** Variance of a pixel's mean, summed over the three. */
  readonly variance: Float32Array;
}

export function emptySignal(pixels: number): Signal {
  return {
    red: new Float32Array(pixels),
    green: new Float32Array(pixels),
    blue: new Float32Array(pixels),
    variance: new Float32Array(pixels),
  };
}

/** What a pixel's light of that channel is divided by; 1 where no surface was hit. */
export function reflectance({ albedo, depth }: GuideImages, pixel: number, channel: number): number {
  return (depth[pixel] ?? 0) > 0 ? Math.max(albedo[3 * pixel + channel] ?? 0, 0) + SPECULAR : 1;
}

/** Pixels `from` .. `from + pixels` of the picture; numbers that are not finite count as black. */
export function demodulate(
  picture: Float32Array,
  variance: Float32Array | undefined,
  guides: GuideImages,
  from: number,
  pixels: number,
): Signal {
  const signal = emptySignal(pixels);
  const planes = [signal.red, signal.green, signal.blue];
  for (let i = 0; i < pixels; i++) {
    const pixel = from + i;
    let squares = 0;
    planes.forEach((plane, channel) => {
      const divisor = reflectance(guides, pixel, channel);
      plane[i] = finite(picture[3 * pixel + channel]) / divisor;
      squares += divisor * divisor;
    });
    if (variance) signal.variance[i] = finite(variance[pixel]) / (squares / 3);
  }
  return signal;
}

/** Multiplies `pixels` of the signal from `start` on into the picture at pixel `to`. */
export function remodulate(
  signal: Signal,
  start: number,
  guides: GuideImages,
  picture: Float32Array,
  to: number,
  pixels: number,
): void {
  [signal.red, signal.green, signal.blue].forEach((plane, channel) => {
    for (let i = 0; i < pixels; i++) {
      const value = (plane[start + i] ?? 0) * reflectance(guides, to + i, channel);
      picture[3 * (to + i) + channel] = value;
    }
  });
}

function finite(value = 0): number {
  return Number.isFinite(value) ? value : 0;
}
