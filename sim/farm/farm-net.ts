/**
 * A network of FarmStates in virtual time, driven synchronously: no promises, no mesh behind it, so ten thousand events pass in the time
 * that real Nodes take for a hundred, and everything can go wrong on command. Everything follows from the seed.
 *
 * As the mesh promises: what one Node tells another arrives in order. As it does not: any steering message may be lost or come twice.
 */

import type { ArchivedJob, JobDescription, JobId, JobView } from '../../src/farm/contract.ts';
import { named } from '../../src/farm/description.ts';
import type { FarmEffect, FarmEvent } from '../../src/farm/farm-events.ts';
import { FarmState } from '../../src/farm/farm-state.ts';
import type { FarmMessage } from '../../src/farm/messages.ts';
import { sumOf, sumsRequest } from '../../src/farm/sums.testing.ts';
import { Heap, integerBelow, type Random, seededRandom, uniform } from '../../src/runtime/index.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import { CheckedStore } from './checked-store.ts';

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export interface SimNode {
  readonly id: NodeId;
  readonly state: FarmState;
  readonly workers: number;
  readonly taskMs: number;
  /** Nodes that it takes for members. */
  readonly members: Set<NodeId>;
  readonly stores: Set<CheckedStore>;
  readonly disk: Map<JobId, { job: ArchivedJob; parts: Map<number, Uint8Array> }>;
  isAlive: boolean;
  /** What waits for it to thaw; undefined while it runs. */
  waiting: (() => void)[] | undefined;
  wakeAtMs: number;
}

const LEASE_MS = 20_000;
/** Of a message, there and back. */
const MAX_LATENCY_MS = 150;

