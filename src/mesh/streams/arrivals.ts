/**
 * What arrives: frames are checked (the session of the present lives; a seal, unless they come from their source's own Link)
 * and given to the windows of their streams.
 */
import { ACKNOWLEDGEMENT_INDEX, FrameFlag, frameBody, type NodeId } from '../../wire/index.ts';
import { MAX_STREAMS_AT_ONCE } from '../contract.ts';
import type { Sessions } from '../identity/session.ts';
import type { FrameArrived, StreamId } from '../vocabulary.ts';
import { type MeshMessage, refuseStream } from '../window/index.ts';
import { Inbound, type Recipient } from './inbound.ts';
import type { Output } from './output.ts';
import type { Peer } from './peer.ts';
import { Positions } from './positions.ts';
import { type Schedule, STANDSTILL_MS } from './schedule.ts';
import { carriesAnswers } from './stream-number.ts';

export interface ArrivalsHost {
  readonly self: NodeId;
  readonly sessions: Sessions;
  readonly output: Output;
  readonly schedule: Schedule;
  peer(id: NodeId): Peer | undefined;
  /** To a peer whose packet is not taken. Without a path it is lost: the peer asks again. */
  refuse(peer: Peer, frame: Uint8Array): void;
  /** A genuine frame of it came. */
  heard(peer: Peer): void;
  isAwaited(peer: Peer, requestId: number): boolean;
  answered(peer: Peer, message: MeshMessage): void;
}

export class Arrivals implements Recipient<Peer> {
  readonly #host: ArrivalsHost;

  constructor(host: ArrivalsHost) {
    this.#host = host;
  }

  frame(event: FrameArrived, t: number): undefined {
    const { via, header, frame } = event;
    const { source } = header;
    const tag = this.#host.sessions.tag(source);
    if (tag === undefined) return this.#drop(event, 'unknown sender');
    if (header.session !== tag) return this.#drop(event, 'of another life');
    const isSealed = (header.flags & FrameFlag.sealed) !== 0;
    if (via !== source && !(isSealed && this.#host.sessions.isGenuine(source, frame, via))) {
      return this.#drop(event, 'forged');
    }
    const peer = this.#host.peer(source);
    if (!peer) return this.#drop(event, 'unknown sender');
    this.#host.heard(peer);
    if (header.index === ACKNOWLEDGEMENT_INDEX) this.#acknowledgement(peer, event, t);
    else this.#packet(peer, event, t);
  }

  /** A new life of this peer: streams begin anew, but for what the application has yet to take. */
  begin(peer: Peer): void {
    for (const inbound of peer.inbound.values()) {
      inbound.begin(this.#address(peer, inbound.stream));
      if (inbound.waitingMessages > 0) continue;
      this.#host.schedule.dropInbound(inbound);
      peer.inbound.delete(inbound.stream);
    }
  }

  deliver(inbound: Inbound<Peer>, message: MeshMessage, cost: number): void {
    this.#host.output.deliver(inbound.peer.id, inbound.stream, message, cost);
  }

  isAwaited(peer: Peer, requestId: number): boolean {
    return this.#host.isAwaited(peer, requestId);
  }

  answered(peer: Peer, message: MeshMessage): void {
    this.#host.answered(peer, message);
  }

  #acknowledgement(peer: Peer, event: FrameArrived, t: number): undefined {
    const sending = peer.senders.get(event.header.stream as StreamId);
    if (!sending) return this.#drop(event, 'acknowledges nothing of ours');
    const outcome = sending.window.acknowledge(frameBody(event.frame), t);
    if (outcome === 'malformed') return this.#drop(event, 'malformed acknowledgement', true);
    if (outcome === 'stale') return this.#drop(event, 'stale acknowledgement');
    this.#host.schedule.mark(sending);
  }

  #packet(peer: Peer, event: FrameArrived, t: number): undefined {
    const stream = event.header.stream as StreamId;
    let inbound = peer.inbound.get(stream);
    if (!inbound) {
      const standing = peer.positions?.takeIncoming(stream); // before another that makes room is kept in its place
      if (!this.#hasRoomFor(stream, peer, t)) {
        if (standing) peer.positions?.keepIncoming(stream, standing);
        return this.#refuse(peer, event);
      }
      inbound = new Inbound(peer, stream, this.#address(peer, stream), this, standing);
      peer.inbound.set(stream, inbound);
    }
    const outcome = inbound.window.onPacket(event.header.index, frameBody(event.frame));
    inbound.account();
    inbound.movedAtMs = t;
    this.#host.schedule.follow(inbound, t);
    switch (outcome) {
      case 'accepted':
      case 'probe':
        return;
      case 'duplicate':
        return this.#drop(event, 'duplicate packet');
      case 'stale':
        return this.#drop(event, 'stale packet');
      case 'shed':
        return this.#drop(event, 'no room');
      case 'malformed':
        return this.#drop(event, 'malformed packet', true);
      case 'beyond-credit':
        this.#drop(event, 'beyond its credit', true);
        this.#host.output.push({
          type: 'cut-off',
          peer: peer.id,
          why: 'too-much',
          reason: 'sends more than it may',
        });
    }
  }

  /** Over a day a peer may use many names: one that has been silent for STANDSTILL_MS makes room, and goes on where it stood when used again. */
  #hasRoomFor(stream: StreamId, peer: Peer, t: number): boolean {
    if (carriesAnswers(stream)) return true; // there are two of them; whoever asks has room for the answer
    let inUse = 0;
    for (const each of peer.inbound.keys()) if (!carriesAnswers(each)) inUse++;
    return inUse < MAX_STREAMS_AT_ONCE || this.#forgetSilent(peer, t);
  }

  /** The sender is told, so that whoever waits there is, too. */
  #refuse(peer: Peer, event: FrameArrived): undefined {
    const { index, stream } = event.header;
    const frame = refuseStream(this.#address(peer, stream as StreamId), index, frameBody(event.frame));
    if (!frame) return this.#drop(event, 'malformed packet', true);
    this.#host.refuse(peer, frame);
    this.#drop(event, 'too many streams');
  }

  /** Where it stood is kept: a relay may have its first packets, and who has no state would take them once more. */
  #forgetSilent(peer: Peer, t: number): boolean {
    for (const inbound of peer.inbound.values()) {
      if (inbound.isForAnswers || !inbound.isIdle || t - inbound.movedAtMs < STANDSTILL_MS) continue;
      this.#host.schedule.dropInbound(inbound);
      peer.inbound.delete(inbound.stream);
      const { standing } = inbound.window;
      peer.positions ??= new Positions(peer.tag);
      if (standing) peer.positions.keepIncoming(inbound.stream, standing);
      return true;
    }
    return false;
  }

  #address(peer: Peer, stream: StreamId) {
    return { source: this.#host.self, target: peer.id, stream, session: peer.tag };
  }

  /** What a source does wrong is not the fault of the neighbour that passed it on. */
  #drop({ via, header, frame }: FrameArrived, why: string, isWrong = false): undefined {
    const isMalformed = isWrong && via === header.source;
    this.#host.output.push({ type: 'drop', via, header, frame, why, isMalformed });
  }
}
