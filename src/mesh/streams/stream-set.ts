/**
 * The windows of one Node: a sender and a receiver per (peer, stream), made when first used and dropped when the peer
 * leaves. Work is gathered within a turn of the event loop and done once at its end: one pump per sender, one
 * acknowledgement per receiver, however many messages and packets the turn brought.
 */
import { type FrameHeader, frameBody, type NodeId } from '../../wire/index.ts';
import { type StreamId, type StreamSnapshot, Streams } from '../contract.ts';
import {
  MAX_PACKET_BYTES,
  type MeshMessage,
  type Outgoing,
  type PreparedMessage,
  type SenderEffect,
  type WindowFailure,
  WindowReceiver,
  WindowSender,
} from '../window/index.ts';

/** Streams that a peer may open towards us; an honest one uses a handful. */
const MAX_STREAMS_PER_PEER = 32;
/** Sources whose record we do not have (yet) but whose packets we take. */
const MAX_STRANGERS = 64;

/** What a send is waiting for; told exactly once. */
export interface Settlement {
  settle(failure: WindowFailure | undefined): void;
}

export interface StreamHost {
  readonly self: NodeId;
  now(): number;
  isKnown(peer: NodeId): boolean;
  /** Sends a frame of a window towards its target; lost when no route leads there, the window repairs it. */
  route(frame: Uint8Array, target: NodeId, isBulk: boolean): void;
  /** Gives a message to the application. A promise holds the stream back until it settles; it must not reject. */
  deliver(from: NodeId, stream: StreamId, message: MeshMessage): Promise<void> | undefined;
  /** Asks for `flush` at the end of this turn. */
  requestFlush(): void;
  wakeAt(timeMs: number): void;
}

interface Sending {
  readonly peer: NodeId;
  readonly stream: StreamId;
  readonly window: WindowSender<Settlement>;
}

interface Receiving {
  readonly peer: NodeId;
  readonly stream: StreamId;
  readonly window: WindowReceiver;
  /** A handler is at work on a message of it. */
  isHeld: boolean;
  isDropped: boolean;
}

export class StreamSet {
  readonly #host: StreamHost;
  readonly #senders = new Map<NodeId, Map<StreamId, Sending>>();
  readonly #receivers = new Map<NodeId, Map<StreamId, Receiving>>();
  readonly #toPump = new Set<Sending>();
  readonly #toAcknowledge = new Set<Receiving>();
  #epoch: number;

  /** `firstEpoch`: any number of 16 bits. */
  constructor(host: StreamHost, firstEpoch: number) {
    this.#host = host;
    this.#epoch = firstEpoch & 0xffff;
  }

  /** Queues a message; answers with what cancels it (false when it was settled before). */
  send(target: NodeId, stream: StreamId, message: PreparedMessage, settlement: Settlement): () => boolean {
    const sending = this.#sender(target, stream);
    const outgoing: Outgoing<Settlement> = sending.window.enqueue(message, settlement);
    this.#markForPump(sending);
    return () => {
      if (!sending.window.cancel(outgoing)) return false;
      this.#markForPump(sending); // what was half sent is abandoned on the wire too
      return true;
    };
  }

