/** What a page needs before there is a picture. */
export { linearFromSrgb } from './srgb.ts';
export { DEFAULT_TONE_MAPPING, TONE_MAPPINGS, type ToneMapping } from './tone-mapping.ts';
