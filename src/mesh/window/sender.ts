/**
 * The sending half of a window: one per (this Node, target, stream) and pair of lives, after distrirender's buffer. A queue of
 * messages fills ten slots with packets, in order; acknowledgements free them and the window slides at once, without waiting
 * for all ten. It goes as far as the receiver's credit allows.
 *
 * What is sent again, and when, depends on the way a packet left:
 * - Over a Link of ours to the target nothing is lost and nothing overtakes, so there is no clock. A packet is sent again when
 *   its Link went down; when three packets sent later on that Link have arrived (which no real channel does); or when the
 *   answer to a *probe*, an empty packet sent after it, shows that it is not there.
 * - Over relays: a timeout from measured round trips (round-trip.ts), or three later arrivals (RFC 9002, 6.1.1).
 * - Without a path packets wait.
 *
 * Positions are never reset while the session lasts. A message given up while under way is replaced in its slots by an empty
 * packet, so that order and exactly-once hold whichever copy arrives. When the receiver says that a packet fits nowhere
 * there, it has lost its state or we have: what may have arrived fails as `reset`, what cannot have goes on at a fresh position.
 *
 * Pure: time comes in, frames and settlements go out through the host. `pump` after anything that changed, and at `deadlineMs`.
 */
import { FRAME_HEADER_BYTES } from '../../wire/index.ts';
import type { SlotSnapshot, StreamSnapshot } from '../contract.ts';
import { NEVER } from '../protocol.ts';
import type { Failure, LinkId, Path } from '../vocabulary.ts';
import { type Acknowledgement, readAcknowledgement } from './acknowledgement.ts';
import type { PreparedMessage } from './message.ts';
import { type Outgoing, OutgoingQueue } from './outgoing-queue.ts';
import { MAX_PACKET_BYTES } from './packet.ts';
import { Patience } from './patience.ts';
import { Probing } from './probing.ts';
import { RoundTripEstimator } from './round-trip.ts';
import { indexOf, POSITIONS_PER_TURN, slotOf, WINDOW_SLOTS } from './sequence.ts';
import {
  abandonedFrame,
  addressPacket,
  emptyFrame,
  RELAYED,
  type Slot,
  UNSENT,
  type WindowAddress,
  wayOf,
} from './slot.ts';

/** Three later arrivals are TCP's and QUIC's threshold (RFC 9002, 6.1.1). */
const OVERTAKEN_AT = 3;
/**
 * Positions a sender may use on a stream of which it has not heard yet. 32 streams of a peer with two full packets each stay
 * below its budget; 128 KiB in the first round trip is nine times what TCP begins with.
 */
export const INITIAL_CREDIT = 2;

const RELEASED_FRAME = new Uint8Array();

export interface SenderHost<Ticket> {
  /** Lets the frame leave now; false when it cannot. The frame stays the window's and is never changed. */
  transmit(frame: Uint8Array, path: Path): boolean;
  /** Once for each message that was enqueued and not cancelled. */
  settled(ticket: Ticket, failure: Failure | undefined): void;
}

export interface WindowSenderOptions extends WindowAddress {
  /** MIN_PACKET_BYTES..MAX_PACKET_BYTES, default MAX_PACKET_BYTES. */
  readonly packetBytes?: number;
}

export type AcknowledgementOutcome = 'accepted' | 'stale' | 'malformed';

export class WindowSender<Ticket> {
  readonly #address: WindowAddress;
  readonly #packetBytes: number;
  readonly #host: SenderHost<Ticket>;
  readonly #queue = new OutgoingQueue<Ticket>();
  readonly #roundTrip = new RoundTripEstimator();
  readonly #patience = new Patience();
  readonly #probing = new Probing();
  readonly #slots: (Slot<Ticket> | undefined)[] = new Array(WINDOW_SLOTS).fill(undefined);
  /** Where this sender began, or began afresh. */
  #begin = 0;
  /** Position of the oldest packet not acknowledged in order; equals #next when nothing is in flight. */
  #base = 0;
  #next = 0;
  /** The first position that may not be sent. */
  #limit = INITIAL_CREDIT;
  #transmissions = 0;
  #retransmissions = 0;
  #isRelayed = false;
  #deadlineMs = NEVER;
  #isStranded = false;

  constructor(options: WindowSenderOptions, host: SenderHost<Ticket>) {
    const { source, target, stream, session, packetBytes = MAX_PACKET_BYTES } = options;
    this.#address = { source, target, stream, session };
    this.#packetBytes = packetBytes;
    this.#host = host;
  }

