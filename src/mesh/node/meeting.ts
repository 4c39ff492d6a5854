/**
 * One channel and the Link on it, from the first hello to the last frame: takes what the channel brings to the Link and
 * what the Link has to say to the channel, as fast as that drains. The LinkSet decides which meetings count.
 */
import type { Clock } from '../../runtime/index.ts';
import type { Channel } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { LinkSnapshot } from '../contract.ts';
import type { LinkHealth } from '../health/link-health.ts';
import type { Lane, Link, LinkEffect } from '../link/index.ts';

export interface MeetingHost {
  readonly clock: Clock;
  /** While true nothing leaves, not even datagrams; what is queued waits, bounded by the Link. */
  isPaused(): boolean;
  /** What the Link made of what happened, in order. */
  onEffects(meeting: Meeting, effects: readonly LinkEffect[]): void;
  onDatagram(meeting: Meeting, bytes: Uint8Array): void;
  /** The channel is gone. Said once, also after `close`. */
  onClosed(meeting: Meeting, reason: string): void;
}

export class Meeting {
  readonly channel: Channel;
  readonly link: Link;
  /** Set while this is the Link to its peer that counts. */
  health: LinkHealth | undefined;
  /** When it became that. */
  sinceMs = 0;
  /** Refused, replaced or taking leave: it only lasts until its last words are out. */
  isOver = false;
  readonly #host: MeetingHost;
  #isClosed = false;

  constructor(channel: Channel, link: Link, host: MeetingHost) {
    this.channel = channel;
    this.link = link;
    this.#host = host;
    channel.events.on('frame', (message) => {
      if (this.#isClosed) return;
      this.health?.heard();
      this.#apply(link.onMessage(message, host.clock.now()));
    });
    channel.events.on('datagram', (bytes) => {
      if (!this.#isClosed) host.onDatagram(this, bytes);
    });
    channel.events.on('drained', () => this.flush());
    channel.events.on('closed', ({ reason }) => this.#ended(reason));
  }

  get peer(): NodeId {
    return this.channel.peer;
  }

  /** When `onTime` wants to be called. */
  get deadlineMs(): number {
    return Math.min(this.link.deadlineMs, this.health?.nextWakeAt ?? Number.POSITIVE_INFINITY);
  }

  start(): void {
    this.#apply(this.link.start(this.#host.clock.now()));
  }

  onTime(now: number): void {
    this.#apply(this.link.onTime(now));
  }

  /** False when the Link is not up or its lane is full: the frame is lost. */
  queue(frame: Uint8Array, lane: Lane, isRelayed: boolean): boolean {
    return this.link.queue(frame, lane, isRelayed);
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.#isClosed && !this.#host.isPaused()) this.channel.send(bytes);
  }

  sendDatagram(bytes: Uint8Array): void {
    if (!this.#isClosed && !this.#host.isPaused()) this.channel.sendDatagram(bytes);
  }

  /** Gives the channel what it has room for. */
  flush(): void {
    if (this.#isClosed || this.#host.isPaused()) return;
    for (const message of this.link.flush(this.channel.bufferedBytes)) this.channel.send(message);
  }

  /** It broke a rule further up than the Link looks. */
  accuse(what: string): void {
    this.#apply(this.link.reportMalformed(what, this.#host.clock.now()));
  }

  /** Says goodbye after what is queued; the channel closes when that had time to go out. */
  leave(reason: string): void {
    this.isOver = true;
    this.flush();
    this.#apply(this.link.leave(reason, this.#host.clock.now()));
  }

  close(reason: string): void {
    if (this.#isClosed) return;
    this.channel.close();
    this.#ended(reason);
  }

  snapshot(): LinkSnapshot {
    const { dropped: _, ...counters } = this.link.counters;
    return {
      ...counters,
      peer: this.peer,
      rttMs: this.health?.rttMs,
      loss: this.health?.loss ?? 0,
      queuedBytes: counters.queuedBytes + this.channel.bufferedBytes,
      health: this.health?.health ?? 'healthy',
    };
  }

  #apply(effects: readonly LinkEffect[]): void {
    if (effects.length > 0) this.#host.onEffects(this, effects);
  }

  #ended(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#host.onClosed(this, reason);
  }
}
