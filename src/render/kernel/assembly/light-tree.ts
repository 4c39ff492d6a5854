// Choosing one of many emitters by how much of its light can fall on a surface: a tree over them, each of whose nodes knows
// where its emitters are, how their normals spread and how much they emit together, so that the way from the root to one of
// them is a few choices between four (A. Conty Estevez and C. Kulla, "Importance Sampling of Many Lights with Adaptive Tree
// Splitting", 2018; the bounds of angles without inverse functions as in pbrt-v4). The chance of each emitter is the product
// of its choices, known exactly from either side. light-tree-build.ts makes the tree.
//
// What a node says of its four children is a bound: a child gets no chance only if none of its light can arrive.
import { splat, wOf, xOf, yOf, zOf } from './vector';

/** A node: for four children at once, v128 each. Coordinates of a ball around them, and its radius. */
export const TREE_X: usize = 0;
export const TREE_Y: usize = 16;
export const TREE_Z: usize = 32;
export const TREE_RADIUS: usize = 48;
/** The cone of their normals: axis, cosine and sine of its half angle. Whatever shines to both sides has all directions. */
export const TREE_AXIS_X: usize = 64;
export const TREE_AXIS_Y: usize = 80;
export const TREE_AXIS_Z: usize = 96;
export const TREE_COS: usize = 112;
export const TREE_SIN: usize = 128;
/** Share of all power; 0: no such child. */
export const TREE_POWER: usize = 144;
/** u32 x 4: an emitter's number with LEAF, or a node's number. */
export const TREE_CHILDREN: usize = 160;
/** u32: the place (node * 4 + child) that refers to this node; NO_PLACE: the root. */
export const TREE_PLACE: usize = 176;
export const TREE_BYTES: usize = 192;
export const LEAF: u32 = 0x80000000;
export const NO_PLACE: u32 = 0xffffffff;

let nodes: usize = 0;
/** u32 an emitter: the place that refers to it. */
let places: usize = 0;

export function useLightTree(newNodes: usize, newPlaces: usize): void {
  nodes = newNodes;
  places = newPlaces;
}

/** Of light that comes through the surface: never left out where it might count. */
const THROUGH: f32 = 0.1;
/** Keeps sums finite, whatever lies on top of an emitter. */
const LARGEST: f32 = 1e30;
const SMALLEST: f32 = 1e-36;
/** The largest f64 below 1 that a choice leaves to the next one. */
const BELOW_ONE: f64 = 0.9999999999999999;

let pointX = splat(0);
let pointY = splat(0);
let pointZ = splat(0);
let normalX = splat(0);
let normalY = splat(0);
let normalZ = splat(0);
let least = splat(0);

/** The surface that is to be lit: a point, and its normal with 1 in w where light from behind counts, else 0. */
export function standAt(point: v128, normal: v128): void {
  pointX = splat(xOf(point));
  pointY = splat(yOf(point));
  pointZ = splat(zOf(point));
  normalX = splat(xOf(normal));
  normalY = splat(yOf(normal));
  normalZ = splat(zOf(normal));
  least = splat(wOf(normal) * THROUGH);
}

function dot4(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(ax, bx), f32x4.mul(ay, by)), f32x4.mul(az, bz));
}

/** sqrt(1 - c^2) for a cosine that rounding may have taken beyond 1. */
function sineOf(cosine: v128): v128 {
  return f32x4.sqrt(f32x4.pmax(splat(0), f32x4.sub(splat(1), f32x4.mul(cosine, cosine))));
}

/** Cosine of what is left of an angle after another one has been taken off, at least 0. */
function cosineLess(cosA: v128, sinA: v128, cosB: v128, sinB: v128): v128 {
  const less = f32x4.add(f32x4.mul(cosA, cosB), f32x4.mul(sinA, sinB));
  return v128.bitselect(splat(1), less, f32x4.ge(cosA, cosB));
}

