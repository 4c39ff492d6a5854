/**
 * A photographer's aperture as a lens of the renderer. glTF's cameras have an angle but no film, so the film is taken as
 * 24 mm high (full frame): focal length = 12 mm / tan(yfov / 2), diameter of the lens = focal length / f-number.
 */
import type { FlatCamera, FlatScene } from './scene/index.ts';
import { type Lens, MAX_FOCUS_DISTANCE } from './settings.ts';

/** Half the height of a full frame film, metres. */
const HALF_FILM = 0.012;
/** An orthographic camera has no focal length; a normal lens stands in for it. */
const NORMAL_FOCAL_LENGTH = 0.05;

/** Metres. */
export const NEAREST_FOCUS = 1e-3;

export const MIN_F_NUMBER = 0.1;
export const MAX_F_NUMBER = 1000;

/** @param fNumber undefined: everything is sharp @param focusDistance metres along the view */
export function lensOf(camera: FlatCamera, fNumber: number | undefined, focusDistance: number): Lens {
  if (fNumber === undefined) return { radius: 0, focusDistance };
  return { radius: focalLengthOf(camera) / (2 * fNumber), focusDistance };
}

/** The other way round; undefined where everything is sharp. */
export function fNumberOf(camera: FlatCamera, { radius }: Lens): number | undefined {
  return radius > 0 ? focalLengthOf(camera) / (2 * radius) : undefined;
}

function focalLengthOf({ projection }: FlatCamera): number {
  return projection.kind === 'perspective' ? HALF_FILM / Math.tan(projection.yfov / 2) : NORMAL_FOCAL_LENGTH;
}

/** Where a camera is focused if nobody says: the middle of the scene, along the view, and never behind the camera. Metres. */
export function distanceToMiddle(
  { min, max }: FlatScene['bounds'],
  { position, back }: Pick<FlatCamera, 'position' | 'back'>,
): number {
  let distance = 0;
  for (const axis of [0, 1, 2] as const) {
    distance += (position[axis] - (min[axis] + max[axis]) / 2) * back[axis];
  }
  return Math.min(Math.max(distance, NEAREST_FOCUS), MAX_FOCUS_DISTANCE);
}
