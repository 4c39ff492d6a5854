/**
 * A Link: one channel to a neighbour, mistrusted until the handshake has succeeded (handshake.ts) and whoever owns it has
 * accepted, then the place where frames leave by priority (lanes.ts) and arrive checked. Whatever bytes arrive, nothing
 * throws: what is no frame is counted, logged once, dropped, and a neighbour that keeps sending it is let go. On a channel that
 * was a Link before and fell silent, a Link begins `dormant`: its hello waits for the other end to answer, however late.
 *
 * Pure: bytes, time and the channel's room come in, effects go out. `Connection` performs them on its channel, calls
 * `flush` when frames were queued (once for many) and when the channel has room, and `onTime` at `deadlineMs`.
 */
import { encodeFrame, FrameType, frameBody, type Lane, parseFrameHeader } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import { isBundle, readBundle } from './bundle.ts';
import { frameFault } from './frame-fault.ts';
import {
  Handshake,
  type HandshakeOptions,
  type HandshakeStep,
  type Refusal,
  readRefusal,
  refuseFrame,
} from './handshake.ts';
import { type LaneListener, Lanes } from './lanes.ts';
import type { LinkCounters, LinkEffect } from './link-effect.ts';

/** From the open channel to the last proof. Two round trips; the rest is for a busy page. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/**
 * How long a channel that fell silent is kept: Chromium gives the path below it up after 30 s, a restart of ICE needs a
 * little more. Measured by e2e/server-away.spec.ts.
 */
export const DORMANT_MS = 60_000;
/** How long a last word (refuse, goodbye) may take to leave before the channel is closed under it. */
export const LINGER_MS = 500;
/** How long what is queued may take to leave before a goodbye. A guess: a full lane at 2 MB/s. */
export const LEAVE_MS = 2_000;
/** More malformed frames than this in a span: no accident. Both guesses. */
const MALFORMED_LIMIT = 16;
const MALFORMED_SPAN_MS = 10_000;

type State =
  | { readonly name: 'new' }
  /** Hello was said on a channel from which nothing came any more; what comes before theirs belongs to an earlier Link. */
  | { readonly name: 'dormant'; readonly untilMs: number }
  | { readonly name: 'handshake'; readonly untilMs: number }
  /** Waits for `accept` or `refuse`. */
  | { readonly name: 'proven'; readonly untilMs: number }
  | { readonly name: 'open' }
  /** What is queued leaves before the goodbye. */
  | { readonly name: 'leaving'; readonly untilMs: number; readonly reason: string }
  /** The last word is on its way. */
  | { readonly name: 'closing'; readonly untilMs: number; readonly reason: string }
  | { readonly name: 'closed' };

const NOTHING: readonly LinkEffect[] = [];
const EMPTY_MAP = Uint8Array.of(0x80);

