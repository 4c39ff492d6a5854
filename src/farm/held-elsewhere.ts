/** Results that Nodes have and this coordinator does not, in the order in which they were told; bounded by Node. */
import type { NodeId } from '../wire/index.ts';

const MAX_PER_NODE = 4096;

export class HeldElsewhere {
  readonly #tasks = new Map<NodeId, Set<number>>();

  add(node: NodeId, task: number): void {
    const tasks = this.#tasks.get(node) ?? new Set();
    this.#tasks.set(node, tasks);
    if (tasks.size < MAX_PER_NODE) tasks.add(task);
  }

  of(node: NodeId): Iterable<number> {
    return this.#tasks.get(node) ?? [];
  }

  delete(node: NodeId, task: number): void {
    const tasks = this.#tasks.get(node);
    if (tasks?.delete(task) && tasks.size === 0) this.#tasks.delete(node);
  }

  left(node: NodeId): void {
    this.#tasks.delete(node);
  }
}
