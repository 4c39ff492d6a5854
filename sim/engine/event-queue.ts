/**
 * What is still to happen, in the order of (time, order of scheduling): a binary heap of plain records (Williams 1964). The
 * order number makes it total, so that one seed has one run. It is a heap of its own rather than runtime/heap.ts because a
 * simulation of a thousand Nodes takes half its own time here: the comparison is written out instead of called.
 */
import type { MeshEvent } from '../../src/mesh/vocabulary.ts';
import type { ChannelEnd, Station } from './station.ts';

/** Something of the simulation's own: a step of the scenario, the end of a freeze, a check. */
export interface Task {
  run(now: number): void;
}

/** One shape for all kinds, so that the compiler sees one. */
export interface QueueEntry {
  /** Virtual ms. */
  readonly at: number;
  readonly order: number;
  /** `event` for a station (through `end`, if it is given: dropped when that closed), its `wake`, or a `task`. */
  readonly kind: 'event' | 'wake' | 'task';
  readonly station: Station | undefined;
  readonly event: MeshEvent | undefined;
  readonly end: ChannelEnd | undefined;
  readonly task: Task | undefined;
}

export class EventQueue {
  readonly #entries: QueueEntry[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** When the next one is due; Infinity when nothing is. */
  get nextAt(): number {
    const first = this.#entries[0];
    return first === undefined ? Number.POSITIVE_INFINITY : first.at;
  }

  pushEvent(at: number, station: Station, event: MeshEvent, end?: ChannelEnd): void {
    this.#push({ at, order: this.#order++, kind: 'event', station, event, end, task: undefined });
  }

  /** Answers with the entry's order: a station remembers it and so knows which of its wakes still counts. */
  pushWake(at: number, station: Station): number {
    const order = this.#order++;
    this.#push({ at, order, kind: 'wake', station, event: undefined, end: undefined, task: undefined });
    return order;
  }

  pushTask(at: number, task: Task): void {
    this.#push({
      at,
      order: this.#order++,
      kind: 'task',
      station: undefined,
      event: undefined,
      end: undefined,
      task,
    });
  }

  pop(): QueueEntry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return top;
    const { at, order } = last;
    const size = entries.length;
    let hole = 0;
    for (;;) {
      let childAt = 2 * hole + 1;
      if (childAt >= size) break;
      let child = entries[childAt] as QueueEntry; // below `size`
      if (childAt + 1 < size) {
        const right = entries[childAt + 1] as QueueEntry; // below `size`
        if (right.at < child.at || (right.at === child.at && right.order < child.order)) {
          child = right;
          childAt++;
        }
      }
      if (child.at > at || (child.at === at && child.order > order)) break;
      entries[hole] = child;
      hole = childAt;
    }
    entries[hole] = last;
    return top;
  }

  #push(entry: QueueEntry): void {
    const entries = this.#entries;
    const { at } = entry;
    let hole = entries.length;
    entries.push(entry);
    while (hole > 0) {
      const parentAt = (hole - 1) >> 1;
      const parent = entries[parentAt] as QueueEntry; // above a hole that exists
      // A new entry has the highest order of all: of equals, it comes last.
      if (parent.at <= at) break;
      entries[hole] = parent;
      hole = parentAt;
    }
    entries[hole] = entry;
  }
}
