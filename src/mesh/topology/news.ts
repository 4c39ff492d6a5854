/**
 * Passing on what is news. A record that was news to us goes on along the tree (spread-tree.ts), after a moment in which copies
 * that come from there show who has it already, and in which several become one frame; a lost Edge at once, unless something has
 * gone out a moment ago. Its owner has told its own neighbours itself. Other neighbours are offered it (offers.ts). Only what
 * has a path is passed on: inventions stop at the neighbour of who invented them. Records authenticate themselves, and what is no
 * news is not passed on, so nothing goes round in circles.
 */
import { FrameType, type NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { Tell } from '../vocabulary.ts';
import type { Graph } from './graph.ts';
import type { Offers } from './offers.ts';
import type { AnnouncementType } from './own-record.ts';
import { type NodeRecord, neighbourIndex, ownerKeyOf } from './record.ts';
import { ANNOUNCEMENT_BYTES, encodeRecords } from './record-list.ts';
import type { RecordTable } from './record-table.ts';
import { encodeOffers } from './request-codec.ts';
import type { SpreadTree } from './spread-tree.ts';

/**
 * Waits longer where more is going on: 50 ms, and 125 more at 1,000 Nodes. As long is between two frames to a neighbour, urgent or
 * not: where Nodes join by the hundred somebody loses an Edge all the time, and nothing would gather (at 300 Nodes nine of ten
 * messages were such frames).
 */
const GATHER_MS = 50;
const GATHER_MS_PER_NODE = 1 / 8;
/** Between two versions of one record passed on: what a Node that never rests may cost everyone. */
const OWNER_EVERY_MS = 250;
/** Owners whose news wait: more than a frame of records brings. Beyond it digests will find the rest. */
const MAX_PENDING = 1024;

export interface NewsOptions {
  readonly graph: Graph;
  readonly table: RecordTable;
  readonly tree: SpreadTree;
  readonly offers: Offers;
}

type Effects = { push(effect: Tell): unknown };

export class News {
  readonly #graph: Graph;
  readonly #table: RecordTable;
  readonly #tree: SpreadTree;
  readonly #offers: Offers;
  /** Of each owner, the neighbours that have its news. */
  #pending = new Map<NodeId, NodeId[]>();
  #flushAt = NEVER;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #type: AnnouncementType = 'new_edge';

  constructor({ graph, table, tree, offers }: NewsOptions) {
    this.#graph = graph;
    this.#table = table;
    this.#tree = tree;
    this.#offers = offers;
  }

  get nextWakeAt(): number {
    return this.#flushAt;
  }

  /** `from`: who told us; undefined when it has been held back. */
  add(owner: NodeId, from: NodeId | undefined, type: AnnouncementType, now: number): void {
    if (this.#pending.size >= MAX_PENDING && !this.#pending.has(owner)) return;
    this.#pending.set(owner, from === undefined ? [] : [from]);
    const isUrgent = type === 'destroy_edge';
    if (isUrgent) this.#type = type;
    const gatherMs = GATHER_MS + this.#graph.size * GATHER_MS_PER_NODE;
    const soonest = isUrgent ? now : now + gatherMs;
    this.#flushAt = Math.min(this.#flushAt, Math.max(soonest, this.#flushedAt + gatherMs));
  }

  /** Nobody on the tree lacks what this neighbour tells: there is nothing to gather, so what was added may be flushed at once. */
  isEndOfTree(from: NodeId, now: number): boolean {
    const tree = this.#tree.neighbours(now);
    return tree.size === (tree.has(from) ? 1 : 0);
  }

  /** This neighbour has sent what we hold of this owner. */
  isKnownTo(neighbour: NodeId, owner: NodeId): void {
    const knowing = this.#pending.get(owner);
    if (knowing && !knowing.includes(neighbour)) knowing.push(neighbour);
  }

  /** What has been gathered, into `effects`: when it is due, or where the tree ends. The table is settled. */
  flush(neighbours: Iterable<NodeId>, now: number, effects: Effects): void {
    const due: [NodeRecord, readonly NodeId[]][] = [];
    let again = NEVER;
    const pending = this.#pending;
    this.#pending = new Map(); // most of them go, and a Map that shrinks is laid out anew each time
    for (const [owner, knowing] of pending) {
      const slot = this.#graph.slotOf(owner);
      const record = slot === undefined ? undefined : this.#graph.recordAt(slot);
      if (slot !== undefined && record && this.#table.isWorthTelling(slot)) {
        const from = this.#table.passedAt(slot) + OWNER_EVERY_MS;
        if (from > now && !record.hasLeft) {
          again = Math.min(again, from);
          this.#pending.set(owner, knowing);
          continue;
        }
        this.#table.setPassedAt(slot, now);
        // A Node that names no Link has a path over ours alone, until it does.
        if (record.neighbours.length > 0 || record.hasLeft) due.push([record, knowing]);
      } else if (slot !== undefined) this.#table.keepNews(slot);
    }
    this.#tellAll(due, neighbours, now, effects);
    this.#flushAt = again;
    this.#flushedAt = now;
    this.#type = 'new_edge';
  }

  /** Offers what has been passed on to the neighbours outside the tree, when that is due and no digest will do. */
  offer(neighbours: Iterable<NodeId>, isAtRest: boolean, now: number, effects: Effects): void {
    const offers = this.#offers.takeToTell(isAtRest, now);
    if (offers.length === 0) return;
    const body = encodeOffers(offers);
    const tree = this.#tree.neighbours(now);
    const outside: NodeId[] = [];
    for (const to of neighbours) if (!tree.has(to) && !this.#offers.isGrafted(to, now)) outside.push(to);
    for (const to of this.#offers.whomToTell(outside, this.#graph.size))
      effects.push({ type: 'tell', to, frameType: FrameType.network_state_request, body });
  }

  #tellAll(
    due: readonly (readonly [NodeRecord, readonly NodeId[]])[],
    neighbours: Iterable<NodeId>,
    now: number,
    effects: Effects,
  ): void {
    if (due.length === 0) return;
    const frameType = FrameType[this.#type];
    const tree = this.#tree.neighbours(now);
    let last: readonly NodeRecord[] = [];
    let bodies: readonly Uint8Array[] = [];
    let areAllTold = true;
    for (const to of neighbours) {
      if (!tree.has(to) && !this.#offers.isGrafted(to, now)) {
        areAllTold = false;
        continue;
      }
      const key = ownerKeyOf(to);
      const records: NodeRecord[] = [];
      for (const [record, knowing] of due) {
        const isTold = record.id === to || neighbourIndex(record, to, key) >= 0 || knowing.includes(to);
        if (!isTold) records.push(record);
      }
      // Most neighbours lack the same: the bytes are made once.
      if (!isSame(records, last)) bodies = encodeRecords(records, ANNOUNCEMENT_BYTES);
      last = records;
      if (records.length === 0) continue;
      for (const body of bodies) effects.push({ type: 'tell', to, frameType, body });
    }
    if (areAllTold) return;
    for (const [record] of due) this.#offers.passedOn(record, this.#graph.size, now);
  }
}

function isSame(a: readonly NodeRecord[], b: readonly NodeRecord[]): boolean {
  return a.length === b.length && a.every((record, i) => record === b[i]);
}
