/**
 * A network of FarmStates in virtual time, driven synchronously: no promises, no mesh behind it, so ten thousand events pass in the time
 * that real Nodes take for a hundred, and everything can go wrong on command. Everything follows from the seed.
 *
 * As the mesh promises: what one Node tells another arrives in order. As it does not: any steering message may be lost or come twice.
 */
import type { JobDescription, JobId, JobView } from '../../src/farm/contract.ts';
import { named } from '../../src/farm/description.ts';
import type { FarmEffect, FarmEvent } from '../../src/farm/farm-events.ts';
import { FarmState } from '../../src/farm/farm-state.ts';
import type { FarmMessage } from '../../src/farm/messages.ts';
import { atHand, PART_TASKS, sumsRequest } from '../../src/farm/sums.testing.ts';
import { AttributedStore } from '../../src/farm/trust/attributed-store.ts';
import { Liars } from '../../src/farm/trust/liars.ts';
import { uniform } from '../../src/runtime/index.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import { short, Views } from '../views.ts';
import { CheckedStore } from './checked-store.ts';
import { Hands } from './hands.ts';
import type { SimNode } from './sim-node.ts';

const LEASE_MS = 20_000;

export class FarmNet extends Views<SimNode, FarmEvent> {
  /** Share of steering messages that are lost, or come twice. */
  loss = 0;
  doubling = 0;
  /** Of a message one way, ms: from, to. */
  latencyMs: readonly [number, number] = [1, 40];
  readonly #hands = new Hands(this, this);
  readonly #cut = new Set<string>();
  readonly #lastArrival = new Map<string, number>();

  /** Tasks that were done again though a Node in reach had brought their result. */
  get redone(): number {
    return this.#hands.redone;
  }

  /** Work that was done only to check, in Tasks. */
  get checkedPieces(): number {
    return this.#hands.checkedPieces;
  }

  /** Who has a Job's inputs. */
  get inputs(): Map<JobId, Set<NodeId>> {
    return this.#hands.inputs;
  }

  /** Opens a tab. `disk`: of an earlier life. */
  add(workers: number, taskMs = 60, disk: SimNode['disk'] = new Map(), id = newNodeId(this.random)): SimNode {
    const stores = new Set<CheckedStore>();
    const kind = {
      store: (job: JobDescription) => {
        const store = this.#makeStore(id, job);
        stores.add(store);
        return store;
      },
      partCount: ({ taskCount }: JobDescription) => Math.ceil(taskCount / PART_TASKS),
    };
    const secret = this.random.bytes(16);
    const state = new FarmState({ self: id, kinds: new Map([['sum', kind]]), secret });
    const node: SimNode = {
      ...{ id, state, workers, taskMs, stores, disk },
      members: new Set(),
      habit: undefined,
      done: 0,
      isAlive: true,
      waiting: undefined,
      wakeAtMs: Number.POSITIVE_INFINITY,
    };
    this.enter(node);
    for (const { job, parts } of disk.values()) {
      const store = new AttributedStore(kind.store(job.description), new Liars(id, job.liars));
      for (const [part, bytes] of parts) store.mergePart(part, bytes);
      this.handle(node, { type: 'restore', job, store });
    }
    this.handle(node, { type: 'workers', count: workers });
    this.#saveLater(node);
    return node;
  }

  kill(node: SimNode, detectMs = this.between(200, 6_000)): void {
    this.note(`kill ${short(node.id)}`);
    node.isAlive = false;
    for (const other of this.alive) this.after(detectMs, () => this.miss(other, node.id));
  }

  /** `notices`: it is told how long it was away. */
  thaw(node: SimNode, notices: boolean): void {
    if (!this.goOn(node)) return;
    this.note(`thaw ${short(node.id)}`);
    if (notices) this.after(50, () => this.deliver(node, () => this.handle(node, { type: 'away' })));
    for (const other of this.alive) {
      if (other !== node && !other.members.has(node.id)) {
        this.after(this.between(100, 500), () => !this.isCut(other.id, node.id) && this.meet(other, node));
      }
    }
  }

  /** Nothing passes from `a` to `b` any more. */
  cut(a: NodeId, b: NodeId): void {
    this.#cut.add(`${a} ${b}`);
  }

  mend(a: NodeId, b: NodeId): void {
    this.#cut.delete(`${a} ${b}`);
  }

  isCut(a: NodeId, b: NodeId): boolean {
    return this.#cut.has(`${a} ${b}`);
  }

