/**
 * The arithmetic of indices that wrap. Inside, a packet has a *position*: its count since the epoch began, which never
 * wraps. On the wire it is distrirender's index, position modulo 10,000, so that its slot is `index % 10` on both ends;
 * and beside it the *lap*, how often the index has wrapped (modulo 256). Distances modulo 10,000 tell a packet of the
 * window from a duplicate; the lap also tells it from one that a frozen relay kept for exactly 10,000 packets, which
 * four seconds of bulk at 40 MB/s make possible.
 */
import { INDEX_MODULUS } from '../../wire/index.ts';

/** distrirender's buffer size. 10,000 is a multiple of it, so a slot's number survives the wrap. */
export const WINDOW_SLOTS = 10;

const LAPS = 256;
/** After so many positions index and lap repeat. 2,560,000 packets are 41 GB at 16 KiB. */
export const POSITIONS_PER_TURN = INDEX_MODULUS * LAPS;

export function indexOf(position: number): number {
  return position % INDEX_MODULUS;
}

export function lapOf(position: number): number {
  return Math.floor(position / INDEX_MODULUS) % LAPS;
}

/** The slot of a position, which is the slot of its index. */
export function slotOf(position: number): number {
  return position % WINDOW_SLOTS;
}

/** The position nearest to `reference` that has this index and lap on the wire. May be negative: before the epoch began. */
export function positionNear(reference: number, index: number, lap: number): number {
  const ahead = modulo(lap * INDEX_MODULUS + index - reference, POSITIONS_PER_TURN);
  return reference + (ahead < POSITIONS_PER_TURN / 2 ? ahead : ahead - POSITIONS_PER_TURN);
}

/** Whether `epoch` came after `than`: serial numbers of 16 bits (RFC 1982). */
export function isNewerEpoch(epoch: number, than: number): boolean {
  const ahead = (epoch - than) & 0xffff;
  return ahead > 0 && ahead < 0x8000;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
