/**
 * The receiving half of a window: one per (source, this Node, stream) and pair of lives. A packet goes into slot `index % 10`;
 * those next in order are unpacked and their messages handed over at once, exactly once and in order. Every batch of packets
 * is answered by one acknowledgement that says how far the order reaches, which slots beyond it are filled, and how much
 * further the sender may go. A packet that came in order and is followed by another, or not waited for, needs none of its own: it is
 * *owed* one, which is due with the next that is neither, with the third, or when whoever keeps the time says so.
 *
 * Backpressure: while the application lags behind, unpacking stops, in the middle of a packet if need be, and what comes stays
 * in its slots. A packet for which there is no room is dropped, and the sender told so. *Acknowledged* is only what was handed
 * over as a whole.
 *
 * Whoever has no state of the stream finds its beginning by the packets' distance from it; a packet that fits nowhere is
 * refused by name. Pure and without a clock.
 */
import { FRAME_HEADER_BYTES } from '../../wire/index.ts';
import type { SlotSnapshot, StreamSnapshot } from '../contract.ts';
import { encodeAcknowledgement } from './acknowledgement.ts';
import {
  distanceFromBeginning,
  isFollowed,
  isUnawaited,
  MAX_PACKET_BYTES,
  PACKET_HEAD_BYTES,
  PROBE_BYTES,
} from './packet.ts';
import { INITIAL_CREDIT } from './sender-contract.ts';
import { indexOf, POSITION_MODULUS, positionFrom, positionNear, slotOf, WINDOW_SLOTS } from './sequence.ts';
import { addressAcknowledgement, EMPTY_SLOT, type WindowAddress } from './slot.ts';
import { type Inbox, Unpacking } from './unpacking.ts';

/** What keeping a packet costs: its frame. */
const OVERHEAD_BYTES = FRAME_HEADER_BYTES + 64;
/**
 * Packets that one acknowledgement answers at most: each costs either end a turn, a system call and a packet on the wire. A
 * third of the window, so that the sender gets room while most of it is still under way.
 */
const PACKETS_AN_ACKNOWLEDGEMENT = 3;
/** Room that one more position of credit takes. */
export const CREDIT_BYTES = MAX_PACKET_BYTES + OVERHEAD_BYTES;

/** What putting together so many bytes takes: its pieces' objects, and room for another packet until the last has come. */
export function assemblyBytes(bytes: number): number {
  return bytes + (bytes >> 8) + CREDIT_BYTES;
}

export type PacketOutcome =
  | 'accepted'
  /** Had it already: acknowledged again, in case the first acknowledgement was lost. */
  | 'duplicate'
  /** Asks where we stand. */
  | 'probe'
  /** Fits nowhere here: the sender is told. */
  | 'stale'
  /** No room: the sender is told, and sends it again when there is. */
  | 'shed'
  /** Beyond what the sender was ever allowed. */
  | 'beyond-credit'
  /** Broke the packet's rules: nothing of the rest of it is taken. */
  | 'malformed';

export interface ReceiverHost extends Inbox {
  /** Bytes that may be kept because of this stream beside what is. */
  room(): number;
}

/** How far a window has come. */
export interface Standing {
  /** Position of the next packet in order. */
  readonly expected: number;
  /** The first position that the sender was never allowed to use. */
  readonly granted: number;
}

/**
 * The answer to a packet of a stream for which there is no receiver, because its sender has as many in use as it may: a frame for the
 * source. Undefined when it is no packet.
 */
export function refuseStream(
  address: WindowAddress,
  index: number,
  packet: Uint8Array,
): Uint8Array | undefined {
  const [wrap] = packet;
  if (wrap === undefined || packet.length < PACKET_HEAD_BYTES) return undefined;
  const refused = positionFrom(index, wrap);
  const ack = { lastInOrder: -1, held: 0, credit: INITIAL_CREDIT, refused, isLost: true, isFull: true };
  const frame = encodeAcknowledgement({ ...ack, probe: 0, isShed: false }, FRAME_HEADER_BYTES);
  return addressAcknowledgement(frame, address);
}

export class WindowReceiver {
  /** Ourselves as the source, as acknowledgements have it. */
  readonly #address: WindowAddress;
  readonly #host: ReceiverHost;
  readonly #unpacking: Unpacking;
  readonly #slots: (Uint8Array | undefined)[] = new Array(WINDOW_SLOTS).fill(undefined);
  /** Position of the next packet in order; undefined while the beginning is not known. */
  #expected: number | undefined;
  /** The first position that the sender was never allowed to use. */
  #granted = 0;
  #credit = INITIAL_CREDIT;
  #slotBytes = 0;
  #refused: number | undefined;
  #isDue = false;
  /** Packets taken since the last acknowledgement. */
  #owed = 0;
  /** Of these one that somebody waits for. */
  #isAwaited = false;
  #probe = 0;
  #isShed = false;

