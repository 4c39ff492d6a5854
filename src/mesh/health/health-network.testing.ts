/**
 * Test support: several Health protocols in virtual time. Datagrams are lost and delayed, frames travel reliably and in order
 * along the graph; Nodes are killed, frozen, blocked behind a worker, or hidden with timers once a second.
 */
import { Heap, type Random, seededRandom, uniform } from '../../runtime/index.ts';
import {
  encodeFrame,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  type FrameType,
  frameRule,
  type NodeId,
  newNodeId,
  parseFrameHeader,
  SEAL_BYTES,
} from '../../wire/index.ts';
import type { NodeHealth, TableEntry } from '../contract.ts';
import { WAKE } from '../protocol.ts';
import type { LinkId, Token } from '../vocabulary.ts';
import type { HealthEffect, HealthEvent } from './contract.ts';
import { datagramKind, encodeAck } from './datagram.ts';
import { Health } from './health.ts';
import { nextHop, routerOf, viewOf } from './health-graph.testing.ts';

export interface HealthNetworkOptions {
  readonly nodes: number;
  readonly seed: number;
  /** Share of datagrams, 0..1. */
  readonly loss?: number;
  /** Median one-way delay, ms. */
  readonly latencyMs?: number;
  /** Of the logarithm of the delay. */
  readonly sigma?: number;
  /** Neighbours of each in a random graph; undefined: full mesh. */
  readonly degree?: number;
}

interface TestNode {
  readonly id: NodeId;
  readonly health: Health;
  readonly neighbours: Map<NodeId, LinkId>;
  /** Events that wait for the page. */
  waiting: HealthEvent[] | undefined;
  hasWorker: boolean;
  isFrozen: boolean;
  isDead: boolean;
  isHidden: boolean;
  wakeAt: number;
  datagramBytes: number;
  frameBytes: number;
  stillSince: number;
}

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

export interface Note {
  readonly at: number;
  readonly node: NodeId;
  readonly effect: HealthEffect;
}

export class HealthNetwork {
  readonly random: Random;
  readonly nodes: TestNode[] = [];
  /** Effects for people: deaths, changes, absences, tables. */
  readonly notes: Note[] = [];
  /** One-way: what these send to those gets lost. */
  readonly blackholes = new Set<string>();
  now = 0;
  readonly #options: Required<Pick<HealthNetworkOptions, 'loss' | 'latencyMs' | 'sigma'>>;
  readonly #queue = new Heap<Scheduled>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  readonly #byId = new Map<NodeId, TestNode>();
  readonly #arrivals = new Map<string, number>();
  #order = 0;
  #links = 0;

  constructor({ nodes, seed, loss = 0, latencyMs = 2, sigma = 0.5, degree }: HealthNetworkOptions) {
    this.random = seededRandom(seed);
    this.#options = { loss, latencyMs, sigma };
    for (let i = 0; i < nodes; i++) this.#add();
    for (const [i, node] of this.nodes.entries()) {
      for (let j = i + 1; j < nodes; j++) if (degree === undefined) this.link(node, this.at(j));
      if (degree === undefined) continue;
      this.link(node, this.at((i + 1) % nodes));
      for (let k = 0; k < (degree - 2) / 2; k++) this.link(node, this.at(this.random.uint32() % nodes));
    }
  }

