/**
 * The Links of a Node, by the uuid of the neighbour. Channels come in, shake hands, and become the one Link to their peer
 * or end; two that were opened towards each other at the same moment are settled by the shared rule of link/simultaneous.ts.
 * Health is watched here, on every Link that is up.
 */
import { type Clock, log, type Random } from '../../runtime/index.ts';
import type { Channel } from '../../transport/index.ts';
import type { FrameHeader, NodeId } from '../../wire/index.ts';
import type { LinkSnapshot, RefusalReason } from '../contract.ts';
import { type HealthEffect, LinkHealth } from '../health/link-health.ts';
import { channelToKeep, Link, type LinkEffect, NONCE_BYTES } from '../link/index.ts';
import { Meeting } from './meeting.ts';

/** Two channels this close in time were opened at once; one that comes later says that the other end lost the old Link. */
const SIMULTANEOUS_MS = 5000;
/** A transport answers a connect long before; past this it has forgotten us. */
const CONNECT_GUARD_MS = 30_000;

export type LinkEvent =
  | {
      readonly type: 'frame';
      readonly peer: NodeId;
      readonly header: FrameHeader;
      readonly frame: Uint8Array;
    }
  | { readonly type: 'up'; readonly peer: NodeId }
  | { readonly type: 'down'; readonly peer: NodeId; readonly reason: string; readonly livedMs: number }
  /** A handshake came to nothing. */
  | { readonly type: 'failed'; readonly peer: NodeId }
  | {
      readonly type: 'refused';
      readonly peer: NodeId;
      readonly reason: RefusalReason;
      readonly message: string;
    }
  /** A meeting that did not count is over: its peer may be connected to again. */
  | { readonly type: 'freed'; readonly peer: NodeId }
  | { readonly type: 'rtt-changed'; readonly isUrgent: boolean }
  | { readonly type: 'health-changed'; readonly peer: NodeId }
  /** Ask this neighbour for a sign of life on the reliable channel. */
  | { readonly type: 'ping'; readonly peer: NodeId }
  | { readonly type: 'probe-through-others'; readonly peer: NodeId };

export interface LinkSetOptions {
  readonly self: NodeId;
  readonly networkName: string;
  readonly networkKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether a channel may shake hands; `degree` counts Links and handshakes with others. */
  mayAccept(peer: NodeId, degree: number): boolean;
  onEvent(event: LinkEvent): void;
  /** Asks for `flush` at the end of this turn. */
  requestFlush(): void;
  wakeAt(timeMs: number): void;
}

export class LinkSet {
  readonly #options: LinkSetOptions;
  readonly #open = new Map<NodeId, Meeting>();
  /** Everything with a channel: shaking hands, open, parting. */
  readonly #meetings = new Set<Meeting>();
  readonly #connecting = new Map<NodeId, number>();
  #isPaused = false;

  constructor(options: LinkSetOptions) {
    this.#options = options;
  }

  /** The Links that are up. */
  get open(): ReadonlyMap<NodeId, Meeting> {
    return this.#open;
  }

