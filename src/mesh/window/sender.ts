/**
 * The sending half of a window: one per (this Node, target, stream), after distrirender's buffer. A queue of messages
 * fills ten slots with packets, in order; acknowledgements free them and the window slides at once, without waiting for
 * all ten. What is not acknowledged in time is sent again (round-trip.ts), or sooner when three packets sent after it
 * have arrived.
 *
 * Every message settles: acknowledged, or failed because it was cancelled, the window was aborted, the receiver lost its
 * state, or it made no progress for the send timeout. A receiver whose consumer is slow makes progress by saying so;
 * while all ten slots are held there, a small probe asks now and then, in case the word to go on was lost.
 *
 * A window given up begins anew as another *epoch*, so that nothing of the old one is mistaken for the new.
 * Pure: time comes in, effects go out. The driver calls `pump` after `enqueue` (once for many) and at `deadlineMs`.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { FRAME_HEADER_BYTES, FrameFlag, FrameType, type NodeId, writeFrameHeader } from '../../wire/index.ts';
import type { SlotSnapshot, StreamId, StreamSnapshot } from '../contract.ts';
import { type Acknowledgement, readAcknowledgement } from './acknowledgement.ts';
import type { PreparedMessage } from './message.ts';
import { type Outgoing, OutgoingQueue } from './outgoing-queue.ts';
import { DEFAULT_PACKET_BYTES, MAX_PACKET_BYTES, MIN_PACKET_BYTES } from './packet.ts';
import { RoundTripEstimator } from './round-trip.ts';
import { indexOf, lapOf, POSITIONS_PER_TURN, slotOf, WINDOW_SLOTS } from './sequence.ts';

/** Without progress for so long, sends fail. Above any freeze of a tab seen to recover (20 s), and ~30 retransmissions. */
export const SEND_TIMEOUT_MS = 60_000;
/** distrirender leaves the waiting time open; three later arrivals are TCP's and QUIC's threshold (RFC 9002, 6.1.1). */
const FAST_RETRANSMIT_ARRIVALS = 3;
/** A guess: what a lost "go on" may cost a reader that had paused us. */
const PROBE_INTERVAL_MS = 1000;
/** Woken later than asked by more than this, the tab was asleep, and the silence is not the target's fault. */
const OVERSLEPT_MS = 2000;

export type WindowFailure =
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  /** The receiver does not know this stream any more, so whether the message arrived cannot be told. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'aborted'; readonly reason: string };

export type SenderEffect<Token> =
  /** Route this frame to its target. It stays with the window for retransmission: nobody may change it. */
  | { readonly type: 'send'; readonly frame: Uint8Array }
  /** These messages are done: acknowledged when `failure` is undefined. */
  | {
      readonly type: 'settled';
      readonly tokens: readonly Token[];
      readonly failure: WindowFailure | undefined;
    };

export interface WindowSenderOptions {
  readonly source: NodeId;
  readonly target: NodeId;
  readonly stream: StreamId;
  /** A fresh incarnation: newer than all before it to this target on this stream. One counter for a whole Node will do. */
  readonly nextEpoch: () => number;
  /** MIN_PACKET_BYTES..MAX_PACKET_BYTES, default DEFAULT_PACKET_BYTES. */
  readonly packetBytes?: number;
  /** Default SEND_TIMEOUT_MS. */
  readonly sendTimeoutMs?: number;
}

interface Slot<Token> {
  readonly position: number;
  readonly frame: Uint8Array;
  readonly finished: readonly Outgoing<Token>[];
  sentAtMs: number;
  /** Rises with every transmission of the window: tells what was sent after what. */
  order: number;
  attempts: number;
  /** Acknowledged out of order: the receiver has it in its slot. */
  isHeld: boolean;
  laterArrivals: number;
}

const NO_EFFECTS: readonly never[] = [];