  /** When `pump` wants to be called at the latest. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Nothing waits and nothing is in flight. */
  get isIdle(): boolean {
    return this.#next === this.#base && this.#queue.isEmpty;
  }

  /** Something is to be sent, and there was no path at the last `pump`. */
  get isStranded(): boolean {
    return this.#isStranded;
  }

  /** Puts a message at the end of the queue; it leaves with the next `pump`. */
  enqueue(message: PreparedMessage, ticket: Ticket, timeoutMs: number, now: number): Outgoing<Ticket> {
    this.#patience.began(now, timeoutMs);
    return this.#queue.push(message, ticket, timeoutMs, now);
  }

  /** Nobody waits for this message any more; false when it was settled before. What has left may still arrive. */
  cancel(outgoing: Outgoing<Ticket>): boolean {
    if (outgoing.isSettled) return false;
    this.#queue.settle(outgoing);
    this.#replaceAbandoned();
    return true;
  }

  /** Fails everything that waits or is in flight. The window keeps its place and goes on with what is enqueued later. */
  fail(failure: Failure): void {
    for (const outgoing of this.#pending()) this.#settle(outgoing, failure);
    this.#replaceAbandoned();
  }

  /** Stops the clocks until the next `pump`. */
  rest(): void {
    this.#deadlineMs = NEVER;
    this.#isStranded = false;
  }

  /** What left on this Link and is not acknowledged is to be sent again. */
  linkDown(link: LinkId): void {
    for (const slot of this.#slots) if (slot?.way === link && !slot.isHeld) slot.way = UNSENT;
    this.#probing.forget();
  }

  /** Sends what is due: what was lost, packets for free slots, a probe. Gives up what has waited too long. */
  pump(now: number, path: Path | undefined): void {
    this.#expire(now);
    this.#isStranded = false;
    if (path !== undefined) {
      this.#isRelayed = path.type === 'relayed';
      this.#resend(now, path);
      this.#fill(now, path);
      this.#probe(now, path);
    } else this.#isStranded = !this.isIdle;
    this.#schedule(path);
  }

  /** Takes the body of an acknowledgement; `pump` after it. */
  acknowledge(body: Uint8Array, now: number): AcknowledgementOutcome {
    const ack = readAcknowledgement(body, this.#base - 1);
    if (!ack) return 'malformed';
    if (ack.refused !== undefined) return this.#refused(ack, ack.refused) ? 'accepted' : 'stale';
    // One older than the window tells nothing new; one beyond it is of another numbering, or a lie.
    if (ack.lastInOrder < this.#base - 1 || ack.lastInOrder >= this.#next) return 'stale';
    this.#accept(ack, now);
    return 'accepted';
  }

  snapshot(): StreamSnapshot['outgoing'] {
    return {
      slots: this.#slots.map(
        (slot): SlotSnapshot =>
          slot
            ? {
                index: indexOf(slot.position),
                state: slot.isHeld ? 'acknowledged' : 'in-flight',
                bytes: slot.frame.length,
                attempts: slot.attempts,
              }
            : { index: undefined, state: 'empty', bytes: 0, attempts: 0 },
      ),
      queuedMessages: this.#queue.messages,
      queuedBytes: this.#queue.bytes,
      rtoMs: this.#isRelayed ? this.#roundTrip.timeoutMs : undefined,
      retransmissions: this.#retransmissions,
    };
  }

  #accept(ack: Acknowledgement, now: number): void {
    const arrived: Slot<Ticket>[] = [];
    for (; this.#base <= ack.lastInOrder; this.#base++) {
      const slot = this.#slots[slotOf(this.#base)];
      if (!slot) continue;
      if (!slot.isHeld) arrived.push(slot);
      this.#slots[slotOf(this.#base)] = undefined;
      for (const outgoing of slot.messages) {
        // Messages leave in order, so what ends in this packet is wholly there.
        if (outgoing.isPacked && !this.#hasMoreOf(outgoing)) this.#settle(outgoing, undefined);
      }
    }
    for (let ahead = 1; ahead <= WINDOW_SLOTS && ack.lastInOrder + ahead < this.#next; ahead++) {
      const slot = (ack.held >> (ahead - 1)) & 1 ? this.#slots[slotOf(ack.lastInOrder + ahead)] : undefined;
      if (!slot || slot.isHeld) continue;
      slot.isHeld = true;
      slot.frame = RELEASED_FRAME;
      arrived.push(slot);
    }
    const limit = ack.lastInOrder + 1 + ack.credit;
    const isNews = arrived.length > 0 || limit > this.#limit;
    this.#limit = limit;
    if (arrived.length > 0) {
      this.#patience.progressed(now);
      this.#learn(arrived, now);
    }
    const probed = this.#probing.heard(ack, isNews, now);
    if (probed) this.#judge((slot) => slot.way === probed.way && slot.order < probed.order);
  }

  /** Whether a later packet of the window carries more of a message that also lies in the packet just acknowledged. */
  #hasMoreOf(outgoing: Outgoing<Ticket>): boolean {
    const following = this.#slots[slotOf(this.#base + 1)];
    return (
      following !== undefined && following.position === this.#base + 1 && following.messages[0] === outgoing
    );
  }

  /** Measures the round trip over relays, and finds what enough later packets have overtaken on its way. */
  #learn(arrived: readonly Slot<Ticket>[], now: number): void {
    const newest = arrived.reduce((a, b) => (a.order > b.order ? a : b));
    if (newest.attempts === 1 && newest.way === RELAYED) this.#roundTrip.sample(now - newest.sentAtMs);
    for (const { order, way } of arrived) {
      for (let position = this.#base; position < this.#next; position++) {
        const slot = this.#slots[slotOf(position)];
        if (slot && slot.way === way && slot.order < order) slot.laterArrivals++;
      }
    }
    this.#judge((slot) => slot.laterArrivals >= OVERTAKEN_AT);
  }

  #judge(isLost: (slot: Slot<Ticket>) => boolean): void {
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      if (slot && !slot.isHeld && slot.way !== UNSENT && isLost(slot)) slot.way = UNSENT;
    }
  }

  #resend(now: number, path: Path): void {
    const timeoutMs = this.#roundTrip.timeoutMs; // as it was when the deadline was set, before it doubles
    let hasExpired = false;
    for (let position = this.#base; position < this.#next && position < this.#limit; position++) {
      const slot = this.#slots[slotOf(position)];
      if (!slot || slot.isHeld) continue;
      if (slot.way === RELAYED) {
        if (now < slot.sentAtMs + timeoutMs) continue;
        if (!hasExpired) this.#roundTrip.expired();
        hasExpired = true;
      } else if (slot.way !== UNSENT) continue;
      this.#transmit(slot, now, path);
    }
  }

  #fill(now: number, path: Path): void {
    while (this.#next < this.#base + WINDOW_SLOTS && this.#next < this.#limit) {
      const packed = this.#queue.pack(FRAME_HEADER_BYTES, this.#packetBytes);
      if (!packed) return;
      const slot: Slot<Ticket> = {
        position: this.#next,
        ...packed,
        way: UNSENT,
        sentAtMs: now,
        order: 0,
        attempts: 0,
        isHeld: false,
        laterArrivals: 0,
      };
      addressPacket(slot.frame, this.#address, slot.position, this.#begin);
      this.#slots[slotOf(slot.position)] = slot;
      this.#next++;
      this.#transmit(slot, now, path);
    }
  }

  #transmit(slot: Slot<Ticket>, now: number, path: Path): void {
    if (!this.#host.transmit(slot.frame, path)) {
      slot.way = UNSENT;
      this.#isStranded = true;
      return;
    }
    if (slot.attempts > 0) this.#retransmissions++;
    slot.attempts++;
    slot.order = ++this.#transmissions;
    slot.sentAtMs = now;
    slot.laterArrivals = 0;
    slot.way = wayOf(path);
  }

  /** Asks where the receiver stands when no other word of it is to be expected. */
  #probe(now: number, path: Path): void {
    const need = this.#needOfProbe();
    if (!this.#probing.isDue(need, path, now)) return;
    const frame = emptyFrame();
    // A duplicate of the packet before the window, whatever state the receiver is in.
    addressPacket(frame, this.#address, this.#base - 1, this.#base);
    if (this.#host.transmit(frame, path)) this.#probing.sent(wayOf(path), ++this.#transmissions, now);
    else this.#isStranded = true;
  }

  /** `hole`: a packet that the receiver has dropped may be sent again, if it only were known which. */
  #needOfProbe(): 'none' | 'some' | 'hole' {
    let isWaiting = this.#next === this.#base && !this.#queue.isEmpty; // for credit
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      if (!slot || (slot.way === UNSENT && position < this.#limit)) continue;
      if (!slot.isHeld && slot.way === RELAYED && position < this.#limit) return 'none'; // its clock runs
      if (!slot.isHeld && position < this.#limit && this.#probing.isHoleSuspected) return 'hole';
      isWaiting = true;
    }
    return isWaiting ? 'some' : 'none';
  }

  #schedule(path: Path | undefined): void {
    let next = this.isIdle ? NEVER : this.#patience.deadlineMs;
    if (path !== undefined && !this.#isStranded) {
      const timeoutMs = this.#roundTrip.timeoutMs;
      for (let position = this.#base; position < this.#next && position < this.#limit; position++) {
        const slot = this.#slots[slotOf(position)];
        if (slot && !slot.isHeld && slot.way === RELAYED) next = Math.min(next, slot.sentAtMs + timeoutMs);
      }
      next = Math.min(next, this.#probing.deadlineMs(this.#needOfProbe(), path));
    }
    this.#deadlineMs = next;
  }

  #expire(now: number): void {
    if (now < this.#patience.deadlineMs) return;
    const lost = this.#patience.lost(this.#pending(), now);
    for (const outgoing of lost) {
      this.#settle(outgoing, { reason: 'timed-out', afterMs: now - this.#patience.sinceMs(outgoing) });
    }
    if (lost.length > 0) this.#replaceAbandoned();
  }

  /**
   * A packet of ours fits nowhere at the receiver. That it was the oldest one in flight, sent a single time, proves that it and
   * all after it were not delivered: they go on under new numbers. Otherwise nobody can tell.
   */
  #refused(ack: Acknowledgement, refused: number): boolean {
    const named = refused === this.#base - 1 ? this.#base : refused; // a probe asks for the packet after it
    if (named < this.#base || named >= this.#next) return false;
    const first = this.#slots[slotOf(this.#base)];
    const isUndelivered = first !== undefined && first.attempts <= 1 && first.isClean;
    if (isUndelivered && named !== this.#base) return false; // its own refusal will follow
    const next = ack.isLost ? this.#next : ack.lastInOrder + 1;
    const begin = next < 0 ? next + POSITIONS_PER_TURN : next;
    const inFlight: Slot<Ticket>[] = [];
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      if (slot) inFlight.push(slot);
    }
    this.#slots.fill(undefined);
    this.#begin = begin;
    this.#base = begin;
    this.#next = begin;
    this.#limit = begin + (ack.isLost ? INITIAL_CREDIT : ack.credit);
    this.#probing.forget();
    if (isUndelivered) this.#renumber(inFlight);
    else this.#fate(inFlight);
    return true;
  }

  #renumber(inFlight: readonly Slot<Ticket>[]): void {
    for (const slot of inFlight) {
      const frame = slot.frame === RELEASED_FRAME ? abandonedFrame() : slot.frame.slice();
      const position = this.#next++;
      addressPacket(frame, this.#address, position, this.#begin);
      Object.assign(slot, { position, frame, way: UNSENT, attempts: 0, isHeld: false, laterArrivals: 0 });
      this.#slots[slotOf(position)] = slot;
    }
  }

  #fate(inFlight: readonly Slot<Ticket>[]): void {
    const { begun } = this.#queue;
    if (begun) this.#settle(begun, { reason: 'reset' });
    this.#queue.forgetBegun();
    for (const slot of inFlight) {
      for (const outgoing of slot.messages) this.#settle(outgoing, { reason: 'reset' });
    }
  }

  #settle(outgoing: Outgoing<Ticket>, failure: Failure | undefined): void {
    if (outgoing.isSettled) return;
    this.#queue.settle(outgoing);
    this.#host.settled(outgoing.ticket, failure);
  }

  #pending(): Set<Outgoing<Ticket>> {
    const pending = new Set<Outgoing<Ticket>>();
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      for (const outgoing of slot?.messages ?? []) if (!outgoing.isSettled) pending.add(outgoing);
    }
    for (const outgoing of this.#queue.pending()) pending.add(outgoing);
    return pending;
  }

  /** Packets of which nobody awaits a message any more shrink to an empty one of the same position. */
  #replaceAbandoned(): void {
    for (const slot of this.#slots) {
      if (!slot || slot.isHeld || slot.messages.length === 0) continue;
      if (!slot.messages.every((outgoing) => outgoing.isSettled)) continue;
      slot.frame = abandonedFrame();
      slot.messages = [];
      slot.isClean = true;
      addressPacket(slot.frame, this.#address, slot.position, this.#begin);
    }
  }
}
