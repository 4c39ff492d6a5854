/** Nodes that were cut off, for a while: frames with their name are dropped whatever way they come. */
import type { NodeId } from '../../wire/index.ts';

/** Who is cut off costs a member's key; more than this at once is an attack of its own, and the oldest go free. */
const MAX_BANNED = 1024;

export class Banned {
  readonly #until = new Map<NodeId, number>();

  add(id: NodeId, untilMs: number): void {
    this.#until.delete(id);
    this.#until.set(id, untilMs);
    const oldest = this.#until.keys().next();
    if (this.#until.size > MAX_BANNED && !oldest.done) this.#until.delete(oldest.value);
  }

  has(id: NodeId, now: number): boolean {
    if (this.#until.size === 0) return false;
    const until = this.#until.get(id);
    if (until === undefined) return false;
    if (now < until) return true;
    this.#until.delete(id);
    return false;
  }
}
