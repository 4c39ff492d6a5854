/**
 * Test support: many Multicasts on a graph of Links with latency and bandwidth, in virtual time. Links are reliable and in
 * order while they are up, control before broadcasts, as the real ones; what is on its way when one goes down is lost. One
 * seed, one run.
 */
import { Heap, integerBelow, type Random, seededRandom } from '../../runtime/index.ts';
import {
  encodeFrame,
  type FrameType,
  type NodeId,
  nodeIdFromBytes,
  parseFrameHeader,
} from '../../wire/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { LinkId, StreamId, Token } from '../vocabulary.ts';
import { randomGraph } from './graph.testing.ts';
import { type NodeMesh, SimulatedNode } from './mesh-node.testing.ts';

export interface MeshOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly mode?: 'plumtree' | 'flood';
  /** Default 6; `nodes - 1` or more: everyone with everyone. */
  readonly degree?: number;
  /** One way, ms, uniform. Default 5 to 60. */
  readonly latencyMs?: readonly [number, number];
  /** Of each direction of a Link; default unlimited. */
  readonly bytesPerSecond?: number;
}

interface Direction {
  readonly to: SimulatedNode;
  laneBytes: number;
  busyUntil: number;
}

export interface SimulatedLink {
  readonly a: SimulatedNode;
  readonly b: SimulatedNode;
  readonly latencyMs: number;
  readonly fromA: Direction;
  readonly fromB: Direction;
  /** Undefined while it is down. */
  link: LinkId | undefined;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class SimulatedMesh implements NodeMesh {
  readonly random: Random;
  readonly cryptography: Cryptography = simulatedCryptography();
  readonly nodes: SimulatedNode[] = [];
  readonly links: SimulatedLink[] = [];
  readonly directory = new Map<NodeId, PeerIdentity>();
  readonly mode: NonNullable<MeshOptions['mode']>;
  /** Those that are none of its Nodes and in reach all the same, by their word. */
  readonly invented = new Set<NodeId>();
  /** How often a Node has asked whether another is in reach. */
  looks = 0;
  now = 0;
  /** Most hops that a first copy has come since it was last reset. */
  lastHop = 0;
  bytes = { broadcast: 0, control: 0 };
  controlFrames = 0;
  /** Called for each broadcast frame on its arrival: a hostile relay changes or repeats it. */
  tamper: ((from: SimulatedNode, to: SimulatedNode, frame: Uint8Array) => Uint8Array[]) | undefined;
  /** Whether `ihave`, `graft` and `prune` vanish as well. */
  losesControl = false;
  readonly #options: MeshOptions;
  readonly #due = new Heap<Due>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  readonly #byId = new Map<NodeId, SimulatedNode>();
  readonly #between = new Map<string, SimulatedLink>();
  #order = 0;
  #linkNumber = 0;
  #token = 0;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.mode = options.mode ?? 'plumtree';
    this.random = seededRandom(options.seed);
    for (let i = 0; i < options.nodes; i++) this.addNode();
    for (const [a, b] of randomGraph(options.nodes, options.degree ?? 6, this.random)) this.connect(a, b);
  }

  addNode(): SimulatedNode {
    const node = new SimulatedNode(this, this.nodes.length);
    this.nodes.push(node);
    this.#byId.set(node.id, node);
    this.directory.set(node.id, node.own);
    return node;
  }

