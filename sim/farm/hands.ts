/** What the Nodes of a FarmNet do with their hands: they fetch inputs and do Tasks, and what is done twice is counted. */
import type { JobId } from '../../src/farm/contract.ts';
import type { FarmEffect, FarmEvent } from '../../src/farm/farm-events.ts';
import { piecesOf, SUM_PIECES, sumOf } from '../../src/farm/sums.testing.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { SimNode } from './sim-node.ts';

export interface HandsPort {
  /** The Node while it lives. */
  node(id: NodeId): SimNode | undefined;
  /** Lets the Node know, once it runs. */
  handle(node: SimNode, event: FarmEvent): void;
  /** Runs it in the Node: now, after the thaw, or never. */
  deliver(node: SimNode, run: () => void): void;
}

/** Of a message, there and back. */
const MAX_LATENCY_MS = 150;

export class Hands {
  /** Who has a Job's inputs. */
  readonly inputs = new Map<JobId, Set<NodeId>>();
  /** Tasks that were done again though a Node in reach had brought their result. */
  redone = 0;
  /** Pieces of Tasks that were done to check, in Tasks. */
  checkedPieces = 0;
  readonly #time: VirtualTime;
  readonly #port: HandsPort;
  /** Who made the result of a Task that another Node took, and when that was. */
  readonly #brought = new Map<string, { readonly maker: NodeId; readonly atMs: number }>();

  constructor(time: VirtualTime, port: HandsPort) {
    this.#time = time;
    this.#port = port;
  }

  /** `maker` brought that Task's result to another Node, which took it. */
  brought(id: JobId, task: number, maker: NodeId): void {
    this.#brought.set(`${id}/${task}`, { maker, atMs: this.#time.now() });
  }

  perform(node: SimNode, effect: FarmEffect & { type: 'open' | 'prepare' | 'run' }): void {
    switch (effect.type) {
      case 'open':
        this.#open(node, effect.job.id);
        return;
      case 'prepare':
        this.#after(5, node, () => ({ type: 'prepared', worker: effect.worker }));
        return;
      case 'run':
        this.#run(node, effect);
    }
  }

  #open(node: SimNode, id: JobId): void {
    this.#after(this.#time.between(20, 400), node, () => {
      const holders = this.inputs.get(id) ?? new Set();
      const isInReach = (holder: NodeId): boolean =>
        holder === node.id || (node.members.has(holder) && this.#port.node(holder) !== undefined);
      if (![...holders].some(isInReach)) {
        return { type: 'open-failed', id, isRefused: false, reason: 'no holder' };
      }
      holders.add(node.id);
      return { type: 'opened', id };
    });
  }

  #run(node: SimNode, { id, task, worker, range }: FarmEffect & { type: 'run' }): void {
    const maker = this.#makerInReach(node, id, task);
    if (!range && maker !== undefined) {
      this.redone++;
      this.#time.note(`${node.id.slice(0, 4)} does ${task} again, made by ${maker}`);
    }
    const share = range ? range.count / SUM_PIECES : 1;
    if (range) this.checkedPieces += share;
    const elapsedMs = node.taskMs * share * this.#time.between(0.5, 1.5);
    const description = node.state.view(id, this.#time.now())?.description;
    const sum = description ? sumOf(description.spec, task) : new Uint8Array();
    const made = node.habit?.(sum, task, node.done) ?? sum;
    node.done++;
    const bytes = piecesOf(made, range);
    this.#after(elapsedMs, node, () => ({ type: 'ran', worker, bytes, elapsedMs }));
  }

  /** Who made it, if it works and this Node can reach it, and whoever coordinated had it, too: both long enough ago. */
  #makerInReach(node: SimNode, id: JobId, task: number): NodeId | undefined {
    const nowMs = this.#time.now();
    const { maker, atMs = nowMs } = this.#brought.get(`${id}/${task}`) ?? {};
    if (maker === undefined || nowMs - atMs < MAX_LATENCY_MS) return undefined;
    const other = this.#port.node(maker);
    const isInReach = maker === node.id || node.members.has(maker);
    return other && isInReach && !other.waiting && other.workers > 0 ? maker : undefined;
  }

  #after(delayMs: number, node: SimNode, event: () => FarmEvent): void {
    this.#time.after(delayMs, () => this.#port.deliver(node, () => this.#port.handle(node, event())));
  }
}
