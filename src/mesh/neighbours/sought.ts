/**
 * Nodes that we want a Link with for their own sake, while no path leads to them: a neighbour whose Link broke (a frozen tab,
 * a network that changed), and a newcomer that we were told of. Everyone else without a path is a stranger among strangers.
 */
import type { NodeId } from '../../wire/index.ts';
import { MAX_SOUGHT } from './limits.ts';

export class Sought {
  readonly #until = new Map<NodeId, number>();

  get size(): number {
    return this.#until.size;
  }

  has(id: NodeId): boolean {
    return this.#until.has(id);
  }

  /** At most MAX_SOUGHT; who was added first gives way. */
  add(id: NodeId, untilMs: number): void {
    const before = this.#until.get(id) ?? 0;
    this.#until.delete(id);
    if (this.#until.size >= MAX_SOUGHT) {
      const first = this.#until.keys().next();
      if (!first.done) this.#until.delete(first.value);
    }
    this.#until.set(id, Math.max(before, untilMs));
  }

  delete(id: NodeId): void {
    this.#until.delete(id);
  }

  /** Those whose time is not over; the others are dropped on the way. */
  *current(now: number): Generator<NodeId> {
    for (const [id, untilMs] of this.#until) {
      if (untilMs > now) yield id;
      else this.#until.delete(id);
    }
  }
}
