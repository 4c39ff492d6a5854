/** The Edges as rows of small integers: for each slot those that it has one with, in no order, and the class of each. */
import type { Rows } from './reach.ts';
import { MAX_RECORD_NEIGHBOURS } from './record.ts';

/** No record lists more, so no row has more. */
const ROW = MAX_RECORD_NEIGHBOURS;

export class EdgeRows implements Rows {
  readonly width = ROW;
  #edges: Int16Array;
  #classes: Uint8Array;
  #counts: Uint8Array;

  constructor(capacity: number) {
    this.#edges = new Int16Array(capacity * ROW);
    this.#classes = new Uint8Array(capacity * ROW);
    this.#counts = new Uint8Array(capacity);
  }

  get edges(): Int16Array {
    return this.#edges;
  }

  get counts(): Uint8Array {
    return this.#counts;
  }

  count(slot: number): number {
    return this.#counts[slot] ?? 0;
  }
  edgeAt(slot: number, index: number): number {
    return this.#edges[slot * ROW + index] ?? 0;
  }
  classAt(slot: number, index: number): number {
    return this.#classes[slot * ROW + index] ?? 0;
  }

  /** Puts `other` into the row, or its class. What has changed: an Edge is new, only its class is another, or nothing. */
  list(slot: number, other: number, roundTripClass: number): 'edge' | 'class' | 'nothing' {
    const start = slot * ROW;
    const count = this.count(slot);
    for (let i = 0; i < count; i++) {
      if (this.#edges[start + i] !== other) continue;
      if (this.#classes[start + i] === roundTripClass) return 'nothing';
      this.#classes[start + i] = roundTripClass;
      return 'class';
    }
    this.#edges[start + count] = other;
    this.#classes[start + count] = roundTripClass;
    this.#counts[slot] = count + 1;
    return 'edge';
  }

  /** Whether it was there. */
  unlist(slot: number, other: number): boolean {
    const start = slot * ROW;
    const last = this.count(slot) - 1;
    for (let i = 0; i <= last; i++) {
      if (this.#edges[start + i] !== other) continue;
      this.#edges[start + i] = this.#edges[start + last] ?? 0;
      this.#classes[start + i] = this.#classes[start + last] ?? 0;
      this.#counts[slot] = last;
      return true;
    }
    return false;
  }

  clear(slot: number): void {
    this.#counts[slot] = 0;
  }

  grow(capacity: number): void {
    const edges = new Int16Array(capacity * ROW);
    edges.set(this.#edges);
    this.#edges = edges;
    const classes = new Uint8Array(capacity * ROW);
    classes.set(this.#classes);
    this.#classes = classes;
    const counts = new Uint8Array(capacity);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}
