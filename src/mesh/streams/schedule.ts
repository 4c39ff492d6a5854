/**
 * What is to be done at the next wake and when that is: streams with something to send, acknowledgements that are due, windows
 * whose time has come; and what waits for something else, a path, room, or the end of patience with a half message.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import { Deadlines } from './deadlines.ts';
import type { Inbound } from './inbound.ts';
import type { Peer, Sending } from './peer.ts';
import { Wakefulness } from './wakefulness.ts';

/**
 * A packet that another follows waits so long for it before it is acknowledged alone: RFC 9000's max_ack_delay, an eighth of the
 * least timeout of a sender over relays.
 */
const ACKNOWLEDGEMENT_DELAY_MS = 25;
/** The same where nobody waits: over Links only, where no clock runs. A guess: shorter than what comes three times a second. */
const UNAWAITED_DELAY_MS = 250;
/** A sender that was allowed little, or a message that found no room, gets more within so long, whoever made it. A guess. */
const STARVED_LOOK_MS = 500;
/** How often half messages that stand still are looked for. */
const SWEEP_INTERVAL_MS = 30_000;
/** Twice the longest freeze after which a stream must go on (60 s): then what is half there is let go. */
export const STANDSTILL_MS = 120_000;

export interface ScheduleHost {
  pump(sending: Sending, t: number): void;
  /** False when there is no path. */
  acknowledge(inbound: Inbound<Peer>): boolean;
}

/** `t`: time that counts (wakefulness.ts); `now`: the driver's. */
export class Schedule {
  readonly #host: ScheduleHost;
  readonly #wakefulness = new Wakefulness();
  readonly #deadlines = new Deadlines();
  #dirty: Sending[] = [];
  #due: Inbound<Peer>[] = [];
  /** Those that owe an acknowledgement, and when the first of them is to send it. */
  readonly #owing = new Set<Inbound<Peer>>();
  #owedAtMs = NEVER;
  readonly #stranded = new Set<Sending>();
  readonly #strandedDue = new Set<Inbound<Peer>>();
  /** Streams that want more room than there was. */
  readonly #starved = new Set<Inbound<Peer>>();
  /** Streams that keep packets or half messages. */
  readonly #keeping = new Set<Inbound<Peer>>();
  #now = 0;
  #t = 0;
  #askedAtMs = NEVER;
  #starvedLookAtMs = NEVER;
  #sweepAtMs = NEVER;

  constructor(host: ScheduleHost) {
    this.#host = host;
  }

