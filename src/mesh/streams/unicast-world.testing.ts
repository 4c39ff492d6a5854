/**
 * Test support: a few Unicasts in virtual time, with direct Links that come and go and relays that lose, double, reorder and
 * delay. One seed, one run. It checks after every event what must always hold: in order and exactly once per stream, every token
 * settled once, budgets kept, nothing sent twice on one Link.
 */
import { Heap, integerBelow, type Random, seededRandom, uniform } from '../../runtime/index.ts';
import {
  FRAME_HEADER_BYTES,
  FrameFlag,
  frameBody,
  INDEX_MODULUS,
  type NodeId,
  newNodeId,
  parseFrameHeader,
  SEAL_BYTES,
} from '../../wire/index.ts';
import type { Sessions } from '../identity/session.ts';
import { MemoryBudget } from '../memory/budget.ts';
import { WAKE } from '../protocol.ts';
import type { Deliver, Failure, LinkId, Path, StreamId, Token } from '../vocabulary.ts';
import type { UnicastEffect, UnicastEvent } from './contract.ts';
import { Unicast } from './unicast.ts';

export interface Weather {
  readonly loss: number;
  readonly duplication: number;
  readonly delayMs: readonly [number, number];
}

export const CALM: Weather = { loss: 0, duplication: 0, delayMs: [5, 5] };
export const ROUGH: Weather = { loss: 0.2, duplication: 0.2, delayMs: [1, 80] };

const NO_KEY = new Uint8Array(32);

export class TestNode {
  readonly world: UnicastWorld;
  readonly id: NodeId;
  readonly budget: MemoryBudget;
  readonly links = new Map<NodeId, LinkId>();
  /** Lives of others as it knows them. */
  readonly known = new Map<NodeId, number>();
  readonly delivered: { from: NodeId; stream: StreamId; text: string; bytes: number }[] = [];
  readonly settled = new Map<Token, Failure | undefined>();
  readonly answers = new Map<Token, Uint8Array>();
  readonly sent = new Map<Token, { to: NodeId; toLife: number; stream: StreamId; text: string }>();
  readonly drops = new Map<string, number>();
  readonly cutOff: string[] = [];
  readonly requests: { from: NodeId; stream: StreamId; id: number; body: Uint8Array }[] = [];
  readonly untaken: Deliver[] = [];
  unicast: Unicast;
  life = 1;
  isFrozen = false;
  /** While false the application takes nothing. */
  isTaking = true;
  /** Called with each request that was taken. */
  serve: ((node: TestNode, request: TestNode['requests'][number]) => void) | undefined;
  readonly #inbox: UnicastEvent[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;

  constructor(world: UnicastWorld, id: NodeId, budget: MemoryBudget) {
    this.world = world;
    this.id = id;
    this.budget = budget;
    this.unicast = this.#unicast();
  }

  restart(): void {
    this.life++;
    this.unicast = this.#unicast();
    this.untaken.length = 0;
    for (const [peer, bytes] of [...this.budget.accounts]) this.budget.charge(peer, -bytes);
  }

