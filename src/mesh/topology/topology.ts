/**
 * Who is in the mesh and how it hangs together: one signed record a Node, held by everyone. Its parts, a file each: what we
 * say of ourselves and when (own-record), how what is news spreads (news), how what was missed is found (exchange), what is
 * held and for how long (record-table), what follows from it (graph, link-state).
 *
 * Records authenticate themselves, so whatever way they came, nobody speaks for another: no forged farewell, no stolen id,
 * no false Edge but between liars. What a neighbour may cost us beyond that is bounded in costs.ts.
 */
import { equalBytes } from '../../runtime/index.ts';
import { FrameType, frameBody, type NodeId } from '../../wire/index.ts';
import { type Directory, isNewerLife, type OwnLife, type PeerIdentity } from '../identity/identity.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import type { FrameArrived, LinkUp } from '../vocabulary.ts';
import type { TopologyEffect, TopologyEvent, TopologyOptions, TopologyProtocol } from './contract.ts';
import { NeighbourCosts } from './costs.ts';
import { Digests } from './digest.ts';
import { Exchange } from './exchange.ts';
import { Graph } from './graph.ts';
import { LinkState } from './link-state.ts';
import { News } from './news.ts';
import { Offers } from './offers.ts';
import { type AnnouncementType, OwnRecord } from './own-record.ts';
import type { NodeRecord } from './record.ts';
import { RecordCache } from './record-cache.ts';
import { isRecordShaped, parseRecord, publicKeyOf } from './record-codec.ts';
import { ANNOUNCEMENT_BYTES, encodeRecords, splitRecords } from './record-list.ts';
import { RecordReader } from './record-reader.ts';
import { MAX_ASIDE, RecordTable } from './record-table.ts';
import { SpreadTree } from './spread-tree.ts';
import type { Router, View } from './view.ts';

export class Topology implements TopologyProtocol {
  readonly view: View;
  readonly router: Router;
  readonly directory: Directory;
  readonly #self: NodeId;
  readonly #ownLife: OwnLife;
  readonly #graph: Graph;
  readonly #table: RecordTable;
  readonly #own: OwnRecord;
  readonly #reader: RecordReader;
  readonly #tree: SpreadTree;
  readonly #offers: Offers;
  readonly #news: News;
  readonly #exchange: Exchange;
  readonly #costs = new NeighbourCosts();
  readonly #identities = new Map<NodeId, PeerIdentity>();
  #hasLeft = false;
  /** Of the `handle` at work. */
  #effects: TopologyEffect[] = [];