export class WindowSender<Token> {
  readonly #options: WindowSenderOptions;
  readonly #packetBytes: number;
  readonly #timeoutMs: number;
  readonly #queue = new OutgoingQueue<Token>();
  readonly #roundTrip = new RoundTripEstimator();
  readonly #slots: (Slot<Token> | undefined)[] = new Array(WINDOW_SLOTS).fill(undefined);
  #epoch: number;
  /** Position of the oldest packet not acknowledged in order; equals #next when nothing is in flight. */
  #base = 0;
  #next = 0;
  #transmissions = 0;
  #retransmissions = 0;
  #progressAtMs = 0;
  #quietSinceMs = 0;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(options: WindowSenderOptions) {
    this.#options = options;
    this.#packetBytes = options.packetBytes ?? DEFAULT_PACKET_BYTES;
    if (this.#packetBytes < MIN_PACKET_BYTES || this.#packetBytes > MAX_PACKET_BYTES) {
      throw new LeafcutterError(
        'bad-packet-size',
        `packets of ${this.#packetBytes} bytes: choose ${MIN_PACKET_BYTES} to ${MAX_PACKET_BYTES}`,
      );
    }
    this.#timeoutMs = options.sendTimeoutMs ?? SEND_TIMEOUT_MS;
    this.#epoch = options.nextEpoch();
  }

  /** When `pump` wants to be called at the latest; infinity when nothing is in flight. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Nothing waits and nothing is in flight: the driver may forget this window if its epoch counter outlives it. */
  get isIdle(): boolean {
    return this.#queue.messages === 0 && this.#next === this.#base;
  }

  /** Puts a message at the end of the queue; it leaves with the next `pump`. */
  enqueue(message: PreparedMessage, token: Token): Outgoing<Token> {
    return this.#queue.push(message, token);
  }

  /** Nobody waits for this message any more; false when it was settled before. What has left may still arrive. */
  cancel(outgoing: Outgoing<Token>): boolean {
    return this.#queue.cancel(outgoing);
  }

  /** Sends what is due: retransmissions, a probe, packets for free slots. Or gives up when the time for that has come. */
  pump(nowMs: number): readonly SenderEffect<Token>[] {
    this.#forgiveSleep(nowMs);
    const effects: SenderEffect<Token>[] = [];
    // Each comparison is the very sum that made the deadline: a rounding apart, and a driver would spin.
    if (this.#next > this.#base && nowMs >= this.#progressAtMs + this.#timeoutMs) {
      this.#giveUp({ kind: 'timed-out', afterMs: nowMs - this.#progressAtMs }, effects);
    }
    this.#proceed(nowMs, effects);
    return effects;
  }

  /** Takes an acknowledgement (a `msg` frame of this target and stream with index -1). */
  onAcknowledgement(epoch: number, body: Uint8Array, nowMs: number): readonly SenderEffect<Token>[] {
    if (epoch !== this.#epoch) return NO_EFFECTS;
    const ack = readAcknowledgement(body, this.#base - 1);
    if (!ack) return NO_EFFECTS;
    this.#forgiveSleep(nowMs);
    const effects: SenderEffect<Token>[] = [];
    if (ack.isReset) this.#beginAnew(effects);
    // One older than the window tells nothing new; one beyond it is a lie.
    else if (ack.lastInOrder >= this.#base - 1 && ack.lastInOrder < this.#next)
      this.#accept(ack, nowMs, effects);
    this.#proceed(nowMs, effects);
    return effects;
  }

  /** Fails everything queued and in flight. The window may be used again. */
  abort(reason: string): readonly SenderEffect<Token>[] {
    const effects: SenderEffect<Token>[] = [];
    this.#giveUp({ kind: 'aborted', reason }, effects);
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    return effects;
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
      rtoMs: this.#roundTrip.timeoutMs,
      retransmissions: this.#retransmissions,
    };
  }

  #accept(ack: Acknowledgement, nowMs: number, effects: SenderEffect<Token>[]): void {
    const arrived: Slot<Token>[] = [];
    const settled: Token[] = [];
    for (; this.#base <= ack.lastInOrder; this.#base++) {
      const slot = this.#slots[slotOf(this.#base)];
      if (!slot) continue;
      if (!slot.isHeld) arrived.push(slot);
      this.#slots[slotOf(this.#base)] = undefined;
      settle(slot, settled);
    }
    for (let ahead = 1; ahead <= WINDOW_SLOTS && ack.lastInOrder + ahead < this.#next; ahead++) {
      const slot = (ack.held >> (ahead - 1)) & 1 ? this.#slots[slotOf(ack.lastInOrder + ahead)] : undefined;
      if (!slot || slot.isHeld) continue;
      slot.isHeld = true;
      arrived.push(slot);
    }
    if (settled.length > 0) effects.push({ type: 'settled', tokens: settled, failure: undefined });
    this.#quietSinceMs = nowMs;
    if (arrived.length > 0 || ack.isPaused) this.#progressAtMs = nowMs;
    if (arrived.length > 0) this.#learn(arrived, nowMs, effects);
  }

  /** Measures the round trip, and sends again at once what enough packets sent later have overtaken. */
  #learn(arrived: readonly Slot<Token>[], nowMs: number, effects: SenderEffect<Token>[]): void {
    const newest = arrived.reduce((a, b) => (a.order > b.order ? a : b));
    if (newest.attempts === 1) this.#roundTrip.sample(nowMs - newest.sentAtMs);
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      if (!slot || slot.isHeld || slot.order > newest.order) continue;
      for (const { order } of arrived) if (order > slot.order) slot.laterArrivals++;
      if (slot.laterArrivals >= FAST_RETRANSMIT_ARRIVALS) this.#transmit(slot, nowMs, effects);
    }
  }

  #proceed(nowMs: number, effects: SenderEffect<Token>[]): void {
    this.#retransmitExpired(nowMs, effects);
    while (this.#next - this.#base < WINDOW_SLOTS) {
      const packed = this.#queue.pack(FRAME_HEADER_BYTES, this.#packetBytes);
      if (!packed) break;
      if (this.#next === this.#base) this.#progressAtMs = nowMs;
      const slot: Slot<Token> = {
        position: this.#next,
        frame: packed.frame,
        finished: packed.finished,
        sentAtMs: nowMs,
        order: 0,
        attempts: 0,
        isHeld: false,
        laterArrivals: 0,
      };
      this.#writeHeader(slot.frame, slot.position);
      slot.frame[FRAME_HEADER_BYTES] = lapOf(slot.position);
      this.#slots[slotOf(slot.position)] = slot;
      this.#next++;
      this.#transmit(slot, nowMs, effects);
    }
    this.#schedule(nowMs, effects);
  }

  #retransmitExpired(nowMs: number, effects: SenderEffect<Token>[]): void {
    const timeoutMs = this.#roundTrip.timeoutMs; // as it was when the deadline was set, before it doubles
    let isFirst = true;
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      if (!slot || slot.isHeld || nowMs < slot.sentAtMs + timeoutMs) continue;
      if (isFirst) this.#roundTrip.expired();
      isFirst = false;
      this.#transmit(slot, nowMs, effects);
    }
  }

  #transmit(slot: Slot<Token>, nowMs: number, effects: SenderEffect<Token>[]): void {
    if (slot.attempts > 0) this.#retransmissions++;
    slot.attempts++;
    slot.order = ++this.#transmissions;
    slot.sentAtMs = nowMs;
    slot.laterArrivals = 0;
    effects.push({ type: 'send', frame: slot.frame });
  }

  /** Sets the deadline: the first expiry, the next probe, or the send timeout. Sends the probe when it is due. */
  #schedule(nowMs: number, effects: SenderEffect<Token>[]): void {
    if (this.#next === this.#base) {
      this.#deadlineMs = Number.POSITIVE_INFINITY;
      return;
    }
    let oldestSentAtMs = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots) {
      if (slot && !slot.isHeld && slot.sentAtMs < oldestSentAtMs) oldestSentAtMs = slot.sentAtMs;
    }
    let nextMs = oldestSentAtMs + this.#roundTrip.timeoutMs;
    if (oldestSentAtMs === Number.POSITIVE_INFINITY) {
      if (nowMs >= this.#quietSinceMs + PROBE_INTERVAL_MS) {
        effects.push({ type: 'send', frame: this.#probe() });
        this.#quietSinceMs = nowMs;
      }
      nextMs = this.#quietSinceMs + PROBE_INTERVAL_MS;
    }
    this.#deadlineMs = Math.min(nextMs, this.#progressAtMs + this.#timeoutMs);
  }

  /** An empty packet under the index before the window: a duplicate that the receiver answers with where it stands. */
  #probe(): Uint8Array {
    const before = this.#base - 1 + POSITIONS_PER_TURN; // the same on the wire, and never negative
    const frame = new Uint8Array(FRAME_HEADER_BYTES + 1);
    this.#writeHeader(frame, before);
    frame[FRAME_HEADER_BYTES] = lapOf(before);
    return frame;
  }

  #writeHeader(frame: Uint8Array, position: number): void {
    writeFrameHeader(frame, {
      type: FrameType.msg,
      source: this.#options.source,
      target: this.#options.target,
      stream: this.#options.stream,
      epoch: this.#epoch,
      index: indexOf(position),
      flags: position < WINDOW_SLOTS ? FrameFlag.opening : 0,
    });
  }

  /** The receiver lost its state: what had begun to leave is in doubt and fails, what still waits goes out anew. */
  #beginAnew(effects: SenderEffect<Token>[]): void {
    const doubtful = this.#clear();
    const begun = this.#queue.dropBegun();
    if (begun) doubtful.push(begun.token);
    if (doubtful.length > 0) effects.push({ type: 'settled', tokens: doubtful, failure: { kind: 'reset' } });
  }

  #giveUp(failure: WindowFailure, effects: SenderEffect<Token>[]): void {
    const tokens = this.#clear();
    for (const outgoing of this.#queue.drain()) tokens.push(outgoing.token);
    if (tokens.length > 0) effects.push({ type: 'settled', tokens, failure });
  }

  /** Empties the slots, begins the next epoch, and returns the tokens of messages wholly in flight. */
  #clear(): Token[] {
    const tokens: Token[] = [];
    for (let position = this.#base; position < this.#next; position++) {
      const slot = this.#slots[slotOf(position)];
      if (slot) settle(slot, tokens);
    }
    // An epoch of which nothing was sent can still be used.
    if (this.#next > 0) this.#epoch = this.#options.nextEpoch();
    this.#slots.fill(undefined);
    this.#base = 0;
    this.#next = 0;
    return tokens;
  }

  #forgiveSleep(nowMs: number): void {
    const lateMs = nowMs - this.#deadlineMs;
    if (lateMs > OVERSLEPT_MS) {
      this.#progressAtMs += lateMs;
      this.#deadlineMs = nowMs;
    }
  }
}

/** Marks the messages that end in this slot as done and collects their tokens. */
function settle<Token>(slot: Slot<Token>, into: Token[]): void {
  for (const outgoing of slot.finished) {
    if (outgoing.isSettled) continue;
    outgoing.isSettled = true;
    into.push(outgoing.token);
  }
}
