/**
 * A whole Network in virtual time: one queue, one clock, everything random from one seed, so that a seed names a run. It
 * runs synchronously, one event after the other; what befalls the Nodes is the scenario's affair (scenarios/), whether it
 * went well that of the checks (checks/).
 */
import { simulatedCryptography } from '../../src/mesh/identity/cryptography.testing.ts';
import type { Cryptography } from '../../src/mesh/identity/cryptography.ts';
import { beginLife, type Identity, identityFrom } from '../../src/mesh/identity/identity.ts';
import { MemoryBudget } from '../../src/mesh/memory/budget.ts';
import { integerBelow, type Random, seededRandom, uniform } from '../../src/runtime/index.ts';
import type { NodeId, Signal } from '../../src/wire/index.ts';
import { type Habits, PROMPT } from './application.ts';
import { type Conditions, LAN } from './conditions.ts';
import { EventLog } from './event-log.ts';
import { EventQueue } from './event-queue.ts';
import { Machine } from './machine.ts';
import { Medium } from './medium.ts';
import type { MeshFactory, MeshMaker, MulticastMode } from './mesh-maker.ts';
import { Rendezvous } from './rendezvous.ts';
import { SimulatedNode } from './simulated-node.ts';
import type { Station } from './station.ts';
import type { Carrier, Observer, Surroundings } from './surroundings.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly maker: MeshMaker;
  readonly observer: Observer;
  readonly conditions?: Partial<Conditions>;
  readonly multicastMode?: MulticastMode;
}

export interface StartOptions {
  /** Another life of this one: the same machine and, unless `isNewIdentity`, the same key. */
  readonly after?: SimulatedNode;
  readonly isNewIdentity?: boolean;
  readonly isHostile?: boolean;
  readonly hasWorker?: boolean;
  readonly habits?: Habits;
}

const KEY_BYTES = 32;
/** A run that has failed so often has failed. */
const MAX_FAILURES = 20;

export class Simulation implements Surroundings {
  readonly seed: number;
  readonly queue = new EventQueue();
  readonly log = new EventLog();
  readonly medium: Medium;
  readonly machine: Machine;
  readonly rendezvous: Rendezvous;
  readonly observer: Observer;
  readonly cryptography: Cryptography = simulatedCryptography();
  /** Of the scenario: who is hit, what is said. */
  readonly random: Random;
  /** Every life that was, by index; strangers have indices too, but are not here. */
  readonly nodes: SimulatedNode[] = [];
  readonly budgets: MemoryBudget[] = [];
  readonly failures: string[] = [];
  now = 0;
  readonly #factory: MeshFactory;
  readonly #births: Random;
  readonly #identities = new Map<number, Identity>();
  readonly #byIndex = new Map<number, SimulatedNode>();
  #stations = 0;
  #places = 0;

  constructor(options: SimulationOptions) {
    const { seed } = options;
    this.seed = seed;
    this.observer = options.observer;
    this.random = seededRandom(seed * 4 + 1);
    this.#births = seededRandom(seed * 4 + 2);
    const network = seededRandom(seed * 4 + 3);
    this.medium = new Medium(this.queue, network, seed, { ...LAN, ...options.conditions });
    this.machine = new Machine(this.queue, this.medium.conditions.connectionWorkMs);
    this.rendezvous = new Rendezvous(this.queue, this.medium, network);
    this.#factory = options.maker({
      networkName: 'quiet-amber-leaf',
      networkKey: this.#births.bytes(KEY_BYTES),
      cryptography: this.cryptography,
      multicastMode: options.multicastMode ?? 'plumtree',
    });
  }

  /** Those that are alive: neither killed nor gone. */
  get here(): SimulatedNode[] {
    return this.nodes.filter((node) => node.isAlive);
  }

  /** Those of them that play by the rules. */
  get honest(): SimulatedNode[] {
    return this.nodes.filter((node) => node.isAlive && !node.isHostile);
  }

  start(options: StartOptions = {}): SimulatedNode {
    const { after } = options;
    const place = after?.place ?? this.#places++;
    const memberNumber = this.nodes.length;
    const seed = this.#births.uint32();
    const own = this.#beginLife(after, options.isNewIdentity ?? false);
    const budget = new MemoryBudget();
    const birth = { own, memberNumber, seed };
    const node = new SimulatedNode(this, {
      index: this.#stations++,
      place,
      birth,
      mesh: (now) => this.#factory(birth, budget, now),
      random: seededRandom(seed ^ 0x5bd1e995),
      isHostile: options.isHostile ?? false,
      answersProbes: options.hasWorker ?? true,
      habits: options.habits ?? PROMPT,
    });
    this.nodes.push(node);
    this.#byIndex.set(node.index, node);
    this.budgets[node.index] = budget;
    this.rendezvous.register(node, this.now);
    return node;
  }

  /** An index and a place for something on the network that is no Node. */
  newStation(): { readonly index: number; readonly place: number } {
    return { index: this.#stations++, place: this.#places++ };
  }

  carry(from: Carrier, to: NodeId, signal: Signal): void {
    this.rendezvous.carry(from, to, signal, this.now);
  }

  stationAt(index: number): Station | undefined {
    return this.#byIndex.get(index);
  }

  unregister(station: Station, byDeath: boolean): void {
    this.rendezvous.unregister(station, byDeath, this.now);
  }

  fail(what: string): void {
    if (this.failures.length < MAX_FAILURES) this.failures.push(`at ${this.now.toFixed(1)} ms: ${what}`);
  }

  /** Runs all that is due by then; ends early after a failure when told so. */
  runUntil(until: number, stopsAtFailure = false): void {
    const { queue } = this;
    for (let at = queue.nextAt; at <= until; at = queue.nextAt) {
      const entry = queue.pop();
      if (entry === undefined) break;
      this.now = at;
      const { station } = entry;
      switch (entry.kind) {
        case 'event':
          if (station !== undefined && entry.event !== undefined) station.receive(entry.event, entry.end);
          break;
        case 'wake':
          station?.wake(entry.order);
          break;
        case 'task':
          entry.task?.run(at);
          break;
      }
      if (stopsAtFailure && this.failures.length > 0) return;
    }
    this.now = Math.max(this.now, until);
  }

  after(delayMs: number, run: (now: number) => void): void {
    this.queue.pushTask(this.now + delayMs, { run });
  }

  /** One of them, at random. */
  pick<T>(from: readonly T[]): T | undefined {
    return from.length === 0 ? undefined : from[integerBelow(this.random, from.length)];
  }

  chance(share: number): boolean {
    return uniform(this.random) < share;
  }

  #beginLife(after: SimulatedNode | undefined, isNewIdentity: boolean) {
    let identity = after === undefined || isNewIdentity ? undefined : this.#identities.get(after.index);
    identity ??= identityFrom(this.#births.bytes(KEY_BYTES), this.cryptography);
    this.#identities.set(this.#stations, identity);
    const life = (after === undefined || isNewIdentity ? 0 : after.own.life) + 1;
    return beginLife(identity, life, this.#births.bytes(KEY_BYTES), this.cryptography);
  }
}
