// The upper levels of the hierarchy for neighbouring rays at once. A box that none of them can meet is ruled out by intervals:
// the least and the greatest of their origins and directions, on each axis, with all that is rounded away added once more. What
// is left, from whatever depth, is gathered into a node of its own, at which each ray begins instead of at the root: it asks all of
// these boxes in one step and goes on alone, so what it hits is what it would have hit.

import { alloc } from '../memory';
import {
  APART_BIT,
  END,
  HEADER_IS_STRAINED,
  HEADER_LOWER,
  HEADER_ROOT,
  HEADER_SCALE,
  HEADER_UPPER,
  INSTANCE_HEADER,
  NODE_BYTES,
  NODE_CHILDREN,
  PACKET_BIT,
  PLANE_BYTES,
  WIDTH,
} from './layout';
import { directionInside, originInside } from './portal';
import { FLATTEST, largestOf, ORIGIN_SLACK, splat3, ULP } from './slot';

/** Rays of a bundle at most. */
export const BUNDLE: i32 = 16;
/** With so many boxes no further node is looked at: too few of its own would find a place. */
const ENOUGH: i32 = 7;

/** Twice what a ray has: its rounding, and that of the interval. */
const RECIPROCAL_DOWN: f32 = 1 - 32 * ULP;
const RECIPROCAL_UP: f32 = 1 + 32 * ULP;

/** v128 x 3 each: origins for near and for far planes; the least steep reciprocals and the steepest. */
const NEAR: usize = 0;
const FAR: usize = 48;
const LEAST: usize = 96;
const STEEPEST: usize = 144;
/** u32 x 3: offset of the near planes in a node. */
const PLANES: usize = 192;
const beam: usize = alloc(208, 64);

/** The node that takes the root's place: boxes from all over the hierarchy, one of which each ray that hits anything meets. */
export const gathered: usize = alloc(NODE_BYTES, 64);

/** The rays of a bundle as they are in an instance. */
const carried: usize = alloc((<usize>BUNDLE) << 5, 64);

/** Whether the rays of the last bundle have one origin and go to the same side on each axis. */
export let isNarrow: bool = false;

/**
 * Finds where the rays from `first` up to `end` begin, in the hierarchy of that header.
 * @returns the reference to begin with; END: all of the rays miss
 */
export function enterTogether(header: usize, root: u32, first: usize, end: usize): u32 {
  isNarrow = false;
  const scale = v128.load32_splat(header, HEADER_SCALE);
  if (load<u32>(header, HEADER_IS_STRAINED) || !aimBeam(header, scale, first, end)) return root;
  return gather(root);
}

/** The same in the mesh of an instance, where that is all that the rays may meet. */
export function enterInstanceTogether(header: usize, record: usize, first: usize, end: usize): u32 {
  const scale = v128.load32_splat(header, HEADER_SCALE);
  let to = carried;
  for (let ray = first; ray < end; ray += 32) {
    v128.store(to, originInside(record, ray, scale));
    v128.store(to, directionInside(record, ray), 16);
    to += 32;
  }
  const mesh = <usize>load<u32>(record, INSTANCE_HEADER);
  const root = load<u32>(mesh, HEADER_ROOT);
  return aimBeam(mesh, f32x4.splat(1), carried, to) ? gather(root) : root;
}

/** @returns the reference to begin with; END: all of the rays miss */
function gather(root: u32): u32 {
  let count = 1;
  store<u32>(gathered, root, NODE_CHILDREN);
  // Places whose node has not been looked at, in turns, so that the boxes come from about the same depth.
  let open = isNode(root);
  let place = 0;
  while (open && count < ENOUGH) {
    const after = open & (-2 << place);
    place = ctz(after ? after : open);
    open &= ~(1 << place);
    const node = <usize>load<u32>(gathered + ((<usize>place) << 2), NODE_CHILDREN);
    let boxes = inline.always(testBeam(node));
    if (!boxes) {
      count--;
      copyBox(gathered, count, place);
      const moved = (open >> count) & 1;
      open = (open & ~(1 << count)) | (moved << place);
      continue;
    }
    if (count - 1 + popcnt(boxes) > WIDTH) continue;
    let to = place;
    do {
      const box = ctz(boxes);
      boxes &= boxes - 1;
      copyBox(node, box, to);
      open |= isNode(load<u32>(gathered + ((<usize>to) << 2), NODE_CHILDREN)) << to;
      to = count;
      count++;
    } while (boxes);
    count--;
  }
  if (count < 2) return count ? load<u32>(gathered, NODE_CHILDREN) : END;
  for (let i = count; i < WIDTH; i++) {
    store<f32>(gathered + ((<usize>i) << 2), Infinity);
    store<f32>(gathered + ((<usize>i) << 2), -Infinity, PLANE_BYTES);
  }
  return <u32>gathered;
}

/** 1 or 0. */
function isNode(reference: u32): i32 {
  return i32((reference & (PACKET_BIT | APART_BIT)) == 0);
}

/** A box of a node, and what is in it, to a place of the gathered one. */
function copyBox(node: usize, box: i32, place: i32): void {
  const from = node + ((<usize>box) << 2);
  const to = gathered + ((<usize>place) << 2);
  store<f32>(to, load<f32>(from));
  store<f32>(to, load<f32>(from, PLANE_BYTES), PLANE_BYTES);
  store<f32>(to, load<f32>(from, 2 * PLANE_BYTES), 2 * PLANE_BYTES);
  store<f32>(to, load<f32>(from, 3 * PLANE_BYTES), 3 * PLANE_BYTES);
  store<f32>(to, load<f32>(from, 4 * PLANE_BYTES), 4 * PLANE_BYTES);
  store<f32>(to, load<f32>(from, 5 * PLANE_BYTES), 5 * PLANE_BYTES);
  store<u32>(to, load<u32>(from, NODE_CHILDREN), NODE_CHILDREN);
}

