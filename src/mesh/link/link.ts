/**
 * A Link: one channel to a neighbour, mistrusted until the handshake has succeeded (handshake.ts), then the place where
 * frames leave by priority (lanes.ts) and arrive checked. Whatever bytes arrive, nothing throws: what is no frame is
 * counted, logged once, dropped, and a neighbour that keeps sending it is let go.
 *
 * Pure: bytes, time and the channel's fill come in, effects go out. A driver performs the effects, calls `flush` when it
 * has queued frames (once for many) and when the channel has drained, and `onTime` at `deadlineMs`.
 */
import {
  encodeFrame,
  type FrameHeader,
  FrameType,
  frameBody,
  type NodeId,
  parseFrameHeader,
} from '../../wire/index.ts';
import type { LinkSnapshot, RefusalReason } from '../contract.ts';
import { isBundle, readBundle } from './bundle.ts';
import {
  Handshake,
  type HandshakeOptions,
  type HandshakeStep,
  readRefusal,
  refuseFrame,
} from './handshake.ts';
import { type Lane, Lanes } from './lanes.ts';
import { refusalMessage } from './refusal.ts';

/** From the open channel to the proof. Three round trips; the rest is for a busy page. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long a last word (refuse, goodbye) may take to leave before the channel is closed under it. */
export const LINGER_MS = 500;
/** More malformed frames than this in a span: no accident. Both guesses. */
const MALFORMED_LIMIT = 16;
const MALFORMED_SPAN_MS = 10_000;

export type LinkCloseCode = 'refused' | 'handshake-timeout' | 'malformed' | 'goodbye' | 'closed-here';

export type LinkEffect =
  /** Give these bytes to the channel now. */
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** Both ends hold the key: the channel is a Link from here on. */
  | { readonly type: 'authenticated' }
  /** A handshake failed, here or there: show `message` to the person. */
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly message: string }
  /** A well-formed frame. `frame` may be a view of a bundle; it is the receiver's to keep and to lower its hop limit. */
  | { readonly type: 'deliver'; readonly header: FrameHeader; readonly frame: Uint8Array }
  | { readonly type: 'log'; readonly text: string }
  /** Close the channel. Nothing follows. */
  | { readonly type: 'close'; readonly code: LinkCloseCode; readonly reason: string };

export interface LinkOptions extends HandshakeOptions {
  /** Default HANDSHAKE_TIMEOUT_MS. */
  readonly handshakeTimeoutMs?: number;
}

/** What the debug panel shows of a Link that the Link itself knows. */
export type LinkCounters = Pick<
  LinkSnapshot,
  'bytesIn' | 'bytesOut' | 'framesIn' | 'framesOut' | 'relayed' | 'malformed' | 'queuedBytes'
> & {
  /** Frames that found their lane full. */
  readonly dropped: number;
};

type State =
  | { readonly name: 'new' }
  | { readonly name: 'handshake'; readonly untilMs: number }
  | { readonly name: 'open' }
  /** The last word is on its way. */
  | {
      readonly name: 'closing';
      readonly untilMs: number;
      readonly code: LinkCloseCode;
      readonly reason: string;
    }
  | { readonly name: 'closed' };