  at(index: number): TestNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`no node ${index}`);
    return node;
  }

  link(a: TestNode, b: TestNode): void {
    if (a === b || a.neighbours.has(b.id)) return;
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      const link = ++this.#links as LinkId;
      one.neighbours.set(other.id, link);
      const identity = {
        id: other.id,
        publicKey: new Uint8Array(32),
        life: 1,
        agreementKey: new Uint8Array(32),
      };
      this.tell(one, {
        type: 'link-up',
        peer: other.id,
        link,
        identity,
        isInitiator: one === a,
        answersProbes: one.hasWorker,
      });
    }
  }

  kill(node: TestNode): void {
    node.isDead = true;
  }

  hint(gone: TestNode): void {
    for (const node of this.nodes) if (node !== gone) this.tell(node, { type: 'hint-gone', id: gone.id });
  }

  /** The page's main thread stands still; with `isFrozen` its worker does, too. */
  still(node: TestNode, forMs: number, isFrozen: boolean): void {
    node.waiting ??= [];
    node.isFrozen = isFrozen;
    this.after(forMs, () => {
      const waiting = node.waiting ?? [];
      node.waiting = undefined;
      node.isFrozen = false;
      // A timer that is due and what has arrived meanwhile come in any order.
      if (uniform(this.random) < 0.5) this.#wake(node);
      for (const event of waiting) this.tell(node, event);
      this.#wake(node);
    });
  }

  ask(node: TestNode, target: NodeId, timeoutMs: number, token: number): void {
    this.tell(node, { type: 'ask-table', token: token as Token, target, timeoutMs });
  }

  after(ms: number, action: () => void): void {
    this.#queue.push({ at: this.now + ms, order: this.#order++, action });
  }

  run(forMs: number): void {
    const until = this.now + forMs;
    for (let next = this.#queue.peek(); next !== undefined && next.at <= until; next = this.#queue.peek()) {
      this.#queue.pop();
      this.now = next.at;
      next.action();
    }
    this.now = until;
  }

  deaths(): Note[] {
    return this.notes.filter(({ effect }) => effect.type === 'dead');
  }

  /** What was said of one Node's health. */
  changes(of: NodeId): { at: number; health: NodeHealth }[] {
    return this.notes.flatMap(({ at, effect }) =>
      effect.type === 'health-changed' && effect.id === of ? [{ at, health: effect.health }] : [],
    );
  }

  tables(): (readonly TableEntry[])[] {
    return this.notes.flatMap(({ effect }) => (effect.type === 'table' ? [effect.entries] : []));
  }

  tell(node: TestNode, event: HealthEvent): void {
    if (node.isDead) return;
    if (node.waiting) {
      node.waiting.push(event);
      return;
    }
    this.perform(node, node.health.handle(event, this.now));
    this.#schedule(node);
  }

  /** A frame from `from` over its Link to `to`, as somebody hostile may make it. */
  frame(from: NodeId, to: TestNode, source: NodeId, frameType: FrameType, body: Uint8Array): void {
    const target = frameRule(frameType).scope === 'routed' ? to.id : undefined;
    const frame = encodeFrame({ type: frameType, source, target }, body);
    this.#arrive(from, to, parseFrameHeader(frame) as FrameHeader, frame);
  }

  perform(node: TestNode, effects: readonly HealthEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send-datagram':
          node.datagramBytes += effect.bytes.length;
          this.#datagram(node, this.#node(effect.to), effect.bytes);
          break;
        case 'tell':
          node.frameBytes += FRAME_HEADER_BYTES + effect.body.length;
          this.#hop(
            node,
            this.#node(effect.to),
            encodeFrame({ type: effect.frameType, source: node.id }, effect.body),
          );
          break;
        case 'route': {
          const { target, frameType, body, via } = effect;
          this.#forward(node, encodeFrame({ type: frameType, source: node.id, target }, body), target, via);
          break;
        }
        case 'dead':
          this.notes.push({ at: this.now, node: node.id, effect });
          this.#close(node, this.#node(effect.peer), effect.reason);
          break;
        default:
          this.notes.push({ at: this.now, node: node.id, effect });
      }
    }
  }

  #add(): void {
    const id = newNodeId(this.random);
    const options = {
      self: id,
      random: seededRandom(this.random.uint32()),
      view: viewOf(id, this.#byId),
      router: routerOf(id, this.#byId),
    };
    const node: TestNode = {
      id,
      health: new Health(options, 0),
      neighbours: new Map(),
      waiting: undefined,
      hasWorker: false,
      isFrozen: false,
      isDead: false,
      isHidden: false,
      wakeAt: Number.POSITIVE_INFINITY,
      datagramBytes: 0,
      frameBytes: 0,
      stillSince: 0,
    };
    this.nodes.push(node);
    this.#byId.set(id, node);
  }

  #node(id: NodeId): TestNode {
    const node = this.#byId.get(id);
    if (!node) throw new Error(`no node ${id}`);
    return node;
  }

  #schedule(node: TestNode): void {
    const due = node.health.nextWakeAt;
    if (due === Number.POSITIVE_INFINITY || due === node.wakeAt) return;
    node.wakeAt = due;
    const at = Math.max(this.now, node.isHidden ? Math.ceil(due / 1000) * 1000 : due);
    this.after(at - this.now, () => {
      if (node.wakeAt === due) this.#wake(node);
    });
  }

  #wake(node: TestNode): void {
    if (node.isDead || node.waiting) return;
    node.wakeAt = Number.POSITIVE_INFINITY;
    this.tell(node, WAKE);
  }

  #delay(): number {
    const normal =
      Math.sqrt(-2 * Math.log(1 - uniform(this.random))) * Math.cos(2 * Math.PI * uniform(this.random));
    return this.#options.latencyMs * Math.exp(this.#options.sigma * normal);
  }

  #datagram(from: TestNode, to: TestNode, bytes: Uint8Array): void {
    if (uniform(this.random) < this.#options.loss || this.#isCut(from, to)) return;
    this.after(this.#delay(), () => {
      if (to.isDead || !to.neighbours.has(from.id)) return;
      if (to.hasWorker && !to.isFrozen && datagramKind(bytes) === 'syn') {
        to.datagramBytes += bytes.length;
        this.#datagram(to, from, encodeAck(bytes, to.waiting !== undefined));
      }
      this.tell(to, { type: 'datagram', via: from.id, bytes });
    });
  }

  #forward(from: TestNode, frame: Uint8Array, target: NodeId, via: NodeId | undefined): void {
    const hop =
      from.neighbours.has(target) && via === undefined
        ? target
        : (via ?? nextHop(this.#byId, from.id, target));
    if (hop === undefined) return;
    from.frameBytes += frame.length + (hop === target ? 0 : SEAL_BYTES);
    this.#hop(from, this.#node(hop), frame);
  }

  #hop(from: TestNode, to: TestNode, frame: Uint8Array): void {
    if (!from.neighbours.has(to.id) || this.#isCut(from, to)) return;
    const key = from.id + to.id;
    const at = Math.max(this.now + this.#delay(), this.#arrivals.get(key) ?? 0);
    this.#arrivals.set(key, at);
    this.after(at - this.now, () => {
      if (!to.neighbours.has(from.id)) return;
      const header = parseFrameHeader(frame) as FrameHeader;
      if (header.target === undefined || header.target === to.id) this.#arrive(from.id, to, header, frame);
      // A page that stands still relays nothing; when it is back, nobody needs this any more.
      else if (!to.isDead && !to.waiting) this.#forward(to, frame, header.target, undefined);
    });
  }

  #arrive(via: NodeId, to: TestNode, header: FrameHeader, frame: Uint8Array): void {
    this.tell(to, { type: 'heard', peer: via });
    this.tell(to, { type: 'frame', via, header, frame });
  }

  #isCut(from: TestNode, to: TestNode): boolean {
    return from.isDead || this.blackholes.has(from.id + to.id);
  }

  #close(node: TestNode, peer: TestNode, reason: string): void {
    for (const [one, other] of [[node, peer] as const, [peer, node] as const]) {
      const link = one.neighbours.get(other.id);
      if (link === undefined) continue;
      one.neighbours.delete(other.id);
      this.after(one === node ? 0 : this.#delay(), () =>
        this.tell(one, { type: 'link-down', peer: other.id, link, reason, livedMs: this.now }),
      );
    }
  }
}
