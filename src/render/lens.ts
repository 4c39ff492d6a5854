/**
 * A photographer's aperture as a lens of the renderer. glTF's cameras have an angle but no film, so the film is taken as
 * 24 mm high (full frame): focal length = 12 mm / tan(yfov / 2), diameter of the lens = focal length / f-number.
 */
import type { FlatCamera } from './scene/index.ts';
import type { Lens } from './settings.ts';

/** Half the height of a full frame film, metres. */
const HALF_FILM = 0.012;
/** An orthographic camera has no focal length; a normal lens stands in for it. */
const NORMAL_FOCAL_LENGTH = 0.05;

export const MIN_F_NUMBER = 0.1;
export const MAX_F_NUMBER = 1000;

/** @param fNumber undefined: everything is sharp @param focusDistance metres along the view */
export function lensOf({ projection }: FlatCamera, fNumber: number | undefined, focusDistance: number): Lens {
  if (fNumber === undefined) return { radius: 0, focusDistance };
  const focalLength =
    projection.kind === 'perspective' ? HALF_FILM / Math.tan(projection.yfov / 2) : NORMAL_FOCAL_LENGTH;
  return { radius: focalLength / (2 * fNumber), focusDistance };
}
