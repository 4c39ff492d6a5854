// Choosing one of many emitters by how much of its light can fall on a surface: a tree over them, each of whose nodes knows
// where its emitters are, how their normals spread and how much they emit together, so that the way from the root to one of
// them is a few choices between four (A. Conty Estevez and C. Kulla, "Importance Sampling of Many Lights with Adaptive Tree
// Splitting", 2018; the bounds of angles without inverse functions as in pbrt-v4). The chance of each emitter is the product
// of its choices, known exactly from either side. light-tree-build.ts makes the tree.
//
// What a node says of its four children is a bound: a child gets no chance only if none of its light can arrive.
import { alloc } from './memory';
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

/** One way down the tree, for one surface: who stands where, and how far it is. */
@unmanaged
export class Descent {
  /** The surface that is to be lit: a point, and its normal with 1 in w where light from behind counts, else 0. */
  point: v128;
  normal: v128;
  /** What the choices so far have left of the even number, in [0, 1). */
  unit: f64;
  /** The node it stands before, or an emitter with LEAF; NOBODY: no light arrives from any. */
  next: u32;
  /** Product of the chances of all choices so far. */
  chance: f32;
  /** Of the children it chooses between: importance, and the sum of those before each. */
  shares: v128;
  begins: v128;
}
export const DESCENT_BYTES: usize = 80;
const SHARES: usize = offsetof<Descent>('shares');
const BEGINS: usize = offsetof<Descent>('begins');
const POINT: usize = offsetof<Descent>('point');
const NORMAL: usize = offsetof<Descent>('normal');
const NOBODY: u32 = 0xffffffff;

const own = changetype<Descent>(alloc(DESCENT_BYTES, 16));
/** In hand. */
let descent: Descent = own;

/** Stands at a surface. */
export function standAt(point: v128, normal: v128): void {
  descent = own;
  own.point = point;
  own.normal = normal;
  own.next = 0;
}

/** Stands where a descent began that is at its end already. */
export function standWith(finished: Descent): void {
  descent = finished;
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
function importance(node: usize, surface: Descent): v128 {
  const from = changetype<usize>(surface);
  const x = f32x4.sub(v128.load(node, TREE_X), v128.load32_splat(from, POINT));
  const y = f32x4.sub(v128.load(node, TREE_Y), v128.load32_splat(from, POINT + 4));
  const z = f32x4.sub(v128.load(node, TREE_Z), v128.load32_splat(from, POINT + 8));
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

  const normalX = v128.load32_splat(from, NORMAL);
  const normalY = v128.load32_splat(from, NORMAL + 4);
  const normalZ = v128.load32_splat(from, NORMAL + 8);
  const least = f32x4.mul(v128.load32_splat(from, NORMAL + 12), splat(THROUGH));
  const cosNormal = f32x4.mul(dot4(normalX, normalY, normalZ, x, y, z), inverse);
  const arriving = f32x4.pmax(least, cosineLess(cosNormal, sineOf(cosNormal), cosBall, sinBall));
  const share = f32x4.div(
    f32x4.mul(v128.load(node, TREE_POWER), f32x4.mul(leaving, arriving)),
    f32x4.pmax(distance2, f32x4.mul(radius, radius)),
  );
  // NaN becomes 0.
  return f32x4.pmin(splat(LARGEST), f32x4.pmax(splat(0), share));
}

/** Begins a descent by 32 even bits. */
export function begin(down: Descent, bits: u32): void {
  down.unit = <f64>bits * (1.0 / 4294967296.0);
  down.next = 0;
  down.chance = 1;
}

function nodeOf(down: Descent): usize {
  return nodes + <usize>down.next * TREE_BYTES;
}

/** Looks at the node it stands before. */
function weigh(down: Descent): void {
  down.shares = importance(nodeOf(down), down);
}

/** Chooses between the children that it has weighed. No branches: nobody could foresee them. */
function choose(down: Descent): void {
  const four = down.shares;
  const first = xOf(four);
  const second = first + yOf(four);
  const third = second + zOf(four);
  const sum = third + wOf(four);
  const total = down.unit * <f64>sum;
  // A child without a share is never chosen, and the last one with a share takes what rounding leaves.
  const begins = f32x4(0, first, second, third);
  const ends = f32x4(first, second, third, sum);
  const isPast = v128.and(f32x4.ge(splat(<f32>total), begins), f32x4.gt(ends, begins));
  down.begins = begins;
  const child = <usize>(31 - clz<i32>(i32x4.bitmask(isPast) | 1)) << 2;
  const ofChild = changetype<usize>(down) + child;
  const share = load<f32>(ofChild, SHARES);
  down.chance *= share / sum;
  const rest = f64x2.splat((total - <f64>load<f32>(ofChild, BEGINS)) / <f64>share);
  // NaN becomes 0.
  const unit = f64x2.pmax(f64x2.splat(0), f64x2.pmin(rest, f64x2.splat(BELOW_ONE)));
  down.unit = f64x2.extract_lane(unit, 0);
  down.next = select(load<u32>(nodeOf(down) + child, TREE_CHILDREN), NOBODY, sum > 0);
}

/**
 * Takes descents that have begun to their ends: `count` addresses at `list`, which is used up. Each step is done for all of them
 * before the next, so that one's reads and arithmetic are in the shadow of the others'.
 */
export function descendTogether(list: usize, count: i32): void {
  let end = list + ((<usize>count) << 2);
  while (end > list) {
    for (let at = list; at < end; at += 4) {
      const node = nodeOf(descentIn(at));
      load<u32>(node);
      load<u32>(node, 64);
      load<u32>(node, 128);
    }
    for (let at = list; at < end; at += 4) inline.always(weigh(descentIn(at)));
    const last = end;
    end = list;
    for (let at = list; at < last; at += 4) {
      const down = descentIn(at);
      inline.always(choose(down));
      store<usize>(end, changetype<usize>(down));
      end += (<usize>(~down.next & LEAF)) >> 29;
    }
  }
}

function descentIn(at: usize): Descent {
  return changetype<Descent>(load<usize>(at));
}

/** Chance of the emitter that `descend` chose. */
export let descentChance: f32 = 0;

/** Chooses an emitter for the surface stood at, by 32 even bits unless that is done. @returns its number; -1: no light arrives from any */
export function descend(bits: u32): i32 {
  const down = descent;
  if (!(down.next & LEAF)) {
    begin(down, bits);
    do {
      weigh(down);
      choose(down);
    } while (!(down.next & LEAF));
  }
  descentChance = down.chance;
  return chosenBy(down);
}

/** The emitter at the end of a descent; -1: none. */
export function chosenBy(down: Descent): i32 {
  return down.next == NOBODY ? -1 : <i32>(down.next ^ LEAF);
}

function shareOf(four: v128, child: usize): f32 {
  if (child == 0) return xOf(four);
  if (child == 1) return yOf(four);
  return child == 2 ? zOf(four) : wOf(four);
}

/** The chance that `descend` has for an emitter, for the surface stood at. */
export function descentChanceOf(emitter: u32): f32 {
  let place = load<u32>(places + ((<usize>emitter) << 2));
  let product: f32 = 1;
  while (place != NO_PLACE) {
    const node = nodes + <usize>(place >> 2) * TREE_BYTES;
    const four = importance(node, descent);
    const share = shareOf(four, place & 3);
    if (!(share > 0)) return 0;
    product *= share / (xOf(four) + yOf(four) + zOf(four) + wOf(four));
    place = load<u32>(node, TREE_PLACE);
  }
  return product;
}