  #unicast(): Unicast {
    return new Unicast({
      self: this.id,
      sessions: this.#sessions(),
      paths: { to: (target) => this.world.path(this, target) },
      budget: this.budget,
      firstRequestId: 0xffff_fff0,
    });
  }

  #sessions(): Sessions {
    const tag = (peer: NodeId) => {
      const life = this.known.get(peer);
      if (life === undefined) return undefined;
      const pair = [`${this.id}${this.life}`, `${peer}${life}`].sort().join();
      let hash = 7;
      for (let i = 0; i < pair.length; i++) hash = (Math.imul(hash, 31) + pair.charCodeAt(i)) >>> 0;
      return hash;
    };
    return {
      tag,
      seal: (peer, frame) => {
        const session = tag(peer);
        if (session === undefined) return undefined;
        const sealed = new Uint8Array(frame.length + SEAL_BYTES);
        sealed.set(frame);
        sealed[3] = (sealed[3] ?? 0) | FrameFlag.sealed;
        sealed.set(mac(sealed, session), frame.length);
        return sealed;
      },
      isGenuine: (source, frame) => {
        const session = tag(source);
        if (session === undefined) return false;
        const expected = mac(frame, session);
        return expected.every((byte, i) => byte === frame[frame.length - SEAL_BYTES + i]);
      },
    };
  }

  tell(event: UnicastEvent): void {
    if (this.isFrozen) {
      this.#inbox.push(event);
      return;
    }
    this.#perform(this.unicast.handle(event, this.world.nowMs));
    this.settle();
  }

  /** The end of a turn. */
  settle(): void {
    for (let turns = 0; this.unicast.nextWakeAt <= this.world.nowMs; turns++) {
      if (turns > 20) throw new Error(`it wants to be woken for ever, at ${this.unicast.nextWakeAt}`);
      this.#perform(this.unicast.handle(WAKE, this.world.nowMs));
    }
    this.world.check(this);
    const at = this.unicast.nextWakeAt;
    if (at === this.#wakeAt || at === Number.POSITIVE_INFINITY) return;
    this.#wakeAt = at;
    this.world.at(at, () => {
      if (this.#wakeAt !== at) return;
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.tell(WAKE);
    });
  }

  thaw(): void {
    this.isFrozen = false;
    for (const event of this.#inbox.splice(0)) this.tell(event);
    this.settle();
  }

  send(to: TestNode, text: string, bytes = 0, stream = 0, timeoutMs = 60_000): Token {
    const token = this.world.newToken();
    const body = new Uint8Array(Math.max(bytes, text.length));
    new TextEncoder().encodeInto(text, body);
    const id = stream as StreamId;
    this.sent.set(token, { to: to.id, toLife: to.life, stream: id, text });
    this.tell({
      type: 'send',
      token,
      target: to.id,
      stream: id,
      message: { kind: 'message', name: 'm', body },
      timeoutMs,
    });
    return token;
  }

  request(to: TestNode, body = new Uint8Array(4), stream = 0, timeoutMs = 10_000): Token {
    const token = this.world.newToken();
    this.tell({
      type: 'request',
      token,
      target: to.id,
      stream: stream as StreamId,
      name: 'q',
      body,
      timeoutMs,
    });
    return token;
  }

  /** The application takes what was delivered, the oldest first. */
  take(most = Number.POSITIVE_INFINITY): void {
    let taken = 0;
    for (let next = this.untaken[0]; next && taken < most; next = this.untaken[0]) {
      const messages = next.messages.slice(0, most - taken);
      const costs = next.costs.slice(0, messages.length);
      const rest = {
        ...next,
        messages: next.messages.slice(messages.length),
        costs: next.costs.slice(messages.length),
      };
      if (rest.messages.length > 0) this.untaken[0] = rest;
      else this.untaken.shift();
      taken += messages.length;
      for (const [i, message] of messages.entries()) {
        this.tell({
          type: 'taken',
          from: next.from,
          stream: next.stream,
          isBroadcast: false,
          count: 1,
          cost: costs[i] ?? 0,
        });
        if (message.kind !== 'request') continue;
        const request = { from: next.from, stream: next.stream, id: message.requestId, body: message.body };
        this.requests.push(request);
        this.serve?.(this, request);
      }
    }
  }

  #perform(effects: readonly UnicastEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'transmit':
          this.world.carry(this, effect.target, effect.path, effect.frame);
          break;
        case 'deliver':
          this.untaken.push(effect);
          for (const message of effect.messages) {
            if (message.kind !== 'message') continue;
            const text = new TextDecoder().decode(message.body.subarray(0, 12)).replace(/\0+$/, '');
            this.delivered.push({
              from: effect.from,
              stream: effect.stream,
              text,
              bytes: message.body.length,
            });
            this.world.delivered(this, effect.from, effect.stream, text);
          }
          if (this.isTaking) this.world.at(this.world.nowMs, () => this.isTaking && this.take());
          break;
        case 'settled':
          for (const token of effect.tokens) this.#settle(token, effect.failure);
          break;
        case 'answered':
          this.#settle(effect.token, undefined);
          this.answers.set(effect.token, effect.body);
          break;
        case 'drop':
          this.drops.set(effect.why, (this.drops.get(effect.why) ?? 0) + 1);
          break;
        case 'cut-off':
          this.cutOff.push(effect.reason);
          break;
        case 'log':
          break;
      }
    }
  }

  #settle(token: Token, failure: Failure | undefined): void {
    if (this.settled.has(token)) throw new Error(`token ${token} settled twice`);
    this.settled.set(token, failure);
    const sent = this.sent.get(token);
    if (failure || !sent) return;
    const receiver = this.world.node(sent.to);
    if (!this.world.isDelivered(this, sent)) {
      throw new Error(`"${sent.text}" resolved but was never delivered to ${receiver?.id}`);
    }
  }
}