  /** Takes a `msg` frame for this Node. Answers with why it was dropped, if it was. */
  onFrame(header: FrameHeader, frame: Uint8Array): string | undefined {
    const stream = header.stream as StreamId;
    if (header.index === -1) {
      const sending = this.#senders.get(header.source)?.get(stream);
      if (!sending) return 'acknowledges nothing of ours';
      const effects = sending.window.onAcknowledgement(header.epoch, frameBody(frame), this.#host.now());
      this.#perform(sending, effects);
      return undefined;
    }
    const receiving = this.#receiver(header.source, stream);
    if (!receiving) return 'too many streams';
    const outcome = receiving.window.onPacket(header, frameBody(frame));
    this.#drain(receiving);
    this.#markForAcknowledgement(receiving);
    return outcome === 'accepted' ? undefined : `${outcome} packet`;
  }

  /** At the end of a turn: packets for what was queued, acknowledgements for what arrived. */
  flush(): void {
    const now = this.#host.now();
    for (const sending of this.#toPump) {
      this.#toPump.delete(sending);
      this.#perform(sending, sending.window.pump(now));
    }
    for (const receiving of this.#toAcknowledge) this.#acknowledge(receiving);
    this.#toAcknowledge.clear();
  }

  /** Pumps what is due; answers with the next deadline. */
  wake(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const streams of this.#senders.values()) {
      for (const sending of streams.values()) {
        if (sending.window.deadlineMs <= now) this.#perform(sending, sending.window.pump(now));
        next = Math.min(next, sending.window.deadlineMs);
      }
    }
    return next;
  }

  /** The peer left: what is under way to it fails with `reason`, what came from it and is undelivered is dropped. */
  dropPeer(peer: NodeId, reason: string): void {
    const senders = this.#senders.get(peer);
    this.#senders.delete(peer);
    for (const sending of senders?.values() ?? []) {
      this.#toPump.delete(sending);
      this.#perform(sending, sending.window.abort(reason));
    }
    for (const receiving of this.#receivers.get(peer)?.values() ?? []) {
      receiving.isDropped = true;
      this.#toAcknowledge.delete(receiving);
    }
    this.#receivers.delete(peer);
  }

  dropAll(reason: string): void {
    for (const peer of new Set([...this.#senders.keys(), ...this.#receivers.keys()]))
      this.dropPeer(peer, reason);
  }

  snapshot(): StreamSnapshot[] {
    const keys = new Map<string, { peer: NodeId; stream: StreamId }>();
    for (const table of [this.#senders, this.#receivers]) {
      for (const [peer, streams] of table) {
        for (const stream of streams.keys()) keys.set(`${peer} ${stream}`, { peer, stream });
      }
    }
    return [...keys.values()].map(({ peer, stream }) => ({
      peer,
      stream,
      outgoing: (this.#senders.get(peer)?.get(stream)?.window ?? this.#unusedSender(peer, stream)).snapshot(),
      incoming: (
        this.#receivers.get(peer)?.get(stream)?.window ?? this.#newReceiver(peer, stream)
      ).snapshot(),
    }));
  }

  #sender(peer: NodeId, stream: StreamId): Sending {
    let streams = this.#senders.get(peer);
    if (!streams) {
      streams = new Map();
      this.#senders.set(peer, streams);
    }
    let sending = streams.get(stream);
    if (!sending) {
      sending = { peer, stream, window: this.#newSender(peer, stream) };
      streams.set(stream, sending);
    }
    return sending;
  }

  /** For the snapshot of a stream that only receives: takes no epoch. */
  #unusedSender(peer: NodeId, stream: StreamId): WindowSender<Settlement> {
    return new WindowSender({ source: this.#host.self, target: peer, stream, nextEpoch: () => 0 });
  }

  /**
   * Ten slots bound what a stream has under way, so their size is its speed over distance: at a round trip of 20 ms 16 KiB
   * carry 8 MB/s, the largest packet 20 (simulated, on a line of 40 MB/s). In one hop between two tabs it is a fifth to a
   * third faster at 64 KiB and at 100 B alike (bench/unicast.ts). A packet is only as large as what waits to be sent.
   */
  #newSender(peer: NodeId, stream: StreamId): WindowSender<Settlement> {
    return new WindowSender({
      source: this.#host.self,
      target: peer,
      stream,
      packetBytes: MAX_PACKET_BYTES,
      nextEpoch: () => {
        this.#epoch = (this.#epoch + 1) & 0xffff;
        return this.#epoch;
      },
    });
  }

  #receiver(peer: NodeId, stream: StreamId): Receiving | undefined {
    let streams = this.#receivers.get(peer);
    if (!streams) {
      if (!this.#host.isKnown(peer)) this.#makeRoomForStranger();
      streams = new Map();
      this.#receivers.set(peer, streams);
    }
    let receiving = streams.get(stream);
    if (!receiving) {
      if (streams.size >= MAX_STREAMS_PER_PEER) return undefined;
      receiving = { peer, stream, window: this.#newReceiver(peer, stream), isHeld: false, isDropped: false };
      streams.set(stream, receiving);
    }
    return receiving;
  }

  #newReceiver(peer: NodeId, stream: StreamId): WindowReceiver {
    return new WindowReceiver({ self: this.#host.self, source: peer, stream });
  }

  /** Of too many sources without a record the one that came first goes: who is real has a record by then. */
  #makeRoomForStranger(): void {
    const strangers = [...this.#receivers.keys()].filter((peer) => !this.#host.isKnown(peer));
    const [oldest] = strangers;
    if (oldest !== undefined && strangers.length >= MAX_STRANGERS) this.dropPeer(oldest, 'nobody knows it');
  }

  /** Hands messages over, one after the other, until there are none or a handler asks for time. */
  #drain(receiving: Receiving): void {
    while (!receiving.isHeld && !receiving.isDropped) {
      const message = receiving.window.take();
      if (!message) return;
      const pending = this.#host.deliver(receiving.peer, receiving.stream, message);
      if (!pending) continue;
      receiving.isHeld = true;
      pending.finally(() => {
        receiving.isHeld = false;
        if (receiving.isDropped) return;
        this.#drain(receiving);
        this.#markForAcknowledgement(receiving);
      });
    }
  }

  #markForPump(sending: Sending): void {
    this.#toPump.add(sending);
    this.#host.requestFlush();
  }

  #markForAcknowledgement(receiving: Receiving): void {
    this.#toAcknowledge.add(receiving);
    this.#host.requestFlush();
  }

  #acknowledge(receiving: Receiving): void {
    // Two when a refused epoch and the current one are both due.
    for (
      let frame = receiving.window.takeAcknowledgement();
      frame;
      frame = receiving.window.takeAcknowledgement()
    ) {
      this.#host.route(frame, receiving.peer, false);
    }
  }

  #perform({ peer, stream, window }: Sending, effects: readonly SenderEffect<Settlement>[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#host.route(effect.frame, peer, stream !== Streams.control);
          break;
        case 'settled':
          for (const token of effect.tokens) token.settle(effect.failure);
          break;
      }
    }
    this.#host.wakeAt(window.deadlineMs);
  }
}