  constructor({ own, nameHash, attributes, cryptography, random, records }: TopologyOptions, now: number) {
    this.#self = own.id;
    this.#ownLife = own;
    this.#own = new OwnRecord(own, nameHash, attributes, cryptography);
    this.#graph = new Graph(own.id, this.#own.links);
    this.#table = new RecordTable(this.#graph);
    this.#reader = new RecordReader({
      nameHash,
      cryptography,
      cache: records ?? new RecordCache(),
      held: (id) => (id === this.#self ? this.#own.record : this.#graph.get(id)),
    });
    this.#offers = new Offers(this.#own.record.ownerKey, (key) => this.#graph.withKey(key));
    this.#tree = new SpreadTree(own.id, this.#graph);
    const spread = { tree: this.#tree, offers: this.#offers };
    this.#news = new News({ graph: this.#graph, table: this.#table, ...spread });
    const digests = new Digests(this.#graph, () => this.#own.record);
    const parts = {
      graph: this.#graph,
      table: this.#table,
      own: this.#own,
      costs: this.#costs,
      offers: this.#offers,
    };
    this.#exchange = new Exchange({ self: own.id, digests, random, ...parts }, now);
    const linkState = new LinkState(own.id, this.#graph, this.#own.links, this.#identities);
    this.view = linkState;
    this.router = linkState;
    this.directory = linkState;
  }

  get nextWakeAt(): number {
    if (this.#hasLeft) return NEVER;
    return Math.min(this.#own.nextWakeAt, this.#news.nextWakeAt, this.#exchange.nextWakeAt);
  }

  recordOf(id: NodeId): Uint8Array | undefined {
    return this.#graph.get(id)?.bytes;
  }

  remembered(): Iterable<NodeId> {
    return this.#table.remembered();
  }

  handle(event: TopologyEvent, now: number): readonly TopologyEffect[] {
    if (this.#hasLeft) return NO_EFFECTS;
    const { viewRevision } = this.#graph;
    switch (event.type) {
      case 'wake':
        if (now < this.nextWakeAt) return NO_EFFECTS;
        this.#wake(now);
        break;
      case 'frame':
        if (this.#own.links.has(event.via)) this.#onFrame(event, now);
        break;
      case 'link-up':
        this.#onLinkUp(event, now);
        break;
      case 'link-down':
        this.#identities.delete(event.peer);
        this.#exchange.linkDown(event.peer);
        this.#offers.linkDown(event.peer);
        if (!this.#own.linkDown(event.peer, now)) break;
        this.#graph.linksChanged(true);
        this.#exchange.changed(now);
        break;
      case 'rtt':
        this.#own.measured(event.peer, event.rttMs, now);
        break;
      case 'attributes':
        this.#own.setAttributes(event.bytes, now);
        break;
      case 'shown':
        this.#onShown(event.record);
        break;
      case 'want-records':
        if (this.#own.links.has(event.peer)) this.#exchange.want(event.peer, event.ids, now, this.#effects);
        break;
      case 'leave':
        this.#tellAll('destroy_edge', this.#own.leave());
        this.#hasLeft = true;
        break;
    }
    if (this.#graph.viewRevision !== viewRevision) this.#effects.push({ type: 'graph-changed' });
    if (this.#effects.length === 0) return NO_EFFECTS;
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #wake(now: number): void {
    const due = this.#own.due(now);
    if (due) {
      this.#graph.ownChanged();
      this.#exchange.changed(now);
      this.#tellAll(due.type, due.record);
    }
    if (now >= this.#news.nextWakeAt) this.#flush(now);
    this.#news.offer(this.#own.links.keys(), this.#exchange.isAtRest(now), now, this.#effects);
    if (this.#exchange.isDigestDue(now)) {
      this.#settle(now);
      this.#table.forget(now);
      this.#costs.forget(now);
    }
    this.#exchange.wake(now, this.#effects);
  }

  #onLinkUp({ peer, identity }: LinkUp, now: number): void {
    this.#identities.set(peer, identity);
    this.#exchange.linkUp(peer, this.#effects); // before the Link counts: both ends compare the same
    const isAlone = this.#graph.reachedCount === 0;
    this.#own.linkUp(peer, now, !this.view.has(peer));
    this.#graph.linksChanged(true);
    this.#exchange.changed(now);
    // Whoever is in a mesh is known there, or asked for with the rest; who comes from nowhere says at once who it is.
    if (isAlone) this.#tell(peer, 'new_edge', this.#own.record);
  }

  #onFrame({ via, header, frame }: FrameArrived, now: number): void {
    const body = frameBody(frame);
    let problem: string | undefined;
    let isMalformed = true;
    switch (header.type) {
      case FrameType.new_edge:
        problem = this.#onRecords(via, body, 'new_edge', now);
        break;
      case FrameType.destroy_edge:
        problem = this.#onRecords(via, body, 'destroy_edge', now);
        break;
      case FrameType.network_state:
        problem = this.#onRecords(via, body, 'state', now);
        break;
      case FrameType.network_state_request:
        if (!this.#exchange.onRequest(via, body, now, this.#effects)) problem = 'bad request for records';
        break;
      default:
        problem = 'not for the topology';
        isMalformed = false;
    }
    if (problem === undefined) return;
    if (problem === REFUSED) isMalformed = false;
    this.#effects.push({ type: 'drop', via, header, frame, why: problem, isMalformed });
  }

  /** Why the frame, or the rest of it, could not be used. */
  #onRecords(
    via: NodeId,
    body: Uint8Array,
    kind: AnnouncementType | 'state',
    now: number,
  ): string | undefined {
    const parts = splitRecords(body);
    if (!parts) return 'bad list of records';
    const mayVerify = () => this.#costs.mayVerify(via, now);
    let problem: string | undefined;
    const news: NodeId[] = [];
    for (const bytes of parts) {
      const read = this.#reader.read(bytes, mayVerify);
      if (read.type === 'malformed' || read.type === 'refused') {
        problem = read.type === 'malformed' ? 'not a genuine record' : REFUSED;
        break;
      }
      if (read.type === 'news') {
        if (this.#take(read.record, now)) news.push(read.record.id);
      } else if (read.isSame) this.#news.isKnownTo(via, read.id);
      else if (read.id === this.#self) this.#correct(via, now);
    }
    if (news.length > 0) this.#exchange.changed(now);
    const isToPassOn = kind !== 'state' || this.#exchange.onState(via, news.length, now);
    if (isToPassOn) this.#passOn(news, via, kind === 'destroy_edge' ? kind : 'new_edge', now);
    if (this.#table.asideCount > MAX_ASIDE) {
      this.#settle(now);
      this.#table.forget(now);
    }
    return problem;
  }

  #passOn(news: readonly NodeId[], via: NodeId, type: AnnouncementType, now: number): void {
    for (const id of news) this.#news.add(id, via, type, now);
    if (news.length > 0 && this.#news.isEndOfTree(via, now)) this.#flush(now);
  }

  #flush(now: number): void {
    this.#settle(now);
    this.#news.flush(this.#own.links.keys(), now, this.#effects);
  }

  /** A genuine record, newer than what is held. False when it is our own. */
  #take(record: NodeRecord, now: number): boolean {
    if (record.id === this.#self) {
      if (isNewerLife(record, this.#ownLife)) this.#effects.push({ type: 'replaced' });
      else this.#own.outrank(record.version, now);
      return false;
    }
    const before = this.#graph.get(record.id);
    if (!before || isNewerLife(record, before)) {
      this.#effects.push({ type: 'peer-life', identity: record });
      // Nobody is at the other end of its Link any more, or somebody who has to go, and hears why.
      const linked = this.#identities.get(record.id);
      if (linked && isNewerLife(record, linked)) {
        this.#tell(record.id, 'new_edge', record);
        this.#effects.push({
          type: 'disconnect',
          peer: record.id,
          reason: 'a newer life of it is known here',
        });
      }
    }
    this.#table.put(record, now);
    this.#offers.have(record);
    return true;
  }

  /** Only what our own key has signed is looked at: nobody else can say that we live elsewhere. */
  #onShown(bytes: Uint8Array): void {
    if (!isRecordShaped(bytes) || !equalBytes(publicKeyOf(bytes), this.#ownLife.publicKey)) return;
    const record = parseRecord(bytes, this.#self);
    if (!record || !isNewerLife(record, this.#ownLife) || !this.#reader.isGenuine(bytes)) return;
    this.#effects.push({ type: 'replaced' });
  }

  /** A neighbour holds an older record of ours. */
  #correct(via: NodeId, now: number): void {
    const { record, links } = this.#own;
    const isOnItsWay = links.get(via)?.told === record;
    if (!isOnItsWay && this.#costs.mayAnswer(via, record.bytes.length, now))
      this.#tell(via, 'new_edge', record);
  }

  #tellAll(type: AnnouncementType, record: NodeRecord): void {
    for (const [peer, { told }] of this.#own.links) if (told !== record) this.#tell(peer, type, record);
  }

  #tell(to: NodeId, type: AnnouncementType, record: NodeRecord): void {
    const link = this.#own.links.get(to);
    if (link) link.told = record;
    for (const body of encodeRecords([record], ANNOUNCEMENT_BYTES)) {
      this.#effects.push({ type: 'tell', to, frameType: FrameType[type], body });
    }
  }

  #settle(now: number): void {
    this.#table.settle(now, (owner) => this.#news.add(owner, undefined, 'new_edge', now));
  }
}

/** It would have cost too much to look at it now. */
const REFUSED = 'more new records than a neighbour may bring';
