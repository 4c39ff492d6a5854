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
import type { HealthEffect, HealthEvent, HealthOptions, HealthProtocol } from './contract.ts';
import { datagramKind, encodeAck } from './datagram.ts';
import { Dissemination } from './dissemination.ts';
import { type LinkEffect, LinkHealth } from './link-health.ts';
import { NetworkTable, PROOF_LASTS_MS } from './network-table.ts';
import { type Rate, RateLimit } from './rate-limit.ts';
import { PING_BYTES, RoutedPings } from './routed-pings.ts';
import { parseStatement } from './statement.ts';
import { encodeAnswer, parseEntries, parsePeers, TableExchange } from './table-exchange.ts';

/** A timer this late says that we are not well; what else was due is done at the next event, whatever it is. */
const LATE_MS = 250;
/** Timers of a hidden tab come up to a second late: that is no standing still. */
const STOOD_STILL_MS = 1100;
const AWAY_MS = 2000;
/** How often the View is looked through for newcomers and for old proof, and how often its size is looked at. */
const SCAN_EVERY_MS = 10_000;
const SIZE_EVERY_MS = 3000;
/** SWIM's k: through how many neighbours a silent one is asked. */
const INDIRECT_PROBES = 3;
/** Datagrams and pings answered of each neighbour. In doubt one sends 5 and 2 a second, and relays those of others. */
const ANSWERS_TO_EACH: Rate = { perSecond: 20, burst: 40 };
const ANSWERS_TO_ALL: Rate = { perSecond: 100, burst: 200 };

export class Health implements HealthProtocol {
  readonly #options: HealthOptions;
  readonly #awareness = new Awareness();
  readonly #links = new Map<NodeId, LinkHealth>();
  readonly #ends = new Map<NodeId, { readonly link: LinkId; readonly answersProbes: boolean }>();
  readonly #pings: RoutedPings;
  readonly #table: NetworkTable;
  readonly #exchange: TableExchange;
  readonly #dissemination: Dissemination;
  readonly #answers: RateLimit;
  #now: number;
  #nextScanAt: number;
  #nextSizeAt: number;
  #seenSize = 0;
  #nextWakeAt = NEVER;
  #isClosed = false;

  constructor(options: HealthOptions, now: number) {
    this.#options = options;
    this.#pings = new RoutedPings(options.random);
    this.#table = new NetworkTable(now);
    this.#exchange = new TableExchange(options.random, now);
    this.#dissemination = new Dissemination({ ...options, links: this.#links }, now);
    this.#answers = new RateLimit(ANSWERS_TO_EACH, ANSWERS_TO_ALL, now);
    this.#now = now;
    this.#nextScanAt = now + SIZE_EVERY_MS;
    this.#nextSizeAt = now + SIZE_EVERY_MS;
  }

  get nextWakeAt(): number {
    return this.#nextWakeAt;
  }

