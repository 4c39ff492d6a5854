/**
 * Broadcasts and sends to several: from every source in order, without a gap, exactly once for every member that is present
 * from the send until the mesh is at rest. Plumtree (Leitao, Pereira, Rodrigues: Epidemic Broadcast Trees, SRDS 2007) over
 * logs:
 *
 * - A source numbers and signs the frames of its life (broadcast-frame.ts). Everybody takes, keeps (retention.ts), shows to its
 *   application (delivery.ts) and passes on the frames of a source in order only. So what a Node has is a range, and one
 *   small entry tells it, where Plumtree lists messages.
 * - Frames go over a tree of eager Edges; over the others goes only what Nodes have (spread.ts). A copy too many prunes an
 *   Edge, a frame that does not come grafts one (repair.ts). At rest nothing is sent.
 * - What does not fit into a lane stays in the log and is pushed from there. How far the slowest branch is comes back to
 *   the source as its window (flow.ts): that is the backpressure.
 * - The same logs and ranges serve those who come late or come back.
 *
 * Here: events to the parts, effects from them.
 */
import { type FrameType, frameBody, type NodeId, FrameType as Type } from '../../wire/index.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import type { FrameArrived, LinkUp } from '../vocabulary.ts';
import { parseGrafts, parseHaves, parsePrunes } from './announcements.ts';
import type { Context } from './context.ts';
import type { MulticastEffect, MulticastEvent, MulticastOptions, MulticastProtocol } from './contract.ts';
import { Delivery } from './delivery.ts';
import { Flow } from './flow.ts';
import { Incoming } from './incoming.ts';
import { Neighbour } from './neighbour.ts';
import { Older } from './older.ts';
import { Origin } from './origin.ts';
import { Repair } from './repair.ts';
import { Requests } from './requests.ts';
import { Retention } from './retention.ts';
import { Sources } from './sources.ts';
import { Spread } from './spread.ts';

export class Multicast implements MulticastProtocol {
  readonly #context: Context;
  readonly #neighbours = new Map<NodeId, Neighbour>();
  readonly #flow: Flow;
  readonly #retention: Retention;
  readonly #delivery: Delivery;
  readonly #spread: Spread;
  readonly #repair: Repair;
  readonly #older: Older;
  readonly #origin: Origin;
  readonly #sources: Sources;
  readonly #incoming: Incoming;
  readonly #requests: Requests;
  #effects: MulticastEffect[] = [];
  #wakeAt = NEVER;
  #isClosed = false;

