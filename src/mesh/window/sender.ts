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
import type { StreamSnapshot } from '../contract.ts';
import { NEVER } from '../protocol.ts';
import type { Failure, LinkId, Path } from '../vocabulary.ts';
import { type Acknowledgement, readAcknowledgement } from './acknowledgement.ts';
import { Flight } from './flight.ts';
import { FramePool } from './frame-pool.ts';
import type { PreparedMessage } from './message.ts';
import { type Outgoing, OutgoingQueue, type Packed } from './outgoing-queue.ts';
import { BEYOND_BEGINNING, MAX_PACKET_BYTES, markFollowed, markUnawaited } from './packet.ts';
import { Patience } from './patience.ts';
import { Probing } from './probing.ts';
import { RoundTripEstimator } from './round-trip.ts';
import {
  type AcknowledgementOutcome,
  INITIAL_CREDIT,
  type SenderHost,
  type WindowSenderOptions,
} from './sender-contract.ts';
import { POSITION_MODULUS, WINDOW_SLOTS } from './sequence.ts';
import { addressPacket, probeFrame, RELAYED, type Slot, UNSENT, type WindowAddress, wayOf } from './slot.ts';

/** Three later arrivals are TCP's and QUIC's threshold (RFC 9002, 6.1.1). */
const OVERTAKEN_AT = 3;
/** How large one may be until the receiver is heard of. */
const OPENING_PACKET_BYTES = 66 * 1024;

export class WindowSender<Ticket> {
  readonly #address: WindowAddress;
  readonly #packetBytes: number;
  readonly #host: SenderHost<Ticket>;
  readonly #frames: FramePool;
  readonly #queue: OutgoingQueue<Ticket>;
  readonly #roundTrip = new RoundTripEstimator();
  readonly #patience = new Patience();
  readonly #probing = new Probing();
  readonly #flight: Flight<Ticket>;
  /** The first position that may not be sent. */
  #limit: number;
  /** The receiver has told what it has room for. */
  #isHeardOf = false;
  #transmissions = 0;
  #retransmissions = 0;
  #isRelayed = false;
  #deadlineMs = NEVER;
  #isStranded = false;

