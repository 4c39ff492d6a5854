/**
 * Every message from one Node to one other: reliable, in order and exactly once per stream, between the present lives of both.
 * What is promised is M1 to M6 of docs/mesh.md; this file says what follows from an event, the windows (src/mesh/window) how.
 *
 * - Streams are kept per peer and per pair of lives (session). A newer life of a peer ends the session; its leaving does not:
 *   what is pending fails, and the session rests with its positions until there is a sign of the peer.
 * - Work is gathered and done at the next `wake`: one pump for each stream with something to send, one acknowledgement for each
 *   that received, however many messages and packets the turn brought.
 * - What arrives in order is handed to the application at once; then it is acknowledged. What it costs is in the peer's account.
 */
import type { NodeId } from '../../wire/index.ts';
import type { SessionSnapshot, SlotSnapshot, StreamSnapshot } from '../contract.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import type { Failure, Path, Taken } from '../vocabulary.ts';
import { EMPTY_SLOT, WINDOW_SLOTS } from '../window/index.ts';
import { Arrivals } from './arrivals.ts';
import type { UnicastEffect, UnicastEvent, UnicastOptions, UnicastProtocol } from './contract.ts';
import { Departures, SMALL_BYTES } from './departures.ts';
import type { Inbound } from './inbound.ts';
import { Lives } from './lives.ts';
import { Output } from './output.ts';
import { Peer, type Sending } from './peer.ts';
import { Peers } from './peers.ts';
import { Schedule } from './schedule.ts';

export class Unicast implements UnicastProtocol {
  readonly #options: UnicastOptions;
  readonly #output = new Output();
  readonly #lives = new Lives();
  readonly #peers: Peers;
  readonly #schedule: Schedule;
  readonly #departures: Departures;
  readonly #arrivals: Arrivals;
  /** Resting, with something that is still to be said: asked after whenever the graph has changed. */
  readonly #restless = new Set<Peer>();
  #isClosed = false;

