/** Where a camera is focused if nobody says: the middle of the scene, as the terminal has it. */
import type { FlatCamera, FlatScene } from '../../render/scene/index.ts';
import { FIELD_RULES } from './settings-fields.ts';

/** Metres along the view; at least the field's smallest, for the middle may be behind the camera. */
export function distanceToMiddle(
  { min, max }: FlatScene['bounds'],
  { position, back }: Pick<FlatCamera, 'position' | 'back'>,
): number {
  let distance = 0;
  for (const axis of [0, 1, 2] as const) {
    distance += (position[axis] - (min[axis] + max[axis]) / 2) * back[axis];
  }
  return Math.min(Math.max(distance, FIELD_RULES.focus.min), FIELD_RULES.focus.max);
}

/** A distance as it is typed: three or four digits are as fine as anyone focuses. */
export function focusText(metres: number): string {
  return String(Number(metres.toPrecision(4)));
}
