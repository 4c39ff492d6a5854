/**
 * Nodes that we want a Link with for their own sake, while no path leads to them: a neighbour whose Link broke (a frozen tab,
 * a network that changed), and a newcomer that we were told of. Everyone else without a path is a stranger among strangers.
 */
import type { NodeId } from '../../wire/index.ts';
import { MAX_SOUGHT } from './limits.ts';

/** It will call somebody itself, and others are told of it, too. */
interface Newcomer {
  /** When we were told of it. */
  readonly sinceMs: number;
  /** So many times the grace it is given is when our turn comes to call it. */
  readonly turn: number;
}

interface Search {
  readonly untilMs: number;
  /** Undefined for a neighbour that was lost. */
  readonly newcomer: Newcomer | undefined;
  /** It has a path, so that nothing needs to be done. */
  isReached: boolean;
}

export class Sought {
  readonly #searches = new Map<NodeId, Search>();

  get size(): number {
    return this.#searches.size;
  }

  has(id: NodeId): boolean {
    return this.#searches.has(id);
  }

  /** At most MAX_SOUGHT; who was added first gives way. */
  add(id: NodeId, untilMs: number, newcomer?: Newcomer): void {
    const before = this.#searches.get(id);
    this.#searches.delete(id);
    if (this.#searches.size >= MAX_SOUGHT) {
      const first = this.#searches.keys().next();
      if (!first.done) this.#searches.delete(first.value);
    }
    this.#searches.set(id, {
      untilMs: Math.max(before?.untilMs ?? 0, untilMs),
      newcomer,
      isReached: false,
    });
  }

  delete(id: NodeId): void {
    this.#searches.delete(id);
  }

  /** Those whose time is not over; the others are dropped on the way. */
  *current(now: number): Generator<NodeId> {
    for (const [id, { untilMs }] of this.#searches) {
      if (untilMs > now) yield id;
      else this.#searches.delete(id);
    }
  }

  /** Undefined for who is none. */
  newcomer(id: NodeId): Newcomer | undefined {
    return this.#searches.get(id)?.newcomer;
  }

  /** Told at every look. True when it had a path the last time, and has none now. */
  isCutOff(id: NodeId, hasPath: boolean): boolean {
    const search = this.#searches.get(id);
    if (!search) return false;
    const hadPath = search.isReached;
    search.isReached = hasPath;
    return hadPath && !hasPath;
  }
}
