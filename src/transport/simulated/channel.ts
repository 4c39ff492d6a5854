/**
 * One end of a channel in virtual time. By itself it is what WebRTC gives: reliable and ordered, with latency, and with a
 * bandwidth if wanted. With frame faults switched on it drops, duplicates and reorders frames, which no real channel does:
 * the adversity under which the end-to-end windows must still deliver.
 */
import { Emitter, uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type Channel, type ChannelEvents, HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../contract.ts';
import type { SimulatedHost } from './host.ts';
import type { Medium } from './medium.ts';

export class SimulatedChannel implements Channel {
  readonly events = new Emitter<ChannelEvents>();
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly answersProbes = false;
  readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
  readonly self: NodeId;
  readonly #network: Medium;
  readonly #host: SimulatedHost;
  #other: SimulatedChannel | undefined;
  #isClosed = false;
  #bufferedBytes = 0;
  #wasHigh = false;
  /** When the last frame under way arrives: the next one never overtakes it. */
  #lastArrival = 0;
  /** When the line is free for the next frame. */
  #lineFreeAt = 0;
  /** What waits for a partition to heal, in order. */
  readonly #stalled: (() => void)[] = [];

  constructor(options: {
    network: Medium;
    host: SimulatedHost;
    self: NodeId;
    peer: NodeId;
    isInitiator: boolean;
    fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
  }) {
    this.#network = options.network;
    this.#host = options.host;
    this.self = options.self;
    this.peer = options.peer;
    this.isInitiator = options.isInitiator;
    this.fingerprints = options.fingerprints;
  }

  /** Joins two ends. */
  static pair(a: SimulatedChannel, b: SimulatedChannel): void {
    a.#other = b;
    b.#other = a;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(frame: Uint8Array): void {
    if (this.#isClosed) return;
    const bytes = new Uint8Array(frame); // the wire copies: a relay writes into what it receives
    this.#bufferedBytes += bytes.length;
    this.#wasHigh ||= this.#bufferedBytes > HIGH_WATER_BYTES / 2;
    this.#unlessCut(() => this.#transmit(bytes));
  }

  sendDatagram(bytes: Uint8Array): void {
    if (this.#isClosed || this.#network.isCut(this.self, this.peer)) return;
    if (uniform(this.#network.random) < this.#network.conditions.datagramLoss) return;
    const copy = new Uint8Array(bytes);
    this.#network.scheduler.after(this.#network.latency(this.self, this.peer), () =>
      this.#other?.receive('datagram', copy),
    );
  }

  setAnswering(): void {
    // It answers nothing by itself.
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#network.scheduler.after(0, () => this.#announceClosed('closed here'));
    // The other end learns of it behind everything that was sent before.
    this.#unlessCut(() => this.#inOrder(0, () => this.#other?.closedByPeer()));
  }

  /** The tab is gone without a word: nothing is sent, nobody is told. */
  vanish(): void {
    this.#isClosed = true;
    this.#stalled.length = 0;
  }

  /** The partition is over. */
  resume(): void {
    for (const send of this.#stalled.splice(0)) send();
  }

  receive(kind: 'frame' | 'datagram', bytes: Uint8Array): void {
    this.#host.deliver(() => {
      if (!this.#isClosed) this.events.emit(kind, bytes);
    });
  }

  closedByPeer(): void {
    this.#host.deliver(() => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#announceClosed('closed by the other end');
    });
  }

  #announceClosed(reason: string): void {
    this.#host.deliver(() => {
      this.#network.channelClosed(this);
      this.events.emit('closed', { reason });
    });
  }

  #unlessCut(send: () => void): void {
    if (this.#stalled.length > 0 || this.#network.isCut(this.self, this.peer)) this.#stalled.push(send);
    else send();
  }

  #transmit(bytes: Uint8Array): void {
    const { drop, duplicate, reorder } = this.#network.conditions.frames;
    const chance = (share: number) => share > 0 && uniform(this.#network.random) < share;
    const arrive = () => {
      this.#bufferedBytes -= bytes.length;
      if (this.#wasHigh && this.#bufferedBytes <= LOW_WATER_BYTES && !this.#isClosed) {
        this.#wasHigh = false;
        this.#host.deliver(() => this.events.emit('drained', undefined));
      }
    };
    if (chance(drop)) {
      this.#inOrder(bytes.length, arrive);
      return;
    }
    const hand = () => this.#other?.receive('frame', new Uint8Array(bytes));
    if (chance(reorder)) {
      // Overtaken by whatever is sent within three more latencies.
      const lateMs = 4 * this.#network.latency(this.self, this.peer) * uniform(this.#network.random);
      this.#network.scheduler.after(this.#network.latency(this.self, this.peer) + lateMs, () => {
        arrive();
        hand();
      });
    } else {
      this.#inOrder(bytes.length, () => {
        arrive();
        hand();
      });
    }
    if (chance(duplicate)) this.#inOrder(0, hand);
  }

  #inOrder(length: number, action: () => void): void {
    const { scheduler, conditions } = this.#network;
    const now = scheduler.now();
    this.#lineFreeAt = Math.max(now, this.#lineFreeAt) + (1000 * length) / conditions.bytesPerSecond;
    const arrival = this.#lineFreeAt + this.#network.latency(this.self, this.peer);
    this.#lastArrival = Math.max(this.#lastArrival, arrival);
    scheduler.after(this.#lastArrival - now, action);
  }
}
