/**
 * A Network of real Nodes (src/mesh, unchanged) in virtual time, and the questions that scenarios ask of it. Everything
 * random comes from one seed, so a scenario and its seed name one run.
 */

import { simulatedCryptography } from '../src/mesh/identity/cryptography.testing.ts';
import type { Identity, MeshNode, TraceEntry } from '../src/mesh/index.ts';
import { joinNetwork } from '../src/mesh/node/simulated-node.testing.ts';
import { seededRandom, sha256Sync, toHex } from '../src/runtime/index.ts';
import {
  type NetworkConditions,
  type Scheduler,
  SimulatedNetwork,
  type SimulatedPeer,
} from '../src/transport/simulated/index.ts';
import type { NodeId } from '../src/wire/index.ts';

export const NETWORK_NAME = 'quiet-amber-leaf';
export const NETWORK_KEY = sha256Sync(new TextEncoder().encode('the key of the simulated network'));

export interface Inhabitant {
  readonly index: number;
  readonly peer: SimulatedPeer;
  readonly node: MeshNode;
  readonly identity: Identity;
  /** Neither killed nor gone. */
  isHere: boolean;
}

export interface JoinOptions {
  readonly key?: Uint8Array;
  readonly name?: string;
  /** To come back as somebody who was here before. */
  readonly identity?: Identity;
  readonly life?: number;
}

export class World {
  readonly network: SimulatedNetwork;
  readonly inhabitants: Inhabitant[] = [];
  readonly cryptography = simulatedCryptography();
  readonly #random;
  #traceDigest = new Uint8Array(32);
  #traceText: string[] | undefined;

  constructor(seed: number, conditions: Partial<NetworkConditions> = {}) {
    this.#random = seededRandom(seed + 0x1000_0000);
    this.network = new SimulatedNetwork(seed, conditions);
  }

  get scheduler(): Scheduler {
    return this.network.scheduler;
  }

  /** The inhabitants that are alive and have not left. */
  get here(): Inhabitant[] {
    return this.inhabitants.filter((inhabitant) => inhabitant.isHere);
  }

  at(index: number): Inhabitant {
    const inhabitant = this.inhabitants[index];
    if (!inhabitant) throw new Error(`nobody joined as number ${index}`);
    return inhabitant;
  }

  join(options: JoinOptions = {}): Inhabitant {
    const index = this.inhabitants.length;
    const { identity, peer, node } = joinNetwork(this.network, {
      cryptography: this.cryptography,
      random: this.#random,
      networkName: options.name ?? NETWORK_NAME,
      networkKey: options.key ?? NETWORK_KEY,
      attributes: { deviceName: `tab ${index}` },
      ...(options.identity && { identity: options.identity }),
      ...(options.life !== undefined && { life: options.life }),
    });
    node.serve('echo', ({ body }) => body);
    const inhabitant = { index, peer, node, identity, isHere: true };
    this.inhabitants.push(inhabitant);
    if (this.#traceText) this.#follow(inhabitant);
    return inhabitant;
  }

  async joinMany(count: number, apartMs = 40): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.join();
      await this.scheduler.runFor(apartMs);
    }
  }

  leave(index: number): void {
    this.at(index).node.close();
    this.at(index).isHere = false;
  }

  kill(index: number): void {
    this.network.kill(this.at(index).peer.id);
    this.at(index).isHere = false;
  }

  /** What keeps the world from being one agreed mesh; undefined when nothing does. */
  disagreement(): string | undefined {
    const here = this.here;
    const expected = here.map(({ peer }) => peer.id).sort();
    for (const { index, node } of here) {
      const members = node.members().map((member) => member.id);
      if ([...members].sort().join() !== expected.join()) {
        return `tab ${index} counts ${members.length} members of ${expected.length}`;
      }
      const degree = node.inspection.snapshot().links.length;
      if (here.length <= 8 && degree !== here.length - 1)
        return `tab ${index} has ${degree} Links, no full mesh`;
      if (degree > 12) return `tab ${index} has ${degree} Links`;
      for (const member of node.members()) {
        if (member.hops === undefined) return `tab ${index} knows no path to a member`;
      }
    }
    return undefined;
  }

  /** Runs until everyone agrees; answers with what still stood in the way at the limit, and how long it took. */
  async converge(withinMs: number): Promise<{ problem: string | undefined; tookMs: number }> {
    const from = this.scheduler.now();
    while (this.disagreement() !== undefined && this.scheduler.now() - from < withinMs) {
      await this.scheduler.runFor(20);
    }
    return { problem: this.disagreement(), tookMs: this.scheduler.now() - from };
  }

  /** Every Node asks every other; answers with the questions that went wrong. */
  async askEveryone(withinMs = 5000): Promise<string[]> {
    const problems: string[] = [];
    let open = 0;
    for (const asker of this.here) {
      for (const target of this.here) {
        if (asker === target) continue;
        const question = Uint8Array.of(asker.index, target.index);
        open++;
        asker.node
          .request(target.peer.id, 'echo', question, { timeoutMs: withinMs })
          .then(
            (answer) => {
              if (answer.join() !== question.join())
                problems.push(`${asker.index} -> ${target.index}: ${answer}`);
            },
            (error: unknown) => problems.push(`${asker.index} -> ${target.index}: ${String(error)}`),
          )
          .finally(() => open--);
      }
    }
    await this.scheduler.runUntil(() => open === 0, withinMs + 1000);
    if (open > 0) problems.push(`${open} requests never ended`);
    return problems;
  }

  /** From now on every frame that passes any Node goes into a running hash. */
  recordTrace(): void {
    this.#traceText = [];
    for (const inhabitant of this.inhabitants) this.#follow(inhabitant);
  }

  /** Equal for two runs exactly when they were the same, frame by frame. */
  traceHash(): string {
    this.#foldTrace();
    return toHex(this.#traceDigest);
  }

  idOf(index: number): NodeId {
    return this.at(index).peer.id;
  }

  #follow({ index, node }: Inhabitant): void {
    node.inspection.trace((entry: TraceEntry) => {
      this.#traceText?.push(`${index} ${JSON.stringify(entry)}`);
      if ((this.#traceText?.length ?? 0) >= 1000) this.#foldTrace();
    });
  }

  #foldTrace(): void {
    const text = toHex(this.#traceDigest) + (this.#traceText ?? []).join('\n');
    this.#traceDigest = new Uint8Array(sha256Sync(new TextEncoder().encode(text)));
    this.#traceText = [];
  }
}
