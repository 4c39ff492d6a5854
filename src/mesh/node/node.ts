/**
 * A Node: the protocols of this folder wired to a Transport, a clock and timers. Nothing is decided here. Events come in
 * (a frame, a channel, a timer), go to the protocol they belong to, and what it answers is performed; at the end of the
 * turn windows are pumped, members compared, neighbours planned and Links flushed, once each.
 */
import { type Clock, Emitter, type Random, type Timers } from '../../runtime/index.ts';
import type { RendezvousState, Transport } from '../../transport/index.ts';
import { frameBody, type NodeId } from '../../wire/index.ts';
import type {
  Handler,
  Member,
  MeshEvents,
  MeshNode,
  MeshSnapshot,
  NodeInfo,
  RequestHandler,
  RequestOptions,
  SendOptions,
} from '../contract.ts';
import { NeighbourPolicy } from '../neighbours/neighbour-policy.ts';
import { RouteTable } from '../routing/route-table.ts';
import { StreamSet } from '../streams/stream-set.ts';
import { Gossip } from '../topology/gossip.ts';
import { Topology } from '../topology/topology.ts';
import { Alarm } from './alarm.ts';
import { ControlPlane } from './control-plane.ts';
import { Dispatcher, MALFORMED } from './dispatcher.ts';
import { Faults } from './faults.ts';
import { inspectMesh } from './inspector.ts';
import { LinkSet } from './link-set.ts';
import { Membership } from './membership.ts';
import { Messaging } from './messaging.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Tracer } from './tracer.ts';
import { Turn } from './turn.ts';

export interface NodeOptions {
  readonly transport: Transport;
  readonly networkName: string;
  /** The shared secret of the Network: who cannot prove it gets no Link. */
  readonly networkKey: Uint8Array;
  readonly info: NodeInfo;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/** Enough for a few frames over any path that is not broken. */
const FAREWELL_MS = 100;

/** Makes a Node and starts it: from here on it looks for the others. */
export function createNode(options: NodeOptions): MeshNode {
  return new Node(options);
}

class Node implements MeshNode {
  readonly id: NodeId;
  readonly events = new Emitter<MeshEvents>();
  readonly faults: Faults;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #transport: Transport;
  readonly #turn = new Turn(() => this.#endTurn());
  readonly #alarm: Alarm;
  readonly #topology: Topology;
  readonly #routes: RouteTable;
  readonly #gossip: Gossip;
  readonly #membership: Membership;
  readonly #policy: NeighbourPolicy;
  readonly #links: LinkSet;
  readonly #streams: StreamSet;
  readonly #dispatcher: Dispatcher;
  readonly #messaging: Messaging;
  readonly #neighbourhood: Neighbourhood;
  readonly #control: ControlPlane;
  #info: NodeInfo;
  #seenRevision = -1;
  #isClosed = false;

