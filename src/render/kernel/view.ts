/** The view: checked, then written into the kernel's view record. */

import { MAX_RADIANCE } from '../scene/index.ts';
import { type Lens, MAX_BOUNCES, MAX_FOCUS_DISTANCE, MAX_LENS_RADIUS, MAX_SIDE } from '../settings.ts';
import * as layout from './assembly/layout.ts';
import type { KernelView } from './contract.ts';
import { KernelError } from './errors.ts';
import type { KernelInstance } from './instance.ts';

/** Metres; beyond, single precision has nothing left for the picture. */
const LARGEST = 1e15;

/** Metres; nearer is all the same to a picture, and not to single precision. */
const LEAST_FOCUS = 1e-9;
/** Everything is sharp. */
const PINHOLE: Lens = { radius: 0, focusDistance: 1 };

function isWhole(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

/** @throws KernelError `invalid-view` */
export function checkView(view: KernelView): void {
  const refuse = (what: string): never => {
    throw new KernelError('invalid-view', `the view cannot be rendered: ${what}`);
  };
  if (!isWhole(view.width, 1, MAX_SIDE) || !isWhole(view.height, 1, MAX_SIDE)) {
    refuse(`${view.width} x ${view.height} pixels, not within 1..${MAX_SIDE}`);
  }
  if (!isWhole(view.bounces, 0, MAX_BOUNCES)) refuse(`${view.bounces} bounces, not within 0..${MAX_BOUNCES}`);
  if (!isWhole(view.seed, 0, 0xffff_ffff)) refuse(`seed ${view.seed} is no 32-bit number`);
  const { position, right, up, back, projection } = view.camera;
  for (const vector of [position, right, up, back]) {
    const isPlace = vector.length === 3 && vector.every((value) => Math.abs(value) <= LARGEST);
    if (!isPlace) refuse('its camera has no finite place');
  }
  const extent = projection.kind === 'perspective' ? projection.yfov : projection.ymag;
  const limit = projection.kind === 'perspective' ? Math.PI : LARGEST;
  if (!(extent > 0 && extent < limit)) refuse(`its camera's extent is ${extent}`);
  const { clamp = 0, lens = PINHOLE } = view;
  if (!(clamp >= 0 && clamp <= MAX_RADIANCE)) refuse(`a clamp of ${clamp}`);
  if (!(lens.radius >= 0 && lens.radius <= MAX_LENS_RADIUS)) refuse(`a lens of radius ${lens.radius}`);
  const isFocus = lens.focusDistance > 0 && lens.focusDistance <= MAX_FOCUS_DISTANCE;
  if (lens.radius > 0 && !isFocus) refuse(`a lens focused at ${lens.focusDistance} metres`);
}

/** Writes the record and has the kernel take it over. */
export function writeView({ memory, wasm }: KernelInstance, view: KernelView): void {
  const to = new DataView(memory.buffer, wasm.viewRecord(), layout.VIEW_BYTES);
  const vector = (offset: number, values: readonly number[]) => {
    values.forEach((value, i) => {
      to.setFloat32(offset + 4 * i, value, true);
    });
  };
  const { position, right, up, back, projection } = view.camera;
  to.setUint32(layout.VIEW_WIDTH, view.width, true);
  to.setUint32(layout.VIEW_HEIGHT, view.height, true);
  to.setUint32(layout.VIEW_BOUNCES, view.bounces, true);
  to.setUint32(layout.VIEW_SEED, view.seed, true);
  vector(layout.VIEW_POSITION, position);
  vector(layout.VIEW_RIGHT, right);
  vector(layout.VIEW_UP, up);
  vector(layout.VIEW_BACK, back);
  const isOrthographic = projection.kind === 'orthographic';
  to.setUint32(layout.VIEW_IS_ORTHOGRAPHIC, isOrthographic ? 1 : 0, true);
  const extent = isOrthographic ? projection.ymag : projection.yfov;
  to.setFloat32(layout.VIEW_EXTENT, extent, true);
  const { clamp = 0, lens = PINHOLE } = view;
  to.setFloat32(layout.VIEW_LENS_RADIUS, lens.radius, true);
  to.setFloat32(layout.VIEW_FOCUS_DISTANCE, Math.max(lens.focusDistance, LEAST_FOCUS), true);
  to.setFloat32(layout.VIEW_CLAMP, clamp, true);
  wasm.prepareView();
}
