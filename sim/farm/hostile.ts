/** A member that says what it likes: forged terms, ends, failures, versions, and floods of all of them. */
import type { JobId } from '../../src/farm/contract.ts';
import type { FarmMessage } from '../../src/farm/messages.ts';
import { integerBelow } from '../../src/runtime/index.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import type { FarmNet } from './farm-net.ts';

export class Hostile {
  readonly #net: FarmNet;
  readonly #job: JobId;
  readonly #id: NodeId;

  constructor(net: FarmNet, job: JobId) {
    this.#net = net;
    this.#job = job;
    this.#id = newNodeId(net.random);
    for (const node of net.alive) {
      node.members.add(this.#id);
      net.handle(node, { type: 'joined', node: this.#id });
    }
  }

  /** For so long; then it leaves. */
  run(durationMs: number): void {
    const net = this.#net;
    const untilMs = net.now() + durationMs;
    while (net.now() < untilMs) {
      const count = integerBelow(net.random, 10) === 0 ? 200 : 1;
      for (let i = 0; i < count; i++) net.send(this.#id, net.pick(net.alive).id, this.#lie());
      net.runFor(net.between(5, 400));
    }
    for (const node of net.alive) net.miss(node, this.#id);
  }

  #lie(): FarmMessage {
    const { random } = this.#net;
    const id = integerBelow(random, 20) === 0 ? (this.#job.replace(/^./, '0') as JobId) : this.#job;
    const number = (): number => integerBelow(random, 2 ** integerBelow(random, 32));
    const about = { id, term: integerBelow(random, 4), worker: integerBelow(random, 8) };
    const list = (): Uint32Array => Uint32Array.from({ length: integerBelow(random, 200) }, number);
    const lies: readonly (() => FarmMessage)[] = [
      () => ({
        type: 'beat',
        id,
        term: this.#net.pick([1, 2, 3, 5, 100, 5_000, 2 ** 40, 2 ** 52 - 1]),
        // It may say that the Job stands still or is paused; that it is over would be its right for as long as it coordinates.
        control: {
          version: this.#net.pick([0, 1, 2 ** 20]),
          phase: 'running',
          reason: undefined,
          priority: 2,
        },
        standby: integerBelow(random, 2) === 0 ? undefined : this.#id,
        holders: [this.#id],
        doneCost: integerBelow(random, 100),
        totalCost: 100,
        inWork: integerBelow(random, 2),
        checked: 0,
        liars: [],
      }),
      () => ({ type: 'pull', ...about, isEmptyHanded: integerBelow(random, 2) === 0, held: list() }),
      () => ({ type: 'failure', ...about, lease: { task: number(), fence: number() }, reason: 'no' }),
      () => ({ type: 'unfit', ...about, reason: 'no' }),
      () => ({ type: 'blocked', ...about, reason: 'no' }),
      () => ({ type: 'release', ...about }),
      () => ({ type: 'grant', ...about, leases: [{ task: number(), fence: number() }] }),
      () => ({ type: 'revoke', ...about, leases: [{ task: number(), fence: number() }] }),
      () => ({ type: 'versions', id, first: number(), versions: list() }),
      () => ({ type: 'want', id, first: 0, parts: list() }),
      () => ({ type: 'inputs', id, receivedBytes: number(), totalBytes: number() }),
      () => ({ type: 'refused', id, reason: 'no' }),
      () => ({ type: 'unable', id }),
      () => ({ type: 'ask', id, isNew: true }),
    ];
    return this.#net.pick(lies)();
  }
}
