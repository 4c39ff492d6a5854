/** From the film's means to what a person sees and keeps: denoising, tone mapping, PNG, EXR. */

export { type DenoiseInput, Denoiser, type DenoiserFiles } from './denoise/denoise.ts';
export { encodePng } from './encode-png.ts';
export { meteredExposure, suitedExposure } from './exposure.ts';
export { encodeExr } from './exr/encode-exr.ts';
export type { ExrLayers } from './exr/layers.ts';
export type { GuideImages } from './guides.ts';
export { linearFromSrgb } from './srgb.ts';
export { type ToneMapOptions, toneMap, toneMap16, toneMapRectangle } from './tone-map.ts';
export { DEFAULT_TONE_MAPPING, TONE_MAPPINGS, type ToneMapping } from './tone-mapping.ts';
