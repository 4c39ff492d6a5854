/**
 * Where a frame goes. The table of frame types says who it is for: what is for us goes to its protocol, what is for another is
 * passed on, unread, with the hop limit lowered in place and never back where it came from. What others relayed to us
 * must be sealed by its source. Whatever is dropped is counted by its reason and traced.
 */
import {
  encodeFrame,
  FrameFlag,
  type FrameHeader,
  FrameType,
  frameRule,
  type Lane,
  laneOf,
  lowerHopLimit,
  type NodeId,
  read16,
} from '../../wire/index.ts';
import type { Sessions } from '../identity/session.ts';
import type { Drop, FrameArrived, Path, Route } from '../vocabulary.ts';
import type { NodePaths } from './node-paths.ts';
import type { Tracer } from './tracer.ts';

/** Whose a frame is, or why it is nobody's. */
export type Verdict =
  | { readonly to: 'topology' | 'health' | 'signaling' | 'unicast' | 'multicast' }
  | { readonly to: 'nobody'; readonly why: string; readonly isMalformed: boolean };

export interface FrameDispatcherOptions {
  readonly self: NodeId;
  readonly paths: NodePaths;
  readonly sessions: Sessions;
  readonly tracer: Tracer;
  isOpen(peer: NodeId): boolean;
  isBanned(id: NodeId): boolean;
  queue(to: NodeId, frame: Uint8Array, lane: Lane, isTransit: boolean): void;
}

const TOPOLOGY: Verdict = { to: 'topology' };
const HEALTH: Verdict = { to: 'health' };
const SIGNALING: Verdict = { to: 'signaling' };
const UNICAST: Verdict = { to: 'unicast' };
const MULTICAST: Verdict = { to: 'multicast' };
const PASSED_ON: Verdict = { to: 'nobody', why: '', isMalformed: false };
const HOP_LIMIT_OF_NEIGHBOURS = 1;

export class FrameDispatcher {
  readonly #options: FrameDispatcherOptions;
  readonly #drops = new Map<string, number>();
  /** The frame last told: what goes to several neighbours with the same body is laid out once. */
  #told: { readonly type: FrameType; readonly body: Uint8Array; readonly frame: Uint8Array } | undefined;

  constructor(options: FrameDispatcherOptions) {
    this.#options = options;
  }

  /** Frames dropped, by reason. Reasons are a fixed few. */
  get drops(): ReadonlyMap<string, number> {
    return this.#drops;
  }

  /** Takes a frame that parsed from the authenticated neighbour `via`; passes it on itself when it is for another. */
  arrived({ via, header, frame }: FrameArrived): Verdict {
    const { self, isBanned, tracer } = this.#options;
    if (header.source === self) return this.#refuse(via, header, frame, 'our own, come back');
    if (isBanned(header.source)) return this.#refuse(via, header, frame, 'its source is cut off');
    if (header.target !== undefined && header.target !== self) {
      return this.#relay(via, header.target, header, frame);
    }
    const verdict = this.#verdict(via, header, frame);
    if (verdict.to !== 'nobody') tracer.frame('in', via, header, frame);
    return verdict;
  }

  /** A frame of ours for one neighbour only. */
  tell(to: NodeId, type: FrameType, body: Uint8Array): void {
    let told = this.#told;
    if (told?.body !== body || told.type !== type) {
      const { self } = this.#options;
      const frame = encodeFrame({ type, source: self, hopLimit: HOP_LIMIT_OF_NEIGHBOURS }, body);
      told = { type, body, frame };
      this.#told = told;
    }
    this.#emit(to, told.frame, laneOf(type, 0, 0));
  }

  /** A whole frame for one neighbour, as its maker laid it out. */
  pass(to: NodeId, frame: Uint8Array, lane: Lane): void {
    this.#emit(to, frame, lane);
  }

  /** A frame of ours to any Node, sealed where somebody relays it. */
  route({ target, frameType, body, via }: Route): void {
    const { self, sessions, paths, isOpen } = this.#options;
    const nextHop = via ?? paths.nextHop(target);
    if (nextHop === undefined || !isOpen(nextHop)) {
      this.#count('no path');
      return;
    }
    const plain = encodeFrame({ type: frameType, source: self, target }, body);
    const frame = nextHop === target ? plain : sessions.seal(target, plain);
    if (frame) this.#emit(nextHop, frame, laneOf(frameType, 0, 0));
    else this.#count('no session');
  }

