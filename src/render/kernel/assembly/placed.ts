// A hit in an instance is found in its mesh's space and shaded in the world's: this carries over what shading asks about.
// "The instance in hand" is that of the hit in hand.
//
// Normals go by the inverse transpose. That also keeps fronts in front where the matrix mirrors: glTF turns the winding over
// there (2.0, section 3.7.4), and so does what the matrix makes of a cross product.
import { instanceRecord } from './bvh/index';
import { INSTANCES_TRANSFORMS } from './layout';
import { instances } from './scene';
import { add, dot, maxComponent, scale, sub, withW, wOf, xOf, yOf, zOf } from './vector';

const TRANSFORM_BYTES: usize = 48;

/**
 * Where a ray enters an instance, its coordinates from the instance's place are rounded some twenty times in all until a hit
 * is back in the world; `offsetFrom` leaves eight roundings of the extent behind.
 */
const SHARE_OF_REACH: f32 = 4;

let row0: v128 = f32x4.splat(0);
let row1: v128 = f32x4.splat(0);
let row2: v128 = f32x4.splat(0);
/** Columns of the inverse, all times the same positive number. */
let column0: v128 = f32x4.splat(0);
let column1: v128 = f32x4.splat(0);
let column2: v128 = f32x4.splat(0);

/** Takes an instance in hand. */
export function setInstance(instance: u32): void {
  const at = load<usize>(instances, INSTANCES_TRANSFORMS) + <usize>instance * TRANSFORM_BYTES;
  row0 = v128.load(at);
  row1 = v128.load(at, 16);
  row2 = v128.load(at, 32);
  const record = instanceRecord(instance);
  column0 = v128.load(record);
  column1 = v128.load(record, 16);
  column2 = v128.load(record, 32);
}

function times(a: v128, b: v128, c: v128, v: v128): v128 {
  return f32x4(dot(a, v), dot(b, v), dot(c, v), 0);
}

export function pointPlaced(point: v128): v128 {
  return add(vectorPlaced(point), f32x4(wOf(row0), wOf(row1), wOf(row2), 0));
}

/** A difference of two points. */
export function vectorPlaced(v: v128): v128 {
  return times(row0, row1, row2, v);
}

/** Unit length; 0 where it has none. */
export function normalPlaced(normal: v128): v128 {
  return unitOrZero(times(column0, column1, column2, normal));
}

/** Unit length, at right angles to the unit `normal`, both in the world; w is the handedness there. 0: there is none. */
export function tangentPlaced(tangent: v128, normal: v128): v128 {
  const turned = unitOrZero(vectorPlaced(tangent));
  const upright = unitOrZero(sub(turned, scale(normal, dot(turned, normal))));
  return withW(upright, isMirrored() ? -wOf(tangent) : wOf(tangent));
}

/** In doubles: the sign of a determinant that is small beside its terms must be right. */
function isMirrored(): bool {
  const ax = <f64>xOf(row0);
  const ay = <f64>yOf(row0);
  const az = <f64>zOf(row0);
  const bx = <f64>xOf(row1);
  const by = <f64>yOf(row1);
  const bz = <f64>zOf(row1);
  const cx = <f64>xOf(row2);
  const cy = <f64>yOf(row2);
  const cz = <f64>zOf(row2);
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx) < 0;
}

/** What `offsetFrom` takes for the extent of a triangle with these edges in the mesh's space, hit at `point` in the world. */
export function extentPlaced(edge1: v128, edge2: v128, point: v128): f32 {
  const longest = f32x4.pmax(f32x4.abs(edge1), f32x4.abs(edge2));
  const away = f32x4.abs(sub(point, f32x4(wOf(row0), wOf(row1), wOf(row2), 0)));
  // |M| |M^-1| |point - place|: what a rounding of the ray on its way in can become on the way out.
  const inside = add(
    add(scale(f32x4.abs(column0), xOf(away)), scale(f32x4.abs(column1), yOf(away))),
    scale(f32x4.abs(column2), zOf(away)),
  );
  const reach = scale(inside, SHARE_OF_REACH / dot(row0, column0));
  const size = add(longest, f32x4.abs(reach));
  return maxComponent(times(f32x4.abs(row0), f32x4.abs(row1), f32x4.abs(row2), size));
}

/** By its largest component first, so that squares neither overflow nor vanish. */
function unitOrZero(v: v128): v128 {
  const size = f32x4.abs(v);
  const most = maxComponent(size);
  if (!(most > 0 && most < Infinity)) return f32x4.splat(0);
  const even = scale(v, <f32>1 / most);
  return scale(even, <f32>1 / Mathf.sqrt(dot(even, even)));
}
