/**
 * A Node's whole mind: the protocols of the mesh composed into one of the same form. Nothing is decided here. What happens
 * goes to the protocol it concerns; what that answers goes to the next, or to the driver: a page's Node (node/node.ts) or
 * the simulator's. It knows no time but what it is told, so both run the same code.
 *
 *   channels ── Links ── FrameDispatcher ──┬── Topology ── Membership
 *                                          ├── Health ──── Neighbours
 *                                          ├── Unicast
 *                                          └── Multicast
 */
import type { Random } from '../../runtime/index.ts';
import type { Lane, NodeId } from '../../wire/index.ts';
import type { Member, MeshSnapshot } from '../contract.ts';
import type { HealthEffect } from '../health/contract.ts';
import { Health } from '../health/health.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { Directory, OwnLife } from '../identity/identity.ts';
import { createSessions } from '../identity/session.ts';
import type { LinksEffect } from '../link/contract.ts';
import { Links } from '../link/links.ts';
import type { MembershipEffect } from '../membership/contract.ts';
import { Membership } from '../membership/membership.ts';
import { MemoryBudget } from '../memory/budget.ts';
import type { MulticastEffect } from '../multicast/contract.ts';
import { Multicast } from '../multicast/multicast.ts';
import type { NeighboursEffect } from '../neighbours/contract.ts';
import { Neighbours } from '../neighbours/neighbours.ts';
import { NO_EFFECTS, type Protocol, WAKE } from '../protocol.ts';
import type { UnicastEffect } from '../streams/contract.ts';
import { Unicast } from '../streams/unicast.ts';
import type { TopologyEffect } from '../topology/contract.ts';
import type { RecordCache } from '../topology/record-cache.ts';
import { Topology } from '../topology/topology.ts';
import type {
  FrameArrived,
  LinkDown,
  LinkUp,
  MeshEffect,
  MeshEvent,
  PeerLife,
  Token,
} from '../vocabulary.ts';
import { Banned } from './banned.ts';
import { FrameDispatcher } from './frame-dispatcher.ts';
import { KnownLives } from './known-lives.ts';
import { NodePaths } from './node-paths.ts';
import { snapshotOf } from './snapshot.ts';
import { Tracer } from './tracer.ts';

export interface MeshOptions {
  readonly own: OwnLife;
  readonly networkName: string;
  /** The shared secret of the Network: who cannot prove it gets no Link. */
  readonly networkKey: Uint8Array;
  /** msgpack, at most MAX_ATTRIBUTE_BYTES. */
  readonly attributes: Uint8Array;
  readonly cryptography: Cryptography;
  readonly random: Random;
  /** Records that were parsed and verified before; Nodes in one process may share it. */
  readonly records?: RecordCache;
  readonly multicastMode?: 'plumtree' | 'flood';
  readonly budget?: MemoryBudget;
}

/** What the parts answer, all of it: one vocabulary, so one place performs it. */
type PartEffect =
  | LinksEffect
  | TopologyEffect
  | MembershipEffect
  | NeighboursEffect
  | HealthEffect
  | UnicastEffect
  | MulticastEffect;

/** How long nothing is taken from a Node that was cut off. */
const CUT_MS = 30_000;
/** Parts wake each other a few times in a turn at most; more is left to the next one. */
const MAX_PASSES = 8;

export class MeshState implements Protocol<MeshEvent, MeshEffect> {
  readonly id: NodeId;
  readonly #links: Links;
  readonly #topology: Topology;
  readonly #membership: Membership;
  readonly #neighbours: Neighbours;
  readonly #health: Health;
  readonly #unicast: Unicast;
  readonly #multicast: Multicast;
  readonly #budget: MemoryBudget;
  readonly #dispatcher: FrameDispatcher;
  readonly #tracer: Tracer;
  readonly #lives = new KnownLives();
  readonly #banned = new Banned();
  /** What the current event has given the driver to do. */
  #out: MeshEffect[] = [];
  #now: number;
  #isClosed = false;

