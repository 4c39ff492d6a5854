/**
 * Where a frame goes. Frames for us are handed to their protocol; frames for others are passed on, undecoded, with the hop
 * limit lowered in place and never back where they came from; flooded frames do both, once. Whatever is dropped is counted
 * by its reason and traced.
 */
import {
  encodeFrame,
  type FrameFields,
  type FrameHeader,
  FrameType,
  frameTypeName,
  INDEX_MODULUS,
  lowerHopLimit,
  type NodeId,
} from '../../wire/index.ts';
import { SeenBroadcasts } from '../broadcast/seen.ts';
import type { RouteTable } from '../routing/route-table.ts';
import type { LinkSet } from './link-set.ts';
import type { Tracer } from './tracer.ts';

/** What arrives for us, by protocol. A string answers why the frame was dropped; `malformed` accuses the neighbour. */
export interface FrameSink {
  /** `msg`: a packet or acknowledgement of a window. */
  onMessage(header: FrameHeader, frame: Uint8Array): string | undefined;
  onBroadcast(header: FrameHeader, frame: Uint8Array): string | undefined;
  /** `new_edge` or `destroy_edge`. */
  onAnnouncement(frame: Uint8Array): string | undefined;
  /** `ping` or `pong`, of a neighbour (no target) or of anyone who probes us (with one). */
  onProbe(via: NodeId, header: FrameHeader, frame: Uint8Array): string | undefined;
  /** `network_state` or `network_state_request` of a neighbour. */
  onState(via: NodeId, header: FrameHeader, frame: Uint8Array): string | undefined;
}

export const MALFORMED = 'malformed';
const QUEUE_FULL = 'queue full';

export class Dispatcher {
  readonly #self: NodeId;
  readonly #links: LinkSet;
  readonly #routes: RouteTable;
  readonly #sink: FrameSink;
  readonly #tracer: Tracer;
  readonly #seen = new SeenBroadcasts();
  readonly #drops = new Map<string, number>();
  #floodIndex: number;

  /** `firstIndex`: any; where an earlier life under this uuid stopped is not known. */
  constructor(options: {
    self: NodeId;
    links: LinkSet;
    routes: RouteTable;
    sink: FrameSink;
    tracer: Tracer;
    firstIndex: number;
  }) {
    this.#self = options.self;
    this.#links = options.links;
    this.#routes = options.routes;
    this.#sink = options.sink;
    this.#tracer = options.tracer;
    this.#floodIndex = options.firstIndex % INDEX_MODULUS;
  }

  /** Takes a frame that parsed from the authenticated neighbour `via`. */
  onFrame(via: NodeId, header: FrameHeader, frame: Uint8Array): void {
    const { target } = header;
    if (header.source === this.#self) {
      this.#drop(via, header, frame, 'our own, come back');
    } else if (target !== undefined && target !== this.#self) {
      this.#relay(via, target, header, frame);
    } else if (target === undefined && isFlooded(header.type)) {
      this.#flooded(via, header, frame);
    } else {
      this.#tracer.frame('in', via, header, frame);
      this.#settle(via, header, frame, this.#hand(via, header, frame));
    }
  }

  /** Sends a frame of ours towards its target; false when no path leads there. */
  send(frame: Uint8Array, target: NodeId, isBulk: boolean): boolean {
    const nextHop = this.#nextHop(target);
    if (nextHop === undefined) {
      this.#count('no path');
      return false;
    }
    this.#emit(nextHop, frame, isBulk);
    return true;
  }

  /** A frame of ours for one neighbour only. */
  tell(neighbour: NodeId, type: FrameType, body: Uint8Array): void {
    this.#sendDirect(neighbour, { type, source: this.#self }, body);
  }

  /** A frame of ours to `target`, over this neighbour whatever the routes say. */
  sendVia(neighbour: NodeId, target: NodeId, type: FrameType, body: Uint8Array): void {
    this.#sendDirect(neighbour, { type, source: this.#self, target }, body);
  }

  /** A frame of ours to everyone. */
  flood(type: FrameType, body: Uint8Array): void {
    const frame = encodeFrame({ type, source: this.#self, index: this.#floodIndex }, body);
    this.#floodIndex = (this.#floodIndex + 1) % INDEX_MODULUS;
    for (const peer of this.#links.open.keys()) this.#emit(peer, frame, false);
  }

  /** Frames dropped, by reason. Reasons are a fixed few. */
  get drops(): ReadonlyMap<string, number> {
    return this.#drops;
  }

  /** That Node is gone; its next life counts anew. */
  forget(source: NodeId): void {
    this.#seen.forget(source);
  }

  #sendDirect(neighbour: NodeId, fields: FrameFields, body: Uint8Array): void {
    this.#emit(neighbour, encodeFrame(fields, body), false);
  }

  #emit(neighbour: NodeId, frame: Uint8Array, isBulk: boolean): void {
    const hasRoom = this.#links.send(neighbour, frame, isBulk);
    if (!hasRoom) this.#count(QUEUE_FULL);
    this.#tracer.raw(hasRoom ? 'out' : 'dropped', neighbour, frame, hasRoom ? undefined : QUEUE_FULL);
  }

  #count(why: string): void {
    this.#drops.set(why, (this.#drops.get(why) ?? 0) + 1);
  }

