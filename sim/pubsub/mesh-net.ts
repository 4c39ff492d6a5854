/**
 * Brokers on real Nodes, in virtual time, over a mesh whose signaling is dead from when they have met: what breaks is mended through the mesh
 * or not at all. Slower than a BrokerNet, which takes for granted what the mesh promises. Call quietVirtualTime() in the test.
 */
import { integerBelow, type Random, seededRandom, uniform } from '../../src/runtime/index.ts';
import { TestClient } from '../../src/services/pubsub/client.testing.ts';
import { type Broker, createBroker } from '../../src/services/pubsub/index.ts';
import type { NodeId } from '../../src/wire/index.ts';
import { FarmWorld, type Tab } from '../farm-world.ts';
import { Ledger } from './ledger.ts';

/** Of what is published in no order by anybody. */
const LOSS_OF_DATAGRAMS = 0.2;

export class MeshBroker {
  readonly client: TestClient;
  isAlive = true;
  /** It stands still. */
  waiting: true | undefined;

  constructor(
    readonly tab: Tab,
    readonly broker: Broker,
  ) {
    this.client = new TestClient(broker);
  }

  get id(): NodeId {
    return this.tab.node.id;
  }

  get members(): readonly NodeId[] {
    return this.tab.node
      .members()
      .map(({ id }) => id)
      .sort();
  }
}

export class MeshNet {
  readonly random: Random;
  readonly ledger = new Ledger(this);
  readonly #world: FarmWorld;
  readonly #nodes: MeshBroker[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.#world = new FarmWorld(seed);
  }

  get alive(): readonly MeshBroker[] {
    return this.#nodes.filter(({ isAlive }) => isAlive);
  }

  add(): MeshBroker {
    const tab = this.#world.add();
    const { node, host, random } = tab;
    node.events.on('joined', ({ id }) => this.ledger.met(node.id, id));
    node.events.on('left', ({ id }) => this.ledger.parted(node.id, id));
    // What the mesh could not bring is told, and no promise is broken.
    node.events.on('missed', ({ source }) => this.ledger.parted(node.id, source));
    const made = new MeshBroker(tab, createBroker({ node, clock: host, timers: host, random }));
    this.#nodes.push(made);
    return made;
  }

  /** Resolves when all know of each other; from then on there is no signaling. */
  async meet(): Promise<void> {
    await this.#world.meet();
    const { network } = this.#world;
    network.setRendezvousUp(false);
    network.conditions = { ...network.conditions, datagramLoss: LOSS_OF_DATAGRAMS };
  }

  kill(node: MeshBroker): void {
    node.isAlive = false;
    this.ledger.died(node.id);
    this.#world.kill(node.id);
  }

  freeze(node: MeshBroker): void {
    node.waiting = true;
    this.#world.freeze(node.id);
  }

  thaw(node: MeshBroker): void {
    if (node.waiting && node.isAlive) this.#world.thaw(node.id);
    node.waiting = undefined;
  }

  async runFor(ms: number): Promise<void> {
    await this.#world.runFor(ms);
  }

  now(): number {
    return this.#world.now();
  }

  note(): void {}

  pick<T>(from: readonly T[]): T {
    const item = from[integerBelow(this.random, from.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  between(least: number, most: number): number {
    return least + uniform(this.random) * (most - least);
  }
}
