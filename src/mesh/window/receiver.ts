/**
 * The receiving half of a window: one per (source, this Node, stream). A packet goes into slot `index % 10`; those next
 * in order are unpacked into the queue in, from which the application takes messages exactly once and in order. Every
 * batch of packets is answered by one acknowledgement that says how far the order reaches and which slots beyond it are
 * filled.
 *
 * Backpressure: while the application lags behind, the packets stay in their slots unacknowledged in order. The sender
 * sees ten slots held, and waits; nothing is lost and nothing grows.
 *
 * A packet that breaks the rules ends its epoch: the sender is told to begin anew. Pure and without a clock.
 */
import {
  ACKNOWLEDGEMENT_INDEX,
  FRAME_HEADER_BYTES,
  FrameFlag,
  type FrameHeader,
  FrameType,
  INDEX_MODULUS,
  type NodeId,
  writeFrameHeader,
} from '../../wire/index.ts';
import type { SlotSnapshot, StreamId, StreamSnapshot } from '../contract.ts';
import { Fifo } from '../fifo.ts';
import { ACKNOWLEDGEMENT_BYTES, writeAcknowledgement } from './acknowledgement.ts';
import { decodeMessage, type MeshMessage } from './message.ts';
import { PACKET_HEAD_BYTES, RecordFlag, readRecord } from './packet.ts';
import { Reassembly } from './reassembly.ts';
import { indexOf, isNewerEpoch, positionNear, slotOf, WINDOW_SLOTS } from './sequence.ts';

/** Undelivered bytes at which the application counts as behind. Sixteen packets: it never starves while it keeps up. */
export const RECEIVE_QUEUE_BYTES = 256 * 1024;
/** What a queued message costs beside its bytes; bounds how many tiny ones can wait. A guess at the engine's overhead. */
const MESSAGE_OVERHEAD_BYTES = 64;

export type PacketOutcome =
  | 'accepted'
  /** Had it already: acknowledged again, in case the first acknowledgement was lost. */
  | 'duplicate'
  /** Of an earlier lap or epoch, or from outside of the window. */
  | 'stale'
  /** In the middle of an epoch that is not known here: the sender is told to begin anew. */
  | 'unknown-epoch'
  /** Broke the packet's rules: the sender is told to begin anew. */
  | 'malformed';

export interface WindowReceiverOptions {
  readonly self: NodeId;
  readonly source: NodeId;
  readonly stream: StreamId;
  /** Default RECEIVE_QUEUE_BYTES. */
  readonly queueBytes?: number;
}

interface Undelivered {
  readonly message: MeshMessage;
  readonly cost: number;
}

export class WindowReceiver {
  readonly #options: WindowReceiverOptions;
  readonly #queueBytes: number;
  readonly #slots: (Uint8Array | undefined)[] = new Array(WINDOW_SLOTS).fill(undefined);
  readonly #reassembly = new Reassembly();
  readonly #undelivered = new Fifo<Undelivered>();
  #undeliveredCost = 0;
  #epoch: number | undefined;
  /** The epoch that must begin anew, while the acknowledgement that says so is due. */
  #refusedEpoch: number | undefined;
  /** The current epoch broke the rules: nothing of it is taken any more. */
  #isBroken = false;
  /** Position of the next packet in order. */
  #expected = 0;
  #isAcknowledgementDue = false;
  /** The application is behind: packets stay in their slots. */
  #isPaused = false;

  constructor(options: WindowReceiverOptions) {
    this.#options = options;
    this.#queueBytes = options.queueBytes ?? RECEIVE_QUEUE_BYTES;
  }

  /** Messages that the application has not taken yet. */
  get undelivered(): number {
    return this.#undelivered.length;
  }

