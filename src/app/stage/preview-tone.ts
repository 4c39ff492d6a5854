/** How three.js is told to show light as our files do: the same curve at the same brightness. */
import {
  ACESFilmicToneMapping,
  AgXToneMapping,
  LinearToneMapping,
  NeutralToneMapping,
  type ToneMapping as ThreeToneMapping,
} from 'three';
import type { ToneMapping } from '../../render/output/index.ts';

const CURVES = {
  neutral: NeutralToneMapping,
  agx: AgXToneMapping,
  aces: ACESFilmicToneMapping,
  // Not NoToneMapping: that would leave out the exposure.
  none: LinearToneMapping,
} as const satisfies Record<ToneMapping, unknown>;

/** Before its curve three.js divides by this: "pre-exposed for outside of the scope of ACES". Our files have the curve alone. */
const ACES_PRE_EXPOSURE = 0.6;

/** @param exposure stops */
export function previewTone(
  toneMapping: ToneMapping,
  exposure: number,
): { readonly toneMapping: ThreeToneMapping; readonly toneMappingExposure: number } {
  const factor = toneMapping === 'aces' ? ACES_PRE_EXPOSURE : 1;
  return { toneMapping: CURVES[toneMapping], toneMappingExposure: factor * 2 ** exposure };
}
