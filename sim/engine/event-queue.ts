/**
 * What is still to happen, in the order of (time, order of scheduling): a heap (Williams 1964), of four children each. The
 * order number makes it total, so that one seed has one run. It is a heap of its own rather than runtime/heap.ts because a
 * simulation of a thousand Nodes takes a good part of its own time here: times and orders stand side by side in typed arrays, where
 * four children share a line of the cache, and the records themselves are moved and never looked at.
 */
import type { MeshEvent } from '../../src/mesh/vocabulary.ts';
import type { ChannelEnd, Station } from './station.ts';

/** Something of the simulation's own: a step of the scenario, the end of a freeze, a check. */
export interface Task {
  run(now: number): void;
}

/** One shape for all kinds, so that the compiler sees one. When it is due, only the queue knows. */
export interface QueueEntry {
  readonly order: number;
  /** `event` for a station (through `end`, if it is given: dropped when that closed), its `wake`, or a `task`. */
  readonly kind: 'event' | 'wake' | 'task';
  readonly station: Station | undefined;
  readonly event: MeshEvent | undefined;
  readonly end: ChannelEnd | undefined;
  readonly task: Task | undefined;
}

const CHILDREN = 4;
const FIRST_CAPACITY = 1024;

export class EventQueue {
  readonly #entries: QueueEntry[] = [];
  /** Of each entry, in the same order: virtual ms, and its `order`. */
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** When the next one is due; Infinity when nothing is. */
  get nextAt(): number {
    return this.#entries.length === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] ?? 0);
  }

  pushEvent(at: number, station: Station, event: MeshEvent, end?: ChannelEnd): void {
    this.#push(at, { order: this.#order++, kind: 'event', station, event, end, task: undefined });
  }

  /** Answers with the entry's order: a station remembers it and so knows which of its wakes still counts. */
  pushWake(at: number, station: Station): number {
    const order = this.#order++;
    this.#push(at, { order, kind: 'wake', station, event: undefined, end: undefined, task: undefined });
    return order;
  }

  pushTask(at: number, task: Task): void {
    const order = this.#order++;
    this.#push(at, { order, kind: 'task', station: undefined, event: undefined, end: undefined, task });
  }

  /** The next one, which was due at `nextAt`. */
  pop(): QueueEntry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    const size = entries.length;
    if (last === undefined || size === 0) return top;
    const times = this.#times;
    const orders = this.#orders;
    const at = times[size] as number; // all below are within the arrays
    const order = orders[size] as number;
    let hole = 0;
    for (;;) {
      const first = CHILDREN * hole + 1;
      if (first >= size) break;
      const end = Math.min(first + CHILDREN, size);
      let child = first;
      let childAt = times[first] as number;
      for (let next = first + 1; next < end; next++) {
        const nextAt = times[next] as number;
        if (nextAt > childAt) continue;
        if (nextAt === childAt && (orders[next] as number) > (orders[child] as number)) continue;
        child = next;
        childAt = nextAt;
      }
      if (childAt > at || (childAt === at && (orders[child] as number) > order)) break;
      times[hole] = childAt;
      orders[hole] = orders[child] as number;
      entries[hole] = entries[child] as QueueEntry;
      hole = child;
    }
    times[hole] = at;
    orders[hole] = order;
    entries[hole] = last;
    return top;
  }

  #push(at: number, entry: QueueEntry): void {
    const entries = this.#entries;
    let hole = entries.length;
    entries.push(entry);
    if (hole >= this.#times.length) this.#grow();
    const times = this.#times;
    const orders = this.#orders;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentAt = times[parent] as number; // above a hole that exists
      // A new entry has the highest order of all: of equals, it comes last.
      if (parentAt <= at) break;
      times[hole] = parentAt;
      orders[hole] = orders[parent] as number;
      entries[hole] = entries[parent] as QueueEntry;
      hole = parent;
    }
    times[hole] = at;
    orders[hole] = entry.order;
    entries[hole] = entry;
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    times.set(this.#times);
    this.#times = times;
    const orders = new Float64Array(times.length);
    orders.set(this.#orders);
    this.#orders = orders;
  }
}