  handle(event: HealthEvent, now: number): readonly HealthEffect[] {
    if (this.#isClosed) return NO_EFFECTS;
    const isOnTime = now >= this.#now && now < this.#nextWakeAt + LATE_MS;
    if (isOnTime) {
      // The events of which there are thousands cost a look-up.
      this.#now = now;
      if (event.type === 'heard') {
        this.#links.get(event.peer)?.heard(now);
        return NO_EFFECTS;
      }
      if (event.type === 'proof') return this.#onProof(event.id, now);
      if (event.type === 'wake' && now < this.#nextWakeAt) return NO_EFFECTS;
    }
    const effects: HealthEffect[] = [];
    if (!isOnTime) this.#noteLateness(now, effects);
    this.#take(event, now, effects);
    if (now >= this.#nextWakeAt) this.#doDue(now, effects);
    this.#reschedule();
    return effects;
  }

  health(id: NodeId): NodeHealth {
    return this.#links.get(id)?.health ?? this.#table.health(id, this.#now);
  }

  rttMs(id: NodeId): number | undefined {
    const link = this.#links.get(id);
    return link ? link.rttMs : this.#table.rttMs(id);
  }

  loss(id: NodeId): number {
    return this.#links.get(id)?.loss ?? this.#table.loss(id);
  }

  silenceMs(peer: NodeId): number {
    return this.#links.get(peer)?.silenceMs(this.#now) ?? 0;
  }

  table(now: number): TableEntry[] {
    const entries: TableEntry[] = [];
    for (const [id, link] of this.#links) {
      const lastProofMs = Math.max(0, now - link.lastHeardAt);
      entries.push({ id, heardFrom: id, lastProofMs, rttMs: link.rttMs, loss: link.loss });
    }
    for (const { id, heardFrom, lastProofAt, rttMs, loss } of this.#table.known()) {
      if (this.#links.has(id)) continue;
      const lastProofMs = lastProofAt === undefined ? undefined : Math.max(0, now - lastProofAt);
      entries.push({ id, heardFrom, lastProofMs, rttMs, loss });
    }
    return entries;
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
        this.#table.worry(event.id, now);
        return;
      case 'left':
        this.#table.forget(event.id);
        effects.push(...this.#exchange.fail(event.id, { reason: 'left', because: 'it left the mesh' }));
        return;
      case 'ask-table':
        effects.push(this.#askTable(event, now));
        return;
      case 'close':
        this.#isClosed = true;
        this.#links.clear();
        effects.push(...this.#exchange.fail(undefined, { reason: 'closed' }));
        return;
      default:
        event satisfies never;
    }
  }

  #onProof(id: NodeId, now: number): readonly HealthEffect[] {
    if (this.#links.has(id) || !this.#table.proof(id, now)) return NO_EFFECTS;
    return [{ type: 'health-changed', id, health: 'healthy' }];
  }

  #onLinkUp({ peer, link, answersProbes }: LinkUp, now: number, effects: HealthEffect[]): void {
    const before = this.health(peer);
    this.#table.forget(peer);
    this.#ends.set(peer, { link, answersProbes });
    const isProber = this.#options.self < peer;
    const { random } = this.#options;
    this.#links.set(peer, new LinkHealth(now, { isProber, random, awareness: this.#awareness }));
    if (before !== 'healthy') effects.push({ type: 'health-changed', id: peer, health: 'healthy' });
  }

  #onLinkDown({ peer, link }: LinkDown, now: number, effects: HealthEffect[]): void {
    const state = this.#links.get(peer);
    if (!state || this.#ends.get(peer)?.link !== link) return; // a newer Link has taken its place
    this.#links.delete(peer);
    this.#ends.delete(peer);
    this.#table.demote(peer, state.health === 'dead' ? undefined : state.lastHeardAt, state.rttMs, now);
    const health = this.#table.health(peer, now);
    if (health !== state.health) effects.push({ type: 'health-changed', id: peer, health });
  }

  #onDatagram(via: NodeId, bytes: Uint8Array, now: number, effects: HealthEffect[]): void {
    const link = this.#links.get(via);
    const kind = datagramKind(bytes);
    if (!link || kind === undefined) return; // a datagram has no header to report; it costs nobody anything
    if (kind === 'syn') {
      link.heard(now);
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
        if (body.length !== PING_BYTES) effects.push(drop(event, 'malformed', true));
        else if (!this.#answers.take(event.via, now)) effects.push(drop(event, 'too many pings', false));
        // The answer goes back the way the question came: the direct way may be what is in doubt.
        else
          effects.push({
            type: 'route',
            target: event.header.source,
            frameType: FrameType.pong,
            body,
            via: event.via,
          });
        return;
      case FrameType.pong:
        this.#onPong(event, body, now, effects);
        return;
      case FrameType.peers:
        this.#onPeers(event, body, now, effects);
        return;
      case FrameType.suspect:
        this.#onStatement(event, body, now, effects);
        return;
      default:
        effects.push(drop(event, 'not for health', false));
    }
  }

  #onPong(event: FrameArrived, body: Uint8Array, now: number, effects: HealthEffect[]): void {
    const { source } = event.header;
    const ping = this.#pings.answered(source, body);
    if (!ping) {
      effects.push(
        drop(event, body.length === PING_BYTES ? 'nobody asked' : 'malformed', body.length !== PING_BYTES),
      );
      return;
    }
    const rttMs = Math.max(0, now - ping.askedAt);
    const link = this.#links.get(source);
    if (!link) {
      if (this.#table.answered(source, rttMs, now))
        effects.push({ type: 'health-changed', id: source, health: 'healthy' });
    } else if (event.via === source) {
      link.heard(now);
      if (ping.via === source) link.onPong(rttMs, now);
      this.#tellRtt(source, link, now, effects);
    } else link.heardElsewhere(now);
  }

  #onPeers(event: FrameArrived, body: Uint8Array, now: number, effects: HealthEffect[]): void {
    const { source } = event.header;
    const peers = parsePeers(body);
    if (!peers) {
      effects.push(drop(event, 'malformed', true));
    } else if (peers.type === 'question') {
      if (!this.#exchange.mayAnswer(source, now)) effects.push(drop(event, 'too many questions', false));
      else
        effects.push({
          type: 'route',
          target: source,
          frameType: FrameType.peers,
          body: encodeAnswer(peers.id, this.#heardLately(source, now)),
        });
    } else {
      const token = this.#exchange.answered(source, peers.id);
      if (token === undefined) {
        effects.push(drop(event, 'nobody asked', false));
        return;
      }
      const entries = parseEntries(peers.entries);
      for (const { id } of entries) {
        if (id !== this.#options.self && !this.#links.has(id))
          this.#table.learn(id, source, this.#options.view.has(id), now);
      }
      effects.push({ type: 'table', token, entries });
    }
  }

  #onStatement(event: FrameArrived, body: Uint8Array, now: number, effects: HealthEffect[]): void {
    const { via } = event;
    const statement = parseStatement(body);
    if (!statement || !this.#links.has(via)) effects.push(drop(event, 'malformed', statement === undefined));
    else if (!this.#dissemination.mayTake(via, now)) effects.push(drop(event, 'too many suspicions', false));
    else if (statement.kind === 'silent') effects.push(...this.#dissemination.onSilent(via, statement, now));
    else if (statement.subject === via) this.#links.get(via)?.refuted(statement.incarnation);
    else {
      const link = this.#links.get(statement.subject);
      if (!link?.suspicion) return;
      link.denied(via);
      this.#awareness.worse(); // Lifeguard's nack: it is us who do not hear
      effects.push(this.#pings.ping(statement.subject, via, now));
    }
  }

  #askTable(event: Extract<HealthEvent, { type: 'ask-table' }>, now: number): HealthEffect {
    const { token, target, timeoutMs } = event;
    if (target === this.#options.self) return { type: 'table', token, entries: this.table(now) };
    if (!this.#links.has(target) && this.#options.router.route(target) === undefined)
      return { type: 'settled', tokens: [token], failure: { reason: 'unreachable' } };
    return this.#exchange.ask(token, target, timeoutMs, now);
  }

  /** For others: only whom we heard ourselves within the last minute, the latest first. */
  #heardLately(asker: NodeId, now: number): TableEntry[] {
    const ageOf = ({ lastProofMs = NEVER }: TableEntry): number => lastProofMs;
    return this.table(now)
      .filter(
        (entry) => entry.id !== asker && ageOf(entry) <= PROOF_LASTS_MS && this.health(entry.id) !== 'dead',
      )
      .sort((a, b) => ageOf(a) - ageOf(b));
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
      if (via !== undefined || this.#links.has(target) || !this.#table.failed(target, now)) continue;
      effects.push({ type: 'health-changed', id: target, health: 'suspected' });
    }
    if (now >= this.#exchange.nextWakeAt) effects.push(...this.#exchange.wake(now));
    if (now >= Math.min(this.#nextScanAt, this.#nextSizeAt)) this.#scan(now, effects);
    if (now < this.#table.nextCheckAt) return;
    const target = this.#table.takeCheck(now);
    if (target === undefined || this.#links.has(target) || this.#options.router.route(target) === undefined)
      return;
    effects.push(this.#pings.ping(target, undefined, now));
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

  /** Newcomers of the View into the table; the whole of it now and then, and when its size says that somebody came or went. */
  #scan(now: number, effects: HealthEffect[]): void {
    const { router, view } = this.#options;
    this.#nextSizeAt = now + SIZE_EVERY_MS;
    if (now < this.#nextScanAt && view.size === this.#seenSize) return;
    this.#nextScanAt = now + SCAN_EVERY_MS;
    this.#seenSize = view.size;
    for (const id of view.ids()) {
      if (this.#links.has(id) || id === this.#options.self) continue;
      // Whose record came to us came by the neighbour that leads there, as far as anyone can tell.
      if (this.#table.isInView(id)) continue;
      this.#table.learn(id, router.route(id)?.nextHop ?? id, true, now);
    }
    for (const news of this.#table.sweep((id) => view.has(id), now))
      effects.push({ type: 'health-changed', ...news });
  }

  #reschedule(): void {
    let next = Math.min(this.#pings.nextWakeAt, this.#exchange.nextWakeAt);
    for (const { nextWakeAt } of this.#links.values()) next = Math.min(next, nextWakeAt);
    // Alone there is nobody to know.
    if (this.#links.size > 0 || this.#table.size > 0)
      next = Math.min(next, this.#nextScanAt, this.#nextSizeAt, this.#table.nextCheckAt);
    this.#nextWakeAt = this.#isClosed ? NEVER : next;
  }
}

function drop({ via, header, frame }: FrameArrived, why: string, isMalformed: boolean): Drop {
  return { type: 'drop', via, header, frame, why, isMalformed };
}
