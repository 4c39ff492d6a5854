// The tree of light-tree.ts: emitters are split in two, and each half once more, along the longest axis of their middles where
// power times surface is least on both sides (the surface area heuristic with power for number); four parts are a node. Then
// each part is described by what it holds.
import { OUT_OF_MEMORY } from './layout';
import {
  LEAF,
  NO_PLACE,
  TREE_AXIS_X,
  TREE_AXIS_Y,
  TREE_AXIS_Z,
  TREE_BYTES,
  TREE_CHILDREN,
  TREE_COS,
  TREE_PLACE,
  TREE_POWER,
  TREE_RADIUS,
  TREE_SIN,
  TREE_X,
  TREE_Y,
  TREE_Z,
  useLightTree,
} from './light-tree';
import { alloc, mark, release } from './memory';
import { add, clamp, dot, lengthOf, scale, splat, sub, withW, wOf, xOf, yOf, zOf } from './vector';

/** An emitter while the tree is built: its box (w: its share of power; its number) and its normal (w: 1 shines to both sides). */
export const LIGHT_BYTES: usize = 48;

const BINS: i32 = 16;
/** Below, ranges are halved by number, so that the recursion ends whatever the weights are. */
const MOST_LEVELS: i32 = 40;
/** Cones are wider by this, for rounding. */
const CONE_SLACK: f32 = 1e-5;

/** A bin: lower corner, upper corner (w: power). */
const bins: usize = alloc(16 * 32, 16);
const rightCosts: usize = alloc(16 * 4, 16);

let lights: usize = 0;
let nodes: usize = 0;
let count: u32 = 0;
let places: usize = 0;

/** Where the finished tree begins, and the places of its emitters. */
export let builtNodes: usize = 0;
export let builtPlaces: usize = 0;

/**
 * Builds the tree over `n` emitters (two at least), which `describe` is asked for: it writes LIGHT_BYTES for each to the address.
 * @returns 0 or OUT_OF_MEMORY
 */
export function buildLightTree(n: u32, describe: (to: usize) => void): i32 {
  places = alloc((<usize>n) << 2, 16);
  const final = alloc(0, 64);
  lights = alloc(<usize>n * LIGHT_BYTES, 16);
  if (!places || !lights) return OUT_OF_MEMORY;
  describe(lights);
  nodes = alloc(0, 64);
  count = 0;
  if (!writeNode(0, n, NO_PLACE, 0)) return OUT_OF_MEMORY;
  const bytes = <usize>count * TREE_BYTES;
  memory.copy(final, nodes, bytes);
  release(final + bytes);
  builtNodes = final;
  builtPlaces = places;
  useLightTree(final, places);
  return 0;
}

function lightAt(i: u32): usize {
  return lights + <usize>i * LIGHT_BYTES;
}

/** The node over emitters `begin` up to `end`, and all below it. @returns false: out of memory */
function writeNode(begin: u32, end: u32, place: u32, level: i32): bool {
  const number = count++;
  const node = alloc(TREE_BYTES, 64);
  if (!node) return false;
  memory.fill(node, 0, TREE_BYTES);
  store<u32>(node, place, TREE_PLACE);
  const middle = split(begin, end, level);
  const left = middle - begin > 1 ? split(begin, middle, level + 1) : middle;
  const right = end - middle > 1 ? split(middle, end, level + 1) : end;
  let child: u32 = 0;
  if (!writeChild(number, child++, begin, left, level)) return false;
  if (left < middle && !writeChild(number, child++, left, middle, level)) return false;
  if (!writeChild(number, child++, middle, right, level)) return false;
  return right == end || writeChild(number, child, right, end, level);
}

function writeChild(number: u32, child: u32, begin: u32, end: u32, level: i32): bool {
  const to = nodes + <usize>number * TREE_BYTES + ((<usize>child) << 2);
  summarize(to, begin, end);
  const place = (number << 2) | child;
  if (end - begin == 1) {
    const emitter = load<u32>(lightAt(begin), 28);
    store<u32>(to, emitter | LEAF, TREE_CHILDREN);
    store<u32>(places + ((<usize>emitter) << 2), place);
    return true;
  }
  store<u32>(to, count, TREE_CHILDREN);
  return writeNode(begin, end, place, level + 2);
}

