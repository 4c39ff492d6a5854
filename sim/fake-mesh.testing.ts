/**
 * Test support: a mesh by contract only. Nodes in virtual time with latency and bandwidth, and nothing of src/mesh behind
 * them: so a test can have what no real mesh does on command, above all a departure that one side sees and the other does
 * not. Same shape as FarmWorld. Everything follows from the seed.
 */
import type {
  Attributes,
  Handler,
  Member,
  MeshEvents,
  MeshInspection,
  MeshNode,
  MeshStream,
  Received,
  RequestHandler,
} from '../src/mesh/contract.ts';
import { NodeClosedError, TargetLeftError } from '../src/mesh/errors.ts';
import {
  type Clock,
  Emitter,
  integerBelow,
  type Random,
  seededRandom,
  type Timers,
} from '../src/runtime/index.ts';
import { SimulatedHost } from '../src/transport/simulated/host.ts';
import { Scheduler } from '../src/transport/simulated/scheduler.ts';
import { type NodeId, newNodeId } from '../src/wire/index.ts';
import { FakeStream, type Parcel, type StreamOwner } from './fake-stream.testing.ts';

const MEET_MS = 20;
/** A Node that is killed is missed by the others after it. */
const DETECT_MS = 1_500;
const LATENCY_MS = 2;
/** 20 MB/s over each path. */
const BYTES_PER_MS = 20_000;

export interface FakeTab {
  readonly node: MeshNode;
  readonly host: Clock & Timers;
  readonly random: Random;
}

/** What fits into one slips in between those of others. */
const PACKET_BYTES = 1_200;

interface Capacity {
  readonly up: number;
  readonly down: number;
  /** Until when it is taken up with what was sent before. */
  upFreeAtMs: number;
  downFreeAtMs: number;
}

export class FakeMesh {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly nodes = new Map<NodeId, FakeNode>();
  /** Told of every request by its message name. */
  onRequest: ((message: string) => void) | undefined;
  /** Told of what a Node sends, and how large it is. */
  onDispatch: ((from: NodeId, bytes: number) => void) | undefined;
  /** A message of which it says so vanishes, and its sender believes that it arrived: worse than any real mesh. */
  isLost: ((to: NodeId, message: string) => boolean) | undefined;
  /** What a Node can send and receive in all, bytes a millisecond; without it only its paths are limited. */
  readonly capacities = new Map<NodeId, Capacity>();

  constructor(seed: number) {
    this.random = seededRandom(seed + 0x3000_0000);
  }

  add(): FakeTab {
    const node = new FakeNode(this, newNodeId(this.random));
    for (const other of this.nodes.values()) {
      this.scheduler.after(MEET_MS + integerBelow(this.random, 10), () => {
        this.rejoin(node.id, other.id);
        this.rejoin(other.id, node.id);
      });
    }
    this.nodes.set(node.id, node);
    return node;
  }

  kill(id: NodeId): void {
    this.nodes.get(id)?.host.kill();
    this.nodes.delete(id);
    this.scheduler.after(DETECT_MS, () => {
      for (const other of this.nodes.values()) this.sever(other.id, id);
    });
  }

  /** `at` forgets `gone`; `gone` notices nothing. What is on its way between them is lost to `at`. */
  sever(at: NodeId, gone: NodeId): void {
    this.at(at).host.deliver(() => this.at(at).forget(gone));
  }

  /** `at` knows `back` as a member. */
  rejoin(at: NodeId, back: NodeId): void {
    if (!this.nodes.has(at) || !this.nodes.has(back)) return;
    this.at(at).host.deliver(() => this.at(at).learn(back));
  }

  freeze(id: NodeId): void {
    this.at(id).host.freeze();
  }

  thaw(id: NodeId): void {
    this.at(id).host.thaw();
  }

  at(id: NodeId): FakeNode {
    const node = this.nodes.get(id);
    if (!node) throw new Error('no such Node');
    return node;
  }

