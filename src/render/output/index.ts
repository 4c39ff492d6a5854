/** From the film's means to what a person sees and keeps: tone mapping and PNG. */
export { encodePng, type PngOptions } from './encode-png.ts';
export { linearFromSrgb } from './srgb.ts';
export {
  type PixelRectangle,
  type ToneMapOptions,
  type ToneMapping,
  toneMap,
  toneMapRectangle,
} from './tone-map.ts';
