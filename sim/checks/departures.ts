/**
 * One-sided departures: A called B gone, and B goes on counting A as a member. For a moment that happens; once both have
 * been awake and within reach of each other for a while it must have been mended, or messages vanish between them for ever.
 */
import type { NodeId } from '../../src/wire/index.ts';
import type { Inhabitant } from '../engine/surroundings.ts';

interface OneSided {
  readonly gone: Inhabitant;
  /** Who called it gone. */
  readonly by: Inhabitant;
  readonly since: number;
}

export class Departures {
  readonly #withinMs: number;
  readonly #fail: (what: string) => void;
  readonly #open = new Map<number, OneSided>();
  readonly #latest = new Map<NodeId, Inhabitant>();
  /** When the network was last cut or healed, or the rendezvous went or came. */
  disturbedAt = 0;
  isCut = false;
  #count = 0;

  constructor(withinMs: number, fail: (what: string) => void) {
    this.#withinMs = withinMs;
    this.#fail = fail;
  }

  /** How often it came to one, mended or not. */
  get count(): number {
    return this.#count;
  }

  started(node: Inhabitant): void {
    this.#latest.set(node.id, node);
  }

  left(by: Inhabitant, id: NodeId, now: number): void {
    const gone = this.#latest.get(id);
    if (gone === undefined || !gone.isAlive || by.isHostile || gone.isHostile) return;
    if (!gone.memberIds.has(by.id)) {
      this.#open.delete(pairOf(gone, by));
      return;
    }
    this.#open.set(pairOf(by, gone), { gone, by, since: now });
    this.#count++;
  }

  joined(at: Inhabitant, id: NodeId): void {
    const other = this.#latest.get(id);
    if (other !== undefined) this.#open.delete(pairOf(at, other));
  }

  /** Now and then. */
  check(now: number): void {
    if (this.isCut) return;
    for (const [pair, { gone, by, since }] of this.#open) {
      const isOver = !gone.isAlive || !by.isAlive || !gone.memberIds.has(by.id) || by.memberIds.has(gone.id);
      if (isOver) {
        this.#open.delete(pair);
        continue;
      }
      if (!gone.isRunning || !by.isRunning) continue;
      const from = Math.max(since, gone.awakeSince, by.awakeSince, this.disturbedAt);
      if (now - from < this.#withinMs) continue;
      this.#open.delete(pair);
      this.#fail(
        `node ${by.index} called node ${gone.index} gone, which has kept it for ${Math.round(now - from)} ms`,
      );
    }
  }
}

function pairOf(a: Inhabitant, b: Inhabitant): number {
  return a.index * 0x10_0000 + b.index;
}