function mac(frame: Uint8Array, session: number): Uint8Array {
  let hash = session | 1;
  for (let i = 0; i < frame.length - SEAL_BYTES; i++) {
    if (i !== 2) hash = Math.imul(hash ^ (frame[i] ?? 0), 0x01000193);
  }
  return NO_KEY.slice(0, SEAL_BYTES).fill(hash >>> 24);
}

export class UnicastWorld {
  readonly random: Random;
  nowMs = 0;
  weather: Weather;
  /** Pairs between which relays lead (any order), unless `isRelaying` is off. */
  isRelaying = true;
  directDelayMs = 1;
  transmissions = 0;
  /** The world's Links lose frames, so that they must be sent twice. */
  isLossy = false;
  /** One message that is larger than the budget is among them. */
  mayExceed = false;
  /** Frames over relays wait here while they are frozen. */
  areRelaysFrozen = false;
  /** Looks at each frame on its way; false loses it. */
  filter: (frame: Uint8Array, from: NodeId) => boolean = () => true;
  readonly nodes: TestNode[] = [];
  readonly #seen = new Map<string, string[]>();
  readonly #deliveredTexts = new Set<string>();
  readonly #onLink = new Set<string>();
  readonly #frozen: (() => void)[] = [];
  readonly #events = new Heap<{ atMs: number; order: number; run: () => void }>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order),
  );
  #order = 0;
  #tokens = 0;
  #links = 0;

  constructor(seed: number, count = 2, weather = CALM, peerBytes?: number, totalBytes?: number) {
    this.random = seededRandom(seed);
    this.weather = weather;
    for (let i = 0; i < count; i++) {
      this.nodes.push(new TestNode(this, newNodeId(this.random), new MemoryBudget(peerBytes, totalBytes)));
    }
    for (const node of this.nodes) {
      for (const other of this.nodes) if (other !== node) node.known.set(other.id, other.life);
    }
  }

  node(id: NodeId): TestNode | undefined {
    return this.nodes.find((node) => node.id === id);
  }

  newToken(): Token {
    return ++this.#tokens as Token;
  }

  at(atMs: number, run: () => void): void {
    this.#events.push({ atMs: Math.max(atMs, this.nowMs), order: this.#order++, run });
  }

  path(from: TestNode, target: NodeId): Path | undefined {
    const link = from.links.get(target);
    if (link !== undefined) return { type: 'direct', link };
    return this.isRelaying ? { type: 'relayed', nextHop: target } : undefined;
  }

  linkUp(a: TestNode, b: TestNode): void {
    const link = ++this.#links as LinkId;
    a.links.set(b.id, link);
    b.links.set(a.id, link);
    for (const [self, peer] of [[a, b] as const, [b, a] as const]) {
      self.known.set(peer.id, peer.life);
      const identity = { id: peer.id, publicKey: NO_KEY, agreementKey: NO_KEY, life: peer.life };
      self.tell({
        type: 'link-up',
        peer: peer.id,
        link,
        identity,
        isInitiator: self === a,
        answersProbes: false,
      });
    }
  }

  linkDown(a: TestNode, b: TestNode): void {
    const link = a.links.get(b.id);
    if (link === undefined) return;
    a.links.delete(b.id);
    b.links.delete(a.id);
    a.tell({ type: 'link-down', peer: b.id, link, reason: 'test', livedMs: 1 });
    b.tell({ type: 'link-down', peer: a.id, link, reason: 'test', livedMs: 1 });
  }

  setRelaying(isRelaying: boolean): void {
    this.isRelaying = isRelaying;
    for (const node of this.nodes) node.tell({ type: 'graph-changed' });
  }

  thawRelays(): void {
    this.areRelaysFrozen = false;
    for (const arrive of this.#frozen.splice(0)) arrive();
  }

  restart(node: TestNode): void {
    for (const other of this.nodes) if (other !== node) this.linkDown(node, other);
    node.restart();
  }

  /** `node` hears of the present life of `other`. */
  introduce(node: TestNode, other: TestNode): void {
    node.known.set(other.id, other.life);
    const identity = { id: other.id, publicKey: NO_KEY, agreementKey: NO_KEY, life: other.life };
    node.tell({ type: 'peer-life', identity });
  }

  carry(from: TestNode, target: NodeId, path: Path, frame: Uint8Array): void {
    this.transmissions++;
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(`a bad frame was made: ${header}`);
    const to = this.node(target);
    if (!to) return;
    if (path.type === 'direct') {
      if ((header.flags & FrameFlag.sealed) !== 0) throw new Error('sealed on a direct Link');
      const body = frameBody(frame);
      if (header.index >= 0 && frame.length > FRAME_HEADER_BYTES + 3) {
        const key = `${path.link} ${from.id} ${header.stream} ${header.index + INDEX_MODULUS * (body[0] ?? 0)}`;
        if (this.#onLink.has(key) && !this.isLossy)
          throw new Error(`sent twice on one Link: index ${header.index}`);
        this.#onLink.add(key);
      }
      if (!this.filter(frame, from.id)) return;
      this.at(this.nowMs + this.directDelayMs, () => {
        if (from.links.get(target) === path.link && to.links.get(from.id) === path.link) {
          to.tell({ type: 'frame', via: from.id, header, frame });
        }
      });
      return;
    }
    const relay = this.nodes.find((node) => node !== from && node !== to)?.id ?? RELAY;
    if (!this.filter(frame, from.id)) return;
    const copies = uniform(this.random) < this.weather.duplication ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (uniform(this.random) < this.weather.loss) continue;
      const [least, most] = this.weather.delayMs;
      const arrive = () => to.tell({ type: 'frame', via: relay, header, frame });
      this.at(this.nowMs + least + integerBelow(this.random, most - least + 1), () => {
        if (this.areRelaysFrozen) this.#frozen.push(arrive);
        else arrive();
      });
    }
  }

  run(untilMs: number, maxEvents = 3_000_000): void {
    for (let events = 0; ; events++) {
      const next = this.#events.peek();
      if (!next || next.atMs > untilMs) break;
      if (events > maxEvents) throw new Error(`still busy at ${this.nowMs} ms`);
      this.#events.pop();
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = untilMs;
  }

  delivered(node: TestNode, from: NodeId, stream: StreamId, text: string): void {
    const source = this.node(from);
    const key = `${node.id} ${node.life} ${from} ${stream}`;
    const list = this.#seen.get(key) ?? [];
    this.#seen.set(key, list);
    const number = Number(text);
    const last = Number(list.at(-1) ?? -1);
    if (!(number > last)) throw new Error(`out of order or twice: ${text} after ${last} of ${source?.id}`);
    list.push(text);
    this.#deliveredTexts.add(`${node.id} ${from} ${stream} ${text}`);
  }

  isDelivered(from: TestNode, { to, stream, text }: { to: NodeId; stream: StreamId; text: string }): boolean {
    return this.#deliveredTexts.has(`${to} ${from.id} ${stream} ${text}`);
  }

  check({ budget, cutOff }: TestNode): void {
    for (const bytes of budget.accounts.values()) {
      if (bytes > this.maxPeerBytes(budget)) throw new Error(`a peer costs ${bytes} bytes`);
    }
    if (budget.total > budget.totalBytes) throw new Error(`all together cost ${budget.total} bytes`);
    if (cutOff.length > 0) throw new Error(`an honest peer was cut off: ${cutOff[0]}`);
  }

  maxPeerBytes(budget: MemoryBudget): number {
    return this.mayExceed ? 3 * budget.peerBytes : budget.peerBytes;
  }
}

/** A relay that is none of the nodes. */
const RELAY = newNodeId(seededRandom(77));
