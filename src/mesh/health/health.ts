/**
 * Who lives: the failure detector of the mesh as one protocol. Neighbours are watched by LinkHealth (link-health.ts has the
 * idea), everyone else stands in the network table and is asked now and then. This file routes events to them and knows the
 * one thing that they share: whether we were awake ourselves. An event that comes long after it was due tells that this
 * Node stood still (a frozen or hidden tab, a sleeping machine); the silence of others in that time is forgiven.
 */
import { FrameType, frameBody, type NodeId } from '../../wire/index.ts';
import type { NodeHealth, SuspicionSnapshot, TableEntry } from '../contract.ts';
import { NEVER, NO_EFFECTS } from '../protocol.ts';
import type { Drop, FrameArrived, LinkDown, LinkId, LinkUp } from '../vocabulary.ts';
import { Awareness } from './awareness.ts';
import type { HealthEffect, HealthEvent, HealthOptions, HealthProtocol, LinkEffect } from './contract.ts';
import { datagramKind, encodeAck } from './datagram.ts';
import { Dissemination } from './dissemination.ts';
import { KnownNodes } from './known-nodes.ts';
import { LinkHealth } from './link-health.ts';
import { type Rate, RateLimit } from './rate-limit.ts';
import { probeRhythmMs } from './rhythm.ts';
import { PING_BYTES, RoutedPings } from './routed-pings.ts';
import { parseStatement } from './statement.ts';

/** A timer this late says that we are not well; what else was due is done at the next event, whatever it is. */
const LATE_MS = 250;
/** Timers of a hidden tab come up to a second late: that is no standing still. */
const STOOD_STILL_MS = 1100;
const AWAY_MS = 2000;
/** SWIM's k: through how many neighbours a silent one is asked. */
const INDIRECT_PROBES = 3;
/** Datagrams and pings answered of each neighbour. In doubt one sends 5 and 2 a second, and relays those of others. */
const ANSWERS_TO_EACH: Rate = { perSecond: 20, burst: 40 };
/** More than twelve neighbours may have together: a few hostile ones must not silence us towards the others. */
const ANSWERS_TO_ALL: Rate = { perSecond: 300, burst: 600 };

export class Health implements HealthProtocol {
  readonly #options: HealthOptions;
  readonly #awareness = new Awareness();
  readonly #links = new Map<NodeId, LinkHealth>();
  readonly #ends = new Map<NodeId, { readonly link: LinkId; readonly answersProbes: boolean }>();
  readonly #pings: RoutedPings;
  readonly #others: KnownNodes;
  readonly #dissemination: Dissemination;
  readonly #answers: RateLimit;
  #now: number;
  #nextWakeAt = NEVER;
  /** The Link that it is of, when it is of one. */
  #first: LinkHealth | undefined;
  #isClosed = false;

  constructor(options: HealthOptions, now: number) {
    this.#options = options;
    this.#pings = new RoutedPings(options.random);
    this.#others = new KnownNodes({ ...options, links: this.#links, pings: this.#pings }, now);
    this.#dissemination = new Dissemination({ ...options, links: this.#links }, now);
    this.#answers = new RateLimit(ANSWERS_TO_EACH, ANSWERS_TO_ALL, now);
    this.#now = now;
  }

  get nextWakeAt(): number {
    return this.#nextWakeAt;
  }