/** How much of each child's light can fall on the surface, about, on one scale for all. */
function importance(node: usize): v128 {
  const x = f32x4.sub(v128.load(node, TREE_X), pointX);
  const y = f32x4.sub(v128.load(node, TREE_Y), pointY);
  const z = f32x4.sub(v128.load(node, TREE_Z), pointZ);
  const radius = v128.load(node, TREE_RADIUS);
  const distance2 = f32x4.pmax(splat(SMALLEST), dot4(x, y, z, x, y, z));
  const inverse = f32x4.div(splat(1), f32x4.sqrt(distance2));
  // Half the angle under which the ball is seen; all directions from within it.
  const sinBall = f32x4.pmin(splat(1), f32x4.mul(radius, inverse));
  const isWithin = f32x4.ge(sinBall, splat(1));
  const cosBall = v128.bitselect(splat(-1), sineOf(sinBall), isWithin);

  const axisX = v128.load(node, TREE_AXIS_X);
  const axisY = v128.load(node, TREE_AXIS_Y);
  const axisZ = v128.load(node, TREE_AXIS_Z);
  const cosAxis = f32x4.neg(f32x4.mul(dot4(axisX, axisY, axisZ, x, y, z), inverse));
  const sinAxis = sineOf(cosAxis);
  const cosCone = v128.load(node, TREE_COS);
  const sinCone = v128.load(node, TREE_SIN);
  const isInCone = f32x4.ge(cosAxis, cosCone);
  const cosOff = v128.bitselect(
    splat(1),
    f32x4.add(f32x4.mul(cosAxis, cosCone), f32x4.mul(sinAxis, sinCone)),
    isInCone,
  );
  const sinOff = v128.bitselect(
    splat(0),
    f32x4.sub(f32x4.mul(sinAxis, cosCone), f32x4.mul(cosAxis, sinCone)),
    isInCone,
  );
  const leaving = f32x4.pmax(splat(0), cosineLess(cosOff, sinOff, cosBall, sinBall));

  const cosNormal = f32x4.mul(dot4(normalX, normalY, normalZ, x, y, z), inverse);
  const arriving = f32x4.pmax(least, cosineLess(cosNormal, sineOf(cosNormal), cosBall, sinBall));
  const share = f32x4.div(
    f32x4.mul(v128.load(node, TREE_POWER), f32x4.mul(leaving, arriving)),
    f32x4.pmax(distance2, f32x4.mul(radius, radius)),
  );
  // NaN becomes 0.
  return f32x4.pmin(splat(LARGEST), f32x4.pmax(splat(0), share));
}

/** Chance of the emitter that `descend` chose. */
export let descentChance: f32 = 0;

/** Chooses an emitter by 32 even bits, for the surface stood at. @returns its number; -1: no light arrives from any */
export function descend(bits: u32): i32 {
  let unit = <f64>bits * (1.0 / 4294967296.0);
  let next: u32 = 0;
  descentChance = 1;
  while (!(next & LEAF)) {
    const node = nodes + <usize>next * TREE_BYTES;
    const shares = importance(node);
    const first = xOf(shares);
    const second = first + yOf(shares);
    const third = second + zOf(shares);
    const sum = third + wOf(shares);
    if (!(sum > 0)) return -1;
    const at = <f32>(unit * <f64>sum);
    // A child without a share is never chosen, and the last one with a share takes what rounding leaves.
    let child: usize = 0;
    let below: f32 = 0;
    if (at >= first && second > first) {
      child = 1;
      below = first;
    }
    if (at >= second && third > second) {
      child = 2;
      below = second;
    }
    if (at >= third && sum > third) {
      child = 3;
      below = third;
    }
    const share = shareOf(shares, child);
    descentChance *= share / sum;
    unit = min((unit * <f64>sum - <f64>below) / <f64>share, BELOW_ONE);
    if (!(unit > 0)) unit = 0;
    next = load<u32>(node + (child << 2), TREE_CHILDREN);
  }
  return <i32>(next ^ LEAF);
}

function shareOf(shares: v128, child: usize): f32 {
  if (child == 0) return xOf(shares);
  if (child == 1) return yOf(shares);
  return child == 2 ? zOf(shares) : wOf(shares);
}

/** The chance that `descend` has for an emitter, for the surface stood at. */
export function descentChanceOf(emitter: u32): f32 {
  let place = load<u32>(places + ((<usize>emitter) << 2));
  let product: f32 = 1;
  while (place != NO_PLACE) {
    const node = nodes + <usize>(place >> 2) * TREE_BYTES;
    const shares = importance(node);
    const share = shareOf(shares, place & 3);
    if (!(share > 0)) return 0;
    product *= share / (xOf(shares) + yOf(shares) + zOf(shares) + wOf(shares));
    place = load<u32>(node, TREE_PLACE);
  }
  return product;
}
