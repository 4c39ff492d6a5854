/** From the film's means to what a person sees and keeps: denoising, tone mapping, PNG, EXR. */
export { type DenoiseInput, denoise, denoiseSteps } from './denoise/denoise.ts';
export { encodePng, type PngOptions, type PngPixels } from './encode-png.ts';
export { type ExrOptions, encodeExr } from './exr/encode-exr.ts';
export type { ExrCompression } from './exr/header.ts';
export type { ExrLayers } from './exr/layers.ts';
export type { GuideImages } from './guides.ts';
export { linearFromSrgb } from './srgb.ts';
export {
  DEFAULT_TONE_MAPPING,
  type PixelRectangle,
  TONE_MAPPINGS,
  type ToneMapOptions,
  type ToneMapping,
  toneMap,
  toneMap16,
  toneMapRectangle,
} from './tone-map.ts';
