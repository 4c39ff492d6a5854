/**
 * One channel and the Link on it, from the first hello to the last frame: brings what the Link has to say to the channel,
 * never more than the channel should hold, and nothing while sending is paused. `Links` decides which connections count.
 */
import { HIGH_WATER_BYTES } from '../../transport/index.ts';
import type { Lane, NodeId } from '../../wire/index.ts';
import type { TokenBucket } from '../health/rate-limit.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { ChannelId, LinkId } from '../vocabulary.ts';
import type { LinksEffect, OpenLink } from './contract.ts';
import type { HandshakeOptions, Refusal } from './handshake.ts';
import { Link } from './link.ts';
import type { LinkCounters, LinkEffect, Refused } from './link-effect.ts';

/** Tells its owner what becomes of it; effects of the owner's reaction go to `out`. */
export interface ConnectionOwner {
  /** While true nothing leaves; what is queued waits. */
  readonly isPaused: boolean;
  onProven(connection: Connection, identity: PeerIdentity, nowMs: number, out: LinksEffect[]): void;
  onRefused(connection: Connection, refused: Refused, nowMs: number, out: LinksEffect[]): void;
  /** Its peer begins another Link on the channel, with this hello. */
  onBegunAnew(connection: Connection, hello: Uint8Array, nowMs: number, out: LinksEffect[]): void;
  /** The channel is closed, or has to be: nothing follows from this connection. */
  onOver(connection: Connection, reason: string, nowMs: number, out: LinksEffect[]): void;
}

export interface ConnectionOptions extends HandshakeOptions {
  readonly channel: ChannelId;
  readonly answersProbes: boolean;
  /** When the channel, or this Link on it, was begun. */
  readonly openedAtMs: number;
  /** How often its peer may begin another Link on the channel: of the channel, whatever Link is on it. */
  readonly mayBeginAnew: TokenBucket;
  /** How many Links were begun on the channel before this one. */
  readonly earlierLinks: number;
}

export class Connection implements OpenLink {
  readonly channel: ChannelId;
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly answersProbes: boolean;
  readonly openedAtMs: number;
  readonly mayBeginAnew: TokenBucket;
  readonly earlierLinks: number;
  /** Refused, replaced or taking leave: it only lasts until its last words are out. */
  isEnding = false;
  readonly #options: ConnectionOptions;
  readonly #link: Link;
  readonly #owner: ConnectionOwner;
  /** Words of the Link itself (handshake, goodbye) that wait for the end of a pause: a handful at most. */
  #held: Uint8Array[] = [];
  #bufferedBytes = 0;
  #accepted: { readonly link: LinkId; readonly identity: PeerIdentity; readonly sinceMs: number } | undefined;
  #identity: PeerIdentity | undefined;

  constructor(options: ConnectionOptions, owner: ConnectionOwner) {
    this.channel = options.channel;
    this.peer = options.peer;
    this.isInitiator = options.isInitiator;
    this.answersProbes = options.answersProbes;
    this.openedAtMs = options.openedAtMs;
    this.mayBeginAnew = options.mayBeginAnew;
    this.earlierLinks = options.earlierLinks;
    this.#options = options;
    this.#link = new Link(options);
    this.#owner = owner;
  }

  get link(): LinkId {
    return this.#was.link;
  }

  get identity(): PeerIdentity {
    return this.#was.identity;
  }

  get sinceMs(): number {
    return this.#was.sinceMs;
  }

  /** Who has proven itself at the other end. */
  get provenIdentity(): PeerIdentity | undefined {
    return this.#identity;
  }

  /** It called us and has not shown who it is, or was not taken. */
  get isStranger(): boolean {
    return !this.isInitiator && !this.isRevived && this.#accepted === undefined && !this.isProven;
  }

  /** The channel was a Link before. */
  get isRevived(): boolean {
    return this.earlierLinks > 0;
  }

  /** It was a Link once, and is none (yet) again: nothing is expected of it. */
  get isDormant(): boolean {
    return this.isRevived && this.#accepted === undefined;
  }

  get isShakingHands(): boolean {
    return this.#link.state === 'handshake';
  }

  /** Proven, waiting for the owner's word. */
  get isProven(): boolean {
    return this.#link.state === 'proven';
  }

  get deadlineMs(): number {
    return this.#link.deadlineMs;
  }

