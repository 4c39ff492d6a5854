// The four texels that a bilinear look-up blends, and by what weights. A material's textures mostly have one size, one uv set
// and one transform, so where the first of them is looked up at a point, the others are as well: textures that agree in all of
// that have one TEXTURE_LAYOUT, and the footprint in hand is taken again as long as it is asked for the same one at one point.
//
// Footprints of hits that are about to be shaded are measured in advance (ahead.ts), each in a place of its own.
import {
  SCENE_UV0,
  SCENE_UV1,
  TEXTURE_HEIGHT,
  TEXTURE_LAYOUT,
  TEXTURE_TEXCOORD,
  TEXTURE_TRANSFORM,
  TEXTURE_WIDTH,
  TEXTURE_WRAP_S,
  TEXTURE_WRAP_T,
  WRAP_MIRROR,
  WRAP_REPEAT,
} from './layout';
import { alloc } from './memory';
import { scene } from './scene';
import { columnPart, rowPart } from './texels';
import { clamp, xOf, yOf } from './vector';

const FOOTPRINT_BYTES: usize = 64;
/** So many at a time have a place. */
export const FOOTPRINTS: u32 = 16;

@unmanaged
export class Footprint {
  /** TEXTURE_LAYOUT, and where: 0 is nowhere. */
  layout: u32;
  corners: usize;
  u: f32;
  v: f32;
  /** Byte offsets of the texels. */
  upperLeft: u32;
  upperRight: u32;
  lowerLeft: u32;
  lowerRight: u32;
  /** 0 at the left ones, 1 at the right ones. */
  x: f32;
  /** 0 at the upper ones, 1 at the lower ones. */
  y: f32;
}

/** One more than FOOTPRINTS: the last is for points that nobody looked at in advance. */
const places: usize = alloc((<usize>FOOTPRINTS + 1) * FOOTPRINT_BYTES, 64);
const spare = changetype<Footprint>(places + <usize>FOOTPRINTS * FOOTPRINT_BYTES);
let inHand: Footprint = spare;

function placeAt(index: u32): Footprint {
  return changetype<Footprint>(places + <usize>index * FOOTPRINT_BYTES);
}

/** Takes the footprint in hand that was measured in advance at that place. */
export function takeFootprint(index: u32): void {
  inHand = placeAt(index);
}

/** Measures in advance. */
export function measureAt(index: u32, texture: usize, corners: usize, u: f32, v: f32): Footprint {
  const footprint = placeAt(index);
  measure(footprint, texture, corners, u, v);
  return footprint;
}

/** Forgets what a place had: a new scene may have another texture under the same number. */
export function forgetFootprints(): void {
  for (let i: u32 = 0; i <= FOOTPRINTS; i++) placeAt(i).layout = 0;
}

/** Of a texture that is blended, at a point of the triangle whose corners are at `corners`. */
export function footprintOf(texture: usize, corners: usize, u: f32, v: f32): Footprint {
  const f = inHand;
  if (f.layout == load<u32>(texture, TEXTURE_LAYOUT) && f.corners == corners && f.u == u && f.v == v) return f;
  inHand = spare;
  measure(spare, texture, corners, u, v);
  return spare;
}

function measure(f: Footprint, texture: usize, corners: usize, u: f32, v: f32): void {
  f.layout = load<u32>(texture, TEXTURE_LAYOUT);
  f.corners = corners;
  f.u = u;
  f.v = v;
  const st = coordinatesAt(texture, corners, u, v);
  const width = load<i32>(texture, TEXTURE_WIDTH);
  const height = load<i32>(texture, TEXTURE_HEIGHT);
  const wrapS = load<u32>(texture, TEXTURE_WRAP_S);
  const wrapT = load<u32>(texture, TEXTURE_WRAP_T);
  const x = xOf(st) * <f32>width;
  const y = yOf(st) * <f32>height;
  const left = Mathf.floor(x - 0.5);
  const top = Mathf.floor(y - 0.5);
  const column0 = columnPart(inside(<i32>left, width, wrapS));
  const column1 = columnPart(inside(<i32>left + 1, width, wrapS));
  const row0 = rowPart(inside(<i32>top, height, wrapT), width);
  const row1 = rowPart(inside(<i32>top + 1, height, wrapT), width);
  f.upperLeft = row0 + column0;
  f.upperRight = row0 + column1;
  f.lowerLeft = row1 + column0;
  f.lowerRight = row1 + column1;
  f.x = x - <f32>0.5 - left;
  f.y = y - <f32>0.5 - top;
}

/** Texture coordinates, transformed and folded into [0, 1]. */
export function coordinatesAt(texture: usize, corners: usize, u: f32, v: f32): v128 {
  const uv = uvAt(texture, corners, u, v);
  const s = xOf(uv);
  const t = yOf(uv);
  const m = texture + TEXTURE_TRANSFORM;
  return f32x4(
    wrap(load<f32>(m) * s + load<f32>(m, 4) * t + load<f32>(m, 8), load<u32>(texture, TEXTURE_WRAP_S)),
    wrap(load<f32>(m, 12) * s + load<f32>(m, 16) * t + load<f32>(m, 20), load<u32>(texture, TEXTURE_WRAP_T)),
    0,
    0,
  );
}

function uvAt(texture: usize, corners: usize, u: f32, v: f32): v128 {
  const set = load<u32>(texture, TEXTURE_TEXCOORD);
  const table = set ? load<usize>(scene, SCENE_UV1) : load<usize>(scene, SCENE_UV0);
  if (!table) return f32x4.splat(0);
  const a = v128.load64_zero(table + ((<usize>load<u32>(corners)) << 3));
  const b = v128.load64_zero(table + ((<usize>load<u32>(corners, 4)) << 3));
  const c = v128.load64_zero(table + ((<usize>load<u32>(corners, 8)) << 3));
  return f32x4.add(
    f32x4.add(f32x4.mul(a, f32x4.splat(<f32>1 - u - v)), f32x4.mul(b, f32x4.splat(u))),
    f32x4.mul(c, f32x4.splat(v)),
  );
}

/** Folds a coordinate into [0, 1]. */
function wrap(x: f32, mode: u32): f32 {
  if (mode == WRAP_REPEAT) return x - Mathf.floor(x);
  if (mode == WRAP_MIRROR) {
    const t = x - Mathf.floor(x * 0.5) * 2;
    return t > 1 ? <f32>2 - t : t;
  }
  return clamp(x, 0, 1);
}

/** A texel number just outside (the bilinear footprint reaches half a texel over) brought inside. */
function inside(i: i32, size: i32, mode: u32): i32 {
  if (i < 0) return mode == WRAP_REPEAT ? size - 1 : 0;
  if (i >= size) return mode == WRAP_REPEAT ? 0 : size - 1;
  return i;
}
