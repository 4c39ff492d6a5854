/**
 * The body of an acknowledgement (a `msg` frame with index -1): where the receiver stands.
 *
 *   0  i16  last index taken in order, -1 while there is none in this epoch
 *   2  u8   lap of that index
 *   3  u8   flags: 1 paused (the consumer is behind), 2 reset (this epoch is not known here: begin a new one)
 *   4  u16  bit d - 1: the packet d places after the last one is held in its slot, d = 1..10
 */
import { INDEX_MODULUS } from '../../wire/index.ts';
import { indexOf, lapOf, positionNear, WINDOW_SLOTS } from './sequence.ts';

export const ACKNOWLEDGEMENT_BYTES = 6;
const PAUSED = 1;
const RESET = 2;

export interface Acknowledgement {
  /** Position of the last packet taken in order; -1 for none. */
  readonly lastInOrder: number;
  /** Bit d - 1 stands for position lastInOrder + d. */
  readonly held: number;
  readonly isPaused: boolean;
  readonly isReset: boolean;
}

export function writeAcknowledgement(into: Uint8Array, at: number, ack: Acknowledgement): void {
  const index = ack.lastInOrder < 0 ? 0xffff : indexOf(ack.lastInOrder);
  into[at] = index >> 8;
  into[at + 1] = index;
  into[at + 2] = ack.lastInOrder < 0 ? 0 : lapOf(ack.lastInOrder);
  into[at + 3] = (ack.isPaused ? PAUSED : 0) | (ack.isReset ? RESET : 0);
  into[at + 4] = ack.held >> 8;
  into[at + 5] = ack.held;
}

/** Reads an untrusted body; positions are those nearest to `reference`. Undefined when it is malformed. Never throws. */
export function readAcknowledgement(body: Uint8Array, reference: number): Acknowledgement | undefined {
  if (body.length !== ACKNOWLEDGEMENT_BYTES) return undefined;
  const [high = 0, low = 0, lap = 0, flags = 0, heldHigh = 0, heldLow = 0] = body;
  const index = (high << 8) | low;
  const held = (heldHigh << 8) | heldLow;
  if (index >= INDEX_MODULUS && index !== 0xffff) return undefined;
  if (flags > (PAUSED | RESET) || held >= 1 << WINDOW_SLOTS) return undefined;
  return {
    lastInOrder: index === 0xffff ? -1 : positionNear(reference, index, lap),
    held,
    isPaused: (flags & PAUSED) !== 0,
    isReset: (flags & RESET) !== 0,
  };
}