  #nextHop(target: NodeId): NodeId | undefined {
    const routed = this.#routes.get(target)?.nextHop;
    if (routed !== undefined && this.#links.open.has(routed)) return routed;
    return this.#links.open.has(target) ? target : undefined;
  }

  #relay(via: NodeId, target: NodeId, header: FrameHeader, frame: Uint8Array): void {
    const nextHop = this.#nextHop(target);
    const problem = relayProblem(via, nextHop, frame);
    if (nextHop === undefined || problem !== undefined) {
      this.#drop(via, header, frame, problem ?? 'no path');
      return;
    }
    this.#pass(nextHop, header, frame);
  }

  #flooded(via: NodeId, header: FrameHeader, frame: Uint8Array): void {
    if (!this.#seen.isNew(header.source, header.index)) {
      this.#drop(via, header, frame, 'duplicate');
      return;
    }
    this.#tracer.frame('in', via, header, frame);
    const problem = this.#hand(via, header, frame);
    this.#settle(via, header, frame, problem);
    if (problem === MALFORMED || lowerHopLimit(frame) === 0) return;
    for (const peer of this.#links.open.keys()) {
      if (peer === via || peer === header.source) continue;
      this.#pass(peer, header, frame);
    }
  }

  #pass(peer: NodeId, header: FrameHeader, frame: Uint8Array): void {
    const hasRoom = this.#links.send(peer, frame, isBulkFrame(header), true);
    if (hasRoom) this.#tracer.frame('relayed', peer, header, frame);
    else this.#drop(peer, header, frame, QUEUE_FULL);
  }

  #hand(via: NodeId, header: FrameHeader, frame: Uint8Array): string | undefined {
    switch (header.type) {
      case FrameType.msg:
        return this.#sink.onMessage(header, frame);
      case FrameType.msg_broadcast:
        return this.#sink.onBroadcast(header, frame);
      case FrameType.new_edge:
      case FrameType.destroy_edge:
        return header.target === undefined ? this.#sink.onAnnouncement(frame) : MALFORMED;
      case FrameType.ping:
      case FrameType.pong:
        if (header.target === undefined && header.source !== via) return MALFORMED;
        return this.#sink.onProbe(via, header, frame);
      case FrameType.network_state:
      case FrameType.network_state_request:
        return header.source === via ? this.#sink.onState(via, header, frame) : MALFORMED;
      case FrameType.peers:
      case FrameType.signal:
        return 'not in use yet';
      case FrameType.hello:
      case FrameType.auth:
      case FrameType.refuse:
      case FrameType.goodbye:
        return MALFORMED; // the Link takes its own; one that comes through it is out of place
    }
  }

  #settle(via: NodeId, header: FrameHeader, frame: Uint8Array, problem: string | undefined): void {
    if (problem === undefined) return;
    // A relay is not to blame for what it does not read.
    if (problem === MALFORMED && (header.source === via || header.target === undefined)) {
      this.#links.accuse(via, `the body of a ${frameTypeName(header.type)}`);
    }
    this.#drop(via, header, frame, problem);
  }

  #drop(via: NodeId, header: FrameHeader, frame: Uint8Array, why: string): void {
    this.#count(why);
    this.#tracer.frame('dropped', via, header, frame, why);
  }
}

/** Lowers the hop limit; says why the frame may not go on, if it may not. */
function relayProblem(via: NodeId, nextHop: NodeId | undefined, frame: Uint8Array): string | undefined {
  if (nextHop === undefined) return 'no path';
  if (nextHop === via) return 'path leads back';
  return lowerHopLimit(frame) === 0 ? 'hop limit' : undefined;
}

function isFlooded(type: FrameType): boolean {
  return type === FrameType.msg_broadcast || type === FrameType.new_edge || type === FrameType.destroy_edge;
}

/** Acknowledgements and the control stream go first on every Link of the way. */
export function isBulkFrame(header: Pick<FrameHeader, 'type' | 'index' | 'stream'>): boolean {
  return header.type === FrameType.msg && header.index >= 0 && header.stream !== 0;
}