  constructor(options: UnicastOptions) {
    this.#options = options;
    this.#peers = new Peers({
      isPresent: (id) => options.isPresent(id),
      evict: (peer) => this.#forget(peer),
      lost: (positions) => this.#departures.beginBeyond(positions),
    });
    this.#schedule = new Schedule({
      pump: (sending, t) => this.#pump(sending, t),
      acknowledge: (inbound) => this.#acknowledge(inbound),
    });
    this.#departures = new Departures({
      self: options.self,
      firstRequestId: options.firstRequestId,
      mayReuseFrames: options.mayReuseFrames ?? false,
      output: this.#output,
      schedule: this.#schedule,
      peer: (id) => this.#peer(id),
      hasPath: (id) => options.paths.to(id) !== undefined,
      wakeUp: (peer) => this.#wakeUp(peer),
      transmit: (peer, frame, path) => this.#transmit(peer, frame, path),
      answerLeft: (peer) => this.#resumeHeld(peer),
    });
    this.#arrivals = new Arrivals({
      self: options.self,
      sessions: options.sessions,
      output: this.#output,
      schedule: this.#schedule,
      peer: (id) => this.#peer(id),
      refuse: (peer, frame) => this.#refuse(peer, frame),
      heard: (peer) => this.#wakeUp(peer),
      isAwaited: (peer, requestId) => this.#departures.isAwaited(peer, requestId),
      answered: (peer, message) => this.#departures.answered(peer, message),
    });
  }

  get nextWakeAt(): number {
    return this.#isClosed ? NEVER : this.#schedule.nextWakeAt(this.#departures.deadlineMs);
  }

  handle(event: UnicastEvent, now: number): readonly UnicastEffect[] {
    if (this.#isClosed) return NO_EFFECTS;
    const t = this.#schedule.begin(now, this.#departures.deadlineMs);
    this.#perform(event, t);
    return this.#output.take();
  }

  snapshot(): Omit<StreamSnapshot, 'name'>[] {
    const streams: Omit<StreamSnapshot, 'name'>[] = [];
    for (const peer of this.#peers) {
      for (const stream of new Set([...peer.senders.keys(), ...peer.inbound.keys()])) {
        streams.push({
          peer: peer.id,
          stream,
          outgoing: peer.senders.get(stream)?.window.snapshot() ?? UNUSED_SENDER,
          incoming: incomingSnapshot(peer.inbound.get(stream)),
        });
      }
    }
    return streams;
  }

  sessionSnapshot(): SessionSnapshot[] {
    return Array.from(this.#peers, (peer) => ({
      peer: peer.id,
      session: peer.tag,
      life: this.#lives.of(peer.id),
      path: this.#options.paths.to(peer.id)?.type ?? 'none',
      budgetBytes: this.#options.budget.used(peer.id),
    }));
  }

  #perform(event: UnicastEvent, t: number): void {
    switch (event.type) {
      case 'wake':
        this.#departures.expire(t);
        this.#schedule.run(t);
        break;
      case 'frame':
        this.#arrivals.frame(event, t);
        break;
      case 'link-up':
        this.#lives.learn(event.identity);
        this.#revise(event.peer);
        this.#pathFound(event.peer);
        break;
      case 'link-down':
        this.#linkDown(event.peer, event.link);
        break;
      case 'graph-changed':
        this.#schedule.pathsChanged();
        for (const peer of this.#restless) this.#pathFound(peer.id);
        break;
      case 'peer-life':
        this.#lives.learn(event.identity);
        this.#revise(event.identity.id);
        break;
      case 'peer-left':
        this.#rest(event.peer, { reason: 'left', because: event.reason });
        break;
      case 'send':
        this.#departures.send(event, t);
        break;
      case 'request':
        this.#departures.request(event, t);
        break;
      case 'answer':
        this.#departures.answer(event, t);
        this.#letGo(event.to);
        break;
      case 'cancel':
        this.#departures.cancel(event.token);
        break;
      case 'taken':
        this.#taken(event, t);
        this.#letGo(event.from);
        break;
      case 'close':
        this.#schedule.hasten(t);
        this.#schedule.acknowledge(t);
        this.#departures.close(this.#peers);
        this.#isClosed = true;
        break;
    }
  }

  /** The peer in its present life; undefined while that is not known. */
  #peer(id: NodeId): Peer | undefined {
    const known = this.#revise(id);
    if (known) {
      this.#peers.use(known);
      return known;
    }
    const tag = id === this.#options.self ? undefined : this.#options.sessions.tag(id);
    if (tag === undefined) return undefined;
    const positions = this.#peers.takePositions(id, tag);
    const peer = new Peer(id, tag, this.#options.budget, positions);
    peer.isResting = positions !== undefined;
    this.#peers.add(peer);
    return peer;
  }

  /** Ends the session of a life that is over. */
  #revise(id: NodeId): Peer | undefined {
    const peer = this.#peers.get(id);
    if (!peer) return undefined;
    const tag = this.#options.sessions.tag(id);
    if (tag === undefined || tag === peer.tag) return peer;
    this.#schedule.drop(peer);
    this.#restless.delete(peer);
    this.#departures.end(peer, { reason: 'left', because: 'it started again' });
    peer.tag = tag;
    peer.positions = undefined;
    peer.isResting = false;
    this.#arrivals.begin(peer);
    return peer;
  }

  /** It is no member: what is pending fails; positions, and what the application has, stay. */
  #rest(id: NodeId, failure: Failure): void {
    const peer = this.#revise(id);
    if (!peer) return;
    this.#departures.fail(peer, failure);
    peer.isResting = true;
    this.#schedule.drop(peer);
    for (const { window } of peer.senders.values()) {
      window.rest();
      if (!window.isIdle) this.#restless.add(peer);
    }
    this.#letGo(id);
  }

  /** Nothing waits for one that is gone, nor is kept for it: where its streams stood is enough. */
  #letGo(id: NodeId): void {
    const peer = this.#peers.get(id);
    const positions = peer?.isResting ? peer.allThatStands : undefined;
    if (!peer || !positions) return;
    for (const inbound of peer.inbound.values()) this.#schedule.dropInbound(inbound);
    this.#restless.delete(peer);
    this.#peers.replace(peer, positions);
  }

  /** A sign of a peer: its session goes on where it stood. */
  #wakeUp(peer: Peer): void {
    if (!peer.isResting) return;
    peer.isResting = false;
    this.#restless.delete(peer);
    for (const sending of peer.senders.values()) if (!sending.window.isIdle) this.#schedule.mark(sending);
  }

  #pathFound(id: NodeId): void {
    const peer = this.#peers.get(id);
    if (!peer || this.#options.paths.to(id) === undefined) return;
    this.#wakeUp(peer);
    this.#schedule.pathsChanged(id);
  }

  #linkDown(id: NodeId, link: Parameters<Sending['window']['linkDown']>[0]): void {
    const peer = this.#peers.get(id);
    for (const sending of peer?.senders.values() ?? []) {
      sending.window.linkDown(link);
      if (!peer?.isResting && !sending.window.isIdle) this.#schedule.mark(sending);
    }
  }

  #taken({ from, stream, isBroadcast, count, cost }: Taken, t: number): void {
    const inbound = isBroadcast ? undefined : this.#peers.get(from)?.inbound.get(stream);
    if (!inbound) return;
    inbound.taken(count, cost);
    this.#resumeHeld(inbound.peer, t);
  }

  /** Something was paid back: what had stopped for want of it goes on. */
  #resumeHeld(peer: Peer, t = this.#schedule.t): void {
    for (const inbound of peer.held) {
      inbound.resume();
      inbound.movedAtMs = t;
      this.#schedule.follow(inbound, t);
    }
    this.#schedule.roomGrew(peer, t);
  }

  #pump(sending: Sending, t: number): void {
    const { peer, window } = sending;
    if (peer.isResting || peer.senders.get(sending.stream) !== sending) window.rest();
    else window.pump(t, this.#options.paths.to(peer.id));
  }

  #acknowledge(inbound: Inbound<Peer>): boolean {
    const { peer, window } = inbound;
    if (!window.isAcknowledgementDue) return true;
    const path = this.#options.paths.to(peer.id);
    if (path === undefined) return false;
    const frame = window.takeAcknowledgement();
    return frame === undefined || this.#transmit(peer, frame, path);
  }

  #refuse(peer: Peer, frame: Uint8Array): void {
    const path = this.#options.paths.to(peer.id);
    if (path !== undefined) this.#transmit(peer, frame, path);
  }

  #transmit(peer: Peer, plain: Uint8Array, path: Path): boolean {
    const frame = path.type === 'direct' ? plain : this.#options.sessions.seal(peer.id, plain);
    if (frame === undefined) return false;
    if (frame.length <= SMALL_BYTES) this.#schedule.spokeTo(peer);
    this.#output.push({ type: 'transmit', target: peer.id, path, frame });
    return true;
  }

  /** Evicted: only where its streams stood is lost. */
  #forget(peer: Peer): void {
    this.#schedule.drop(peer);
    this.#restless.delete(peer);
    this.#departures.forget(peer);
    for (const inbound of peer.inbound.values()) {
      inbound.forget();
      this.#schedule.dropInbound(inbound);
    }
  }
}

const EMPTY_SLOTS: readonly SlotSnapshot[] = new Array<SlotSnapshot>(WINDOW_SLOTS).fill(EMPTY_SLOT);
/** For the snapshot of a stream that goes one way only. */
const UNUSED_SENDER: StreamSnapshot['outgoing'] = {
  slots: EMPTY_SLOTS,
  queuedMessages: 0,
  queuedBytes: 0,
  rtoMs: undefined,
  retransmissions: 0,
};
const UNUSED_RECEIVER: StreamSnapshot['incoming'] = {
  slots: EMPTY_SLOTS,
  expectedIndex: 0,
  undeliveredMessages: 0,
};

function incomingSnapshot(inbound: Inbound<Peer> | undefined): StreamSnapshot['incoming'] {
  return inbound?.window.snapshot(inbound.waitingMessages) ?? UNUSED_RECEIVER;
}
