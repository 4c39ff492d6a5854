/** One slot of a sending window: a packet on its way, and by which way. */
import {
  ACKNOWLEDGEMENT_INDEX,
  FRAME_HEADER_BYTES,
  FrameType,
  type NodeId,
  writeFrameHeader,
} from '../../wire/index.ts';
import type { SlotSnapshot } from '../contract.ts';
import type { LinkId, Path, StreamId } from '../vocabulary.ts';
import type { Outgoing } from './outgoing-queue.ts';
import { CHUNK_BYTES, ChunkFlag, PACKET_HEAD_BYTES, PROBE_BYTES, writeChunk } from './packet.ts';
import { indexOf, wrapOf } from './sequence.ts';

/** The way a packet left: a Link to its target, relays, or none yet (or none that still exists). */
export type Way = LinkId | typeof RELAYED | typeof UNSENT;
export const RELAYED = -1;
export const UNSENT = -2;

export function wayOf(path: Path): Way {
  return path.type === 'direct' ? path.link : RELAYED;
}

/** For people who look inside. */
export const EMPTY_SLOT: SlotSnapshot = { index: undefined, state: 'empty', bytes: 0, attempts: 0 };

export interface Slot<Ticket> {
  position: number;
  /** Never changed once it was given away; replaced when its messages are given up, let go when the receiver holds it. */
  frame: Uint8Array;
  /** Everything that has a piece in it. */
  messages: readonly Outgoing<Ticket>[];
  /** Its first chunk begins a message. */
  isClean: boolean;
  way: Way;
  sentAtMs: number;
  /** Rises with every transmission of the window: tells what was sent after what. */
  order: number;
  attempts: number;
  /** Acknowledged out of order: the receiver has it in its slot. */
  isHeld: boolean;
  /** Packets sent later over the same way that arrived earlier. */
  laterArrivals: number;
}

/** What the frames of a window have in common. */
export interface WindowAddress {
  readonly source: NodeId;
  readonly target: NodeId;
  readonly stream: StreamId;
  /** Of the pair of lives. */
  readonly session: number;
}

/** Writes frame header and packet head into a frame whose chunks are there already. `distance`: see packet.ts. */
export function addressPacket(
  frame: Uint8Array,
  address: WindowAddress,
  position: number,
  distance: number,
): void {
  writeFrameHeader(frame, { ...address, type: FrameType.msg, index: indexOf(position) });
  frame[FRAME_HEADER_BYTES] = wrapOf(position);
  frame[FRAME_HEADER_BYTES + 1] = distance;
}

export function addressAcknowledgement(frame: Uint8Array, address: WindowAddress): Uint8Array {
  writeFrameHeader(frame, { ...address, type: FrameType.msg, index: ACKNOWLEDGEMENT_INDEX });
  return frame;
}

/** With the position before the window and a number instead of chunks: it only asks where the receiver stands. */
export function probeFrame(number: number): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + PROBE_BYTES);
  frame[FRAME_HEADER_BYTES + PACKET_HEAD_BYTES] = number;
  return frame;
}

/** A frame that takes the place of one whose messages were given up. */
export function abandonedFrame(): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_BYTES + PACKET_HEAD_BYTES + CHUNK_BYTES);
  const at = FRAME_HEADER_BYTES + PACKET_HEAD_BYTES;
  writeChunk(frame, at, ChunkFlag.last | ChunkFlag.abandoned, 0, 0);
  return frame;
}
