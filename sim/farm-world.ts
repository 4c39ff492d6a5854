/**
 * The mesh as the services and the farm see it in their tests: real Nodes (createNode) in virtual time. Everything follows from
 * the seed, where hashing stays in the turn that asks for it: quiet-virtual-time.testing.ts.
 */
import { simulatedCryptography } from '../src/mesh/identity/cryptography.testing.ts';
import type { Cryptography, Identity, MeshNode } from '../src/mesh/index.ts';
import { joinNetwork } from '../src/mesh/node/simulated-node.testing.ts';
import { type Clock, type Random, seededRandom, type Timers } from '../src/runtime/index.ts';
import { SimulatedNetwork, type SimulatedPeer } from '../src/transport/simulated/index.ts';
import type { NodeId } from '../src/wire/index.ts';
import { hashesAtOnce } from './hash-at-once.ts';
import { NETWORK_KEY, NETWORK_NAME } from './world.ts';

export interface Tab {
  readonly node: MeshNode;
  readonly identity: Identity;
  /** Stops with the tab. */
  readonly host: Clock & Timers;
  readonly random: Random;
}

export class FarmWorld {
  readonly network: SimulatedNetwork;
  readonly cryptography: Cryptography = simulatedCryptography();
  readonly #random;
  readonly #tabs = new Map<NodeId, Tab & { readonly peer: SimulatedPeer }>();
  #added = 0;

  constructor(seed: number) {
    if (!hashesAtOnce())
      throw new Error('hashing would take real time: call quietVirtualTime() in this test');
    this.#random = seededRandom(seed + 0x2000_0000);
    this.network = new SimulatedNetwork(seed);
  }

  /** Opens a tab; it meets the others while time runs. */
  add(): Tab {
    const index = this.#added++;
    const { peer, node, identity } = joinNetwork(this.network, {
      cryptography: this.cryptography,
      random: this.#random,
      networkName: NETWORK_NAME,
      networkKey: NETWORK_KEY,
      attributes: { name: `tab ${index}`, cores: 4, workers: 0, platform: 'page' },
    });
    const tab = { node, identity, host: peer.host, random: seededRandom(index), peer };
    this.#tabs.set(node.id, tab);
    return tab;
  }

  /** Without a word; the others notice later. */
  kill(id: NodeId): void {
    this.network.kill(id);
    this.#tabs.delete(id);
  }

  /** It stands still: a frozen or blocked page. */
  freeze(id: NodeId): void {
    this.#tabs.get(id)?.peer.host.freeze();
  }

  thaw(id: NodeId): void {
    this.#tabs.get(id)?.peer.host.thaw();
  }

  /** Runs until everyone alive knows everyone alive. */
  async meet(): Promise<void> {
    const tabs = [...this.#tabs.values()];
    await this.runUntil(() => tabs.every(({ node }) => node.members().length === tabs.length));
  }

  async runUntil(condition: () => boolean, limitMs = 120_000): Promise<void> {
    const isTrue = await this.network.scheduler.runUntil(condition, limitMs);
    if (!isTrue) throw new Error(`nothing came of it within ${limitMs} virtual ms`);
  }

  async runFor(durationMs: number): Promise<void> {
    await this.network.scheduler.runFor(durationMs);
  }

  now(): number {
    return this.network.scheduler.now();
  }
}