  node(index: number): SimulatedNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`no node ${index}`);
    return node;
  }

  connect(a: number, b: number): SimulatedLink {
    const known = this.#between.get(`${a} ${b}`);
    const [least, most] = this.#options.latencyMs ?? [5, 60];
    const [nodeA, nodeB] = [this.node(a), this.node(b)];
    const link: SimulatedLink = known ?? {
      a: nodeA,
      b: nodeB,
      latencyMs: least + integerBelow(this.random, most - least + 1),
      fromA: { to: nodeB, laneBytes: 0, busyUntil: 0 },
      fromB: { to: nodeA, laneBytes: 0, busyUntil: 0 },
      link: undefined,
    };
    if (!known) {
      this.links.push(link);
      this.#between.set(`${a} ${b}`, link);
      this.#between.set(`${b} ${a}`, link);
    }
    this.up(link);
    return link;
  }

  up(link: SimulatedLink): void {
    if (link.link !== undefined || link.a.isDead || link.b.isDead) return;
    link.link = ++this.#linkNumber as LinkId;
    for (const [node, peer] of [
      [link.a, link.b],
      [link.b, link.a],
    ] as const) {
      node.tell({
        type: 'link-up',
        peer: peer.id,
        link: link.link,
        identity: peer.own,
        isInitiator: node === link.a,
        answersProbes: false,
      });
      node.tell({ type: 'rtt', peer: peer.id, rttMs: 2 * link.latencyMs });
    }
  }

  down(link: SimulatedLink): void {
    if (link.link === undefined) return;
    const number = link.link;
    link.link = undefined;
    link.fromA.laneBytes = 0;
    link.fromB.laneBytes = 0;
    for (const [node, peer] of [
      [link.a, link.b],
      [link.b, link.a],
    ] as const) {
      node.tell({ type: 'link-down', peer: peer.id, link: number, reason: 'test', livedMs: 1 });
    }
  }

  linksOf(node: SimulatedNode): SimulatedLink[] {
    return this.links.filter(({ a, b }) => a === node || b === node);
  }

  /** Gone without a word; its neighbours notice after so long. */
  kill(node: SimulatedNode, noticedMs = 2000): void {
    node.isDead = true;
    this.after(noticedMs, () => {
      for (const link of this.linksOf(node)) this.down(link);
    });
  }

  /** A new life of the same key, with Links of its own, as a reloaded page. */
  restart(node: SimulatedNode): void {
    for (const link of this.linksOf(node)) this.down(link);
    node.restart();
    this.directory.set(node.id, node.own);
    for (const other of this.nodes) {
      if (other !== node) other.tell({ type: 'peer-life', identity: node.own });
    }
    for (const link of this.linksOf(node)) this.up(link);
  }

  freeze(node: SimulatedNode, forMs: number): void {
    node.frozenUntil = this.now + forMs;
    for (const link of this.linksOf(node)) {
      const towards = link.a === node ? link.fromB : link.fromA;
      towards.busyUntil = Math.max(towards.busyUntil, node.frozenUntil);
    }
  }

  broadcast(from: number, number: number, bytes = 8, targets?: readonly number[]): Token {
    const body = new Uint8Array(Math.max(4, bytes));
    new DataView(body.buffer).setUint32(0, number);
    return this.send(from, body, targets);
  }

  send(from: number, body: Uint8Array, targets?: readonly number[], timeoutMs = 60_000): Token {
    const token = ++this.#token as Token;
    this.node(from).tell({
      type: 'broadcast',
      token,
      targets: targets?.map((index) => this.node(index).id),
      stream: 3 as StreamId,
      message: { kind: 'message', name: 'n', body },
      timeoutMs,
    });
    return token;
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.now + delayMs, run);
  }

  /** Lets so much virtual time pass. */
  run(forMs: number): void {
    const until = this.now + forMs;
    for (let next = this.#due.peek(); next && next.at <= until; next = this.#due.peek()) {
      this.#due.pop();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = until;
  }

  get counts(): { delivered: number; surplus: number } {
    let delivered = 0;
    let surplus = 0;
    for (const { multicast } of this.nodes) {
      delivered += multicast.counts.delivered;
      surplus += multicast.counts.surplus;
    }
    return { delivered, surplus };
  }

  isPresent(id: NodeId): boolean {
    this.looks++;
    return this.#byId.has(id) || this.invented.has(id);
  }

  withId(id: NodeId): SimulatedNode | undefined {
    return this.#byId.get(id);
  }

  laneBytes(from: SimulatedNode, to: NodeId): number {
    return this.#direction(from, to)?.laneBytes ?? 0;
  }

  #direction(node: SimulatedNode, peer: NodeId): Direction | undefined {
    const link = this.#between.get(`${node.index} ${this.#byId.get(peer)?.index}`);
    if (link?.link === undefined) return undefined;
    return link.a === node ? link.fromA : link.fromB;
  }

  pass(node: SimulatedNode, to: NodeId, frame: Uint8Array): void {
    const direction = this.#direction(node, to);
    const link = this.#between.get(`${node.index} ${this.#byId.get(to)?.index}`);
    if (!direction || !link) return;
    const { link: number } = link;
    const rate = (this.#options.bytesPerSecond ?? Number.POSITIVE_INFINITY) / 1000;
    this.bytes.broadcast += frame.length;
    direction.laneBytes += frame.length;
    direction.busyUntil = Math.max(this.now, direction.busyUntil) + frame.length / rate;
    this.at(direction.busyUntil, () => {
      if (link.link !== number) return;
      direction.laneBytes -= frame.length;
      this.after(link.latencyMs, () => {
        if (link.link !== number) return;
        const frames = this.tamper?.(node, direction.to, frame) ?? [frame.slice()];
        for (const each of frames) this.arrive(node, direction.to, each);
      });
    });
  }

  control(node: SimulatedNode, to: NodeId, type: FrameType, body: Uint8Array): void {
    const link = this.#between.get(`${node.index} ${this.#byId.get(to)?.index}`);
    const direction = this.#direction(node, to);
    if (!link || !direction) return;
    const { link: number } = link;
    const frame = encodeFrame({ type, source: node.id, hopLimit: 1 }, body);
    this.bytes.control += frame.length;
    this.controlFrames++;
    this.after(link.latencyMs, () => {
      if (link.link === number && !this.losesControl) this.arrive(node, direction.to, frame);
    });
  }

  /** A frame reaches a Node from a neighbour. */
  arrive(from: SimulatedNode, to: SimulatedNode, frame: Uint8Array): void {
    const header = parseFrameHeader(frame);
    if (typeof header === 'string') throw new Error(`a bad frame: ${header}`);
    const before = to.multicast.counts.delivered;
    to.tell({ type: 'frame', via: from.id, header, frame });
    if (to.multicast.counts.delivered > before) this.lastHop = Math.max(this.lastHop, 65 - header.hopLimit);
  }

  at(time: number, run: () => void): void {
    this.#due.push({ at: Math.max(this.now, time), order: this.#order++, run });
  }
}

/** A control frame of that neighbour's, made up or not, arrives. */
export function control(
  mesh: SimulatedMesh,
  from: SimulatedNode,
  to: SimulatedNode,
  type: FrameType,
  body: Uint8Array,
): void {
  mesh.arrive(from, to, encodeFrame({ type, source: from.id, hopLimit: 1 }, body));
}

/** An id that belongs to nobody. */
export function strangerId(random: Random): NodeId {
  return nodeIdFromBytes(random.bytes(16));
}
