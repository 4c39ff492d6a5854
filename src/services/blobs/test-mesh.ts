/**
 * For tests only: a few MeshNodes in one process and virtual time. Delivery is reliable and ordered per pair; a Node can be
 * killed (the others see it leave after a while) or cut off. Everything follows from the seed.
 */

import {
  type Handler,
  type Member,
  type MeshEvents,
  type MeshNode,
  RequestFailedError,
  type RequestHandler,
  RequestTimeoutError,
  TargetLeftError,
} from '../../mesh/index.ts';
import {
  type Clock,
  Emitter,
  integerBelow,
  messageOf,
  seededRandom,
  type Timers,
} from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';

const DETECTION_MS = 500;

/** WebCrypto hashes on a thread of its own, in real time; without it hashing stays in the turn that asks for it. */
export function withoutWebCrypto(): Crypto {
  const { getRandomValues } = globalThis.crypto;
  return { getRandomValues: getRandomValues.bind(globalThis.crypto) } as Crypto;
}

interface Scheduled {
  readonly atMs: number;
  readonly run: () => void;
}

export class TestMesh implements Clock, Timers {
  readonly random;
  readonly #nodes = new Map<NodeId, TestNode>();
  #queue: Scheduled[] = [];
  #nowMs = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const scheduled = { atMs: this.#nowMs + delayMs, run: callback };
    const later = this.#queue.findIndex(({ atMs }) => atMs > scheduled.atMs);
    if (later < 0) this.#queue.push(scheduled);
    else this.#queue.splice(later, 0, scheduled);
    return () => {
      this.#queue = this.#queue.filter((one) => one !== scheduled);
    };
  }

  async runUntil(condition: () => boolean, limitMs = 120_000): Promise<void> {
    const endMs = this.#nowMs + limitMs;
    for (;;) {
      await settle();
      if (condition()) return;
      const next = this.#queue.shift();
      if (!next || next.atMs > endMs) throw new Error(`nothing came of it within ${limitMs} virtual ms`);
      this.#nowMs = next.atMs;
      next.run();
    }
  }

  async runFor(durationMs: number): Promise<void> {
    let isOver = false;
    this.after(durationMs, () => {
      isOver = true;
    });
    await this.runUntil(() => isOver, durationMs + 1);
  }

  add(): TestNode {
    const node = new TestNode(this, newNodeId(this.random));
    for (const other of this.#nodes.values()) {
      this.after(1, () => {
        if (other.isUp && node.isUp) {
          other.meet(node);
          node.meet(other);
        }
      });
    }
    this.#nodes.set(node.id, node);
    return node;
  }

  get(id: NodeId): TestNode | undefined {
    return this.#nodes.get(id);
  }

  /** Without a word; the others notice later. */
  kill(id: NodeId): void {
    const node = this.#nodes.get(id);
    if (!node) return;
    this.#nodes.delete(id);
    node.isUp = false;
    this.after(DETECTION_MS, () => {
      for (const other of this.#nodes.values()) other.lose(id, 'it does not answer');
    });
  }

  latencyMs(): number {
    return 1 + integerBelow(this.random, 20);
  }
}

export class TestNode implements MeshNode {
  readonly events = new Emitter<MeshEvents>();
  readonly info = { deviceName: 'test', cores: 1, workers: 1, platform: 'terminal' as const };
  readonly rendezvous = 'online' as const;
  isUp = true;
  readonly #mesh: TestMesh;
  readonly #handlers = new Map<string, Handler>();
  readonly #servers = new Map<string, RequestHandler>();
  readonly #known = new Map<NodeId, Member>();
  readonly #pending = new Map<NodeId, Set<(error: Error) => void>>();
  readonly #lastArrival = new Map<string, number>();

  constructor(
    mesh: TestMesh,
    readonly id: NodeId,
  ) {
    this.#mesh = mesh;
    this.#known.set(id, this.#member(id));
  }

  get faults(): never {
    throw new Error('not in this double');
  }

  inspect(): never {
    throw new Error('not in this double');
  }

  updateInfo(): void {}

  members(): readonly Member[] {
    return [...this.#known.values()];
  }

  meet(other: TestNode): void {
    const member = this.#member(other.id);
    this.#known.set(other.id, member);
    this.events.emit('joined', member);
  }

  lose(id: NodeId, reason: string): void {
    if (!this.#known.delete(id)) return;
    for (const reject of [...(this.#pending.get(id) ?? [])]) reject(new TargetLeftError(id, reason));
    this.events.emit('left', { id, reason });
  }

  send(target: NodeId, name: string, body: Uint8Array): Promise<void> {
    return this.#exchange(target, `send ${name}`, async (other) => {
      await other.#handlers.get(name)?.({ from: this.id, body });
    });
  }

  broadcast(name: string, body: Uint8Array): void {
    for (const id of this.#known.keys()) if (id !== this.id) void this.send(id, name, body).catch(() => {});
  }

  receive(name: string, handler: Handler): () => void {
    this.#handlers.set(name, handler);
    return () => void this.#handlers.delete(name);
  }

  request(
    target: NodeId,
    name: string,
    body: Uint8Array,
    { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
  ): Promise<Uint8Array> {
    const answer = this.#exchange(target, `request ${name}`, async (other) => {
      const handler = other.#servers.get(name);
      if (!handler) throw new RequestFailedError(target, name, 'nobody serves it');
      try {
        return await handler({ from: this.id, body });
      } catch (error) {
        throw new RequestFailedError(target, name, messageOf(error));
      }
    });
    return new Promise((resolve, reject) => {
      const stop = this.#mesh.after(timeoutMs, () =>
        reject(new RequestTimeoutError(target, name, timeoutMs)),
      );
      answer.then(resolve, reject).finally(stop);
    });
  }

  serve(name: string, handler: RequestHandler): () => void {
    this.#servers.set(name, handler);
    return () => void this.#servers.delete(name);
  }

  close(): void {
    this.#mesh.kill(this.id);
  }

  #exchange<T>(target: NodeId, kind: string, work: (other: TestNode) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.isUp) return;
      const other = this.#mesh.get(target);
      if (!this.#known.has(target)) {
        reject(new TargetLeftError(target, 'unknown'));
        return;
      }
      let pending = this.#pending.get(target);
      if (!pending) {
        pending = new Set();
        this.#pending.set(target, pending);
      }
      pending.add(reject);
      const settled = (settle: () => void) => {
        pending.delete(reject);
        if (this.isUp) settle();
      };
      const key = `${target} ${kind}`;
      const atMs = Math.max(this.#mesh.now() + this.#mesh.latencyMs(), this.#lastArrival.get(key) ?? 0);
      this.#lastArrival.set(key, atMs);
      this.#mesh.after(atMs - this.#mesh.now(), () => {
        if (!other?.isUp || !this.isUp) return;
        work(other).then(
          (value) => this.#mesh.after(this.#mesh.latencyMs(), () => settled(() => resolve(value))),
          (error: Error) => this.#mesh.after(this.#mesh.latencyMs(), () => settled(() => reject(error))),
        );
      });
    });
  }

  #member(id: NodeId): Member {
    return {
      id,
      info: this.info,
      isSelf: id === this.id,
      isNeighbour: id !== this.id,
      hops: id === this.id ? 0 : 1,
      rttMs: 10,
      health: 'healthy',
      sinceMs: this.#mesh.now(),
    };
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