  constructor(options: WindowSenderOptions, host: SenderHost<Ticket>) {
    const { source, target, stream, session, packetBytes = MAX_PACKET_BYTES, begin = 0 } = options;
    this.#frames = new FramePool(FRAME_HEADER_BYTES + packetBytes, options.mayReuseFrames ?? false);
    this.#queue = new OutgoingQueue(
      (bytes) => this.#frames.take(bytes),
      (outgoing) => this.#settle(outgoing, { reason: 'body-gone' }),
    );
    this.#address = { source, target, stream, session };
    this.#flight = new Flight(this.#address);
    this.#flight.beginAt(begin);
    this.#limit = begin + INITIAL_CREDIT;
    this.#packetBytes = packetBytes;
    this.#host = host;
  }

  /** When `pump` wants to be called at the latest. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Position of the next packet: none from there on was ever sent. */
  get next(): number {
    return this.#flight.next;
  }

  /** Nothing waits and nothing is in flight. */
  get isIdle(): boolean {
    return this.#flight.isEmpty && this.#queue.isEmpty;
  }

  /** Idle, and another that begins at `next` would be allowed what a new window may send: this one need not be kept. */
  get isReplaceable(): boolean {
    return this.isIdle && this.#limit - this.next >= INITIAL_CREDIT;
  }

  /** Something is to be sent, and there was no path at the last `pump`. */
  get isStranded(): boolean {
    return this.#isStranded;
  }

  /** Puts a message at the end of the queue; it leaves with the next `pump`. */
  enqueue(
    message: PreparedMessage,
    ticket: Ticket,
    timeoutMs: number,
    now: number,
    isAwaited = true,
  ): Outgoing<Ticket> {
    this.#patience.began(now, timeoutMs);
    return this.#queue.push(message, ticket, timeoutMs, now, isAwaited);
  }

  /** Nobody waits for this message any more; false when it was settled before. What has left may still arrive. */
  cancel(outgoing: Outgoing<Ticket>): boolean {
    if (outgoing.isSettled) return false;
    this.#queue.settle(outgoing);
    this.#flight.replaceAbandoned();
    return true;
  }

  /** Fails everything that waits or is in flight. The window keeps its place and goes on with what is enqueued later. */
  fail(failure: Failure): void {
    for (const outgoing of this.#pending()) this.#settle(outgoing, failure);
    this.#flight.replaceAbandoned();
  }

  /** Stops the clocks until the next `pump`. */
  rest(): void {
    this.#deadlineMs = NEVER;
    this.#isStranded = false;
  }

  /** What left on this Link and is not acknowledged is to be sent again. */
  linkDown(link: LinkId): void {
    this.#flight.lose((slot) => slot.way === link);
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
    const ack = readAcknowledgement(body, this.#flight.base - 1);
    if (!ack) return 'malformed';
    if (ack.refused !== undefined) return this.#refused(ack, ack.refused) ? 'accepted' : 'stale';
    // One older than the window tells nothing new; one beyond it is of another numbering, or a lie.
    if (ack.lastInOrder < this.#flight.base - 1 || ack.lastInOrder >= this.#flight.next) return 'stale';
    this.#accept(ack, now);
    return 'accepted';
  }

  snapshot(): StreamSnapshot['outgoing'] {
    return {
      slots: this.#flight.snapshot(),
      queuedMessages: this.#queue.messages,
      queuedBytes: this.#queue.bytes,
      rtoMs: this.#isRelayed ? this.#roundTrip.timeoutMs : undefined,
      retransmissions: this.#retransmissions,
    };
  }

  #accept(ack: Acknowledgement, now: number): void {
    const arrived: Slot<Ticket>[] = [];
    const hasAdvanced = this.#flight.base <= ack.lastInOrder;
    while (this.#flight.base <= ack.lastInOrder) {
      const slot = this.#flight.shift();
      if (!slot) break;
      if (!slot.isHeld) arrived.push(slot);
      // One that was sent twice may still wait to leave by the other way.
      if (slot.attempts === 1) this.#frames.giveBack(slot.frame);
      for (const outgoing of slot.messages) {
        // Messages leave in order, so what ends in this packet is wholly there.
        if (outgoing.isPacked && !this.#flight.hasMoreOf(outgoing)) this.#settle(outgoing, undefined);
      }
    }
    for (let ahead = 1; ahead <= WINDOW_SLOTS && ack.lastInOrder + ahead < this.#flight.next; ahead++) {
      if (((ack.held >> (ahead - 1)) & 1) === 0) continue;
      const slot = this.#flight.hold(ack.lastInOrder + ahead);
      if (slot) arrived.push(slot);
    }
    this.#isHeardOf = true;
    if (this.isIdle) this.#frames.clear();
    const limit = ack.lastInOrder + 1 + ack.credit;
    const isNews = hasAdvanced || arrived.length > 0 || limit > this.#limit;
    this.#limit = limit;
    if (hasAdvanced || arrived.length > 0) this.#patience.progressed(now);
    if (arrived.length > 0) this.#learn(arrived, now);
    const probed = this.#probing.heard(ack, isNews, now);
    if (probed) this.#flight.lose((slot) => slot.way === probed.way && slot.order < probed.order);
  }

  /** Measures the round trip over relays, and finds what enough later packets have overtaken on its way. */
  #learn(arrived: readonly Slot<Ticket>[], now: number): void {
    const newest = arrived.reduce((a, b) => (a.order > b.order ? a : b));
    if (newest.attempts === 1 && newest.way === RELAYED) this.#roundTrip.sample(now - newest.sentAtMs);
    for (const { order, way, attempts } of arrived) {
      if (way !== RELAYED && attempts > 1) continue; // an earlier copy may have come another way
      for (let position = this.#flight.base; position < this.#flight.next; position++) {
        const slot = this.#flight.at(position);
        if (slot && slot.way === way && slot.order < order) slot.laterArrivals++;
      }
    }
    this.#flight.lose((slot) => slot.laterArrivals >= OVERTAKEN_AT);
  }

  #resend(now: number, path: Path): void {
    const timeoutMs = this.#roundTrip.timeoutMs; // as it was when the deadline was set, before it doubles
    let hasExpired = false;
    const end = Math.min(this.#flight.next, this.#limit);
    for (let position = this.#flight.base; position < end; position++) {
      const slot = this.#flight.at(position);
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
    for (let packed = this.#pack(); packed; ) {
      const slot = this.#flight.add(packed);
      packed = this.#pack();
      if (packed) markFollowed(slot.frame, FRAME_HEADER_BYTES);
      else if (path.type === 'direct' && !this.#queue.isAwaited(slot.messages))
        markUnawaited(slot.frame, FRAME_HEADER_BYTES);
      this.#transmit(slot, now, path);
    }
  }

  /** The next packet, if the window has room for it and there is something to put in. */
  #pack(): Packed<Ticket> | undefined {
    if (this.#flight.isFull || this.#flight.next >= this.#limit) return undefined;
    const most = this.#isHeardOf ? this.#packetBytes : Math.min(this.#packetBytes, OPENING_PACKET_BYTES);
    return this.#queue.pack(FRAME_HEADER_BYTES, most);
  }

  #transmit(slot: Slot<Ticket>, now: number, path: Path): void {
    if (slot.attempts > 0) this.#flight.renew(slot);
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
    const frame = probeFrame(this.#probing.nextNumber);
    // A duplicate of the packet before the window, whatever state the receiver is in.
    addressPacket(frame, this.#address, this.#flight.base - 1, BEYOND_BEGINNING);
    if (this.#host.transmit(frame, path)) this.#probing.sent(wayOf(path), ++this.#transmissions, now);
    else this.#isStranded = true;
  }

  /** `hole`: a packet that the receiver has dropped may be sent again, if it only were known which. */
  #needOfProbe(): 'none' | 'some' | 'hole' {
    let isWaiting = this.#flight.isEmpty && !this.#queue.isEmpty; // for credit
    for (let position = this.#flight.base; position < this.#flight.next; position++) {
      const slot = this.#flight.at(position);
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
      const end = Math.min(this.#flight.next, this.#limit);
      for (let position = this.#flight.base; position < end; position++) {
        const slot = this.#flight.at(position);
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
    if (lost.length > 0) this.#flight.replaceAbandoned();
  }

  /**
   * A packet of ours fits nowhere at the receiver. That it was the oldest one in flight, sent a single time, proves that it and
   * all after it were not delivered: they go on under new numbers. Otherwise nobody can tell.
   */
  #refused(ack: Acknowledgement, refused: number): boolean {
    const { base } = this.#flight;
    // A probe is refused in the name of the packet before the window; at a beginning that may be one of the old numbering.
    // With nothing in flight we wait for credit, which a receiver without state will never give.
    const isOfProbe =
      refused === base - 1 && base > this.#flight.begin && (ack.isLost || !this.#flight.isEmpty);
    if (!isOfProbe && (refused < base || refused >= this.#flight.next)) return false;
    const first = this.#flight.at(base);
    const isWhole = first !== undefined && first.attempts <= 1 && first.isClean && !this.#flight.hasHeld;
    if (isWhole && refused > base && !ack.isFull) return false; // the refusal of the oldest will follow
    const isUndelivered = isWhole && refused === base;
    const next = ack.isLost ? this.#flight.next : ack.lastInOrder + 1;
    const begin = next < 0 ? next + POSITION_MODULUS : next;
    if (ack.isFull) this.fail({ reason: 'too-many-streams' }); // what waits behind it would meet the same
    const inFlight = this.#flight.beginAt(begin);
    this.#limit = begin + (ack.isLost ? INITIAL_CREDIT : ack.credit);
    this.#probing.forget();
    if (ack.isFull) this.#queue.forgetBegun();
    else if (isUndelivered) for (const slot of inFlight) this.#flight.add(slot);
    else this.#fail(inFlight);
    return true;
  }

  #fail(inFlight: readonly Slot<Ticket>[]): void {
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
    const pending = this.#flight.pending();
    for (const outgoing of this.#queue.pending()) pending.add(outgoing);
    return pending;
  }
}
