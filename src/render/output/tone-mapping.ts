/** The curves by their names; tone-map.ts has what they do. */

/** In the order in which a person is offered them. `none` clips. */
export const TONE_MAPPINGS = ['neutral', 'agx', 'aces', 'none'] as const;
/** The name of a curve from radiance to a picture. */
export type ToneMapping = (typeof TONE_MAPPINGS)[number];
/** The curve where none is said. */
export const DEFAULT_TONE_MAPPING: ToneMapping = 'neutral';