  submit(node: SimNode, tasks: number, seed = 7): JobId {
    const about = { ...sumsRequest(tasks, seed), submitter: node.id, submittedAtMs: Math.floor(this.now()) };
    const description = named(about);
    const store = this.#makeStore(node.id, description);
    node.stores.add(store);
    this.inputs.set(description.id, new Set([node.id]));
    this.handle(node, { type: 'submit', description, store });
    return description.id;
  }

  view(node: SimNode, id: JobId): JobView | undefined {
    return node.state.view(id, this.now());
  }

  handle(node: SimNode, event: FarmEvent): void {
    if (!node.isAlive) return;
    for (const effect of node.state.handle(event, this.now())) this.#perform(node, effect);
    this.wakeLater(node);
  }

  /** A message of anybody, made up or not. */
  send(from: NodeId, to: NodeId, message: FarmMessage, isDirect = true): void {
    if (uniform(this.random) < this.loss || this.isCut(from, to)) return;
    const event: FarmEvent = { type: 'message', from, message, isDirect };
    this.#arrive(from, to, event);
    if (uniform(this.random) < this.doubling) {
      this.after(this.between(0, 3_000), () => this.#arrive(from, to, event));
    }
  }

  #arrive(from: NodeId, to: NodeId, event: FarmEvent): void {
    const path = `${from} ${to}`;
    const atMs = Math.max(this.#lastArrival.get(path) ?? 0, this.now() + this.between(...this.latencyMs));
    this.#lastArrival.set(path, atMs);
    this.after(atMs - this.now(), () => {
      const target = this.node(to);
      if (target) this.deliver(target, () => target.members.has(from) && this.handle(target, event));
    });
  }

  #perform(node: SimNode, effect: FarmEffect): void {
    switch (effect.type) {
      case 'tell':
        this.#trace(node, effect.to, effect.message);
        this.send(node.id, effect.to, effect.message, true);
        return;
      case 'broadcast':
        this.#trace(node, undefined, effect.message);
        for (const to of node.members) this.send(node.id, to, effect.message, false);
        return;
      case 'send-result': {
        const { to, result, sending } = effect;
        this.#carry(node, to, { type: 'result', from: node.id, result }, () =>
          this.handle(node, { type: 'result-settled', sending }),
        );
        return;
      }
      case 'send-part': {
        const { to } = effect;
        const part = { ...effect.part, bytes: atHand(effect.part.bytes) };
        this.#carry(node, to, { type: 'part', from: node.id, part }, (hasArrived) =>
          this.handle(node, { type: 'part-settled', to, id: part.id, part: part.part, hasArrived }),
        );
        return;
      }
      case 'open':
      case 'prepare':
      case 'run':
        this.#hands.perform(node, effect);
        return;
      default:
        return;
    }
  }

  #makeStore(owner: NodeId, job: JobDescription): CheckedStore {
    const accepted = (task: number, maker: NodeId): void => {
      if (maker !== owner) this.#hands.brought(job.id, task, maker);
    };
    return new CheckedStore(job, accepted, () => this.nodes.every(({ habit }) => habit === undefined));
  }

  /** A result or a part: arrives, or its sender hears that it did not. */
  #carry(node: SimNode, to: NodeId, event: FarmEvent, settled: (hasArrived: boolean) => void): void {
    const target = this.node(to);
    if (!target || this.isCut(node.id, to) || !node.members.has(to)) {
      const failsAfterMs = node.members.has(to) ? LEASE_MS : 1;
      this.after(failsAfterMs, () => this.deliver(node, () => settled(false)));
      return;
    }
    this.#arrive(node.id, to, event);
    this.after(this.between(45, 90), () => this.deliver(node, () => settled(target.isAlive)));
  }

  /** What the archiver does, in one go. */
  #saveLater(node: SimNode): void {
    this.after(3_000, () => {
      if (!node.isAlive) return;
      this.deliver(node, () => this.save(node));
      this.#saveLater(node);
    });
  }

  save(node: SimNode): void {
    for (const { description, control, term, liars, log } of node.state.views(this.now())) {
      const store = node.state.kept(description.id);
      const known = node.disk.get(description.id);
      if (!store && !known) continue;
      const parts = known?.parts ?? new Map<number, Uint8Array>();
      node.disk.set(description.id, { job: { description, control, term, liars, log }, parts });
      for (let part = 0; store && part < store.partCount; part++) {
        if (store.version(part) === 0) continue;
        parts.set(part, atHand(store.encodePart(part)));
      }
    }
  }

  #trace(node: SimNode, to: NodeId | undefined, message: FarmMessage): void {
    if (!this.trace) return;
    const { type, id: _, ...rest } = message;
    this.note(`${short(node.id)} -> ${to ? short(to) : 'all'} ${type} ${JSON.stringify(rest).slice(0, 160)}`);
  }
}