  constructor(options: MeshOptions, now: number) {
    const { own, attributes, cryptography, random } = options;
    const self = own.id;
    this.id = self;
    this.#now = now;
    this.#budget = options.budget ?? new MemoryBudget();
    this.#tracer = new Tracer(self);
    this.#links = new Links({
      own,
      networkName: options.networkName,
      networkKey: options.networkKey,
      cryptography,
      random,
      mayAccept: (peer, degree) => this.#neighbours.mayAccept(peer, degree),
    });
    const { open } = this.#links;
    this.#topology = new Topology(
      { own, attributes, cryptography, random, ...(options.records && { records: options.records }) },
      now,
    );
    const { view, router } = this.#topology;
    const directory: Directory = { get: (id) => this.#lives.get(id) };
    this.#health = new Health({ self, random, view, router }, now);
    const health = (id: NodeId) => this.#health.health(id);
    const rttMs = (id: NodeId) => this.#health.rttMs(id);
    this.#membership = new Membership({ own, attributes, view, router, open, health, rttMs }, now);
    this.#neighbours = new Neighbours({
      self,
      random,
      view,
      router,
      open,
      pending: () => this.#links.pending,
      rttMs,
      remembered: () => this.#topology.remembered(),
    });
    const paths = new NodePaths(open, router, (peer) => this.#health.silenceMs(peer));
    const sessions = createSessions({ own, cryptography, directory });
    this.#unicast = new Unicast({
      self,
      sessions,
      paths,
      budget: this.#budget,
      firstRequestId: random.uint32(),
    });
    this.#multicast = new Multicast({
      own,
      cryptography,
      directory,
      budget: this.#budget,
      random,
      ...(options.multicastMode && { mode: options.multicastMode }),
      laneBytes: (peer) => open.get(peer)?.queuedBytes('broadcast') ?? 0,
    });
    this.#dispatcher = new FrameDispatcher({
      self,
      paths,
      sessions,
      isOpen: (peer) => open.has(peer),
      isBanned: (id) => this.#banned.has(id, this.#now),
      queue: (to, frame, lane, isTransit) => this.#queue(to, frame, lane, isTransit),
      tracer: this.#tracer,
    });
  }

  get members(): readonly Member[] {
    return this.#membership.members;
  }

  get blockedLinks(): ReadonlySet<NodeId> {
    return this.#neighbours.blocked;
  }

  get isPaused(): boolean {
    return this.#links.isPaused;
  }

  /** Copies of broadcasts that came, needed and not: the figure of bench/broadcast. */
  get broadcastCounts(): { readonly delivered: number; readonly surplus: number } {
    return this.#multicast.counts;
  }

  get nextWakeAt(): number {
    if (this.#isClosed) return this.#links.nextWakeAt;
    return Math.min(
      this.#links.nextWakeAt,
      this.#health.nextWakeAt,
      this.#topology.nextWakeAt,
      this.#neighbours.nextWakeAt,
      this.#unicast.nextWakeAt,
      this.#multicast.nextWakeAt,
      this.#membership.nextWakeAt,
    );
  }

  snapshot(now: number): MeshSnapshot {
    return snapshotOf(
      {
        links: this.#links,
        topology: this.#topology,
        membership: this.#membership,
        neighbours: this.#neighbours,
        health: this.#health,
        unicast: this.#unicast,
        multicast: this.#multicast,
        budget: this.#budget,
        dispatcher: this.#dispatcher,
      },
      now,
    );
  }

  handle(event: MeshEvent, now: number): readonly MeshEffect[] {
    this.#now = now;
    if (this.#isClosed) this.#handleClosed(event, now);
    else this.#handle(event, now);
    if (this.#tracer.isOn) this.#flushTrace();
    if (this.#out.length === 0) return NO_EFFECTS;
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #handle(event: MeshEvent, now: number): void {
    switch (event.type) {
      case 'wake':
        this.#wake(now);
        break;
      case 'channel-message':
      case 'channel-datagram':
      case 'channel-opened':
      case 'channel-fill':
      case 'channel-closed':
      case 'connect-failed':
      case 'pause':
        this.#perform(this.#links.handle(event, now));
        break;
      case 'candidates':
        this.#perform(this.#neighbours.handle(event, now));
        break;
      case 'candidate-gone':
        this.#perform(this.#neighbours.handle(event, now));
        this.#perform(this.#health.handle({ type: 'hint-gone', id: event.id }, now));
        break;
      case 'rendezvous':
        break; // what follows from it comes as candidates
      case 'send':
      case 'request':
        if (this.#isKnown(event.target)) this.#perform(this.#unicast.handle(event, now));
        else this.#unreachable(event.token);
        break;
      case 'answer':
        this.#perform(this.#unicast.handle(event, now));
        break;
      case 'broadcast':
        this.#perform(this.#multicast.handle(event, now));
        break;
      case 'cancel':
        this.#perform(this.#unicast.handle(event, now));
        this.#perform(this.#multicast.handle(event, now));
        break;
      case 'taken':
        this.#perform((event.isBroadcast ? this.#multicast : this.#unicast).handle(event, now));
        break;
      case 'attributes':
        this.#perform(this.#topology.handle(event, now));
        this.#perform(this.#membership.handle(event, now));
        break;
      case 'ask-table':
        if (this.#isKnown(event.target)) this.#perform(this.#health.handle(event, now));
        else this.#unreachable(event.token);
        break;
      case 'drop-link':
        this.#closeLink(event.peer, 'dropped by hand');
        break;
      case 'block':
        this.#perform(this.#neighbours.handle(event, now));
        if (event.isBlocked) this.#closeLink(event.peer, 'blocked by hand');
        break;
      case 'trace':
        this.#tracer.isOn = event.isOn;
        break;
      case 'leave':
        this.#leave(now);
        break;
      default:
        event satisfies never;
    }
  }

  /** After the farewell: last words go out, channels close, nothing new is begun. */
  #handleClosed(event: MeshEvent, now: number): void {
    switch (event.type) {
      case 'wake':
      case 'channel-fill':
      case 'channel-closed':
        this.#perform(this.#links.handle(event, now));
        break;
      case 'channel-opened':
        this.#out.push({ type: 'channel-close', channel: event.channel, reason: 'this node closed' });
        break;
      case 'send':
      case 'request':
      case 'broadcast':
      case 'ask-table':
        this.#out.push({ type: 'settled', tokens: [event.token], failure: { reason: 'closed' } });
        break;
      default:
        break;
    }
  }

  /** Everything that is due, and what that makes due in turn; Links last, so that all leaves at once. */
  #wake(now: number): void {
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      if (this.#health.nextWakeAt <= now) this.#perform(this.#health.handle(WAKE, now));
      if (this.#topology.nextWakeAt <= now) this.#perform(this.#topology.handle(WAKE, now));
      if (this.#membership.nextWakeAt <= now) this.#perform(this.#membership.handle(WAKE, now));
      if (this.#neighbours.nextWakeAt <= now) this.#perform(this.#neighbours.handle(WAKE, now));
      if (this.#unicast.nextWakeAt <= now) this.#perform(this.#unicast.handle(WAKE, now));
      if (this.#multicast.nextWakeAt <= now) this.#perform(this.#multicast.handle(WAKE, now));
      if (this.#links.nextWakeAt <= now) this.#perform(this.#links.handle(WAKE, now));
      if (this.#isClosed || this.nextWakeAt > now) return;
    }
  }

  #perform(effects: readonly PartEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: PartEffect): void {
    const now = this.#now;
    switch (effect.type) {
      case 'frame':
        this.#arrived(effect);
        break;
      case 'datagram':
        this.#perform(this.#health.handle(effect, now));
        break;
      case 'send-datagram':
        this.#perform(this.#links.handle(effect, now));
        break;
      case 'tell':
        this.#dispatcher.tell(effect.to, effect.frameType, effect.body);
        break;
      case 'pass':
        this.#dispatcher.pass(effect.to, effect.frame, effect.lane);
        break;
      case 'route':
        this.#dispatcher.route(effect);
        break;
      case 'transmit':
        this.#dispatcher.transmit(effect.target, effect.path, effect.frame);
        break;
      case 'drop':
        this.#dispatcher.dropped(effect);
        if (effect.isMalformed) this.#malformed(effect.via, effect.why);
        break;
      case 'queue-full':
        this.#dispatcher.queueFull(effect.to, effect.frame);
        break;
      case 'lane-free':
        if (effect.lane === 'broadcast') this.#perform(this.#multicast.handle(laneFree(effect.peer), now));
        break;
      case 'link-up':
        this.#linkUp(effect);
        break;
      case 'link-down':
        this.#linkDown(effect);
        break;
      case 'attempt-failed':
      case 'attempt-over':
        this.#perform(this.#neighbours.handle(effect, now));
        break;
      case 'refused':
        this.#perform(this.#neighbours.handle(effect, now));
        this.#out.push(effect);
        break;
      case 'replaced':
        this.#replaced();
        break;
      case 'graph-changed':
        this.#perform(this.#membership.handle(effect, now));
        this.#perform(this.#neighbours.handle(effect, now));
        this.#perform(this.#unicast.handle(effect, now));
        break;
      case 'peer-life':
        this.#peerLife(effect);
        break;
      case 'joined':
        this.#perform(this.#neighbours.handle({ type: 'joined', id: effect.member.id }, now));
        this.#out.push(effect);
        break;
      case 'left':
        this.#left(effect.id, effect.reason);
        this.#out.push(effect);
        break;
      case 'rtt':
        this.#perform(this.#topology.handle(effect, now));
        this.#perform(this.#multicast.handle(effect, now));
        break;
      case 'health-changed':
        this.#perform(this.#membership.handle(effect, now));
        break;
      case 'dead':
        this.#closeLink(effect.peer, effect.reason);
        break;
      case 'connect':
        this.#perform(this.#links.handle({ type: 'connecting', peer: effect.peer }, now));
        this.#out.push(effect);
        break;
      case 'disconnect':
        this.#closeLink(effect.peer, effect.reason);
        break;
      case 'cut-off':
        this.#banned.add(effect.peer, now + CUT_MS);
        this.#out.push({
          type: 'log',
          level: 'warn',
          text: `node ${effect.peer.slice(0, 8)} is cut off for ${CUT_MS / 1000} s: ${effect.reason}`,
        });
        this.#closeLink(effect.peer, effect.reason, CUT_MS);
        break;
      case 'channel-send':
      case 'channel-datagram':
      case 'channel-close':
      case 'deliver':
        if (effect.isBroadcast) this.#proof(effect.from);
        this.#out.push(effect);
        break;
      case 'settled':
      case 'answered':
      case 'table':
      case 'members-changed':
      case 'away':
      case 'missed':
      case 'log':
        this.#out.push(effect);
        break;
      default:
        effect satisfies never;
    }
  }

  #arrived(effect: FrameArrived): void {
    const now = this.#now;
    const { via, header } = effect;
    this.#perform(this.#health.handle({ type: 'heard', peer: via }, now));
    const verdict = this.#dispatcher.arrived(effect);
    switch (verdict.to) {
      case 'topology':
        this.#perform(this.#topology.handle(effect, now));
        break;
      case 'health':
        this.#perform(this.#health.handle(effect, now));
        break;
      case 'unicast': {
        const effects = this.#unicast.handle(effect, now);
        this.#perform(effects);
        if (header.source !== via && !effects.some(isDrop)) this.#proof(header.source);
        break;
      }
      case 'multicast':
        this.#perform(this.#multicast.handle(effect, now));
        break;
      case 'nobody':
        if (verdict.isMalformed) this.#malformed(via, verdict.why);
        break;
      default:
        verdict satisfies never;
    }
  }

  /** Something only this Node can have made came through others: it lives, whatever the Links say. */
  #proof(id: NodeId): void {
    this.#perform(this.#health.handle({ type: 'proof', id }, this.#now));
  }

  #linkUp(event: LinkUp): void {
    const now = this.#now;
    this.#peerLife({ type: 'peer-life', identity: event.identity });
    this.#perform(this.#health.handle(event, now));
    this.#perform(this.#topology.handle(event, now));
    this.#perform(this.#neighbours.handle(event, now));
    this.#perform(this.#unicast.handle(event, now));
    this.#perform(this.#multicast.handle(event, now));
    this.#perform(this.#membership.handle(event, now));
  }

  #linkDown(event: LinkDown): void {
    const now = this.#now;
    this.#perform(this.#health.handle(event, now));
    this.#perform(this.#topology.handle(event, now));
    this.#perform(this.#neighbours.handle(event, now));
    this.#perform(this.#unicast.handle(event, now));
    this.#perform(this.#multicast.handle(event, now));
    this.#perform(this.#membership.handle(event, now));
  }

  /** Hello and record tell of the same life: only the first of them is news. */
  #peerLife(event: PeerLife): void {
    if (!this.#lives.learn(event.identity)) return;
    this.#perform(this.#unicast.handle(event, this.#now));
    this.#perform(this.#multicast.handle(event, this.#now));
  }

  #left(id: NodeId, reason: string): void {
    const now = this.#now;
    this.#perform(this.#unicast.handle({ type: 'peer-left', peer: id, reason }, now));
    this.#perform(this.#multicast.handle({ type: 'left', id }, now));
    this.#perform(this.#health.handle({ type: 'left', id }, now));
    this.#perform(this.#neighbours.handle({ type: 'left', id }, now));
  }

  #replaced(): void {
    if (this.#isClosed) return;
    this.#leave(this.#now);
    this.#out.push({
      type: 'replaced',
      message:
        'this Node goes on in another tab, which was opened later with the same key; this one has stopped',
    });
  }

  #leave(now: number): void {
    this.#perform(this.#topology.handle({ type: 'leave' }, now));
    this.#perform(this.#unicast.handle({ type: 'close' }, now));
    this.#perform(this.#multicast.handle({ type: 'close' }, now));
    this.#perform(this.#health.handle({ type: 'close' }, now));
    this.#perform(this.#links.handle(WAKE, now));
    this.#isClosed = true;
    this.#perform(this.#links.handle({ type: 'close-all', reason: 'this node closed' }, now));
  }

  #queue(to: NodeId, frame: Uint8Array, lane: Lane, isTransit: boolean): void {
    this.#perform(this.#links.handle({ type: 'queue', to, frame, lane, isTransit }, this.#now));
  }

  #closeLink(peer: NodeId, reason: string, cutMs?: number): void {
    const event = { type: 'close-link', peer, reason, ...(cutMs !== undefined && { cutMs }) } as const;
    this.#perform(this.#links.handle(event, this.#now));
  }

  #malformed(peer: NodeId, what: string): void {
    this.#perform(this.#links.handle({ type: 'malformed', peer, what }, this.#now));
  }

  #isKnown(target: NodeId): boolean {
    return this.#membership.has(target) || this.#links.open.has(target);
  }

  #unreachable(token: Token): void {
    this.#out.push({ type: 'settled', tokens: [token], failure: { reason: 'unreachable' } });
  }

  #flushTrace(): void {
    for (const entry of this.#tracer.take(this.#now)) this.#out.push({ type: 'trace', entry });
  }
}

function isDrop({ type }: UnicastEffect): boolean {
  return type === 'drop';
}

function laneFree(peer: NodeId): { readonly type: 'lane-free'; readonly peer: NodeId } {
  return { type: 'lane-free', peer };
}
