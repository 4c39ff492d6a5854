// From a pixel to a ray. Pinhole and orthographic; the tangent of the field of view is computed here, in WASM, because
// the host's Math.tan may differ in the last bit from one browser to the next.
import { filterOffset } from './filter';
import {
  VIEW_BACK,
  VIEW_BOUNCES,
  VIEW_BYTES,
  VIEW_EXTENT,
  VIEW_HEIGHT,
  VIEW_IS_ORTHOGRAPHIC,
  VIEW_POSITION,
  VIEW_RIGHT,
  VIEW_SEED,
  VIEW_UP,
  VIEW_WIDTH,
} from './layout';
import { alloc } from './memory';
import { add, load3, negate, normalize, scale, sub, withW, xOf, yOf } from './vector';

/** The view record: TypeScript writes it, then calls `prepareView`. */
const view: usize = alloc(VIEW_BYTES, 16);

export let bounces: u32 = 0;
export let seed: u32 = 0;
let position: v128 = f32x4.splat(0);
/** Per pixel to the right and down, on the plane one metre in front (perspective) or in metres (orthographic). */
let stepX: v128 = f32x4.splat(0);
let stepY: v128 = f32x4.splat(0);
/** From the camera to the top left corner of that plane; orthographic: from the position, along the plane only. */
let corner: v128 = f32x4.splat(0);
let forward: v128 = f32x4.splat(0);
let isOrthographic: bool = false;

export function prepareView(): void {
  const width = <f32>load<u32>(view, VIEW_WIDTH);
  const height = <f32>load<u32>(view, VIEW_HEIGHT);
  bounces = load<u32>(view, VIEW_BOUNCES);
  seed = load<u32>(view, VIEW_SEED);
  position = load3(view + VIEW_POSITION);
  isOrthographic = load<u32>(view, VIEW_IS_ORTHOGRAPHIC) != 0;
  const extent = load<f32>(view, VIEW_EXTENT);
  const halfHeight = isOrthographic ? extent : <f32>NativeMath.tan(<f64>extent * 0.5);
  const pixel = (halfHeight * 2) / height;
  stepX = scale(load3(view + VIEW_RIGHT), pixel);
  stepY = scale(load3(view + VIEW_UP), -pixel);
  forward = negate(load3(view + VIEW_BACK));
  corner = sub(
    sub(isOrthographic ? f32x4.splat(0) : forward, scale(stepX, width * 0.5)),
    scale(stepY, height * 0.5),
  );
}

/** Writes the ray of pixel (x, y); `u` has four numbers in [0, 1): two for the filter, two kept for a lens. */
export function writeCameraRay(ray: usize, x: u32, y: u32, u: v128): void {
  const px = <f32>x + <f32>0.5 + filterOffset(xOf(u));
  const py = <f32>y + <f32>0.5 + filterOffset(yOf(u));
  const onPlane = add(add(corner, scale(stepX, px)), scale(stepY, py));
  const origin = isOrthographic ? add(position, onPlane) : position;
  const direction = isOrthographic ? forward : normalize(onPlane);
  v128.store(ray, withW(origin, 0));
  v128.store(ray, withW(direction, Infinity), 16);
}

/** Address of the view record. */
export function viewRecord(): usize {
  return view;
}