  /** A packet or acknowledgement of ours, sealed already where that is needed. */
  transmit(target: NodeId, path: Path, frame: Uint8Array): void {
    const nextHop = path.type === 'direct' ? target : path.nextHop;
    this.#emit(nextHop, frame, laneOfFrame(frame));
  }

  /** A protocol could not use a frame. */
  dropped({ via, header, frame, why }: Drop): void {
    this.#count(why);
    this.#options.tracer.frame('dropped', via, header, frame, why);
  }

  /** A Link had no room for a frame that we pass on. */
  queueFull(to: NodeId, frame: Uint8Array): void {
    this.#count('queue full');
    this.#options.tracer.raw('dropped', to, frame, 'queue full');
  }

  #verdict(via: NodeId, header: FrameHeader, frame: Uint8Array): Verdict {
    switch (header.type) {
      case FrameType.network_state:
      case FrameType.network_state_request:
      case FrameType.new_edge:
      case FrameType.destroy_edge:
        return TOPOLOGY;
      case FrameType.msg:
        return UNICAST; // which checks the seal together with the session
      case FrameType.msg_broadcast:
      case FrameType.ihave:
      case FrameType.graft:
      case FrameType.prune:
        return MULTICAST;
      case FrameType.ping:
      case FrameType.pong:
      case FrameType.peers:
        return this.#isGenuine(via, header, frame) ? HEALTH : this.#refuse(via, header, frame, 'forged');
      case FrameType.suspect:
        return HEALTH;
      case FrameType.signal:
        return this.#isGenuine(via, header, frame) ? SIGNALING : this.#refuse(via, header, frame, 'forged');
      case FrameType.hello:
      case FrameType.auth:
      case FrameType.refuse:
      case FrameType.goodbye:
        return this.#refuse(via, header, frame, 'out of place', true);
      default:
        header.type satisfies never;
        return PASSED_ON;
    }
  }

  /** On a direct Link the source is the Link's; through others it is whoever the seal says. */
  #isGenuine(via: NodeId, header: FrameHeader, frame: Uint8Array): boolean {
    if (header.source === via) return true;
    const isSealed = (header.flags & FrameFlag.sealed) !== 0;
    return isSealed && this.#options.sessions.isGenuine(header.source, frame, via);
  }

  #relay(via: NodeId, target: NodeId, header: FrameHeader, frame: Uint8Array): Verdict {
    const { paths, queue, tracer } = this.#options;
    if (frameRule(header.type).scope !== 'routed') {
      return this.#refuse(via, header, frame, 'out of place', true);
    }
    const nextHop = paths.nextHop(target);
    if (nextHop === undefined) return this.#refuse(via, header, frame, 'no path');
    if (nextHop === via) return this.#refuse(via, header, frame, 'path leads back');
    if (lowerHopLimit(frame) === 0) return this.#refuse(via, header, frame, 'hop limit');
    tracer.frame('relayed', nextHop, header, frame);
    queue(nextHop, frame, laneOf(header.type, header.index, header.stream), true);
    return PASSED_ON;
  }

  #emit(to: NodeId, frame: Uint8Array, lane: Lane): void {
    const { isOpen, queue, tracer } = this.#options;
    if (!isOpen(to)) {
      this.#count('no Link');
      return;
    }
    tracer.raw('out', to, frame);
    queue(to, frame, lane, false);
  }

  #refuse(via: NodeId, header: FrameHeader, frame: Uint8Array, why: string, isMalformed = false): Verdict {
    this.#count(why);
    this.#options.tracer.frame('dropped', via, header, frame, why);
    return { to: 'nobody', why, isMalformed };
  }

  #count(why: string): void {
    this.#drops.set(why, (this.#drops.get(why) ?? 0) + 1);
  }
}

const TYPE_AT = 1;
const INDEX_AT = 36;
const STREAM_AT = 38;

/** Of a `msg` that we laid out ourselves: read from its bytes, which spares parsing two uuids. */
function laneOfFrame(frame: Uint8Array): Lane {
  const isAcknowledgement = ((frame[INDEX_AT] ?? 0) & 0x80) !== 0;
  const stream = read16(frame, STREAM_AT);
  return laneOf(frame[TYPE_AT] as FrameType, isAcknowledgement ? -1 : 0, stream);
}
