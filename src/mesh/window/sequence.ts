/**
 * The arithmetic of indices that wrap. Inside, a packet has a *position*: its count since the session began, which never
 * wraps and is never reset while the two lives last. On the wire it is distrirender's index, position modulo 10,000, so that
 * its slot is `index % 10` on both ends; and beside it the *lap*, how often the index has wrapped (modulo 256). Distances
 * modulo 10,000 tell a packet of the window from a duplicate; the lap also tells it from one that a frozen relay kept for
 * exactly 10,000 packets, which four seconds of bulk at 40 MB/s make possible.
 */
import { INDEX_MODULUS } from '../../wire/index.ts';

/** distrirender's buffer size. 10,000 is a multiple of it, so a slot's number survives the wrap. */
export const WINDOW_SLOTS = 10;

const LAPS = 256;
/** After so many positions index and lap repeat. 2,560,000 packets are at least 41 GB of bulk. */
export const POSITIONS_PER_TURN = INDEX_MODULUS * LAPS;

/** Of any integer: the place before 0 is the last of the turn. */
export function indexOf(position: number): number {
  return modulo(position, INDEX_MODULUS);
}

export function lapOf(position: number): number {
  return modulo(Math.floor(position / INDEX_MODULUS), LAPS);
}

/** The slot of a position, which is the slot of its index. */
export function slotOf(position: number): number {
  return modulo(position, WINDOW_SLOTS);
}

/** What the wire tells of a position, for one who knows nothing else. */
export function positionFrom(index: number, lap: number): number {
  return lap * INDEX_MODULUS + index;
}

/** The position nearest to `reference` that has this index and lap on the wire. May be negative. */
export function positionNear(reference: number, index: number, lap: number): number {
  const ahead = modulo(positionFrom(index, lap) - reference, POSITIONS_PER_TURN);
  return reference + (ahead < POSITIONS_PER_TURN / 2 ? ahead : ahead - POSITIONS_PER_TURN);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