  handle(event: HealthEvent, now: number): readonly HealthEffect[] {
    if (this.#isClosed) {
      if (event.type !== 'ask-table') return NO_EFFECTS;
      return [{ type: 'settled', tokens: [event.token], failure: { reason: 'closed' } }];
    }
    const isOnTime = now >= this.#now && now < this.#nextWakeAt + LATE_MS;
    if (isOnTime) {
      // The events of which there are thousands cost a look-up.
      this.#now = now;
      if (event.type === 'heard') {
        const link = this.#links.get(event.peer);
        if (link) this.#heardOn(link, link.heard(now));
        return NO_EFFECTS;
      }
      if (event.type === 'proof') return this.#onProof(event.id, now);
      if (event.type === 'wake' && now < this.#nextWakeAt) return NO_EFFECTS;
    }
    const effects: HealthEffect[] = [];
    if (!isOnTime) this.#noteLateness(now, effects);
    this.#take(event, now, effects);
    if (event.type === 'datagram' && now < this.#nextWakeAt) {
      const link = this.#links.get(event.via);
      if (link) this.#heardOn(link, true);
    } else {
      if (now >= this.#nextWakeAt) this.#doDue(now, effects);
      this.#reschedule();
    }
    return effects;
  }

  health(id: NodeId): NodeHealth {
    return this.#links.get(id)?.health ?? this.#others.health(id, this.#now);
  }

  rttMs(id: NodeId): number | undefined {
    const link = this.#links.get(id);
    return link ? link.rttMs : this.#others.rttMs(id);
  }

  loss(id: NodeId): number {
    return this.#links.get(id)?.loss ?? this.#others.loss(id);
  }

  silenceMs(peer: NodeId): number {
    return this.#links.get(peer)?.silenceMs(this.#now) ?? 0;
  }

  isSilent(peer: NodeId): boolean {
    return this.#links.get(peer)?.isSilent(this.#now) ?? false;
  }

  table(now: number): TableEntry[] {
    return this.#others.table(now);
  }

  suspicions(now: number): SuspicionSnapshot[] {
    const snapshots: SuspicionSnapshot[] = [];
    for (const [id, { suspicion }] of this.#links) {
      if (!suspicion) continue;
      const leftMs = Math.max(0, suspicion.leftMs(now, this.#awareness.scale));
      snapshots.push({ id, witnesses: [this.#options.self, ...suspicion.witnesses], leftMs });
    }
    return snapshots;
  }

  #take(event: HealthEvent, now: number, effects: HealthEffect[]): void {
    switch (event.type) {
      case 'wake':
        return;
      case 'heard':
        this.#links.get(event.peer)?.heard(now);
        return;
      case 'proof':
        effects.push(...this.#onProof(event.id, now));
        return;
      case 'datagram':
        this.#onDatagram(event.via, event.bytes, now, effects);
        return;
      case 'frame':
        this.#onFrame(event, now, effects);
        return;
      case 'link-up':
        this.#onLinkUp(event, now, effects);
        return;
      case 'link-down':
        this.#onLinkDown(event, now, effects);
        return;
      case 'hint-gone':
        this.#links.get(event.id)?.hint(now);
        this.#others.worry(event.id, now);
        return;
      case 'hint-moved':
        for (const [id, link] of this.#links) if (event.id === undefined || event.id === id) link.moved(now);
        return;
      case 'left':
        effects.push(...this.#others.left(event.id));
        return;
      case 'ask-table':
        effects.push(this.#others.ask(event.token, event.target, event.timeoutMs, now));
        return;
      case 'cancel':
        effects.push(...this.#others.cancel(event.token));
        return;
      case 'close':
        this.#isClosed = true;
        this.#links.clear();
        effects.push(...this.#others.close({ reason: 'closed' }));
        return;
      default:
        event satisfies never;
    }
  }

  #onProof(id: NodeId, now: number): readonly HealthEffect[] {
    if (this.#links.has(id) || !this.#others.proof(id, now)) return NO_EFFECTS;
    return [{ type: 'health-changed', id, health: 'healthy' }];
  }

  #onLinkUp({ peer, link, answersProbes }: LinkUp, now: number, effects: HealthEffect[]): void {
    const before = this.health(peer);
    this.#others.becameNeighbour(peer);
    this.#ends.set(peer, { link, answersProbes });
    const isProber = this.#options.self < peer;
    const { random, view } = this.#options;
    const restRhythmMs = (): number => probeRhythmMs(this.#links.size, view.degree(peer));
    const awareness = this.#awareness;
    this.#links.set(peer, new LinkHealth(now, { isProber, restRhythmMs, random, awareness }));
    for (const each of this.#links.values()) each.onDegree();
    if (before !== 'healthy') effects.push({ type: 'health-changed', id: peer, health: 'healthy' });
  }

  #onLinkDown({ peer, link }: LinkDown, now: number, effects: HealthEffect[]): void {
    const state = this.#links.get(peer);
    if (!state || this.#ends.get(peer)?.link !== link) return; // a newer Link has taken its place
    this.#links.delete(peer);
    this.#ends.delete(peer);
    for (const each of this.#links.values()) each.onDegree();
    this.#others.wasNeighbour(peer, state, now);
    const health = this.#others.health(peer, now);
    if (health !== state.health) effects.push({ type: 'health-changed', id: peer, health });
  }

  #onDatagram(via: NodeId, bytes: Uint8Array, now: number, effects: HealthEffect[]): void {
    const link = this.#links.get(via);
    const kind = datagramKind(bytes);
    if (!link || kind === undefined) return; // a datagram has no header to report; it costs nobody anything
    if (kind === 'syn') {
      link.onSyn(now);
      if (this.#ends.get(via)?.answersProbes || !this.#answers.take(via, now)) return;
      effects.push({ type: 'send-datagram', to: via, bytes: encodeAck(bytes) });
      return;
    }
    if (!link.onAck(bytes, kind === 'busy-ack', now)) return;
    this.#tellRtt(via, link, now, effects);
  }

  #onFrame(event: FrameArrived, now: number, effects: HealthEffect[]): void {
    const body = frameBody(event.frame);
    switch (event.header.type) {
      case FrameType.ping:
        this.#onPing(event, body, now, effects);
        return;
      case FrameType.pong:
        this.#onPong(event, body, now, effects);
        return;
      case FrameType.peers: {
        const why = this.#others.onPeers(event.header.source, body, now, effects);
        if (why !== undefined) effects.push(drop(event, why, why === 'malformed'));
        return;
      }
      case FrameType.suspect:
        this.#onStatement(event, body, now, effects);
        return;
      default:
        effects.push(drop(event, 'not for health', false));
    }
  }

  #onPing(event: FrameArrived, body: Uint8Array, now: number, effects: HealthEffect[]): void {
    const { via, header } = event;
    if (body.length !== PING_BYTES) effects.push(drop(event, 'malformed', true));
    else if (!this.#answers.take(via, now)) effects.push(drop(event, 'too many pings', false));
    else {
      // The answer goes back the way the question came: the direct way may be what is in doubt.
      effects.push({ type: 'route', target: header.source, frameType: FrameType.pong, body, via });
      this.#others.wasAskedBy(header.source, now);
    }
  }

  #onPong(event: FrameArrived, body: Uint8Array, now: number, effects: HealthEffect[]): void {
    const { source } = event.header;
    const ping = this.#pings.answered(source, body);
    if (!ping) {
      const isMalformed = body.length !== PING_BYTES;
      effects.push(drop(event, isMalformed ? 'malformed' : 'nobody asked', isMalformed));
      return;
    }
    const rttMs = Math.max(0, now - ping.askedAt);
    const link = this.#links.get(source);
    if (!link) {
      if (this.#others.answered(source, rttMs, now))
        effects.push({ type: 'health-changed', id: source, health: 'healthy' });
    } else if (event.via === source) {
      link.heard(now);
      if (ping.via === source) link.onPong(rttMs, now);
      this.#tellRtt(source, link, now, effects);
    } else link.heardElsewhere(now);
  }

  #onStatement(event: FrameArrived, body: Uint8Array, now: number, effects: HealthEffect[]): void {
    const { via } = event;
    const statement = parseStatement(body);
    if (!statement || !this.#links.has(via)) effects.push(drop(event, 'malformed', statement === undefined));
    else if (!this.#dissemination.mayTake(via, now)) effects.push(drop(event, 'too many suspicions', false));
    else if (statement.kind === 'silent') effects.push(...this.#dissemination.onSilent(via, statement, now));
    else if (statement.subject === via) this.#links.get(via)?.refuted(statement.incarnation);
    else {
      const { subject } = statement;
      if (this.#links.get(subject)?.denied(via, now)) effects.push(this.#pings.ping(subject, via, now));
    }
  }

  #noteLateness(now: number, effects: HealthEffect[]): void {
    const stillMs = now < this.#now ? now - this.#now : now - Math.max(this.#now, this.#nextWakeAt);
    this.#now = now;
    if (stillMs > LATE_MS) this.#awareness.worse();
    if (stillMs >= 0 && stillMs <= STOOD_STILL_MS) return;
    this.#pings.forget();
    for (const link of this.#links.values()) link.forgive(stillMs, now);
    if (stillMs < AWAY_MS || this.#links.size === 0) return;
    effects.push({ type: 'away', forMs: stillMs });
  }

  #doDue(now: number, effects: HealthEffect[]): void {
    for (const [peer, link] of this.#links) {
      if (now < link.nextWakeAt) continue;
      for (const effect of link.wake(now)) this.#perform(peer, link, effect, now, effects);
    }
    for (const { target, via } of this.#pings.takeLost(now)) {
      if (via !== undefined || this.#links.has(target) || !this.#others.failed(target, now)) continue;
      effects.push({ type: 'health-changed', id: target, health: 'suspected' });
    }
    if (now >= this.#others.nextWakeAt) this.#others.doDue(now, effects);
  }

  #perform(peer: NodeId, link: LinkHealth, effect: LinkEffect, now: number, effects: HealthEffect[]): void {
    switch (effect.type) {
      case 'probe':
        effects.push({ type: 'send-datagram', to: peer, bytes: effect.bytes });
        return;
      case 'ping':
        effects.push(this.#pings.ping(peer, peer, now));
        return;
      case 'ask-others':
        for (const via of this.#dissemination.near(peer, INDIRECT_PROBES))
          effects.push(this.#pings.ping(peer, via, now));
        return;
      case 'suspect':
        effects.push(...this.#dissemination.announce(peer, link, 'silent', now));
        return;
      case 'deny':
        effects.push(...this.#dissemination.deny(peer, link, effect.to, now));
        return;
      case 'acquit':
        effects.push(...this.#dissemination.announce(peer, link, 'heard', now));
        return;
      case 'health-changed':
        effects.push({ type: 'health-changed', id: peer, health: effect.health });
        return;
      case 'dead':
        effects.push({ type: 'dead', peer, reason: effect.reason });
        return;
      default:
        effect satisfies never;
    }
  }

  #tellRtt(peer: NodeId, link: LinkHealth, now: number, effects: HealthEffect[]): void {
    const rttMs = link.takeRttNews(now);
    if (rttMs !== undefined) effects.push({ type: 'rtt', peer, rttMs });
  }

  /** Most events are of one Link. Is it the first, then it may be due later by now: a wake would find nothing to do. */
  #heardOn(link: LinkHealth, mayBeEarlier: boolean): void {
    if (link === this.#first) this.#reschedule();
    else if (mayBeEarlier && link.nextWakeAt < this.#nextWakeAt) {
      this.#first = link;
      this.#nextWakeAt = link.nextWakeAt;
    }
  }

  #reschedule(): void {
    this.#first = undefined;
    this.#nextWakeAt = this.#isClosed ? NEVER : Math.min(this.#pings.nextWakeAt, this.#others.nextWakeAt);
    for (const link of this.#links.values()) {
      const at = link.nextWakeAt;
      if (at >= this.#nextWakeAt) continue;
      this.#first = link;
      this.#nextWakeAt = at;
    }
  }
}

function drop({ via, header, frame }: FrameArrived, why: string, isMalformed: boolean): Drop {
  return { type: 'drop', via, header, frame, why, isMalformed };
}
