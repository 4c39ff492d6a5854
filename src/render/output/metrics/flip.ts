/**
 * FLIP: the difference that a person sees when flipping between two pictures (Andersson, Nilsson, Akenine-Möller, Oskarsson,
 * Åström, Fairchild: "FLIP: A Difference Evaluator for Alternating Images", HPG 2020), for pictures of a display. Colours
 * are compared after what the eye cannot resolve at the given distance is blurred away; edges and points that appear or
 * vanish make a difference larger.
 */
import { LeafcutterError } from '../../../runtime/index.ts';
import { decoded, huntLab, hyab, linearFromYCxCz, type Triple, yCxCz } from './colour.ts';
import { convolve, type Kernel, kernelOf, type Plane } from './convolve.ts';

/** A 0.7 m wide display of 3840 pixels seen from 0.7 m: the paper's default. */
export const FLIP_PIXELS_PER_DEGREE = (0.7 * (3840 / 0.7) * Math.PI) / 180;

export interface FlipOptions {
  /** @default FLIP_PIXELS_PER_DEGREE */
  readonly pixelsPerDegree?: number;
}

/** The eye's contrast sensitivity a channel as Gaussians: [height, variance] in degrees (table 1 of the paper). */
const SENSITIVITY: readonly (readonly (readonly [number, number])[])[] = [
  [[1, 0.0047]],
  [[1, 0.0053]],
  [
    [34.1, 0.04],
    [13.5, 0.025],
  ],
];
/** The widest of them; all are cut at three standard deviations of it. */
const WIDEST = 0.04;
/** Compresses the colour difference. */
const COLOUR_EXPONENT = 0.7;
/** Differences up to this share of the largest one take up the lower TRANSITION of the scale. */
const TRANSITION_AT = 0.4;
const TRANSITION = 0.95;
/** Width of the feature detectors in degrees, and the compression of what they find. */
const FEATURE_WIDTH = 0.082;
const FEATURE_EXPONENT = 0.5;
/** By definition the farthest that two colours are apart: pure green and pure blue. */
const LARGEST = hyab(huntLab([0, 1, 0]), huntLab([0, 0, 1])) ** COLOUR_EXPONENT;

/**
 * @param reference sRGB bytes, RGBA, row-major; alpha is not looked at
 * @returns the mean and each pixel's difference, 0 (the same) to 1
 * @throws LeafcutterError `bad-metric-input` where a picture has not width x height pixels
 */
export function flip(
  reference: Uint8Array | Uint8ClampedArray,
  test: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  { pixelsPerDegree = FLIP_PIXELS_PER_DEGREE }: FlipOptions = {},
): { readonly mean: number; readonly map: Float32Array } {
  const pixels = width * height;
  if (!(pixels > 0) || reference.length !== 4 * pixels || test.length !== 4 * pixels) {
    throw new LeafcutterError(
      'bad-metric-input',
      `${reference.length} and ${test.length} bytes are not two pictures of ${width} x ${height} RGBA pixels`,
    );
  }
  const [a, b] = [opponentPlanes(reference, width, height), opponentPlanes(test, width, height)];
  const colour = colourDifference(seen(a, pixelsPerDegree), seen(b, pixelsPerDegree));
  const feature = featureDifference(features(a[0], pixelsPerDegree), features(b[0], pixelsPerDegree));
  let sum = 0;
  const map = Float32Array.from(colour, (difference, i) => {
    const error = difference ** (1 - (feature[i] ?? 0));
    sum += error;
    return error;
  });
  return { mean: sum / pixels, map };
}

function opponentPlanes(
  rgba: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): [Plane, Plane, Plane] {
  const planes = [0, 1, 2].map(() => ({ width, height, values: new Float32Array(width * height) }));
  const linear = Float64Array.from({ length: 256 }, (_, byte) => decoded(byte / 255));
  for (let i = 0; i < width * height; i++) {
    const at = (channel: number): number => linear[rgba[4 * i + channel] ?? 0] ?? 0;
    yCxCz([at(0), at(1), at(2)]).forEach((value, channel) => {
      const plane = planes[channel];
      if (plane) plane.values[i] = value;
    });
  }
  return planes as [Plane, Plane, Plane];
}