  async meet(): Promise<void> {
    await this.runUntil(() =>
      [...this.nodes.values()].every((node) => node.members().length === this.nodes.size),
    );
  }

  async runUntil(condition: () => boolean, limitMs = 120_000): Promise<void> {
    const isTrue = await this.scheduler.runUntil(condition, limitMs);
    if (!isTrue) throw new Error(`nothing came of it within ${limitMs} virtual ms`);
  }

  async runFor(durationMs: number): Promise<void> {
    await this.scheduler.runFor(durationMs);
  }

  now(): number {
    return this.scheduler.now();
  }
}

class FakeNode implements MeshNode, FakeTab, StreamOwner {
  readonly name = '';
  readonly host: SimulatedHost;
  readonly random: Random;
  readonly events = new Emitter<MeshEvents>();
  readonly rendezvous = 'online';
  readonly #members = new Map<NodeId, Member>();
  readonly #streams = new Map<string, FakeStream>();
  readonly #default: FakeStream;
  /** By target and stream: one after the other. */
  readonly #tails = new Map<string, Promise<void>>();
  readonly #freeAtMs = new Map<string, number>();
  readonly #waiting = new Map<NodeId, Set<(error: Error) => void>>();
  attributes: Attributes = {};
  isClosed = false;

  constructor(
    readonly mesh: FakeMesh,
    readonly id: NodeId,
  ) {
    this.host = new SimulatedHost(mesh.scheduler);
    this.random = seededRandom(mesh.nodes.size);
    this.#default = new FakeStream(this, '', false);
    this.#streams.set('', this.#default);
    this.learn(id);
  }

  get node(): this {
    return this;
  }

  get inspection(): MeshInspection {
    throw new Error('the fake mesh cannot be looked into');
  }

  knows(id: NodeId): boolean {
    return this.#members.has(id);
  }

