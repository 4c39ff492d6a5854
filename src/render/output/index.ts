/** From the film's means to what a person sees and keeps: tone mapping and PNG. */
export { encodePng } from './encode-png.ts';
export { linearFromSrgb } from './srgb.ts';
export {
  toneMap,
  toneMapRectangle,
} from './tone-map.ts';