export class Link {
  readonly #options: HandshakeOptions;
  readonly #handshake: Handshake;
  readonly #lanes: Lanes;
  #freed: Lane[] = [];
  #state: State = { name: 'new' };
  #bytesIn = 0;
  #bytesOut = 0;
  #framesIn = 0;
  #framesOut = 0;
  #relayed = 0;
  #malformed = 0;
  #malformedSinceMs = 0;
  #malformedInSpan = 0;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#handshake = new Handshake(options);
    const listener: LaneListener = {
      onFrame: () => {
        this.#framesOut++;
      },
      onFree: (lane) => {
        this.#freed.push(lane);
      },
    };
    this.#lanes = new Lanes(listener);
  }

  get state(): State['name'] {
    return this.#state.name;
  }

  /** Accepted, and not on its way out. */
  get isOpen(): boolean {
    return this.#state.name === 'open';
  }

  /** When `onTime` wants to be called. */
  get deadlineMs(): number {
    return 'untilMs' in this.#state ? this.#state.untilMs : NEVER;
  }

  get hasQueued(): boolean {
    return this.#lanes.bytes > 0;
  }

  get counters(): LinkCounters {
    return {
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      framesIn: this.#framesIn,
      framesOut: this.#framesOut,
      relayed: this.#relayed,
      malformed: this.#malformed,
      queuedBytes: this.#lanes.bytes,
    };
  }

  queuedBytes(lane: Lane): number {
    return this.#lanes.bytesIn(lane);
  }

  /** The channel is open: says hello. */
  start(nowMs: number): readonly LinkEffect[] {
    if (this.#state.name !== 'new') return NOTHING;
    this.#state = { name: 'handshake', untilMs: nowMs + HANDSHAKE_TIMEOUT_MS };
    return [this.#send(this.#handshake.hello())];
  }

  /** The channel was a Link before: says hello, and waits for theirs until DORMANT_MS have passed. */
  startDormant(nowMs: number): readonly LinkEffect[] {
    if (this.#state.name !== 'new') return NOTHING;
    this.#state = { name: 'dormant', untilMs: nowMs + DORMANT_MS };
    return [this.#send(this.#handshake.hello())];
  }

  /** The peer that has proven itself gets our proof, if it waits for it, and the Link is open. */
  accept(): readonly LinkEffect[] {
    if (this.#state.name !== 'proven') return NOTHING;
    const effects = this.prove();
    this.#state = { name: 'open' };
    return effects;
  }

  /** Our proof for a peer that has proven itself, if it waits for it. */
  prove(): readonly LinkEffect[] {
    const isWaited = this.#state.name === 'proven' && !this.#options.isInitiator;
    return isWaited ? [this.#send(this.#handshake.answer())] : NOTHING;
  }

  /** Not this one, or not any more: tells it why and nothing else, hears nothing more, and closes when that had time to leave. */
  refuse(refusal: Refusal, detail: string, nowMs: number): readonly LinkEffect[] {
    if (this.#isEnding) return NOTHING;
    const { reason } = refusal;
    const text = `refused (${reason}): ${detail}`;
    this.#state = { name: 'closing', untilMs: nowMs + LINGER_MS, reason: text };
    return [
      this.#send(refuseFrame(this.#options.own.id, refusal)),
      { type: 'refused', reason, where: 'here' },
    ];
  }

  /** Takes one message of the channel. */
  onMessage(bytes: Uint8Array, nowMs: number): readonly LinkEffect[] {
    this.#bytesIn += bytes.length;
    const effects: LinkEffect[] = [];
    const state = this.#state.name;
    if (state === 'handshake' || state === 'proven') {
      this.#framesIn++;
      this.#step(this.#handshake.onBytes(bytes), nowMs, effects);
    } else if (state === 'dormant') {
      this.#whileDormant(bytes, nowMs, effects);
    } else if (!isBundle(bytes)) {
      this.#receive(bytes, nowMs, effects);
    } else if (!readBundle(bytes, (frame) => this.#receive(frame, nowMs, effects))) {
      if (this.isOpen) this.#countMalformed('a bundle that is cut off', nowMs, effects);
    }
    return effects;
  }

  /** Time has passed: ends a handshake that takes too long and closes after the last word. */
  onTime(nowMs: number): readonly LinkEffect[] {
    const state = this.#state;
    if (nowMs < this.deadlineMs) return NOTHING;
    switch (state.name) {
      case 'handshake':
      case 'proven':
        return this.#over('the other side did not finish the handshake in time');
      case 'dormant':
        return this.#over('nothing arrives from the other end any more');
      case 'leaving':
      case 'closing':
        return this.#over(state.reason);
      default:
        return NOTHING;
    }
  }

  /**
   * Queues a frame for this neighbour; it leaves with the next `flush`. False when it was dropped because the Link is not
   * open, or because its lane is full (lanes.ts).
   */
  queue(frame: Uint8Array, lane: Lane, isTransit: boolean): boolean {
    if (this.#state.name !== 'open') return false;
    // A small frame out of a large bundle would keep the whole bundle alive while it waits.
    const own = isTransit && frame.length * 4 < frame.buffer.byteLength ? frame.slice() : frame;
    if (!this.#lanes.push(own, lane, isTransit)) return false;
    if (isTransit) this.#relayed++;
    return true;
  }

  /** Gives the channel what it has room for; `isIdle`: it holds nothing, so that even a frame larger than `room` may go. */
  flush(room: number, isIdle: boolean, nowMs: number): readonly LinkEffect[] {
    const state = this.#state.name;
    if ((state !== 'open' && state !== 'leaving') || this.#lanes.bytes === 0) return NOTHING;
    const effects: LinkEffect[] = [];
    for (const bytes of this.#lanes.take(room, isIdle)) {
      this.#bytesOut += bytes.length;
      effects.push({ type: 'send', bytes });
    }
    if (this.#freed.length > 0) {
      for (const lane of this.#freed) if (state === 'open') effects.push({ type: 'lane-free', lane });
      this.#freed = [];
    }
    if (this.#state.name === 'leaving' && this.#lanes.bytes === 0) {
      effects.push(this.#goodbye(this.#state.reason, nowMs));
    }
    return effects;
  }

  /** Counts a frame whose body turned out to be malformed further up, as if it had been found here. */
  reportMalformed(what: string, nowMs: number): readonly LinkEffect[] {
    const effects: LinkEffect[] = [];
    if (this.isOpen) this.#countMalformed(what, nowMs, effects);
    return effects;
  }

  /** Says goodbye, after what is queued, and closes once that had time to leave. */
  leave(reason: string, nowMs: number): readonly LinkEffect[] {
    const state = this.#state.name;
    if (this.#isEnding) return NOTHING;
    if (state === 'new') return this.#over(reason);
    if (this.#lanes.bytes === 0) return [this.#goodbye(reason, nowMs)];
    this.#state = { name: 'leaving', untilMs: nowMs + LEAVE_MS, reason };
    return NOTHING;
  }

  get #isEnding(): boolean {
    const state = this.#state.name;
    return state === 'leaving' || state === 'closing' || state === 'closed';
  }

  #goodbye(reason: string, nowMs: number): LinkEffect {
    this.#state = { name: 'closing', untilMs: nowMs + LINGER_MS, reason };
    const { id } = this.#options.own;
    return this.#send(encodeFrame({ type: FrameType.goodbye, source: id, hopLimit: 1 }, EMPTY_MAP));
  }

  #step(step: HandshakeStep, nowMs: number, effects: LinkEffect[]): void {
    switch (step.type) {
      case 'none':
        return;
      case 'reply':
        effects.push(this.#send(step.frame));
        return;
      case 'proven':
        this.#state = { name: 'proven', untilMs: this.deadlineMs };
        effects.push(step);
        return;
      case 'refuse':
        effects.push(...this.refuse({ reason: step.reason }, step.detail, nowMs));
        return;
      case 'refused':
        effects.push({ ...step, where: 'there' });
        effects.push(...this.#over(`refused by the other side (${step.reason})`));
        return;
      case 'goodbye':
        effects.push(...this.#over('the other side left'));
        return;
      default:
        step satisfies never;
    }
  }

  /** Frames of the Link before may still come: the other end has not read our hello when it sent them. */
  #whileDormant(bytes: Uint8Array, nowMs: number, effects: LinkEffect[]): void {
    const header = isBundle(bytes) ? 'bundle' : parseFrameHeader(bytes);
    if (typeof header === 'string') return;
    if (header.type === FrameType.goodbye) effects.push(...this.#over('the other side left'));
    if (header.type !== FrameType.hello) return;
    this.#state = { name: 'handshake', untilMs: this.deadlineMs };
    this.#step(this.#handshake.onBytes(bytes), nowMs, effects);
  }

  #receive(frame: Uint8Array, nowMs: number, effects: LinkEffect[]): void {
    const state = this.#state.name;
    if (state === 'closed' || state === 'new') return;
    this.#framesIn++;
    const header = parseFrameHeader(frame);
    const { peer } = this.#options;
    const fault = typeof header === 'string' ? header : frameFault(header, peer);
    if (typeof header === 'string' || fault !== undefined) {
      if (state === 'open') this.#countMalformed(fault ?? 'no frame', nowMs, effects);
      return;
    }
    const isLastWord = header.type === FrameType.goodbye || header.type === FrameType.refuse;
    if (isLastWord && (state !== 'open' || header.type === FrameType.goodbye)) {
      this.#step({ type: 'goodbye' }, nowMs, effects); // who is ending already need not hear why
    } else if (isLastWord) {
      this.#step({ type: 'refused', ...readRefusal(frameBody(frame)) }, nowMs, effects);
    } else if (state === 'open') {
      const isAnew = header.type === FrameType.hello;
      effects.push(
        isAnew ? { type: 'begun-anew', bytes: frame } : { type: 'frame', via: peer, header, frame },
      );
    }
  }

  #countMalformed(what: string, nowMs: number, effects: LinkEffect[]): void {
    if (this.#malformed++ === 0) {
      const text = `node ${this.#options.peer.slice(0, 8)} sent a malformed frame: ${what}`;
      effects.push({ type: 'log', level: 'warn', text });
    }
    if (nowMs - this.#malformedSinceMs > MALFORMED_SPAN_MS) {
      this.#malformedSinceMs = nowMs;
      this.#malformedInSpan = 0;
    }
    if (++this.#malformedInSpan > MALFORMED_LIMIT) {
      effects.push(...this.refuse({ reason: 'malformed' }, what, nowMs));
    }
  }

  #send(bytes: Uint8Array): LinkEffect {
    this.#framesOut++;
    this.#bytesOut += bytes.length;
    return { type: 'send', bytes };
  }

  #over(reason: string): readonly LinkEffect[] {
    this.#state = { name: 'closed' };
    return [{ type: 'over', reason }];
  }
}