/** @param scale what origins are multiplied by, four times @returns false where the rays go opposite ways on an axis, or one of them is not finite */
function aimBeam(header: usize, scale: v128, first: usize, end: usize): bool {
  let lowOrigin = v128.load(first);
  let highOrigin = lowOrigin;
  let lowDirection = v128.load(first, 16);
  let highDirection = lowDirection;
  let allSigns = lowDirection;
  let anySign = lowDirection;
  for (let ray = first + 32; ray < end; ray += 32) {
    const o = v128.load(ray);
    const d = v128.load(ray, 16);
    lowOrigin = f32x4.pmin(lowOrigin, o);
    highOrigin = f32x4.pmax(highOrigin, o);
    lowDirection = f32x4.pmin(lowDirection, d);
    highDirection = f32x4.pmax(highDirection, d);
    allSigns = v128.and(allSigns, d);
    anySign = v128.or(anySign, d);
  }
  // A NaN stays where it is the first ray's; another's is passed over, and that ray hits nothing in any case.
  const zero = f32x4.splat(0);
  const origins = f32x4.add(f32x4.mul(lowOrigin, zero), f32x4.mul(highOrigin, zero));
  const directions = f32x4.add(f32x4.mul(lowDirection, zero), f32x4.mul(highDirection, zero));
  const finite = i32x4.bitmask(f32x4.eq(f32x4.add(origins, directions), zero));
  const opposite = i32x4.bitmask(v128.xor(allSigns, anySign));
  if ((finite & ~opposite & 7) != 7) return false;

  isNarrow = (i32x4.bitmask(f32x4.eq(lowOrigin, highOrigin)) & 7) == 7;
  const low = f32x4.mul(lowOrigin, scale);
  const high = f32x4.mul(highOrigin, scale);
  const lower = v128.load(header, HEADER_LOWER);
  const upper = v128.load(header, HEADER_UPPER);
  const extent = f32x4.pmax(
    f32x4.pmax(f32x4.abs(f32x4.sub(lower, low)), f32x4.abs(f32x4.sub(upper, low))),
    f32x4.pmax(f32x4.abs(f32x4.sub(lower, high)), f32x4.abs(f32x4.sub(upper, high))),
  );
  const away = f32x4.mul(f32x4.add(extent, largestOf(extent)), f32x4.splat(ORIGIN_SLACK));
  const before = f32x4.sub(low, away);
  const behind = f32x4.add(high, away);
  const backwards = i32x4.shr_s(lowDirection, 31);
  splat3(beam + NEAR, v128.bitselect(before, behind, backwards));
  splat3(beam + FAR, v128.bitselect(behind, before, backwards));

  const sign = v128.and(lowDirection, f32x4.splat(-0.0));
  const one = f32x4.abs(lowDirection);
  const other = f32x4.abs(highDirection);
  const flattest = f32x4.pmax(f32x4.splat(FLATTEST), f32x4.pmin(one, other));
  const largest = f32x4.pmax(flattest, f32x4.pmax(one, other));
  splat3(beam + LEAST, v128.or(f32x4.div(f32x4.splat(RECIPROCAL_DOWN), largest), sign));
  splat3(beam + STEEPEST, v128.or(f32x4.div(f32x4.splat(RECIPROCAL_UP), flattest), sign));
  const planes = v128.and(backwards, i32x4.splat(PLANE_BYTES));
  v128.store(beam, i32x4.add(planes, i32x4(0, 2 * PLANE_BYTES, 4 * PLANE_BYTES, 0)), PLANES);
  return true;
}

/** The least that any ray of the bundle may have to go to the four planes at `at`. Behind all origins it is anything below zero. */
function least(at: usize, origin: v128, steepness: usize): v128 {
  return f32x4.mul(f32x4.sub(v128.load(at), origin), v128.load(steepness, LEAST));
}

/** The greatest. */
function most(at: usize, origin: v128, steepness: usize): v128 {
  return f32x4.mul(f32x4.sub(v128.load(at), origin), v128.load(steepness, STEEPEST));
}

/** @returns a bit for each box that a ray of the bundle may meet */
function testBeam(node: usize): i32 {
  return inline.always(testFour(node, 0)) | (inline.always(testFour(node, 16)) << 4);
}

function testFour(node: usize, half: usize): i32 {
  const planesX = <usize>load<u32>(beam, PLANES);
  const planesY = <usize>load<u32>(beam, PLANES + 4);
  const planesZ = <usize>load<u32>(beam, PLANES + 8);
  const at = node + half;
  const enter = f32x4.pmax(
    f32x4.pmax(f32x4.splat(0), inline.always(least(at + planesX, v128.load(beam, NEAR), beam))),
    f32x4.pmax(
      inline.always(least(at + planesY, v128.load(beam, NEAR + 16), beam + 16)),
      inline.always(least(at + planesZ, v128.load(beam, NEAR + 32), beam + 32)),
    ),
  );
  const leave = f32x4.pmin(
    inline.always(most(at + (planesX ^ PLANE_BYTES), v128.load(beam, FAR), beam)),
    f32x4.pmin(
      inline.always(most(at + (planesY ^ PLANE_BYTES), v128.load(beam, FAR + 16), beam + 16)),
      inline.always(most(at + (planesZ ^ PLANE_BYTES), v128.load(beam, FAR + 32), beam + 32)),
    ),
  );
  return i32x4.bitmask(f32x4.le(enter, leave));
}
