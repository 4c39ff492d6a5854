/** What a sending window (sender.ts) is made with, and what it asks of those around it. */
import type { Failure, Path } from '../vocabulary.ts';
import type { WindowAddress } from './slot.ts';

/**
 * Positions a sender may use on a stream of which it has not heard yet. 32 streams of a peer with two such packets each (of 66 KiB at
 * most) stay below its budget; 128 KiB in the first round trip is nine times what TCP begins with.
 */
export const INITIAL_CREDIT = 2;

export interface SenderHost<Ticket> {
  /** Lets the frame leave now; false when it cannot. The frame stays the window's and is never changed. */
  transmit(frame: Uint8Array, path: Path): boolean;
  /** Once for each message that was enqueued and not cancelled. */
  settled(ticket: Ticket, failure: Failure | undefined): void;
}

export interface WindowSenderOptions extends WindowAddress {
  /** From 256, which holds the longest message head, to MAX_PACKET_BYTES, the default. */
  readonly packetBytes?: number;
  /** Whoever `transmit` gives a frame to has copied it by the time it leaves: it may be used again once it is acknowledged. */
  readonly mayReuseFrames?: boolean;
  /** Position of the first packet; beyond all that an earlier window of the same session and stream used. Default 0. */
  readonly begin?: number;
}

export type AcknowledgementOutcome = 'accepted' | 'stale' | 'malformed';