  /** @param standing of a window in whose place this one goes on */
  constructor(address: WindowAddress, host: ReceiverHost, standing?: Standing) {
    this.#address = address;
    this.#host = host;
    this.#unpacking = new Unpacking(host);
    if (!standing) return;
    this.#expected = standing.expected;
    this.#granted = standing.granted;
    this.#credit = Math.min(WINDOW_SLOTS, Math.max(0, standing.granted - standing.expected));
  }

  /** Undefined while the beginning is not known. Without what is in slots. */
  get standing(): Standing | undefined {
    return this.#expected === undefined ? undefined : { expected: this.#expected, granted: this.#granted };
  }

  /** What slots and the half message take. */
  get keptBytes(): number {
    return this.#slotBytes + this.#unpacking.keptBytes;
  }

  /** What has to stay free so that the half message can be finished; 0 when there is none. */
  get promisedBytes(): number {
    return this.isAssembling ? assemblyBytes(this.#unpacking.promisedBytes) : 0;
  }

  /** A message is half there. */
  get isAssembling(): boolean {
    return this.#unpacking.isAssembling;
  }

  /** Unpacking has stopped for the application's or the budget's sake. */
  get isHeld(): boolean {
    return this.#unpacking.isHeld;
  }

  /** Unpacking has stopped for the budget's sake: it goes on when there is more room, whoever made it. */
  get isShortOfRoom(): boolean {
    return this.#unpacking.isShortOfRoom;
  }

  get isAcknowledgementDue(): boolean {
    return this.#isDue || this.#refused !== undefined;
  }

  /** Something came that no acknowledgement has answered, and none is due: `hasten` makes it so. */
  get isAcknowledgementOwed(): boolean {
    return this.#owed > 0 && !this.isAcknowledgementDue;
  }

  /** With `isAcknowledgementOwed`: somebody waits for it. */
  get isAcknowledgementAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Its time has come, or something else goes to the source: what is owed is due. */
  hasten(): void {
    if (this.#owed > 0) this.#isDue = true;
  }

  /** The last acknowledgement allowed less than a whole window. */
  get isStarved(): boolean {
    return this.#expected !== undefined && this.#credit < WINDOW_SLOTS;
  }

  /** Takes the index and body of a `msg` frame of this source and stream. Its buffer is kept until its messages are handed over. */
  onPacket(index: number, packet: Uint8Array): PacketOutcome {
    const [wrap] = packet;
    if (wrap === undefined || packet.length < PACKET_HEAD_BYTES) return 'malformed';
    const sinceBegin = distanceFromBeginning(packet);
    const isOpening = sinceBegin < WINDOW_SLOTS;
    if (this.#expected === undefined) {
      const position = positionFrom(index, wrap) + POSITION_MODULUS; // never negative, whatever is subtracted
      if (!isOpening) return this.#refuse(position);
      this.#beginAt(position - sinceBegin);
    }
    let expected = this.#expected ?? 0;
    const position = positionNear(expected, index, wrap);
    if (isOpening && position - sinceBegin > expected) {
      // The sender has begun afresh further on: what lies between will never come.
      this.#beginAt(position - sinceBegin);
      expected = position - sinceBegin;
    }
    const distance = position - expected;
    // A sender that heard nothing may be a whole window behind, and its probe is one before that.
    if (distance >= WINDOW_SLOTS || distance < -WINDOW_SLOTS - 1) return this.#refuse(position);
    const wasDue = this.#isDue;
    this.#isDue = true;
    if (distance < 0 && packet.length === PROBE_BYTES) {
      this.#probe = packet[PACKET_HEAD_BYTES] ?? 0;
      return 'probe';
    }
    const slot = slotOf(position);
    if (distance < 0 || this.#slots[slot]) return 'duplicate';
    if (position >= this.#granted) return 'beyond-credit';
    if (packet.length + OVERHEAD_BYTES > this.#host.room()) {
      this.#isShed = true;
      return 'shed';
    }
    this.#slots[slot] = packet;
    this.#slotBytes += packet.length + OVERHEAD_BYTES;
    const isSound = this.resume();
    // In order, nothing held beyond it, room for all that may come, and soon another or nobody who waits: no hurry.
    const isLate = isUnawaited(packet);
    const mayWait = (isLate || isFollowed(packet)) && this.#expected === position + 1;
    if (mayWait && this.#owed < PACKETS_AN_ACKNOWLEDGEMENT && this.#credit === WINDOW_SLOTS) {
      this.#isDue = wasDue;
      if (!isLate) this.#isAwaited = true;
    }
    return isSound ? 'accepted' : 'malformed';
  }

  /** Goes on unpacking what is next in order, as far as the host allows. False when a packet broke the rules. */
  resume(): boolean {
    let isSound = true;
    while (this.#expected !== undefined) {
      const slot = slotOf(this.#expected);
      const packet = this.#slots[slot];
      if (!packet) break;
      const outcome = this.#unpacking.unpack(packet);
      if (outcome === 'held') break;
      if (outcome === 'malformed') isSound = false;
      this.#slots[slot] = undefined;
      this.#slotBytes -= packet.length + OVERHEAD_BYTES;
      this.#expected++;
      this.#owed++;
      this.#isDue = true;
    }
    return isSound;
  }

  /** An acknowledgement is due when it would allow notably more than the last: the room has grown. */
  offerCredit(): void {
    const credit = this.#affordableCredit();
    if (credit > this.#credit && (this.#credit < INITIAL_CREDIT || credit === WINDOW_SLOTS))
      this.#isDue = true;
  }

  /** The acknowledgement that is due as a frame for the source, undefined when none is. Ask once per batch of packets. */
  takeAcknowledgement(): Uint8Array | undefined {
    if (!this.isAcknowledgementDue) return undefined;
    const expected = this.#expected ?? 0;
    if (this.#expected !== undefined) this.#credit = this.#affordableCredit();
    let held = 0;
    for (let ahead = 0; ahead < WINDOW_SLOTS; ahead++) {
      // A packet being unpacked is the one after the last: the sender need not keep it either.
      if (this.#slots[slotOf(expected + ahead)]) held |= 1 << ahead;
    }
    this.#granted = Math.max(this.#granted, expected + this.#credit);
    const frame = encodeAcknowledgement(
      {
        lastInOrder: expected - 1,
        held,
        credit: this.#credit,
        refused: this.#refused,
        isLost: this.#refused !== undefined && this.#expected === undefined,
        isFull: false,
        probe: this.#probe,
        isShed: this.#isShed,
      },
      FRAME_HEADER_BYTES,
    );
    this.#refused = undefined;
    this.#isDue = false;
    this.#owed = 0;
    this.#isAwaited = false;
    this.#probe = 0;
    this.#isShed = false;
    return addressAcknowledgement(frame, this.#address);
  }

  /** Lets go of everything kept; the sender is told when it goes on. What was handed over stays the application's. */
  forget(): void {
    this.#slots.fill(undefined);
    this.#slotBytes = 0;
    this.#unpacking.abandon();
    this.#expected = undefined;
    this.#isDue = false;
    this.#owed = 0;
  }

  snapshot(undeliveredMessages: number): StreamSnapshot['incoming'] {
    const expected = this.#expected ?? 0;
    return {
      slots: this.#slots.map((packet, slot): SlotSnapshot => {
        if (!packet) return EMPTY_SLOT;
        const ahead = (slot - slotOf(expected) + WINDOW_SLOTS) % WINDOW_SLOTS;
        return { index: indexOf(expected + ahead), state: 'held', bytes: packet.length, attempts: 1 };
      }),
      expectedIndex: indexOf(expected),
      undeliveredMessages,
    };
  }

  #beginAt(position: number): void {
    // What was held of before is void, but for what already belongs to the new beginning.
    for (let behind = this.#expected ?? position; behind < position; behind++) {
      const slot = slotOf(behind);
      const packet = this.#slots[slot];
      if (packet) this.#slotBytes -= packet.length + OVERHEAD_BYTES;
      this.#slots[slot] = undefined;
      if (position - behind > WINDOW_SLOTS) behind = position - WINDOW_SLOTS - 1;
    }
    this.#unpacking.abandon();
    this.#expected = position;
    this.#granted = Math.max(this.#granted, position + INITIAL_CREDIT);
  }

  #refuse(position: number): 'stale' {
    this.#refused ??= position;
    return 'stale';
  }

  #affordableCredit(): number {
    const expected = this.#expected ?? 0;
    let room = this.#host.room();
    let credit = 0;
    for (; credit < WINDOW_SLOTS; credit++) {
      if (this.#slots[slotOf(expected + credit)]) continue;
      room -= CREDIT_BYTES;
      if (room < 0) break;
    }
    return credit;
  }
}
