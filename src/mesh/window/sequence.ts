/**
 * The arithmetic of indices that wrap. Inside, a packet has a *position*: its count since the session began, which never
 * wraps and is never reset while the two lives last. On the wire it is distrirender's index, position modulo 10,000, so that
 * its slot is `index % 10` on both ends; and beside it the *wrap*, how often the index has wrapped (modulo 256). Distances
 * modulo 10,000 tell a packet of the window from a duplicate; the wrap also tells it from one that a frozen relay kept for
 * exactly 10,000 packets, which four seconds of bulk at 40 MB/s make possible.
 */
import { INDEX_MODULUS } from '../../wire/index.ts';

/** distrirender's buffer size. 10,000 is a multiple of it, so a slot's number survives the wrap. */
export const WINDOW_SLOTS = 10;

const WRAPS = 256;
/** After so many positions index and wrap repeat. 2,560,000 packets are at least 41 GB of bulk. */
export const POSITION_MODULUS = INDEX_MODULUS * WRAPS;

/** Of any integer: the place before 0 is the last of the turn. */
export function indexOf(position: number): number {
  return modulo(position, INDEX_MODULUS);
}

export function wrapOf(position: number): number {
  return modulo(Math.floor(position / INDEX_MODULUS), WRAPS);
}

/** The slot of a position, which is the slot of its index. */
export function slotOf(position: number): number {
  return modulo(position, WINDOW_SLOTS);
}

/** What the wire tells of a position, for one who knows nothing else. */
export function positionFrom(index: number, wrap: number): number {
  return wrap * INDEX_MODULUS + index;
}

/** The position nearest to `reference` that has this index and wrap on the wire. May be negative. */
export function positionNear(reference: number, index: number, wrap: number): number {
  const ahead = modulo(positionFrom(index, wrap) - reference, POSITION_MODULUS);
  return reference + (ahead < POSITION_MODULUS / 2 ? ahead : ahead - POSITION_MODULUS);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