export class Link {
  readonly #options: LinkOptions;
  readonly #handshake: Handshake;
  readonly #lanes = new Lanes();
  #state: State = { name: 'new' };
  #bytesIn = 0;
  #bytesOut = 0;
  #framesIn = 0;
  #framesOut = 0;
  #relayed = 0;
  #dropped = 0;
  #malformed = 0;
  #malformedSinceMs = 0;
  #malformedInSpan = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#handshake = new Handshake(options);
  }

  get peer(): NodeId {
    return this.#options.peer;
  }

  get isInitiator(): boolean {
    return this.#options.isInitiator;
  }

  /** Authenticated, and not on its way out. */
  get isOpen(): boolean {
    return this.#state.name === 'open';
  }

  /** When `onTime` wants to be called; infinity when it does not. */
  get deadlineMs(): number {
    const state = this.#state;
    return state.name === 'handshake' || state.name === 'closing' ? state.untilMs : Number.POSITIVE_INFINITY;
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
      dropped: this.#dropped,
    };
  }

  /** The channel is open: says hello. */
  start(nowMs: number): readonly LinkEffect[] {
    if (this.#state.name !== 'new') return [];
    const timeoutMs = this.#options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS;
    this.#state = { name: 'handshake', untilMs: nowMs + timeoutMs };
    return [this.#send(this.#handshake.hello())];
  }

  /** Takes one message of the channel. */
  onMessage(bytes: Uint8Array, nowMs: number): readonly LinkEffect[] {
    this.#bytesIn += bytes.length;
    const effects: LinkEffect[] = [];
    if (this.#state.name === 'handshake') {
      this.#framesIn++;
      this.#step(this.#handshake.onBytes(bytes), nowMs, effects);
    } else if (!isBundle(bytes)) {
      this.#receive(bytes, nowMs, effects);
    } else if (!readBundle(bytes, (frame) => this.#receive(frame, nowMs, effects)) && this.isOpen) {
      this.#countMalformed('a bundle that is cut off', nowMs, effects);
    }
    return effects;
  }

  /** Time has passed: ends a handshake that takes too long and closes after the last word. */
  onTime(nowMs: number): readonly LinkEffect[] {
    const state = this.#state;
    if (nowMs < this.deadlineMs) return [];
    if (state.name === 'handshake') {
      return this.#closeNow('handshake-timeout', 'the other side did not finish the handshake in time');
    }
    return state.name === 'closing' ? this.#closeNow(state.code, state.reason) : [];
  }

  /**
   * Queues a frame for this neighbour; it leaves with the next `flush`. False when it was dropped because its lane is
   * full or the Link is not open. `isRelayed` marks a frame of others that is passed on.
   */
  queue(frame: Uint8Array, lane: Lane, isRelayed = false): boolean {
    if (this.#state.name !== 'open') return false;
    // A small frame out of a large bundle would keep the whole bundle alive while it waits.
    const own = isRelayed && frame.length * 4 < frame.buffer.byteLength ? frame.slice() : frame;
    if (!this.#lanes.push(own, lane)) {
      this.#dropped++;
      return false;
    }
    if (isRelayed) this.#relayed++;
    return true;
  }

  /** The channel messages to send now. `bufferedBytes`: what the channel has not sent yet. */
  flush(bufferedBytes: number): readonly Uint8Array[] {
    if (this.#state.name !== 'open' || this.#lanes.bytes === 0) return [];
    const messages = this.#lanes.take(bufferedBytes, this.#onFrameOut);
    for (const message of messages) this.#bytesOut += message.length;
    return messages;
  }

  /** Counts a frame whose body turned out to be malformed further up, as if it had been found here. */
  reportMalformed(what: string, nowMs: number): readonly LinkEffect[] {
    const effects: LinkEffect[] = [];
    if (this.isOpen) this.#countMalformed(what, nowMs, effects);
    return effects;
  }

  /** Says goodbye, and closes once that had time to leave. What is still queued is not sent. */
  leave(reason: string, nowMs: number): readonly LinkEffect[] {
    const state = this.#state.name;
    if (state === 'closing' || state === 'closed') return [];
    if (state === 'new') return this.#closeNow('closed-here', reason);
    const frame = encodeFrame(
      { type: FrameType.goodbye, source: this.#options.self, hopLimit: 1 },
      Uint8Array.of(0x80), // an empty map
    );
    this.#state = { name: 'closing', untilMs: nowMs + LINGER_MS, code: 'closed-here', reason };
    return [this.#send(frame)];
  }

  readonly #onFrameOut = (): void => {
    this.#framesOut++;
  };

  #step(step: HandshakeStep, nowMs: number, effects: LinkEffect[]): void {
    const { self, peer } = this.#options;
    switch (step.type) {
      case 'reply':
        effects.push(this.#send(step.frame));
        return;
      case 'authenticated':
        this.#state = { name: 'open' };
        effects.push({ type: 'authenticated' });
        return;
      case 'refuse': {
        const message = refusalMessage(peer, step.reason, 'here');
        effects.push(this.#send(refuseFrame(self, step.reason)));
        effects.push({ type: 'refused', reason: step.reason, message });
        const reason = `refused (${step.reason}): ${step.detail}`;
        this.#state = { name: 'closing', untilMs: nowMs + LINGER_MS, code: 'refused', reason };
        return;
      }
      case 'refused': {
        const message = refusalMessage(peer, step.reason, 'there');
        effects.push({ type: 'refused', reason: step.reason, message });
        effects.push(...this.#closeNow('refused', `refused by the other side (${step.reason})`));
        return;
      }
      case 'goodbye':
        effects.push(...this.#closeNow('goodbye', 'the other side left'));
        return;
    }
  }

  #receive(frame: Uint8Array, nowMs: number, effects: LinkEffect[]): void {
    if (this.#state.name !== 'open') return;
    this.#framesIn++;
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') {
      this.#countMalformed(header, nowMs, effects);
      return;
    }
    switch (header.type) {
      case FrameType.hello:
      case FrameType.auth:
        this.#countMalformed('a second handshake', nowMs, effects);
        return;
      case FrameType.refuse:
        this.#step({ type: 'refused', reason: readRefusal(frameBody(frame)) }, nowMs, effects);
        return;
      case FrameType.goodbye:
        effects.push(...this.#closeNow('goodbye', 'the other side left'));
        return;
      default:
        effects.push({ type: 'deliver', header, frame });
    }
  }

  #countMalformed(what: string, nowMs: number, effects: LinkEffect[]): void {
    if (this.#malformed++ === 0) {
      effects.push({ type: 'log', text: `node ${this.peer.slice(0, 8)} sent a malformed frame: ${what}` });
    }
    if (nowMs - this.#malformedSinceMs > MALFORMED_SPAN_MS) {
      this.#malformedSinceMs = nowMs;
      this.#malformedInSpan = 0;
    }
    if (++this.#malformedInSpan > MALFORMED_LIMIT) {
      effects.push(...this.#closeNow('malformed', 'the other side keeps sending malformed frames'));
    }
  }

  #send(bytes: Uint8Array): LinkEffect {
    this.#framesOut++;
    this.#bytesOut += bytes.length;
    return { type: 'send', bytes };
  }

  #closeNow(code: LinkCloseCode, reason: string): LinkEffect[] {
    this.#state = { name: 'closed' };
    return [{ type: 'close', code, reason }];
  }
}
