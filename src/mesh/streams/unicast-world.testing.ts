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
} from '../../wire/index.ts';
import { MemoryBudget } from '../memory/budget.ts';
import type { LinkId, Path, StreamId, Token } from '../vocabulary.ts';
import { type NodeWorld, TestNode } from './unicast-node.testing.ts';

export interface Weather {
  readonly loss: number;
  readonly duplication: number;
  readonly delayMs: readonly [number, number];
}

export const CALM: Weather = { loss: 0, duplication: 0, delayMs: [5, 5] };
export const ROUGH: Weather = { loss: 0.2, duplication: 0.2, delayMs: [1, 80] };

const NO_KEY = new Uint8Array(32);

export class UnicastWorld implements NodeWorld {
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

/** The first two of its Nodes. */
export function pair(world: UnicastWorld): [TestNode, TestNode] {
  const [a, b] = world.nodes;
  if (!a || !b) throw new Error('a world of two at least');
  return [a, b];
}

/** A relay that is none of the nodes. */
const RELAY = newNodeId(seededRandom(77));
