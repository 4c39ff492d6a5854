/**
 * The body of an acknowledgement (a `msg` frame with index -1): where the receiver stands, and how far the sender may go.
 *
 *   0  u16 index of the last packet taken in order (before the first: the index before the beginning)
 *   2  u8  wrap of that index
 *   3  u8  flags: 1 refused, 2 lost, 4 shed, 8 full (below)
 *   4  u16 bit d - 1: the packet d places after the last one is held in its slot, d = 1..10
 *   6  u8  credit: so many positions after the last may be sent, 0..10
 *   7  u8  number of the latest probe since the last acknowledgement, 0 for none
 *   8  u16 index of the refused packet; only with `refused`
 *  10  u8  its wrap
 */
import { INDEX_MODULUS, read16, write16 } from '../../wire/index.ts';
import { indexOf, positionNear, WINDOW_SLOTS, wrapOf } from './sequence.ts';

const ACKNOWLEDGEMENT_BYTES = 8;
const REFUSAL_BYTES = 3;
const REFUSED = 1;
const LOST = 2;
const SHED = 4;
const FULL = 8;

export interface Acknowledgement {
  /** Position of the last packet taken in order. */
  readonly lastInOrder: number;
  /** Bit d - 1 stands for position lastInOrder + d. */
  readonly held: number;
  readonly credit: number;
  /** The packet at this position fits nowhere here. */
  readonly refused: number | undefined;
  /** With `refused`: there is no state of this stream here, so that the rest means nothing. */
  readonly isLost: boolean;
  /** With `isLost`: there will be none, because its sender has as many streams in use here as it may. */
  readonly isFull: boolean;
  /** The latest probe that has come since the last acknowledgement, 1..255; 0 for none. */
  readonly probe: number;
  /** A packet was dropped for want of room: it has to be sent again when the credit allows. */
  readonly isShed: boolean;
}

export function encodeAcknowledgement(ack: Acknowledgement, headroom = 0): Uint8Array {
  const { refused } = ack;
  const bytes = new Uint8Array(
    headroom + ACKNOWLEDGEMENT_BYTES + (refused === undefined ? 0 : REFUSAL_BYTES),
  );
  writePosition(bytes, headroom, ack.lastInOrder);
  bytes[headroom + 3] =
    (refused === undefined ? 0 : REFUSED) |
    (ack.isLost ? LOST : 0) |
    (ack.isShed ? SHED : 0) |
    (ack.isFull ? FULL : 0);
  bytes[headroom + 4] = ack.held >> 8;
  bytes[headroom + 5] = ack.held;
  bytes[headroom + 6] = ack.credit;
  bytes[headroom + 7] = ack.probe;
  if (refused !== undefined) writePosition(bytes, headroom + ACKNOWLEDGEMENT_BYTES, refused);
  return bytes;
}

/** Reads an untrusted body; positions are those nearest to `reference`. Undefined when it is malformed. Never throws. */
export function readAcknowledgement(body: Uint8Array, reference: number): Acknowledgement | undefined {
  const flags = body[3] ?? 0;
  const isRefusal = (flags & REFUSED) !== 0;
  if (body.length !== ACKNOWLEDGEMENT_BYTES + (isRefusal ? REFUSAL_BYTES : 0)) return undefined;
  const held = read16(body, 4);
  const credit = body[6] ?? 0;
  const isFull = (flags & FULL) !== 0;
  const isLost = (flags & LOST) !== 0;
  if (isFull && !(isRefusal && isLost)) return undefined;
  if (flags > (REFUSED | LOST | SHED | FULL) || held >= 1 << WINDOW_SLOTS || credit > WINDOW_SLOTS) {
    return undefined;
  }
  const lastInOrder = readPosition(body, 0, reference);
  const refused = isRefusal ? readPosition(body, ACKNOWLEDGEMENT_BYTES, reference) : undefined;
  if (lastInOrder === undefined || (isRefusal && refused === undefined)) return undefined;
  return {
    lastInOrder,
    held,
    credit,
    refused,
    isLost,
    isFull,
    probe: body[7] ?? 0,
    isShed: (flags & SHED) !== 0,
  };
}

function writePosition(into: Uint8Array, at: number, position: number): void {
  write16(into, at, indexOf(position));
  into[at + 2] = wrapOf(position);
}

function readPosition(body: Uint8Array, at: number, reference: number): number | undefined {
  const index = read16(body, at);
  return index < INDEX_MODULUS ? positionNear(reference, index, body[at + 2] ?? 0) : undefined;
}