  /** Takes a `msg` frame of this source and stream with an index. Its buffer is kept until its messages are delivered. */
  onPacket(header: Pick<FrameHeader, 'epoch' | 'flags' | 'index'>, packet: Uint8Array): PacketOutcome {
    if (header.epoch !== this.#epoch) {
      if (this.#epoch !== undefined && !isNewerEpoch(header.epoch, this.#epoch)) return 'stale';
      if ((header.flags & FrameFlag.opening) === 0) {
        this.#refusedEpoch = header.epoch;
        return 'unknown-epoch';
      }
      this.#begin(header.epoch);
    }
    if (this.#isBroken) {
      this.#refusedEpoch = header.epoch;
      return 'malformed';
    }
    const lap = packet[0];
    if (lap === undefined) return this.#break();
    const distance = positionNear(this.#expected, header.index, lap) - this.#expected;
    // A sender that heard nothing may be a whole window behind, and its probe is one before that.
    if (distance >= WINDOW_SLOTS || distance < -WINDOW_SLOTS - 1) return 'stale';
    this.#isAcknowledgementDue = true;
    if (distance < 0) return 'duplicate';
    const slot = slotOf(this.#expected + distance);
    if (this.#slots[slot]) return 'duplicate';
    this.#slots[slot] = packet;
    return this.#advance() ? 'accepted' : 'malformed';
  }

  /** The next message for the application, in order; undefined when it has all. May free the sender: ask for the ack. */
  take(): MeshMessage | undefined {
    const first = this.#undelivered.shift();
    if (!first) return undefined;
    this.#undeliveredCost -= first.cost;
    // Resuming at half spares a pause and a resume for every message at the limit.
    if (this.#isPaused && this.#undeliveredCost <= this.#queueBytes / 2) {
      this.#isPaused = false;
      this.#isAcknowledgementDue = true;
      this.#advance();
    }
    return first.message;
  }

  /** The acknowledgement that is due as a frame for the source, undefined when none is. Ask once per batch of packets. */
  takeAcknowledgement(): Uint8Array | undefined {
    if (this.#refusedEpoch !== undefined) {
      const epoch = this.#refusedEpoch;
      this.#refusedEpoch = undefined;
      return this.#acknowledge(epoch, { lastInOrder: -1, held: 0, isPaused: false, isReset: true });
    }
    if (!this.#isAcknowledgementDue || this.#epoch === undefined) return undefined;
    this.#isAcknowledgementDue = false;
    const lastInOrder = this.#expected - 1;
    let held = 0;
    for (let ahead = 0; ahead < WINDOW_SLOTS; ahead++) {
      if (this.#slots[slotOf(this.#expected + ahead)]) held |= 1 << ahead;
    }
    return this.#acknowledge(this.#epoch, { lastInOrder, held, isPaused: this.#isPaused, isReset: false });
  }

  snapshot(): StreamSnapshot['incoming'] {
    return {
      slots: this.#slots.map((packet, slot): SlotSnapshot => {
        if (!packet) return { index: undefined, state: 'empty', bytes: 0, attempts: 0 };
        const ahead = (slot - slotOf(this.#expected) + WINDOW_SLOTS) % WINDOW_SLOTS;
        return {
          index: indexOf(this.#expected + ahead),
          state: 'held',
          bytes: packet.length,
          attempts: 1,
        };
      }),
      expectedIndex: this.#expected % INDEX_MODULUS,
      undeliveredMessages: this.#undelivered.length,
    };
  }

  #begin(epoch: number): void {
    this.#epoch = epoch;
    this.#expected = 0;
    this.#slots.fill(undefined);
    this.#reassembly.abandon();
    this.#isBroken = false;
    this.#refusedEpoch = undefined;
  }

  /** Unpacks what is next in order while the application keeps up. False when a packet broke the rules. */
  #advance(): boolean {
    while (!this.#isPaused) {
      const slot = slotOf(this.#expected);
      const packet = this.#slots[slot];
      if (!packet) return true;
      this.#slots[slot] = undefined;
      this.#expected++;
      if (!this.#unpack(packet)) {
        this.#break();
        return false;
      }
      this.#isPaused = this.#undeliveredCost >= this.#queueBytes;
    }
    return true;
  }

  #unpack(packet: Uint8Array): boolean {
    let at = PACKET_HEAD_BYTES;
    while (at < packet.length) {
      const record = readRecord(packet, at);
      if (!record) return false;
      at = record.end;
      const isFirst = (record.flags & RecordFlag.first) !== 0;
      const isLast = (record.flags & RecordFlag.last) !== 0;
      if (isFirst && isLast) {
        if (this.#reassembly.isActive || !this.#deliver(packet, record.start, record.end)) return false;
        continue;
      }
      if ((record.flags & RecordFlag.abandoned) !== 0) {
        if (!this.#reassembly.isActive) return false;
        this.#reassembly.abandon();
        continue;
      }
      if (isFirst && !this.#reassembly.begin(record.total)) return false;
      if (!this.#reassembly.append(packet, record.start, record.end)) return false;
      if (isLast) {
        const whole = this.#reassembly.finish();
        if (!whole || !this.#deliver(whole, 0, whole.length)) return false;
      }
    }
    return true;
  }

  #deliver(bytes: Uint8Array, start: number, end: number): boolean {
    const message = decodeMessage(bytes, start, end);
    if (!message) return false;
    const cost = end - start + MESSAGE_OVERHEAD_BYTES;
    this.#undelivered.push({ message, cost });
    this.#undeliveredCost += cost;
    return true;
  }

  /** Nothing more of this epoch: what was delivered stays, the rest is the sender's to send anew. */
  #break(): 'malformed' {
    this.#isBroken = true;
    this.#refusedEpoch = this.#epoch;
    this.#isAcknowledgementDue = false;
    this.#slots.fill(undefined);
    this.#reassembly.abandon();
    return 'malformed';
  }

  #acknowledge(epoch: number, ack: Parameters<typeof writeAcknowledgement>[2]): Uint8Array {
    const frame = new Uint8Array(FRAME_HEADER_BYTES + ACKNOWLEDGEMENT_BYTES);
    writeFrameHeader(frame, {
      type: FrameType.msg,
      source: this.#options.self,
      target: this.#options.source,
      stream: this.#options.stream,
      epoch,
      index: ACKNOWLEDGEMENT_INDEX,
    });
    writeAcknowledgement(frame, FRAME_HEADER_BYTES, ack);
    return frame;
  }
}