  /** An event begins. `alsoAtMs`: another deadline, in time that counts. Answers with the time that counts. */
  begin(now: number, alsoAtMs: number): number {
    const t = this.#wakefulness.at(now, this.nextWakeAt(alsoAtMs));
    // What is due in real time is due in time that counts, whatever the rounding: else a driver would spin.
    const dueAtMs = this.#deadlineMs(alsoAtMs);
    this.#t = this.#wakefulness.real(dueAtMs) <= now && dueAtMs > t ? dueAtMs : t;
    if (this.#askedAtMs < now) this.#askedAtMs = now;
    this.#now = now;
    return this.#t;
  }

  /** The present, in time that counts. */
  get t(): number {
    return this.#t;
  }

  nextWakeAt(alsoAtMs: number): number {
    return Math.min(this.#askedAtMs, this.#wakefulness.real(this.#deadlineMs(alsoAtMs)));
  }

  /** This stream wants to be pumped. */
  mark(sending: Sending): void {
    if (sending.isDirty) return;
    sending.isDirty = true;
    this.#dirty.push(sending);
    this.#ask();
  }

  /** After this stream was given something: an acknowledgement may be due, bytes are kept or not, credit is short or not. */
  follow(inbound: Inbound<Peer>, t: number): void {
    if (inbound.keptBytes === 0) this.#keeping.delete(inbound);
    else if (!this.#keeping.has(inbound)) {
      this.#keeping.add(inbound);
      if (this.#sweepAtMs === NEVER) this.#sweepAtMs = t + SWEEP_INTERVAL_MS;
    }
    const { isAcknowledgementDue, isAcknowledgementOwed, isShortOfRoom } = inbound.window;
    if (isShortOfRoom) this.#starves(inbound, t);
    if (isAcknowledgementOwed) this.#owes(inbound, t);
    if (!isAcknowledgementDue || inbound.isQueued) return;
    inbound.isQueued = true;
    this.#due.push(inbound);
    this.#ask();
  }

  /**
   * Something of this peer was paid back: where it was allowed little it may be allowed more. Others, who may have a little more
   * room for it, find out when the starved are looked at: there may be thousands of them at every message that somebody takes.
   */
  roomGrew(peer: Peer, t: number): void {
    if (this.#starved.size === 0) return;
    for (const inbound of peer.inbound.values()) if (this.#starved.has(inbound)) this.#offer(inbound, t);
  }

  /** There may be a path again to this peer, or to any. */
  pathsChanged(peer?: NodeId): void {
    for (const sending of this.#stranded) {
      if (peer !== undefined && sending.peer.id !== peer) continue;
      this.#stranded.delete(sending);
      this.mark(sending);
    }
    for (const inbound of this.#strandedDue) {
      if (peer !== undefined && inbound.peer.id !== peer) continue;
      this.#strandedDue.delete(inbound);
      this.#due.push(inbound);
      this.#ask();
    }
  }

  /** The session is over or rests: its streams want nothing. */
  drop(peer: Peer): void {
    for (const sending of peer.senders.values()) this.#stranded.delete(sending);
    for (const inbound of peer.inbound.values()) this.#starved.delete(inbound);
  }

  dropInbound(inbound: Inbound<Peer>): void {
    if (inbound.isQueued) this.#due = this.#due.filter((due) => due !== inbound);
    inbound.isQueued = false;
    this.#owing.delete(inbound);
    this.#strandedDue.delete(inbound);
    this.#starved.delete(inbound);
    this.#keeping.delete(inbound);
  }

  /** Does all that is due. */
  run(t: number): void {
    for (let sending = this.#deadlines.due(t); sending; sending = this.#deadlines.due(t)) this.mark(sending);
    if (t >= this.#owedAtMs) this.hasten(t);
    if (t >= this.#starvedLookAtMs) this.#lookAtStarved(t);
    if (t >= this.#sweepAtMs) this.#sweep(t);
    while (this.#dirty.length > 0 || this.#due.length > 0) {
      const dirty = this.#dirty;
      this.#dirty = [];
      for (const sending of dirty) this.#pump(sending, t);
      this.acknowledge(t);
    }
    if (this.#owing.size === 0) this.#owedAtMs = NEVER;
    this.#askedAtMs = NEVER;
  }

  /** A small frame leaves for this peer: what it is owed shares its channel message. */
  spokeTo(peer: Peer): void {
    for (const inbound of this.#owing) if (inbound.peer === peer) this.#hasten(inbound, this.#t);
  }

  /** What is owed is due. */
  hasten(t: number): void {
    this.#owedAtMs = NEVER;
    for (const inbound of this.#owing) this.#hasten(inbound, t);
  }

  #hasten(inbound: Inbound<Peer>, t: number): void {
    this.#owing.delete(inbound);
    inbound.window.hasten();
    this.follow(inbound, t);
  }

  /** Only the acknowledgements: also on the way out. */
  acknowledge(t: number): void {
    const due = this.#due;
    this.#due = [];
    for (const inbound of due) {
      if (!this.#host.acknowledge(inbound)) {
        this.#strandedDue.add(inbound); // stays queued
        continue;
      }
      inbound.isQueued = false;
      this.#owing.delete(inbound);
      if (inbound.window.isStarved || inbound.window.isShortOfRoom) this.#starves(inbound, t);
      else this.#starved.delete(inbound);
    }
  }

  #deadlineMs(alsoAtMs: number): number {
    return Math.min(this.#deadlines.nextMs, this.#owedAtMs, this.#starvedLookAtMs, this.#sweepAtMs, alsoAtMs);
  }

  #pump(sending: Sending, t: number): void {
    sending.isDirty = false;
    this.#host.pump(sending, t);
    if (sending.window.isStranded) this.#stranded.add(sending);
    else this.#stranded.delete(sending);
    this.#deadlines.schedule(sending);
  }

  #owes(inbound: Inbound<Peer>, t: number): void {
    this.#owing.add(inbound);
    const dueAtMs =
      t + (inbound.window.isAcknowledgementAwaited ? ACKNOWLEDGEMENT_DELAY_MS : UNAWAITED_DELAY_MS);
    if (dueAtMs < this.#owedAtMs) this.#owedAtMs = dueAtMs;
  }

  #starves(inbound: Inbound<Peer>, t: number): void {
    this.#starved.add(inbound);
    if (this.#starvedLookAtMs === NEVER) this.#starvedLookAtMs = t + STARVED_LOOK_MS;
  }

  #offer(inbound: Inbound<Peer>, t: number): void {
    if (inbound.window.isShortOfRoom) inbound.resume();
    inbound.window.offerCredit();
    this.follow(inbound, t);
  }

  #lookAtStarved(t: number): void {
    for (const inbound of this.#starved) this.#offer(inbound, t);
    this.#starvedLookAtMs = this.#starved.size === 0 ? NEVER : t + STARVED_LOOK_MS;
  }

  #sweep(t: number): void {
    for (const inbound of this.#keeping) {
      const { isHeld, isShortOfRoom } = inbound.window;
      // What our own application holds up is not the sender's fault; but it may never go on, and the sender be gone for good.
      const isApplications = isHeld && !isShortOfRoom && !inbound.peer.isResting;
      if (isApplications || t - inbound.movedAtMs < STANDSTILL_MS) continue;
      inbound.forget();
      this.#keeping.delete(inbound);
    }
    this.#sweepAtMs = this.#keeping.size === 0 ? NEVER : t + SWEEP_INTERVAL_MS;
  }

  #ask(): void {
    if (this.#askedAtMs === NEVER) this.#askedAtMs = this.#now;
  }
}
