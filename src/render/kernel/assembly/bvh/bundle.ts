// The upper levels of the hierarchy for neighbouring rays at once. A box that none of them can meet is ruled out by intervals:
// the least and the greatest of their origins and directions, on each axis, with all that is rounded away added once more. What
// is left is a short list of nodes, nearest first, at which each ray begins instead of at the root: it goes on alone where
// neighbours part, so what it hits is what it would have hit.

import { alloc } from '../memory';
import {
  APART_BIT,
  HEADER_IS_STRAINED,
  HEADER_LOWER,
  HEADER_SCALE,
  HEADER_UPPER,
  NODE_CHILDREN,
  PACKET_BIT,
  PLANE_BYTES,
} from './layout';
import { FLATTEST, largestOf, ORIGIN_SLACK, splat3, ULP } from './slot';

/** Rays of a bundle at most. */
export const BUNDLE: i32 = 16;
/** A node of which more boxes are met is left to each ray. */
const MOST_BOXES: i32 = 3;

const LEFT_TO_RAYS: i32 = -1;
/** Entries at most: as many as a node has places, so that a ray's stack has room for them. */
const MOST_ENTRIES: usize = 8;

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
/** f32 x 8: where the bundle enters the boxes of the node in work. */
const ENTRIES: usize = 208;
const beam: usize = alloc(240, 64);

/** Nodes still to be looked at, nearest on top: as on a ray's stack. */
const waiting: usize = alloc(MOST_ENTRIES * 8, 64);
/** Where rays begin, nearest first. */
export const entries: usize = alloc(MOST_ENTRIES * 8, 64);

/** Whether the rays of the last bundle have one origin and go to the same side on each axis. */
export let isNarrow: bool = false;

/**
 * Finds where the rays from `first` up to `end` begin, in the hierarchy of that header.
 * @returns how many entries there are: with none, all of the rays miss
 */
export function enterTogether(header: usize, root: u32, first: usize, end: usize): i32 {
  store<u64>(entries, <u64>root);
  isNarrow = false;
  if (load<u32>(header, HEADER_IS_STRAINED) || !aimBeam(header, first, end)) return 1;
  let found: usize = entries;
  let top = waiting;
  store<u64>(top, <u64>root);
  do {
    const next = load<u64>(top);
    const others = <i32>((found - entries + (top - waiting)) >> 3);
    const number = <u32>next & (PACKET_BIT | APART_BIT) ? LEFT_TO_RAYS : replace(top, others);
    if (number == LEFT_TO_RAYS) {
      store<u64>(found, next);
      found += 8;
      top -= 8;
    } else {
      top += (<usize>(number - 1)) << 3;
    }
  } while (top >= waiting);
  return <i32>((found - entries) >> 3);
}

/**
 * Puts the boxes of the node at `place` that may be met in its place, nearest on top. What is no node comes alone only: beside
 * another box each ray should ask first.
 * @returns their number, or LEFT_TO_RAYS and all is as it was
 */
function replace(place: usize, others: i32): i32 {
  const own = load<u64>(place);
  const node = <usize>(<u32>own);
  let boxes = inline.always(testBeam(node));
  const number = popcnt(boxes);
  if (number > MOST_BOXES || others + number > <i32>MOST_ENTRIES) return LEFT_TO_RAYS;
  let end = place;
  while (boxes) {
    const box = (<usize>ctz(boxes)) << 2;
    const reference = load<u32>(node + box, NODE_CHILDREN);
    if (number > 1 && reference & (PACKET_BIT | APART_BIT)) {
      store<u64>(place, own);
      return LEFT_TO_RAYS;
    }
    const key = ((<u64>load<u32>(beam + box, ENTRIES)) << 32) | <u64>reference;
    boxes &= boxes - 1;
    let to = end;
    while (to > place && load<u64>(to - 8) < key) {
      store<u64>(to, load<u64>(to - 8));
      to -= 8;
    }
    store<u64>(to, key);
    end += 8;
  }
  return number;
}

/** @returns false where the rays go opposite ways on an axis, or one of them is not finite */
function aimBeam(header: usize, first: usize, end: usize): bool {
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
  const scale = v128.load32_splat(header, HEADER_SCALE);
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

/** The least that any ray of the bundle may have to go to the four planes at `at`. */
function least(at: usize, origin: v128, steepness: usize): v128 {
  const way = f32x4.sub(v128.load(at), origin);
  return f32x4.pmin(
    f32x4.mul(way, v128.load(steepness, LEAST)),
    f32x4.mul(way, v128.load(steepness, STEEPEST)),
  );
}

/** The greatest. */
function most(at: usize, origin: v128, steepness: usize): v128 {
  const way = f32x4.sub(v128.load(at), origin);
  return f32x4.pmax(
    f32x4.mul(way, v128.load(steepness, LEAST)),
    f32x4.mul(way, v128.load(steepness, STEEPEST)),
  );
}

/** @returns a bit for each box that a ray of the bundle may meet; where the first may enter is left in ENTRIES */
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
  v128.store(beam + half, enter, ENTRIES);
  const leave = f32x4.pmin(
    inline.always(most(at + (planesX ^ PLANE_BYTES), v128.load(beam, FAR), beam)),
    f32x4.pmin(
      inline.always(most(at + (planesY ^ PLANE_BYTES), v128.load(beam, FAR + 16), beam + 16)),
      inline.always(most(at + (planesZ ^ PLANE_BYTES), v128.load(beam, FAR + 32), beam + 32)),
    ),
  );
  return i32x4.bitmask(f32x4.le(enter, leave));
}
