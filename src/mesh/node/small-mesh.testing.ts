/** Test support: a few real Nodes in a full mesh, in virtual time, and what became of what was asked of them. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Random, seededRandom, setLogSink } from '../../runtime/index.ts';
import { SimulatedNetwork } from '../../transport/simulated/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import { type JoinOptions, joinNetwork, type SimulatedNode } from './simulated-node.testing.ts';

export class SmallMesh {
  readonly network = new SimulatedNetwork(1);
  readonly random: Random = seededRandom(2);
  readonly #cryptography = simulatedCryptography();

  join(options: Partial<JoinOptions> = {}): SimulatedNode {
    return joinNetwork(this.network, { cryptography: this.#cryptography, random: this.random, ...options });
  }

  /** All have a Link to all. */
  async nodes(count: number): Promise<SimulatedNode[]> {
    const joined = Array.from({ length: count }, () => this.join());
    const isWhole = () => joined.every(({ node }) => node.inspection.snapshot().links.length === count - 1);
    expect(await this.network.scheduler.runUntil(isWhole, 5000)).toBe(true);
    await this.pass(200);
    return joined;
  }

  pass(ms: number): Promise<void> {
    return this.network.scheduler.runFor(ms);
  }
}

/** For the top of a test file: a mesh of its own for each test, and a log that nobody reads. */
export function eachTestsMesh(): Pick<SmallMesh, 'join' | 'nodes' | 'pass'> & { readonly net: SmallMesh } {
  let net: SmallMesh;
  beforeAll(() => setLogSink(() => undefined));
  afterAll(() => setLogSink(undefined));
  beforeEach(() => {
    net = new SmallMesh();
  });
  return {
    get net() {
      return net;
    },
    join: (options) => net.join(options),
    nodes: (count) => net.nodes(count),
    pass: (ms) => net.pass(ms),
  };
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** What a promise came to, as a word: `pending`, `done`, or the code of its error. */
export function outcome(promise: Promise<unknown>): { now: string } {
  const result = { now: 'pending' };
  promise.then(
    () => {
      result.now = 'done';
    },
    (error: { code?: string }) => {
      result.now = error.code ?? String(error);
    },
  );
  return result;
}

/** The code of what is thrown at once; undefined when nothing is. */
export function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
}
