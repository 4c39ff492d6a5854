/**
 * The records held, and how long. Those with a path to us stay as long as they have it. The others are kept *aside*, because
 * a record may come before the one that connects it, a partition may heal, and a tombstone guards against late copies; but
 * few, for a minute, and the one without news for longest makes room: whoever invents a thousand Nodes pushes out inventions.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Graph } from './graph.ts';
import type { NodeRecord } from './record.ts';

/** Records without a path and tombstones. At MAX_RECORD_BYTES each less than 1 MiB. */
export const MAX_ASIDE = 1024;
export const FORGET_AFTER_MS = 60_000;
/** Addresses to try when alone: of those, some answer. */
export const MAX_REMEMBERED = 256;

/** It had a path to us when `settle` was called last. */
const IN_REACH = 1;
/** It had one at some time. */
const MET = 2;
/** News that came while it had none, not passed on yet. */
const HAS_NEWS = 4;

export class RecordTable {
  readonly #graph: Graph;
  /** Since when each record aside is there without news, oldest first. */
  readonly #aside = new Map<NodeId, number>();
  readonly #remembered = new Set<NodeId>();
  /** By slot. */
  readonly #flags: number[] = [];
  readonly #passedAt: number[] = [];
  #settledRevision = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  get asideCount(): number {
    return this.#aside.size;
  }

  /** Keeps a record that is newer than what is held. */
  put(record: NodeRecord, now: number): void {
    const isNew = this.#graph.slotOf(record.id) === undefined;
    const slot = this.#graph.set(record);
    if (isNew) {
      this.#flags[slot] = 0;
      this.#passedAt[slot] = Number.NEGATIVE_INFINITY;
      this.#remembered.delete(record.id);
    } else if (this.#has(slot, IN_REACH)) return;
    this.#aside.delete(record.id);
    this.#aside.set(record.id, now);
  }

  /** Sorts who has a path from who has none. `onReached` is told of records with a new path whose news waited for it. */
  settle(now: number, onReached: (id: NodeId) => void): void {
    const graph = this.#graph;
    const { companyRevision } = graph;
    if (this.#settledRevision === companyRevision) return;
    const changed = graph.changedSince(this.#settledRevision);
    this.#settledRevision = companyRevision;
    if (changed) for (const slot of changed) this.#settleOne(slot, now, onReached);
    else for (let slot = graph.slotCount - 1; slot >= 0; slot--) this.#settleOne(slot, now, onReached);
  }

  /** Drops what has been aside for too long, and what is too much. Settle first. */
  forget(now: number): void {
    for (const [id, since] of this.#aside) {
      if (this.#aside.size <= MAX_ASIDE && now - since < FORGET_AFTER_MS) return;
      this.#drop(id);
    }
  }

  /** Whether others want it: it has a path, or had one and says farewell. As of `settle`. */
  isWorthTelling(slot: number): boolean {
    return (
      this.#has(slot, IN_REACH) || (this.#has(slot, MET) && this.#graph.recordAt(slot)?.hasLeft === true)
    );
  }

  /** Its news could not be passed on: as soon as a path leads to it, `settle` tells. */
  keepNews(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] ?? 0) | HAS_NEWS;
  }

  /** When its news were passed on last. */
  passedAt(slot: number): number {
    return this.#passedAt[slot] ?? Number.NEGATIVE_INFINITY;
  }
  setPassedAt(slot: number, now: number): void {
    this.#passedAt[slot] = now;
  }

  /** Records held without a path, tombstones among them. */
  *aside(): Generator<NodeRecord> {
    for (const id of this.#aside.keys()) {
      const record = this.#graph.get(id);
      if (record) yield record;
    }
  }

  /** It was in reach in this life, is no more, and did not say farewell. */
  isMissed(id: NodeId): boolean {
    const slot = this.#graph.slotOf(id);
    if (slot === undefined) return this.#remembered.has(id);
    return (
      this.#has(slot, MET) && this.#graph.recordAt(slot)?.hasLeft === false && this.#graph.depthAt(slot) <= 0
    );
  }

  /** All who are missed, the latest first. */
  *remembered(): Generator<NodeId> {
    let count = 0;
    for (const id of [...this.#aside.keys()].reverse()) {
      if (!this.isMissed(id)) continue;
      yield id;
      if (++count >= MAX_REMEMBERED) return;
    }
    for (const id of [...this.#remembered].reverse()) {
      yield id;
      if (++count >= MAX_REMEMBERED) return;
    }
  }

  #settleOne(slot: number, now: number, onReached: (id: NodeId) => void): void {
    const record = this.#graph.recordAt(slot);
    if (!record) return;
    const isInReach = this.#graph.depthAt(slot) > 0;
    const flags = this.#flags[slot] ?? 0;
    if (isInReach === ((flags & IN_REACH) !== 0)) return;
    if (!isInReach) {
      this.#flags[slot] = flags & ~IN_REACH;
      this.#aside.set(record.id, now);
      return;
    }
    this.#flags[slot] = (flags | IN_REACH | MET) & ~HAS_NEWS;
    this.#aside.delete(record.id);
    if ((flags & HAS_NEWS) !== 0) onReached(record.id);
  }

  #drop(id: NodeId): void {
    this.#aside.delete(id);
    const slot = this.#graph.slotOf(id);
    if (slot === undefined) return;
    if (this.#has(slot, MET) && this.#graph.recordAt(slot)?.hasLeft === false) this.#remember(id);
    this.#graph.remove(id);
  }

  #remember(id: NodeId): void {
    this.#remembered.delete(id);
    this.#remembered.add(id);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#remembered) {
      this.#remembered.delete(oldest);
      return;
    }
  }

  #has(slot: number, flag: number): boolean {
    return ((this.#flags[slot] ?? 0) & flag) !== 0;
  }
}