  constructor({ transport, networkName, networkKey, info, clock, timers, random }: NodeOptions) {
    const self = transport.self;
    const now = clock.now();
    const requestFlush = () => this.#turn.request();
    const wakeAt = (timeMs: number) => this.#alarm.at(timeMs);
    this.id = self;
    this.#clock = clock;
    this.#timers = timers;
    this.#transport = transport;
    this.#alarm = new Alarm(clock, timers, (at) => this.#wake(at));
    this.#topology = new Topology(self, info);
    this.#info = this.#topology.own.info;
    this.#routes = new RouteTable(self, this.#topology);
    this.#gossip = new Gossip(this.#topology, random, now);
    this.#membership = new Membership(self, this.#topology, now);
    this.#policy = new NeighbourPolicy(self, random);
    this.#links = new LinkSet({
      self,
      networkName,
      networkKey,
      clock,
      random,
      mayAccept: (peer, degree) => this.#policy.mayAccept(peer, degree),
      onEvent: (event) => {
        if (this.#isClosed) return;
        this.#control.onLinkEvent(event);
        requestFlush();
      },
      requestFlush,
      wakeAt,
    });
    this.#streams = new StreamSet(
      {
        self,
        now: () => clock.now(),
        isKnown: (peer) => this.#topology.get(peer) !== undefined,
        route: (frame, target, isBulk) => void this.#dispatcher.send(frame, target, isBulk),
        deliver: (from, stream, message) => this.#messaging.deliver(from, stream, message),
        requestFlush,
        wakeAt,
      },
      random.uint32(),
    );
    this.#dispatcher = new Dispatcher({
      self,
      links: this.#links,
      routes: this.#routes,
      tracer: new Tracer(self, this.events, clock),
      firstIndex: random.uint32(),
      sink: {
        onMessage: (header, frame) => this.#streams.onFrame(header, frame),
        onBroadcast: (header, frame) =>
          this.#messaging.deliverBroadcast(header.source, frameBody(frame)) ? undefined : MALFORMED,
        onAnnouncement: (frame) => this.#control.onAnnouncement(frameBody(frame)),
        onProbe: (via, header, frame) => this.#control.onProbe(via, header, frame),
        onState: (via, header, frame) => this.#control.onState(via, header, frame),
      },
    });
    this.#messaging = new Messaging(
      {
        self,
        clock,
        streams: this.#streams,
        isMember: (id) => this.#membership.has(id),
        flood: (type, body) => this.#dispatcher.flood(type, body),
        wakeAt,
      },
      random.uint32(),
    );
    const shared = {
      clock,
      policy: this.#policy,
      links: this.#links,
      topology: this.#topology,
    };
    this.#neighbourhood = new Neighbourhood({ ...shared, transport, routes: this.#routes });
    this.#control = new ControlPlane({
      ...shared,
      events: this.events,
      gossip: this.#gossip,
      membership: this.#membership,
      dispatcher: this.#dispatcher,
      neighbourhood: this.#neighbourhood,
    });
    this.faults = new Faults(this.#links, this.#policy, () => {
      this.#neighbourhood.changed();
      requestFlush();
    });
    this.#listen();
    this.#alarm.at(this.#gossip.nextWakeAt);
    transport.start();
  }

  get info(): NodeInfo {
    return this.#info;
  }

  get rendezvous(): RendezvousState {
    return this.#transport.rendezvous;
  }

  members(): readonly Member[] {
    return this.#membership.members;
  }

  updateInfo(change: Partial<NodeInfo>): void {
    if (this.#isClosed) return;
    this.#gossip.infoChanged({ ...this.#info, ...change }, this.#clock.now());
    this.#info = this.#topology.own.info;
    this.#turn.request();
  }

  send(target: NodeId, name: string, body: Uint8Array, options?: SendOptions): Promise<void> {
    return this.#messaging.send(target, name, body, options);
  }

  broadcast(name: string, body: Uint8Array): void {
    this.#messaging.broadcast(name, body);
  }

  receive(name: string, handler: Handler): () => void {
    return this.#messaging.handlers.receive(name, handler);
  }

  request(target: NodeId, name: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array> {
    return this.#messaging.request(target, name, body, options);
  }

  serve(name: string, handler: RequestHandler): () => void {
    return this.#messaging.handlers.serve(name, handler);
  }

  inspect(): MeshSnapshot {
    return inspectMesh({
      membership: this.#membership,
      topology: this.#topology,
      links: this.#links,
      streams: this.#streams,
      routes: this.#routes,
      dispatcher: this.#dispatcher,
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#control.perform(this.#gossip.leave());
    this.#links.flush();
    this.#isClosed = true;
    this.#alarm.stop();
    this.#messaging.close();
    this.#links.closeAll('this node closed');
    // Closing a connection throws away what it has not sent yet: the farewell gets a moment. When the whole page goes, the
    // timer never fires and the browser closes everything itself.
    this.#timers.after(FAREWELL_MS, () => this.#transport.close());
  }

  #listen(): void {
    const { events } = this.#transport;
    const onceOpen = (react: () => void): void => {
      if (this.#isClosed) return;
      react();
      this.#turn.request();
    };
    events.on('channel', (channel) => {
      if (this.#isClosed) channel.close();
      else onceOpen(() => this.#links.adopt(channel));
    });
    events.on('connectFailed', ({ peer }) =>
      onceOpen(() => {
        this.#links.connectFailed(peer);
        this.#neighbourhood.onConnectFailed(peer);
      }),
    );
    events.on('candidates', (candidates) => onceOpen(() => this.#neighbourhood.onCandidates(candidates)));
    events.on('candidateGone', (peer) =>
      onceOpen(() => {
        this.#neighbourhood.onCandidateGone(peer);
        this.#links.hintGone(peer);
      }),
    );
    events.on('rendezvous', (state) => onceOpen(() => this.events.emit('rendezvous', state)));
  }

  /** Does everything that is due and answers with the next time. */
  #wake(now: number): number {
    const links = this.#links.wake(now);
    this.#control.perform(this.#gossip.wake(now, this.#links.roundTrips()));
    const messaging = this.#messaging.wake(now);
    this.#turn.request();
    return Math.min(links, messaging);
  }

  #endTurn(): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    this.#alarm.catchUp();
    this.#streams.flush();
    const hasHealthNews = this.#control.takeHealthNews();
    if (
      hasHealthNews ||
      this.#topology.revision !== this.#seenRevision ||
      this.#membership.deadlineMs <= now
    ) {
      this.#updateMembers(now);
    }
    this.#neighbourhood.wake(now);
    this.#links.flush();
    this.#alarm.at(
      Math.min(this.#gossip.nextWakeAt, this.#membership.deadlineMs, this.#neighbourhood.nextWakeAt),
    );
  }

  #updateMembers(now: number): void {
    this.#seenRevision = this.#topology.revision;
    const links = new Map(
      [...this.#links.open].map(
        ([peer, { health }]) => [peer, { health: health?.health ?? 'healthy' }] as const,
      ),
    );
    const change = this.#membership.update(
      { topology: this.#topology, routes: this.#routes.all(), links },
      now,
    );
    if (!change.isChanged) return;
    for (const { id, reason } of change.left) {
      this.#messaging.dropPeer(id, reason);
      this.#dispatcher.forget(id);
      this.#policy.onLeft(id);
    }
    for (const { id } of change.joined) this.#policy.onMember(id, now);
    this.#neighbourhood.changed();
    for (const left of change.left) this.events.emit('left', left);
    for (const member of change.joined) this.events.emit('joined', member);
    this.events.emit('membersChanged', undefined);
  }
}
