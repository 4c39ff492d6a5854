// From a pixel to a ray. Perspective and orthographic, through a pinhole or a thin lens: a lens sends the rays of a pixel from
// all over its disc to the point where the pinhole's ray meets the plane in focus. (Orthographic: from a disc around the
// ray's own start.) The tangent of the field of view is computed here, in WASM, because
// the host's Math.tan may differ in the last bit from one browser to the next.
import { filterOffset } from './filter';
import {
  VIEW_BACK,
  VIEW_BOUNCES,
  VIEW_BYTES,
  VIEW_CLAMP,
  VIEW_EXTENT,
  VIEW_FOCUS_DISTANCE,
  VIEW_HEIGHT,
  VIEW_IS_ORTHOGRAPHIC,
  VIEW_LENS_RADIUS,
  VIEW_POSITION,
  VIEW_RIGHT,
  VIEW_SEED,
  VIEW_UP,
  VIEW_WIDTH,
} from './layout';
import { alloc } from './memory';
import { setLimit } from './limit';
import { circle } from './trigonometry';
import { add, load3, negate, normalize, scale, sub, withW, wOf, xOf, yOf, zOf } from './vector';

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
/** From the lens's centre to its rim, to the right and up. */
let lensX: v128 = f32x4.splat(0);
let lensY: v128 = f32x4.splat(0);
let hasLens: bool = false;
let focusDistance: f32 = 1;

export function prepareView(): void {
  const width = <f32>load<u32>(view, VIEW_WIDTH);
  const height = <f32>load<u32>(view, VIEW_HEIGHT);
  bounces = load<u32>(view, VIEW_BOUNCES);
  seed = load<u32>(view, VIEW_SEED);
  position = load3(view + VIEW_POSITION);
  setLimit(load<f32>(view, VIEW_CLAMP));
  const lensRadius = load<f32>(view, VIEW_LENS_RADIUS);
  hasLens = lensRadius > 0;
  lensX = scale(load3(view + VIEW_RIGHT), lensRadius);
  lensY = scale(load3(view + VIEW_UP), lensRadius);
  focusDistance = load<f32>(view, VIEW_FOCUS_DISTANCE);
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

/** Writes the ray of pixel (x, y); `u` has four numbers in [0, 1): two for the filter, two for the lens. */
export function writeCameraRay(ray: usize, x: u32, y: u32, u: v128): void {
  const px = <f32>x + <f32>0.5 + filterOffset(xOf(u));
  const py = <f32>y + <f32>0.5 + filterOffset(yOf(u));
  const onPlane = add(add(corner, scale(stepX, px)), scale(stepY, py));
  let origin = isOrthographic ? add(position, onPlane) : position;
  let direction: v128;
  if (hasLens) {
    const onLens = onDisc(zOf(u), wOf(u));
    const shift = add(scale(lensX, xOf(onLens)), scale(lensY, yOf(onLens)));
    origin = add(origin, shift);
    // The plane of `onPlane` is one metre in front of a perspective camera: this reaches the plane in focus.
    direction = normalize(sub(scale(isOrthographic ? forward : onPlane, focusDistance), shift));
  } else {
    direction = isOrthographic ? forward : normalize(onPlane);
  }
  v128.store(ray, withW(origin, 0));
  v128.store(ray, withW(direction, Infinity), 16);
}

/** (x, y, 0, 0) evenly over the unit disc (P. Shirley and K. Chiu, "A Low Distortion Map Between Disk and Square", 1997). */
function onDisc(u1: f32, u2: f32): v128 {
  const a = u1 * 2 - 1;
  const b = u2 * 2 - 1;
  if (a == 0 && b == 0) return f32x4.splat(0);
  const isWide = Mathf.abs(a) > Mathf.abs(b);
  const radius = isWide ? a : b;
  // In turns: an eighth either side of an axis.
  const turns = isWide ? (b / a) * <f32>0.125 : <f32>0.25 - (a / b) * <f32>0.125;
  return scale(circle(turns), radius);
}

/** Address of the view record. */
export function viewRecord(): usize {
  return view;
}
