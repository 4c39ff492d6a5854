/**
 * From linear radiance to the 8-bit sRGB that a person sees: the only place where exposure and tone mapping happen, used
 * for the canvas and the PNG alike, on the page and in the terminal. Everything is + - * / on doubles, so the same means
 * give the same bytes on every machine.
 *
 * The default is Khronos PBR Neutral: colours below 0.76 keep their hue and value exactly (what a texture says is what
 * the picture shows, which product and architecture pictures need), only highlights are compressed and desaturated. AgX
 * is prettier on extreme lights but dulls every colour, and needs logarithms.
 */
import { exp2 } from './exp2.ts';
import { srgbByte } from './srgb.ts';

export type ToneMapping = 'neutral' | 'none';

export interface ToneMapOptions {
  /** Stops: the radiance is multiplied by 2^exposure. */
  readonly exposure: number;
  /** @default 'neutral' */
  readonly toneMapping?: ToneMapping;
}

/** A rectangle of pixels, within the picture. */
export interface PixelRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Khronos PBR Neutral tone mapper specification, version 1.0: where compression starts, and how fast white comes. */
const START_COMPRESSION = 0.8 - 0.04;
const DESATURATION = 0.15;
/** Fresnel reflection at normal incidence of ior 1.5, which the curve takes off so that base colours come out exact. */
const F90 = 0.04;

/**
 * @param means linear Rec. 709 radiance, RGB, row-major, 3 floats a pixel
 * @returns RGBA, 4 bytes a pixel, opaque
 */
export function toneMap(means: Float32Array, options: ToneMapOptions): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((means.length / 3) * 4);
  mapPixels(means, 0, rgba, 0, means.length / 3, options);
  return rgba;
}

/**
 * One rectangle of a picture, e.g. a Tile that just arrived.
 * @param means the whole picture's means, `pictureWidth` pixels a row
 * @returns RGBA of the rectangle alone, row-major
 */
export function toneMapRectangle(
  means: Float32Array,
  pictureWidth: number,
  rectangle: PixelRectangle,
  options: ToneMapOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const { x, y, width, height } = rectangle;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    mapPixels(means, (y + row) * pictureWidth + x, rgba, row * width, width, options);
  }
  return rgba;
}

function mapPixels(
  means: Float32Array,
  from: number,
  rgba: Uint8ClampedArray,
  to: number,
  count: number,
  options: ToneMapOptions,
): void {
  const gain = exp2(options.exposure);
  const mapping = options.toneMapping ?? 'neutral';
  const colour: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const source = 3 * (from + i);
    const target = 4 * (to + i);
    colour[0] = (means[source] ?? 0) * gain;
    colour[1] = (means[source + 1] ?? 0) * gain;
    colour[2] = (means[source + 2] ?? 0) * gain;
    if (mapping === 'neutral') neutral(colour);
    rgba[target] = srgbByte(colour[0]);
    rgba[target + 1] = srgbByte(colour[1]);
    rgba[target + 2] = srgbByte(colour[2]);
    rgba[target + 3] = 255;
  }
}

/** In place. Khronos PBR Neutral, https://modelviewer.dev/examples/tone-mapping */
function neutral(colour: [number, number, number]): void {
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
