/**
 * The negotiations that go by the mesh now: for each connection its two ends say some signals to each other, and both know
 * from here which signals belong to one. What was said is kept while it may have to be said again. Bounded whoever asks.
 */
import type { NodeId, Signal } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import {
  MAX_CANDIDATES,
  MAX_INCOMING,
  MAX_INCOMING_BY_ONE,
  MAX_INCOMING_OF_ONE,
  MAX_OUTGOING,
  MAX_REPEATS,
  NEGOTIATION_MS,
  REPEAT_MS,
} from './limits.ts';

export interface Negotiation {
  readonly peer: NodeId;
  readonly connection: string;
  /** The neighbour that brought their beginning; undefined for ours. */
  readonly via: NodeId | undefined;
  /** We made the offer. */
  readonly isOurs: boolean;
  /** What it began with. */
  readonly beginning: Signal;
  readonly untilMs: number;
  /** What we said, in order. */
  readonly said: Signal[];
  isAnswered: boolean;
  /** Candidates of theirs that came. */
  candidates: number;
  repeats: number;
  repeatAt: number;
}

export class Negotiations {
  /** In the order of beginning, which is that of ending. */
  readonly #all = new Map<string, Negotiation>();

  get size(): number {
    return this.#all.size;
  }

  get nextWakeAt(): number {
    let next = NEVER;
    for (const { untilMs, repeatAt } of this.#all.values()) next = Math.min(next, untilMs, repeatAt);
    return next;
  }

  get(peer: NodeId, connection: string): Negotiation | undefined {
    return this.#all.get(keyOf(peer, connection));
  }

  /** We call. Of too many the oldest is forgotten. */
  call(peer: NodeId, offer: Signal, now: number): void {
    const ours = [...this.#all.values()].filter(({ isOurs }) => isOurs);
    const oldest = ours[0];
    if (ours.length >= MAX_OUTGOING && oldest) this.end(oldest);
    this.#add(peer, offer, undefined, now).said.push(offer);
  }

  /** They call. False when they have, or all have, or all that this neighbour brings, too much under way. */
  called(peer: NodeId, beginning: Signal, via: NodeId, now: number): boolean {
    let all = 0;
    let ofPeer = 0;
    let byOne = 0;
    for (const each of this.#all.values()) {
      if (each.isOurs) continue;
      all++;
      if (each.peer === peer) ofPeer++;
      if (each.via === via) byOne++;
    }
    if (all >= MAX_INCOMING || ofPeer >= MAX_INCOMING_OF_ONE || byOne >= MAX_INCOMING_BY_ONE) return false;
    this.#add(peer, beginning, via, now);
    return true;
  }

  end({ peer, connection }: Negotiation): void {
    this.#all.delete(keyOf(peer, connection));
  }

  /** With this peer: its Link is up, or it is gone. */
  endAllWith(peer: NodeId): void {
    for (const each of this.#all.values()) if (each.peer === peer) this.end(each);
  }

  /** Drops what has had its time; answers with the calls of ours that are to be said again. */
  due(now: number): Negotiation[] {
    const due: Negotiation[] = [];
    for (const each of this.#all.values()) {
      if (each.untilMs <= now) this.end(each);
      else if (each.repeatAt <= now) {
        each.repeats++;
        each.repeatAt = each.repeats < MAX_REPEATS ? now + REPEAT_MS * 2 ** each.repeats : NEVER;
        due.push(each);
      }
    }
    return due;
  }

  #add(peer: NodeId, beginning: Signal, via: NodeId | undefined, now: number): Negotiation {
    const { connection } = beginning;
    const isOurs = via === undefined;
    const negotiation: Negotiation = {
      peer,
      connection,
      via,
      isOurs,
      beginning,
      untilMs: now + NEGOTIATION_MS,
      said: [],
      isAnswered: false,
      candidates: 0,
      repeats: 0,
      repeatAt: isOurs ? now + REPEAT_MS : NEVER,
    };
    const key = keyOf(peer, connection);
    this.#all.delete(key);
    this.#all.set(key, negotiation);
    return negotiation;
  }
}

/** Notes what we say in it; false when it is more than an honest transport has to say. */
export function noteSaid(negotiation: Negotiation, signal: Signal): boolean {
  if (negotiation.said.length > MAX_CANDIDATES) return false;
  negotiation.said.push(signal);
  return true;
}

/** Whether this answer or candidate of theirs belongs into it now; notes it. */
export function takes(negotiation: Negotiation, { kind }: Signal): boolean {
  if (kind === 'candidate') return ++negotiation.candidates <= MAX_CANDIDATES;
  if (kind !== 'answer' || !negotiation.isOurs || negotiation.isAnswered) return false;
  negotiation.isAnswered = true;
  negotiation.repeatAt = NEVER;
  return true;
}

function keyOf(peer: NodeId, connection: string): string {
  return `${peer} ${connection}`;
}