  learn(id: NodeId): void {
    if (this.isClosed || this.#members.has(id)) return;
    const isSelf = id === this.id;
    const attributes = isSelf ? this.attributes : this.mesh.at(id).attributes;
    const place = isSelf
      ? { isSelf, isNeighbour: false, hops: 0, rttMs: 0 }
      : { isSelf, isNeighbour: true, hops: 1, rttMs: 4 };
    const member: Member = { id, attributes, ...place, health: 'healthy', sinceMs: this.host.now() };
    this.#members.set(id, member);
    if (isSelf) return;
    this.events.emit('joined', member);
    this.events.emit('membersChanged', undefined);
  }

  forget(id: NodeId): void {
    if (this.isClosed || !this.#members.delete(id)) return;
    for (const reject of this.#waiting.get(id) ?? []) reject(new TargetLeftError(id, 'it does not answer'));
    this.#waiting.delete(id);
    this.events.emit('left', { id, reason: 'it does not answer' });
    this.events.emit('membersChanged', undefined);
  }

  members(): readonly Member[] {
    return [...this.#members.values()];
  }

  setAttributes(change: Attributes): void {
    this.attributes = { ...this.attributes, ...change };
    for (const node of this.mesh.nodes.values()) node.#learnAttributes(this.id, this.attributes);
  }

  #learnAttributes(id: NodeId, attributes: Attributes): void {
    const member = this.#members.get(id);
    if (member) this.#members.set(id, { ...member, attributes });
  }

  stream(name: string, options: { readonly lane?: 'messages' | 'bulk' } = {}): MeshStream {
    if (this.#streams.has(name)) throw new Error(`the stream "${name}" is taken`);
    const stream = new FakeStream(this, name, options.lane === 'bulk');
    this.#streams.set(name, stream);
    return stream;
  }

  releaseStream(name: string): void {
    this.#streams.delete(name);
  }

  streamNamed(name: string): FakeStream | undefined {
    return this.#streams.get(name);
  }

  send(...args: Parameters<MeshStream['send']>): Promise<void> {
    return this.#default.send(...args);
  }
  broadcast(...args: Parameters<MeshStream['broadcast']>): Promise<void> {
    return this.#default.broadcast(...args);
  }
  request(...args: Parameters<MeshStream['request']>): Promise<Uint8Array> {
    return this.#default.request(...args);
  }
  receive(message: string, handler: Handler): () => void {
    return this.#default.receive(message, handler);
  }
  messages(message: string): AsyncIterableIterator<Received> {
    return this.#default.messages(message);
  }
  serve(message: string, handler: RequestHandler): () => void {
    return this.#default.serve(message, handler);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const rejects of this.#waiting.values()) for (const reject of rejects) reject(new NodeClosedError());
    for (const other of this.mesh.nodes.values()) if (other !== this) this.mesh.sever(other.id, this.id);
  }

  /** Registers who is to be told when `target` is gone; answers with the unsubscriber. */
  whileKnown(target: NodeId, reject: (error: Error) => void): () => void {
    const rejects = this.#waiting.get(target) ?? new Set();
    this.#waiting.set(target, rejects);
    rejects.add(reject);
    return () => rejects.delete(reject);
  }

  hear(run: () => void): void {
    this.mesh.scheduler.after(LATENCY_MS, () => this.host.deliver(run));
  }

  isLost(to: NodeId, message: string): boolean {
    return this.mesh.isLost?.(to, message) ?? false;
  }

  onRequest(message: string): void {
    this.mesh.onRequest?.(message);
  }

  /** Puts a parcel on its way: in order per target and stream, at the speed of the path. */
  dispatch(target: NodeId, parcel: Parcel): void {
    this.mesh.onDispatch?.(this.id, parcel.bytes);
    const key = `${target} ${parcel.stream}`;
    const before = this.#tails.get(key) ?? Promise.resolve();
    const arrival = new Promise<void>((resolve) => {
      if (this.mesh.capacities.has(this.id) && parcel.bytes > PACKET_BYTES)
        this.#throughCapacities(target, parcel.bytes, resolve);
      else this.mesh.scheduler.after(this.#onPath(target, parcel) + LATENCY_MS, resolve);
    });
    this.#tails.set(
      key,
      before.then(() => arrival).then(() => this.mesh.nodes.get(target)?.take(parcel)),
    );
  }

  /** In how many ms its last byte is through. */
  #onPath(target: NodeId, { bytes, isBulk }: Parcel): number {
    const lane = `${target} ${isBulk}`;
    const end = Math.max(this.host.now(), this.#freeAtMs.get(lane) ?? 0) + bytes / BYTES_PER_MS;
    this.#freeAtMs.set(lane, end);
    return end - this.host.now();
  }

  /** One after the other out of the one, then, as they come, one after the other into the other. */
  #throughCapacities(target: NodeId, bytes: number, arrived: () => void): void {
    const { capacities, scheduler } = this.mesh;
    const [from, to] = [capacities.get(this.id), capacities.get(target)];
    if (!from || !to) throw new Error('all Nodes have capacities, or none has');
    from.upFreeAtMs = Math.max(scheduler.now(), from.upFreeAtMs) + bytes / from.up;
    scheduler.after(from.upFreeAtMs - scheduler.now(), () => {
      to.downFreeAtMs = Math.max(scheduler.now(), to.downFreeAtMs) + bytes / to.down;
      scheduler.after(to.downFreeAtMs - scheduler.now() + LATENCY_MS, arrived);
    });
  }

  /** Hands a parcel to the application once this Node runs and knows its sender. */
  take(parcel: Parcel): Promise<void> {
    return new Promise((resolve) => {
      this.host.deliver(() => {
        if (this.isClosed) return resolve();
        if (this.knows(parcel.from)) return void Promise.resolve(parcel.deliver(this)).then(resolve, resolve);
        // One-sided: it waits until we know the sender again.
        const off = this.events.on('joined', ({ id }) => {
          if (id !== parcel.from) return;
          off();
          void Promise.resolve(parcel.deliver(this)).then(resolve, resolve);
        });
      });
    });
  }
}
