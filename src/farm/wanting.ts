/**
 * The coordinator's side of what other Nodes have: of the versions that they tell, which parts it wants from whom. A part that was not
 * asked for is not taken, so nobody can make it work through parts at will.
 */
import type { NodeId } from '../wire/index.ts';
import type { ResultStore } from './contract.ts';
import { MAX_WANTED } from './messages.ts';

/** A part that was asked for, of a Node that has brought none for so long, is asked of whoever else has it. */
const PATIENCE_MS = 10_000;

export class Wanting {
  readonly #store: ResultStore;
  /** Since when a Node is waited for: that it offers the part again makes it no younger. */
  readonly #asked = new Map<number, { readonly node: NodeId; readonly atMs: number }>();
  /** When a part of that Node came last. */
  readonly #cameAtMs = new Map<NodeId, number>();

  constructor(store: ResultStore) {
    this.#store = store;
  }

  /** What to ask that Node for; at most MAX_WANTED, and none that is on its way from another. Undefined: wait, ask for nothing. */
  offered(node: NodeId, first: number, versions: Uint32Array, nowMs: number): Uint32Array | undefined {
    const parts: number[] = [];
    let isComing = false;
    for (const [i, version] of versions.entries()) {
      const part = first + i;
      if (part >= this.#store.partCount || version <= this.#store.version(part)) continue;
      const asked = this.#asked.get(part);
      if (asked && asked.node !== node && nowMs - this.#lastSignOf(asked) < PATIENCE_MS) isComing = true;
      else if (parts.length < MAX_WANTED) parts.push(part);
    }
    for (const part of parts)
      if (this.#asked.get(part)?.node !== node) this.#asked.set(part, { node, atMs: nowMs });
    return parts.length === 0 && isComing ? undefined : Uint32Array.from(parts);
  }

  /** Whether the part was asked for: then it is taken, once. */
  takes(node: NodeId, part: number): boolean {
    if (this.#asked.get(part)?.node !== node) return false;
    this.#asked.delete(part);
    return true;
  }

  /** A part of that Node was one. */
  came(node: NodeId, nowMs: number): void {
    this.#cameAtMs.set(node, nowMs);
  }

  left(node: NodeId): void {
    this.#cameAtMs.delete(node);
    for (const [part, asked] of this.#asked) if (asked.node === node) this.#asked.delete(part);
  }

  #lastSignOf({ node, atMs }: { readonly node: NodeId; readonly atMs: number }): number {
    return Math.max(atMs, this.#cameAtMs.get(node) ?? Number.NEGATIVE_INFINITY);
  }
}