  get counters(): LinkCounters {
    const counters = this.#link.counters;
    return { ...counters, queuedBytes: counters.queuedBytes + this.#bufferedBytes };
  }

  /** What waits in this lane. What the channel holds is of every lane, and counted in `counters`. */
  queuedBytes(lane: Lane): number {
    return this.#link.queuedBytes(lane);
  }

  start(nowMs: number, out: LinksEffect[]): void {
    this.#perform(this.isRevived ? this.#link.startDormant(nowMs) : this.#link.start(nowMs), nowMs, out);
  }

  /** The Link that may come after this one on its channel. @param nonce as for a new channel */
  anew(nonce: Uint8Array, nowMs: number): Connection {
    const options = { ...this.#options, nonce, openedAtMs: nowMs, earlierLinks: this.earlierLinks + 1 };
    const next = new Connection(options, this.#owner);
    next.#bufferedBytes = this.#bufferedBytes;
    return next;
  }

  accept(link: LinkId, identity: PeerIdentity, nowMs: number, out: LinksEffect[]): void {
    this.#accepted = { link, identity, sinceMs: nowMs };
    this.#perform(this.#link.accept(), nowMs, out);
  }

  /** Shows who we are to one that will be refused. */
  prove(nowMs: number, out: LinksEffect[]): void {
    this.#perform(this.#link.prove(), nowMs, out);
  }

  refuse(refusal: Refusal, detail: string, nowMs: number, out: LinksEffect[]): void {
    this.isEnding = true;
    this.#perform(this.#link.refuse(refusal, detail, nowMs), nowMs, out);
  }

  onMessage(bytes: Uint8Array, nowMs: number, out: LinksEffect[]): void {
    this.#perform(this.#link.onMessage(bytes, nowMs), nowMs, out);
  }

  onTime(nowMs: number, out: LinksEffect[]): void {
    this.#perform(this.#link.onTime(nowMs), nowMs, out);
  }

  /** Takes a note; false when something waits for the room that there may be now. */
  noteFill(bufferedBytes: number): boolean {
    this.#bufferedBytes = bufferedBytes;
    return this.#held.length === 0 && !this.#link.hasQueued;
  }

  onFill(bufferedBytes: number, nowMs: number, out: LinksEffect[]): void {
    this.#bufferedBytes = bufferedBytes;
    this.flush(nowMs, out);
  }

  /** False when it was dropped: its lane is full, or the Link is not open. */
  queue(frame: Uint8Array, lane: Lane, isTransit: boolean): boolean {
    return this.#link.queue(frame, lane, isTransit);
  }

  flush(nowMs: number, out: LinksEffect[]): void {
    if (this.#owner.isPaused) return;
    if (this.#held.length > 0) {
      for (const bytes of this.#held) this.#give(bytes, out);
      this.#held = [];
    }
    if (!this.#link.hasQueued) return;
    const room = HIGH_WATER_BYTES - this.#bufferedBytes;
    if (room > 0) this.#perform(this.#link.flush(room, this.#bufferedBytes === 0, nowMs), nowMs, out);
  }

  /** It broke a rule further up than the Link looks. */
  reportMalformed(what: string, nowMs: number, out: LinksEffect[]): void {
    this.#perform(this.#link.reportMalformed(what, nowMs), nowMs, out);
  }

  /** Says goodbye after what is queued; the channel closes when that had time to go out. */
  leave(reason: string, nowMs: number, out: LinksEffect[]): void {
    this.isEnding = true;
    this.flush(nowMs, out);
    this.#perform(this.#link.leave(reason, nowMs), nowMs, out);
  }

  get #was(): { readonly link: LinkId; readonly identity: PeerIdentity; readonly sinceMs: number } {
    if (!this.#accepted) throw new Error('a connection that was never accepted is no Link');
    return this.#accepted;
  }

  #perform(effects: readonly LinkEffect[], nowMs: number, out: LinksEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'frame':
        case 'log':
          out.push(effect);
          break;
        case 'send':
          if (this.#owner.isPaused) this.#held.push(effect.bytes);
          else this.#give(effect.bytes, out);
          break;
        case 'lane-free':
          out.push({ type: 'lane-free', peer: this.peer, lane: effect.lane });
          break;
        case 'proven':
          this.#identity = effect.identity;
          this.#owner.onProven(this, effect.identity, nowMs, out);
          break;
        case 'refused':
          this.isEnding = true;
          this.#owner.onRefused(this, effect, nowMs, out);
          break;
        case 'begun-anew':
          this.#owner.onBegunAnew(this, effect.bytes, nowMs, out);
          return; // whatever else came with it is of no Link
        case 'over':
          this.#owner.onOver(this, effect.reason, nowMs, out);
          break;
        default:
          effect satisfies never;
      }
    }
  }

  #give(bytes: Uint8Array, out: LinksEffect[]): void {
    this.#bufferedBytes += bytes.length;
    out.push({ type: 'channel-send', channel: this.channel, bytes });
  }
}