/** Ball, cone and power of a range, as one child of a node. */
function summarize(to: usize, begin: u32, end: u32): void {
  let lower = splat(Infinity);
  let upper = splat(-Infinity);
  let normals = splat(0);
  let power: f32 = 0;
  let isDouble = false;
  for (let i = begin; i < end; i++) {
    const light = lightAt(i);
    lower = f32x4.pmin(lower, v128.load(light));
    upper = f32x4.pmax(upper, v128.load(light, 16));
    power += load<f32>(light, 12);
    const normal = v128.load(light, 32);
    normals = add(normals, normal);
    if (wOf(normal) > 0) isDouble = true;
  }
  const middle = scale(add(lower, upper), 0.5);
  store<f32>(to, xOf(middle), TREE_X);
  store<f32>(to, yOf(middle), TREE_Y);
  store<f32>(to, zOf(middle), TREE_Z);
  store<f32>(to, lengthOf(sub(upper, middle)) * <f32>1.000001, TREE_RADIUS);
  store<f32>(to, power, TREE_POWER);
  const length = lengthOf(normals);
  const axis = length > 0 ? scale(normals, <f32>1 / length) : splat(0);
  let cosine: f32 = -1;
  if (!isDouble && length > 0) {
    cosine = 1;
    for (let i = begin; i < end; i++) cosine = min(cosine, dot(axis, v128.load(lightAt(i), 32)));
    cosine = clamp(cosine - CONE_SLACK, -1, 1);
  }
  store<f32>(to, xOf(axis), TREE_AXIS_X);
  store<f32>(to, yOf(axis), TREE_AXIS_Y);
  store<f32>(to, zOf(axis), TREE_AXIS_Z);
  store<f32>(to, cosine, TREE_COS);
  store<f32>(to, Mathf.sqrt(<f32>1 - cosine * cosine), TREE_SIN);
}

/** Reorders a range of two or more in two parts. @returns where the second begins */
function split(begin: u32, end: u32, level: i32): u32 {
  const half = begin + ((end - begin) >> 1);
  if (end - begin == 2 || level > MOST_LEVELS) return half;
  let low = splat(Infinity);
  let high = splat(-Infinity);
  for (let i = begin; i < end; i++) {
    const middle = add(v128.load(lightAt(i)), v128.load(lightAt(i), 16));
    low = f32x4.pmin(low, middle);
    high = f32x4.pmax(high, middle);
  }
  const size = sub(high, low);
  const widest = max(max(xOf(size), yOf(size)), zOf(size));
  if (!(widest > 0)) return half;
  const axis: usize = xOf(size) == widest ? 0 : yOf(size) == widest ? 4 : 8;
  const start = axis == 0 ? xOf(low) : axis == 4 ? yOf(low) : zOf(low);
  const perUnit = <f32>(<f32>BINS - 0.01) / widest;
  const plane = findPlane(begin, end, axis, start, perUnit);
  if (plane == 0) return half;
  let border = begin;
  for (let i = begin; i < end; i++) {
    if (binOf(lightAt(i), axis, start, perUnit) < plane) swap(lightAt(i), lightAt(border++));
  }
  return border > begin && border < end ? border : half;
}

function binOf(light: usize, axis: usize, start: f32, perUnit: f32): i32 {
  return max(0, min(BINS - 1, <i32>((load<f32>(light + axis) + load<f32>(light + axis, 16) - start) * perUnit)));
}

/** The first bin on the right of the cheapest plane; 0: there is none. */
function findPlane(begin: u32, end: u32, axis: usize, start: f32, perUnit: f32): i32 {
  for (let bin: usize = 0; bin < 16 * 32; bin += 32) {
    v128.store(bins + bin, splat(Infinity));
    v128.store(bins + bin, withW(splat(-Infinity), 0), 16);
  }
  for (let i = begin; i < end; i++) {
    const light = lightAt(i);
    const bin = bins + (<usize>binOf(light, axis, start, perUnit) << 5);
    const power = load<f32>(bin, 28) + load<f32>(light, 12);
    v128.store(bin, f32x4.pmin(v128.load(bin), v128.load(light)));
    v128.store(bin, withW(f32x4.pmax(v128.load(bin, 16), v128.load(light, 16)), power), 16);
  }
  let lower = splat(Infinity);
  let upper = splat(-Infinity);
  let power: f32 = 0;
  for (let at = BINS - 1; at > 0; at--) {
    const bin = bins + ((<usize>at) << 5);
    lower = f32x4.pmin(lower, v128.load(bin));
    upper = f32x4.pmax(upper, v128.load(bin, 16));
    power += load<f32>(bin, 28);
    store<f32>(rightCosts + ((<usize>at) << 2), power > 0 ? power * surface(lower, upper) : Infinity);
  }
  lower = splat(Infinity);
  upper = splat(-Infinity);
  power = 0;
  let best: f32 = Infinity;
  let plane = 0;
  for (let at = 1; at < BINS; at++) {
    const bin = bins + ((<usize>(at - 1)) << 5);
    lower = f32x4.pmin(lower, v128.load(bin));
    upper = f32x4.pmax(upper, v128.load(bin, 16));
    power += load<f32>(bin, 28);
    if (!(power > 0)) continue;
    const cost = power * surface(lower, upper) + load<f32>(rightCosts + ((<usize>at) << 2));
    if (cost < best) {
      best = cost;
      plane = at;
    }
  }
  return plane;
}

function surface(lower: v128, upper: v128): f32 {
  const size = sub(upper, lower);
  return xOf(size) * yOf(size) + yOf(size) * zOf(size) + zOf(size) * xOf(size);
}

function swap(a: usize, b: usize): void {
  for (let k: usize = 0; k < LIGHT_BYTES; k += 16) {
    const kept = v128.load(a + k);
    v128.store(a + k, v128.load(b + k));
    v128.store(b + k, kept);
  }
}