/** The picture as the eye resolves it, in Hunt-adjusted L*a*b*, per channel. */
function seen(planes: readonly Plane[], pixelsPerDegree: number): readonly Triple[] {
  const radius = Math.ceil(3 * Math.sqrt(WIDEST / (2 * Math.PI ** 2)) * pixelsPerDegree);
  const filtered = planes.map((plane, channel) => {
    const terms = (SENSITIVITY[channel] ?? []).map(([height, variance]) => {
      const kernel = kernelOf(radius, (x) =>
        Math.exp((-(Math.PI ** 2) * (x / pixelsPerDegree) ** 2) / variance),
      );
      return { kernel, weight: height * Math.sqrt(Math.PI / variance) };
    });
    const total = terms.reduce((sum, { kernel, weight }) => sum + weight * sumOf(kernel) ** 2, 0);
    const out = new Float32Array(plane.values.length);
    for (const { kernel, weight } of terms) {
      convolve(plane, kernel, kernel).values.forEach((value, i) => {
        out[i] = (out[i] ?? 0) + (weight / total) * value;
      });
    }
    return out;
  });
  return Array.from({ length: filtered[0]?.length ?? 0 }, (_, i) => {
    const linear = linearFromYCxCz(filtered.map((plane) => plane[i] ?? 0) as Triple);
    return huntLab(linear.map((value) => Math.min(Math.max(value, 0), 1)) as Triple);
  });
}

function colourDifference(a: readonly Triple[], b: readonly Triple[]): Float64Array {
  const bend = TRANSITION_AT * LARGEST;
  return Float64Array.from(a, (colour, i) => {
    const difference = hyab(colour, b[i] ?? colour) ** COLOUR_EXPONENT;
    if (difference < bend) return (difference * TRANSITION) / bend;
    return TRANSITION + ((difference - bend) / (LARGEST - bend)) * (1 - TRANSITION);
  });
}

interface Features {
  readonly edges: Float32Array;
  readonly points: Float32Array;
}

/** How much of an edge and of a point there is in each pixel's lightness. */
function features(lightness: Plane, pixelsPerDegree: number): Features {
  const deviation = 0.5 * FEATURE_WIDTH * pixelsPerDegree;
  const radius = Math.ceil(3 * deviation);
  const gauss = (x: number): number => Math.exp((-x * x) / (2 * deviation * deviation));
  const blur = kernelOf(radius, gauss);
  const total = sumOf(blur);
  const across = blur.map((value) => value / total);
  const normalised: Plane = { ...lightness, values: lightness.values.map((value) => (value + 16) / 116) };
  const strength = (kernel: Kernel): Float32Array => {
    const x = convolve(normalised, kernel, across).values;
    const y = convolve(normalised, across, kernel).values;
    return x.map((value, i) => Math.hypot(value, y[i] ?? 0));
  };
  return {
    edges: strength(balanced(kernelOf(radius, (x) => -x * gauss(x)))),
    points: strength(balanced(kernelOf(radius, (x) => ((x * x) / (deviation * deviation) - 1) * gauss(x)))),
  };
}

/** Positive weights that sum to 1, negative ones to -1. */
function balanced(kernel: Kernel): Kernel {
  const positive = kernel.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const negative = kernel.reduce((sum, value) => sum - Math.min(value, 0), 0);
  return kernel.map((value) => value / (value > 0 ? positive : negative));
}

function featureDifference(a: Features, b: Features): Float64Array {
  return Float64Array.from(a.edges, (edge, i) => {
    const edges = Math.abs(edge - (b.edges[i] ?? 0));
    const points = Math.abs((a.points[i] ?? 0) - (b.points[i] ?? 0));
    return (Math.max(edges, points) / Math.SQRT2) ** FEATURE_EXPONENT;
  });
}

function sumOf(kernel: Kernel): number {
  return kernel.reduce((sum, value) => sum + value, 0);
}