  /** Peers with whom something is under way: being called, shaking hands, or taking leave. */
  get pending(): ReadonlySet<NodeId> {
    const pending = new Set(this.#connecting.keys());
    for (const meeting of this.#meetings) {
      if (this.#open.get(meeting.peer) !== meeting) pending.add(meeting.peer);
    }
    for (const peer of this.#open.keys()) pending.delete(peer);
    return pending;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.flush();
  }

  /** Smoothed round trip of each Link, ms. */
  roundTrips(): Map<NodeId, number | undefined> {
    const trips = new Map<NodeId, number | undefined>();
    for (const [peer, { health }] of this.#open) trips.set(peer, health?.rttMs);
    return trips;
  }

  connecting(peer: NodeId): void {
    const giveUpAt = this.#options.clock.now() + CONNECT_GUARD_MS;
    this.#connecting.set(peer, giveUpAt);
    this.#options.wakeAt(giveUpAt);
  }

  connectFailed(peer: NodeId): void {
    this.#connecting.delete(peer);
  }

  /** Takes a fresh channel. */
  adopt(channel: Channel): void {
    const { self, clock, random, networkName, networkKey } = this.#options;
    const { peer, isInitiator, fingerprints } = channel;
    if (isInitiator) this.#connecting.delete(peer);
    if (peer === self || !this.#options.mayAccept(peer, this.#degreeWithout(peer))) {
      channel.close();
      this.#options.onEvent({ type: 'failed', peer });
      return;
    }
    // A transport opens no second channel while it holds one: an older handshake of the same origin is dead.
    for (const other of [...this.#meetings]) {
      const isOpen = this.#open.get(other.peer) === other;
      if (other.peer !== peer || isOpen || other.channel.isInitiator !== isInitiator) continue;
      other.isOver = true;
      other.close('replaced by a newer channel');
    }
    const nonce = random.bytes(NONCE_BYTES);
    const link = new Link({ self, peer, isInitiator, fingerprints, networkName, networkKey, nonce });
    const meeting = new Meeting(channel, link, {
      clock,
      isPaused: () => this.#isPaused,
      onEffects: (from, effects) => this.#onEffects(from, effects),
      onDatagram: (from, bytes) => {
        this.#performHealth(from, from.health?.onDatagram(bytes, clock.now()) ?? []);
      },
      onClosed: (from, reason) => this.#onClosed(from, reason),
    });
    this.#meetings.add(meeting);
    meeting.start();
    this.#options.wakeAt(meeting.deadlineMs);
  }

  /** False when there is no such Link or its queue is full: the frame is lost. */
  send(peer: NodeId, frame: Uint8Array, isBulk: boolean, isRelayed = false): boolean {
    this.#options.requestFlush();
    return this.#open.get(peer)?.queue(frame, isBulk ? 'bulk' : 'control', isRelayed) ?? false;
  }

  /** Everything queued leaves, as far as the channels have room. */
  flush(): void {
    for (const meeting of this.#meetings) meeting.flush();
  }

  /** Ends whatever there is with this peer, with a word of goodbye. */
  close(peer: NodeId, reason: string): void {
    for (const meeting of [...this.#meetings]) if (meeting.peer === peer) this.#leave(meeting, reason);
  }

  closeAll(reason: string): void {
    for (const meeting of [...this.#meetings]) this.#leave(meeting, reason);
  }

  /** It sent a frame that no honest neighbour sends. */
  accuse(peer: NodeId, what: string): void {
    this.#open.get(peer)?.accuse(what);
  }

  /** The rendezvous saw this peer's socket die. */
  hintGone(peer: NodeId): void {
    const now = this.#options.clock.now();
    this.#open.get(peer)?.health?.hint(now);
    this.#options.wakeAt(now);
  }

  /** Does what is due and answers with the next time. */
  wake(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const [peer, giveUpAt] of this.#connecting) {
      if (giveUpAt <= now) {
        this.#connecting.delete(peer);
        this.#options.onEvent({ type: 'failed', peer });
      } else next = Math.min(next, giveUpAt);
    }
    for (const meeting of [...this.#meetings]) {
      meeting.onTime(now);
      if (meeting.health) this.#performHealth(meeting, meeting.health.wake(now));
      if (this.#meetings.has(meeting)) next = Math.min(next, meeting.deadlineMs);
    }
    return next;
  }

  snapshot(): LinkSnapshot[] {
    return [...this.#open.values()].map((meeting) => meeting.snapshot());
  }

  /** Links and handshakes with others. */
  #degreeWithout(peer: NodeId): number {
    const peers = new Set<NodeId>();
    for (const meeting of this.#meetings) if (!meeting.isOver) peers.add(meeting.peer);
    peers.delete(peer);
    return peers.size;
  }

  #onEffects(meeting: Meeting, effects: readonly LinkEffect[]): void {
    const { peer } = meeting;
    for (const effect of effects) {
      switch (effect.type) {
        case 'deliver':
          if (this.#open.get(peer) !== meeting) break;
          this.#options.onEvent({ type: 'frame', peer, header: effect.header, frame: effect.frame });
          break;
        case 'send':
          meeting.sendBytes(effect.bytes);
          break;
        case 'authenticated':
          this.#authenticated(meeting);
          break;
        case 'refused':
          meeting.isOver = true;
          this.#options.onEvent({ type: 'refused', peer, reason: effect.reason, message: effect.message });
          break;
        case 'log':
          log('warn', effect.text);
          break;
        case 'close':
          meeting.close(effect.reason);
          break;
        default:
          effect satisfies never;
      }
    }
    if (meeting.link.deadlineMs !== Number.POSITIVE_INFINITY) this.#options.wakeAt(meeting.link.deadlineMs);
  }

  #authenticated(meeting: Meeting): void {
    const { peer } = meeting;
    const { self, clock, random, onEvent, wakeAt } = this.#options;
    const now = clock.now();
    const before = this.#open.get(peer);
    if (before) {
      const isOld = now - before.sinceMs >= SIMULTANEOUS_MS;
      if (!isOld && channelToKeep(self, peer, before.channel, meeting.channel) === 'existing') {
        meeting.leave('the other of two channels is kept');
        return;
      }
      before.health = undefined;
      before.leave('the other of two channels is kept');
    }
    meeting.health = new LinkHealth(now, random);
    meeting.sinceMs = now;
    this.#open.set(peer, meeting);
    onEvent({ type: 'up', peer });
    wakeAt(now);
  }

  #leave(meeting: Meeting, reason: string): void {
    meeting.leave(reason);
    this.#noLongerOpen(meeting, reason);
  }

  #onClosed(meeting: Meeting, reason: string): void {
    const wasMet = this.#meetings.delete(meeting);
    const wasOpen = this.#noLongerOpen(meeting, reason);
    if (wasOpen || !wasMet) return;
    const { peer } = meeting;
    const hasAnother = [...this.#meetings].some((other) => other.peer === peer);
    const isFailure = !meeting.isOver && !hasAnother;
    this.#options.onEvent({ type: isFailure ? 'failed' : 'freed', peer });
  }

  #noLongerOpen(meeting: Meeting, reason: string): boolean {
    if (this.#open.get(meeting.peer) !== meeting) return false;
    this.#open.delete(meeting.peer);
    meeting.health = undefined;
    const livedMs = this.#options.clock.now() - meeting.sinceMs;
    this.#options.onEvent({ type: 'down', peer: meeting.peer, reason, livedMs });
    return true;
  }

  #performHealth(meeting: Meeting, effects: readonly HealthEffect[]): void {
    const { peer } = meeting;
    for (const effect of effects) {
      switch (effect.type) {
        case 'datagram':
          meeting.sendDatagram(effect.bytes);
          break;
        case 'health-changed':
          this.#options.onEvent({ type: 'health-changed', peer });
          if (effect.health === 'dead') meeting.close('it fell silent');
          break;
        case 'rtt-changed':
          this.#options.onEvent(effect);
          break;
        case 'ping':
        case 'probe-through-others':
          this.#options.onEvent({ type: effect.type, peer });
          break;
        default:
          effect satisfies never;
      }
    }
  }
}
