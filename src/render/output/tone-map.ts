/**
 * From linear radiance to the sRGB that a person sees: the only place where exposure and tone mapping happen, used for the
 * canvas and the PNG alike, on the page and in the terminal. Everything is + - * / on doubles (logarithms and roots come
 * from tables made of those), so the same means give the same bytes on every machine.
 *
 * The default is Khronos PBR Neutral: what a texture says is what the picture shows. AgX is kinder to extreme lights and
 * dulls every colour a little; ACES is the film industry's contrast.
 */
import { aces } from './curves/aces.ts';
import { agx } from './curves/agx.ts';
import { neutral } from './curves/neutral.ts';
import type { Rgb } from './curves/rgb.ts';
import { exp2 } from './exp2.ts';
import { srgbByte, srgbWord } from './srgb.ts';
import { DEFAULT_TONE_MAPPING, type ToneMapping } from './tone-mapping.ts';

/** How radiance becomes a picture. */
export interface ToneMapOptions {
  /** Stops: the radiance is multiplied by 2^exposure. */
  readonly exposure: number;
  /** @default DEFAULT_TONE_MAPPING */
  readonly toneMapping?: ToneMapping;
}

/** A rectangle of pixels, within the picture. */
export interface PixelRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CURVES: Readonly<Record<ToneMapping, (colour: Rgb) => void>> = { neutral, agx, aces, none: () => {} };

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
 * The same with 16 bits a channel: the curve is the same, only the last rounding is finer.
 * @returns RGBA, 4 words a pixel, opaque
 */
export function toneMap16(means: Float32Array, options: ToneMapOptions): Uint16Array<ArrayBuffer> {
  const rgba = new Uint16Array((means.length / 3) * 4);
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
  rgba: Uint8ClampedArray | Uint16Array,
  to: number,
  count: number,
  options: ToneMapOptions,
): void {
  const gain = exp2(options.exposure);
  const curve = CURVES[options.toneMapping ?? DEFAULT_TONE_MAPPING];
  const [encode, opaque] = rgba instanceof Uint16Array ? [srgbWord, 65_535] : [srgbByte, 255];
  const colour: Rgb = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const source = 3 * (from + i);
    const target = 4 * (to + i);
    colour[0] = (means[source] ?? 0) * gain;
    colour[1] = (means[source + 1] ?? 0) * gain;
    colour[2] = (means[source + 2] ?? 0) * gain;
    curve(colour);
    rgba[target] = encode(colour[0]);
    rgba[target + 1] = encode(colour[1]);
    rgba[target + 2] = encode(colour[2]);
    rgba[target + 3] = opaque;
  }
}