export class FarmNet {
  readonly random: Random;
  readonly nodes: SimNode[] = [];
  /** Share of steering messages that are lost, or come twice. */
  loss = 0;
  doubling = 0;
  /** Who made the result of a Task that another Node took, and when that was. */
  readonly brought = new Map<string, { readonly maker: NodeId; readonly atMs: number }>();
  /** Tasks that were done again though a Node in reach had brought their result. */
  redone = 0;
  executed = 0;
  events = 0;
  /** Jobs' inputs by Node. */
  readonly inputs = new Map<JobId, Set<NodeId>>();
  readonly wishes = new Map<number, boolean>();
  readonly trace: string[] | undefined;
  #now = 0;
  #order = 0;
  readonly #queue = new Heap<Happening>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order),
  );
  readonly #cut = new Set<string>();
  readonly #lastArrival = new Map<string, number>();

  constructor(seed: number, isTraced = false) {
    this.random = seededRandom(seed + 0x5000_0000);
    this.trace = isTraced ? [] : undefined;
  }

  now(): number {
    return this.#now;
  }

  between(from: number, to: number): number {
    return from + uniform(this.random) * (to - from);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[integerBelow(this.random, items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  get alive(): readonly SimNode[] {
    return this.nodes.filter(({ isAlive }) => isAlive);
  }

  node(id: NodeId): SimNode | undefined {
    return this.nodes.find((node) => node.id === id && node.isAlive);
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
    };
    const state = new FarmState({ self: id, kinds: new Map([['sum', kind]]) });
    const node: SimNode = {
      ...{ id, state, workers, taskMs, stores, disk },
      members: new Set(),
      isAlive: true,
      waiting: undefined,
      wakeAtMs: Number.POSITIVE_INFINITY,
    };
    this.nodes.push(node);
    for (const other of this.alive) {
      if (other === node) continue;
      this.after(this.between(20, 200), () => this.meet(node, other));
      this.after(this.between(20, 200), () => this.meet(other, node));
    }
    for (const { job, parts } of disk.values()) {
      const store = kind.store(job.description);
      for (const [part, bytes] of parts) store.mergePart(part, bytes);
      this.handle(node, { type: 'restore', job, store });
    }
    this.handle(node, { type: 'workers', count: workers });
    this.#saveLater(node);
    return node;
  }

  /** `at` takes `other` for a member from now on. */
  meet(at: SimNode, other: SimNode): void {
    if (!other.isAlive || at.members.has(other.id)) return;
    this.deliver(at, () => {
      if (at.members.has(other.id)) return;
      at.members.add(other.id);
      this.handle(at, { type: 'joined', node: other.id });
    });
  }

  /** `at` thinks that `other` has left. */
  miss(at: SimNode, other: NodeId): void {
    this.deliver(at, () => {
      if (at.members.delete(other)) this.handle(at, { type: 'left', node: other });
    });
  }

  kill(node: SimNode, detectMs = this.between(200, 6_000)): void {
    this.note(`kill ${short(node.id)}`);
    node.isAlive = false;
    for (const other of this.alive) this.after(detectMs, () => this.miss(other, node.id));
  }

  freeze(node: SimNode): void {
    this.note(`freeze ${short(node.id)}`);
    node.waiting ??= [];
    const sinceMs = this.#now;
    // The others miss it after a while; it does not notice.
    this.after(6_500, () => {
      if (!node.waiting || this.#now - sinceMs < 6_400) return;
      for (const other of this.alive) if (other !== node) this.miss(other, node.id);
    });
  }

  /** `notices`: it is told how long it was away. */
  thaw(node: SimNode, notices: boolean): void {
    if (!node.waiting) return;
    this.note(`thaw ${short(node.id)}`);
    const waiting = node.waiting;
    node.waiting = undefined;
    for (const [i, run] of waiting.entries()) this.after(i * 0.01, () => this.deliver(node, run));
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
    const about = { ...sumsRequest(tasks, seed), submitter: node.id, submittedAtMs: Math.floor(this.#now) };
    const description = named(about);
    const store = this.#makeStore(node.id, description);
    node.stores.add(store);
    this.inputs.set(description.id, new Set([node.id]));
    this.handle(node, { type: 'submit', description, store });
    return description.id;
  }

  view(node: SimNode, id: JobId): JobView | undefined {
    return node.state.view(id, this.#now);
  }

  after(delayMs: number, run: () => void): void {
    this.#queue.push({ atMs: this.#now + delayMs, order: this.#order++, run });
  }

  /** Runs until it holds or the time is over; answers whether it held. */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    const endMs = this.#now + limitMs;
    while (!condition()) {
      const next = this.#queue.peek();
      if (!next || next.atMs > endMs) {
        this.#now = endMs;
        return condition();
      }
      this.#queue.pop();
      this.#now = next.atMs;
      this.events++;
      next.run();
    }
    return true;
  }

  runFor(durationMs: number): void {
    this.runUntil(() => false, durationMs);
  }

  note(text: string): void {
    this.trace?.push(`${this.#now.toFixed(1)} ${text}`);
  }

  /** Runs it in the Node: now, after the thaw, or never. */
  deliver(node: SimNode, run: () => void): void {
    if (!node.isAlive) return;
    if (node.waiting) node.waiting.push(run);
    else run();
  }

  handle(node: SimNode, event: FarmEvent): void {
    if (!node.isAlive) return;
    for (const effect of node.state.handle(event, this.#now)) this.#perform(node, effect);
    this.#wakeLater(node);
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
    const atMs = Math.max(this.#lastArrival.get(path) ?? 0, this.#now + this.between(1, 40));
    this.#lastArrival.set(path, atMs);
    this.after(atMs - this.#now, () => {
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
        const { to, part } = effect;
        this.#carry(node, to, { type: 'part', from: node.id, part }, (hasArrived) =>
          this.handle(node, { type: 'part-settled', to, id: part.id, part: part.part, hasArrived }),
        );
        return;
      }
      case 'wish-settled':
        this.wishes.set(effect.token, effect.isFulfilled);
        return;
      case 'open':
      case 'prepare':
      case 'run':
        this.#work(node, effect);
        return;
      default:
        return;
    }
  }

  #makeStore(owner: NodeId, job: JobDescription): CheckedStore {
    return new CheckedStore(job, (task, maker) => {
      if (maker !== owner) this.brought.set(`${job.id}/${task}`, { maker, atMs: this.#now });
    });
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

  #work(node: SimNode, effect: FarmEffect & { type: 'open' | 'prepare' | 'run' }): void {
    const later = (delayMs: number, event: FarmEvent): void =>
      this.after(delayMs, () => this.deliver(node, () => this.handle(node, event)));
    switch (effect.type) {
      case 'open': {
        const { id } = effect.job;
        this.after(this.between(20, 400), () =>
          this.deliver(node, () => {
            const holders = this.inputs.get(id) ?? new Set();
            const isInReach = (holder: NodeId): boolean =>
              holder === node.id || (node.members.has(holder) && this.node(holder) !== undefined);
            if ([...holders].some(isInReach)) {
              holders.add(node.id);
              this.handle(node, { type: 'opened', id });
            } else this.handle(node, { type: 'open-failed', id, isRefused: false, reason: 'no holder' });
          }),
        );
        return;
      }
      case 'prepare':
        later(5, { type: 'prepared', worker: effect.worker });
        return;
      case 'run': {
        const { id, task, worker } = effect;
        if (this.#isKnown(node, id, task)) {
          this.redone++;
          this.note(
            `${short(node.id)} does ${task} again, made by ${this.brought.get(`${id}/${task}`)?.maker}`,
          );
        }
        this.executed++;
        const elapsedMs = node.taskMs * this.between(0.5, 1.5);
        const description = this.view(node, id)?.description;
        const bytes = description ? sumOf(description.spec, task) : new Uint8Array();
        this.after(elapsedMs, () =>
          this.deliver(node, () => {
            this.handle(node, { type: 'ran', worker, bytes, elapsedMs });
          }),
        );
      }
    }
  }

  /** Whether a Node that works and that this one can reach made it, and whoever coordinated had it, too: both long enough ago. */
  #isKnown(node: SimNode, id: JobId, task: number): boolean {
    const { maker, atMs = this.#now } = this.brought.get(`${id}/${task}`) ?? {};
    if (maker === undefined || this.#now - atMs < MAX_LATENCY_MS) return false;
    const other = this.node(maker);
    const isInReach = maker === node.id || node.members.has(maker);
    return other !== undefined && isInReach && !other.waiting && other.workers > 0;
  }

  #wakeLater(node: SimNode): void {
    const atMs = node.state.nextWakeAt;
    if (atMs >= node.wakeAtMs) return;
    node.wakeAtMs = atMs;
    this.after(Math.max(0, atMs - this.#now) + 1, () => {
      if (node.wakeAtMs !== atMs) return;
      this.deliver(node, () => {
        node.wakeAtMs = Number.POSITIVE_INFINITY;
        this.handle(node, { type: 'wake' });
      });
    });
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
    for (const { description, control, term } of node.state.views(this.#now)) {
      const store = node.state.store(description.id);
      const known = node.disk.get(description.id);
      if (!store && !known) continue;
      const parts = known?.parts ?? new Map<number, Uint8Array>();
      node.disk.set(description.id, { job: { description, control, term }, parts });
      for (let part = 0; store && part < store.partCount; part++) {
        if (store.version(part) > 0) parts.set(part, store.encodePart(part));
      }
    }
  }

  #trace(node: SimNode, to: NodeId | undefined, message: FarmMessage): void {
    if (!this.trace) return;
    const { type, id: _, ...rest } = message;
    this.note(`${short(node.id)} -> ${to ? short(to) : 'all'} ${type} ${JSON.stringify(rest).slice(0, 160)}`);
  }
}

const short = (id: string): string => id.slice(0, 4);
