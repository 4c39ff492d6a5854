/**
 * An optional last step for pictures with few samples: a feature-guided filter without learned weights, the same bits on
 * every machine. It removes the surfaces' colours (they are known), dims fireflies, finds out how noisy each pixel is, then
 * averages the light of alike pixels over ever wider steps. After Dammertz et al. 2010 (edge-avoiding à-trous), Rousselle et al.
 * 2012 (distances against their variance), Schied et al. 2017 (variance through the levels). docs/outputs.md tells its limits.
 *
 * Pure and synchronous, seconds long: run it in a worker. Works in bands of rows, so memory stays bounded for any height.
 */
import { LeafcutterError } from '../../../runtime/index.ts';
import type { GuideImages } from '../guides.ts';
import { Features } from './features.ts';
import { dimFireflies } from './fireflies.ts';
import { smoothLevel } from './level.ts';
import { averageVariance, estimateVariance, typicalNoise } from './noise.ts';
import { demodulate, remodulate } from './signal.ts';
import { TUNING } from './tuning.ts';

/** A picture to denoise, with what guides the filter. */
export interface DenoiseInput {
  readonly width: number;
  readonly height: number;
  /** Linear radiance, RGB, row-major, 3 floats a pixel. Left as it is. */
  readonly means: Float32Array;
  readonly guides: GuideImages;
  /**
   * Variance of each pixel's mean, the sum over RGB, 1 float a pixel: e.g. from the spread between its Blocks. Without it the
   * noise is estimated from the picture, which is less sure: reflections and noise look alike.
   */
  readonly variance?: Float32Array;
}

/** Pixels of a band without its margins; about 90 bytes of memory each. */
const BAND_PIXELS = 3_000_000;
/** Rows above and below that reach into a band: the levels' steps and patches, the neighbourhoods of the estimates. */
const MARGIN = 2 * (2 ** TUNING.levels - 1) + TUNING.levels + TUNING.varianceRadius + 3;

/**
 * Step by step, for those who want to show progress or stop: yields the share done, 0..1, every few dozen milliseconds for a
 * million pixels; returns the means without noise.
 * @param bandPixels what is worked on at a time, which bounds the memory and changes no bit
 * @throws LeafcutterError `bad-denoise-input` where a length does not fit
 */
export function* denoiseSteps(
  input: DenoiseInput,
  bandPixels = BAND_PIXELS,
): Generator<number, Float32Array<ArrayBuffer>> {
  check(input);
  const { width, height, means, guides } = input;
  const out = new Float32Array(means.length);
  const noise = typicalNoise(means, guides, width, height);
  const bandRows = Math.max(MARGIN, Math.floor(bandPixels / width));
  for (let top = 0; top < height; top += bandRows) {
    const bottom = Math.min(top + bandRows, height);
    for (const share of denoiseBand(input, noise, top, bottom, out)) {
      yield (top + share * (bottom - top)) / height;
    }
  }
  return out;
}

/**
 * All at once.
 * @param onProgress is told the share done, 0..1; what it throws stops the work and comes out here
 * @throws LeafcutterError `bad-denoise-input` where a length does not fit
 */
export function denoise(
  input: DenoiseInput,
  onProgress: (share: number) => void = () => {},
): Float32Array<ArrayBuffer> {
  const steps = denoiseSteps(input);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    onProgress(step.value);
  }
}

function* denoiseBand(
  { width, height, means, guides, variance }: DenoiseInput,
  noise: number,
  top: number,
  bottom: number,
  out: Float32Array,
): Generator<number, void> {
  const first = Math.max(0, top - MARGIN);
  const rows = Math.min(height, bottom + MARGIN) - first;
  const isKnown = variance !== undefined;
  // Preparing takes as long as a level does.
  const phases = TUNING.levels + 1;
  yield 0;
  const features = new Features(guides, width, first, rows);
  const raw = demodulate(means, variance, guides, first * width, rows * width);
  yield 0.2 / phases;
  dimFireflies(raw, features, width, rows, isKnown, noise);
  yield 0.5 / phases;
  if (!isKnown) estimateVariance(raw, features, width, rows);
  const ceiling = isKnown ? undefined : TUNING.noiseCeiling * noise;
  let signal = { ...raw, variance: averageVariance(raw, features, width, rows, ceiling) };
  for (let level = 0; level < TUNING.levels; level++) {
    const steps = smoothLevel(signal, features, width, rows, 2 ** level);
    for (;;) {
      const step = steps.next();
      if (step.done) {
        signal = step.value;
        break;
      }
      yield (1 + level + step.value) / phases;
    }
  }
  remodulate(signal, (top - first) * width, guides, out, top * width, (bottom - top) * width);
}

function check({ width, height, means, guides, variance }: DenoiseInput): void {
  const pixels = width * height;
  const expected: readonly (readonly [string, number, number])[] = [
    ['means', means.length, 3],
    ['albedo', guides.albedo.length, 3],
    ['normal', guides.normal.length, 3],
    ['depth', guides.depth.length, 1],
    ['variance', variance?.length ?? pixels, 1],
  ];
  for (const [name, length, floats] of expected) {
    if (length === floats * pixels && pixels > 0) continue;
    throw new LeafcutterError(
      'bad-denoise-input',
      `${length} values of ${name} are not ${floats} for each of ${width} x ${height} pixels`,
    );
  }
}