  constructor(options: MulticastOptions) {
    const context: Context = {
      options,
      isFlood: options.mode === 'flood',
      neighbours: this.#neighbours,
      sources: new Map(),
      heard: new Set(),
      startedAt: undefined,
      emit: (effect) => this.#effects.push(effect),
      tell: (to: NodeId, frameType: FrameType, body: Uint8Array) =>
        this.#effects.push({ type: 'tell', to, frameType, body }),
      wakeBy: (at) => {
        if (at < this.#wakeAt) this.#wakeAt = at;
      },
    };
    this.#context = context;
    this.#flow = new Flow(context);
    this.#delivery = new Delivery(context);
    this.#retention = new Retention(context, this.#flow, this.#delivery);
    this.#spread = new Spread(context, this.#flow);
    this.#repair = new Repair(context, this.#spread);
    this.#older = new Older(context, this.#retention, this.#spread);
    this.#origin = new Origin(context, this.#flow, this.#retention, this.#spread);
    context.sources.set(options.own.id, this.#origin.source);
    const parts = {
      flow: this.#flow,
      retention: this.#retention,
      delivery: this.#delivery,
      spread: this.#spread,
      repair: this.#repair,
      older: this.#older,
      origin: this.#origin,
    };
    this.#sources = new Sources(context, parts);
    this.#incoming = new Incoming(context, parts, this.#sources);
    this.#requests = new Requests(context, parts, this.#sources, this.#incoming);
  }

  get nextWakeAt(): number {
    return this.#wakeAt;
  }
  get treeEdges(): ReadonlySet<NodeId> {
    return this.#spread.treeEdges();
  }
  get counts(): { readonly delivered: number; readonly surplus: number } {
    return this.#incoming.counts;
  }

  handle(event: MulticastEvent, now: number): readonly MulticastEffect[] {
    if (this.#isClosed) return NO_EFFECTS;
    this.#context.startedAt ??= now;
    this.#take(event, now);
    if (this.#effects.length === 0) return NO_EFFECTS;
    const effects = this.#effects;
    this.#effects = [];
    this.#spread.turnEnds();
    return effects;
  }

  #take(event: MulticastEvent, now: number): void {
    switch (event.type) {
      case 'wake':
        this.#wake(now);
        return;
      case 'frame':
        this.#onFrame(event, now);
        return;
      case 'link-up':
        this.#onLinkUp(event, now);
        return;
      case 'link-down':
        if (this.#neighbours.get(event.peer)?.link === event.link) this.#dropNeighbour(event.peer, now);
        return;
      case 'rtt': {
        const neighbour = this.#neighbours.get(event.peer);
        if (neighbour) neighbour.rttMs = event.rttMs;
        return;
      }
      case 'peer-life':
        this.#incoming.introduce(event.identity, now);
        return;
      case 'left':
        this.#sources.left(event.id);
        return;
      case 'broadcast':
        this.#origin.push(event, now);
        return;
      case 'cancel':
        this.#origin.cancel(event.token);
        return;
      case 'taken':
        if (event.isBroadcast) this.#incoming.taken(event.from, event.cost, now);
        return;
      case 'lane-free': {
        const neighbour = this.#neighbours.get(event.peer);
        if (neighbour) this.#spread.push(neighbour, now);
        this.#origin.resume(now); // which may have waited for the lane
        return;
      }
      case 'close':
        this.#origin.close();
        this.#wakeAt = NEVER;
        this.#isClosed = true;
        return;
    }
  }

  #wake(now: number): void {
    if (now < this.#wakeAt) return;
    this.#wakeAt = NEVER;
    this.#origin.run(now);
    this.#incoming.run(now);
    this.#spread.run(now);
    this.#repair.run(now);
    this.#older.run(now);
    this.#flow.run(now);
    this.#retention.run(now);
  }

  #onLinkUp({ peer, link }: LinkUp, now: number): void {
    if (this.#neighbours.has(peer)) this.#dropNeighbour(peer, now);
    const neighbour = new Neighbour(peer, link, now);
    this.#neighbours.set(peer, neighbour);
    this.#spread.add(neighbour);
    this.#older.note(now);
  }

  #dropNeighbour(peer: NodeId, now: number): void {
    const neighbour = this.#neighbours.get(peer);
    if (!neighbour) return;
    this.#neighbours.delete(peer);
    this.#spread.remove(neighbour);
    this.#incoming.linkDown(neighbour);
    this.#older.linkDown(neighbour);
    for (const source of this.#context.sources.values()) {
      source.peers.delete(peer);
      if (source.parent === peer) this.#repair.orphaned(source, now);
    }
    // Nobody waits for it any more: windows may open.
    for (const source of this.#context.sources.values()) this.#flow.update(source, now);
    this.#origin.resume(now);
  }

  #onFrame(event: FrameArrived, now: number): void {
    const neighbour = this.#neighbours.get(event.via);
    if (!neighbour) {
      this.#drop(event, 'of a Link that is down', false);
      return;
    }
    if (event.header.type === Type.msg_broadcast) {
      this.#incoming.take(neighbour, event, now);
      return;
    }
    const mayTell = neighbour.mayTell(now);
    if (mayTell !== 'yes') {
      this.#drop(event, 'too many announcements', false);
      if (mayTell === 'not-now') return;
      const reason = 'floods with announcements of broadcasts';
      return void this.#effects.push({ type: 'cut-off', peer: neighbour.id, why: 'too-much', reason });
    }
    const body = frameBody(event.frame);
    switch (event.header.type) {
      case Type.ihave: {
        const haves = parseHaves(body);
        if (!haves) {
          this.#drop(event, 'malformed ihave', true);
          return;
        }
        this.#requests.onHaves(neighbour, haves, now);
        return;
      }
      case Type.graft: {
        const grafts = parseGrafts(body);
        if (!grafts) {
          this.#drop(event, 'malformed graft', true);
          return;
        }
        this.#requests.onGrafts(neighbour, grafts, now);
        return;
      }
      case Type.prune: {
        const prunes = parsePrunes(body);
        if (!prunes) {
          this.#drop(event, 'malformed prune', true);
          return;
        }
        if (!this.#context.isFlood) this.#requests.onPrunes(neighbour, prunes, now);
        return;
      }
      default:
        this.#drop(event, 'not of multicast', false);
        return;
    }
  }

  #drop({ via, header, frame }: FrameArrived, why: string, isMalformed: boolean): void {
    this.#effects.push({ type: 'drop', via, header, frame, why, isMalformed });
  }
}
