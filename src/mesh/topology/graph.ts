/**
 * The Edges as the records tell them, seen from one Node. An Edge between two others counts when both ends list it: a dead
 * or lying Node cannot keep an Edge alive alone. Our own Links count at once, we know them first hand.
 *
 * A thousand Nodes of a simulation hold a thousand records each, so a record is a number here (its slot) and the Edges are
 * rows of small integers. A new record is compared with the one before: only Edges that one of them lists alone are looked at.
 * Who is in reach follows from them (reach.ts), and is found when asked for.
 */
import type { NodeId } from '../../wire/index.ts';
import { EdgeRows } from './edge-rows.ts';
import { Reach } from './reach.ts';
import { compareNeighbours, type NodeRecord, neighbourIndex, ownerKeyOf } from './record.ts';
import { SlotTable } from './slot-table.ts';

const FIRST_CAPACITY = 32;

export class Graph {
  readonly #self: NodeId;
  readonly #links: ReadonlyMap<NodeId, { readonly rttClass: number }>;
  readonly #selfKey: number;
  readonly #slots = new SlotTable();
  readonly #records: (NodeRecord | undefined)[] = [];
  readonly #free: number[] = [];
  /** Between others; the class of each is the slower of the two that its ends tell. */
  readonly #rows = new EdgeRows(FIRST_CAPACITY);
  /** Of the record at a slot, side by side: what is asked of all of them at once. */
  #keys = new Int32Array(FIRST_CAPACITY);
  #hashes = new Uint32Array(2 * FIRST_CAPACITY);
  readonly #reach = new Reach(FIRST_CAPACITY);
  /** Undefined until somebody asks after our Links have changed, or who is at their other ends. */
  #ownEdges: readonly number[] | undefined;
  #edgeRevision = 0;
  #weightRevision = 0;
  #contentRevision = 0;
  #viewRevision = 0;

  /** `links`: our own Links with the class we tell of them, read whenever needed; say `linksChanged` when it changes. */
  constructor(self: NodeId, links: ReadonlyMap<NodeId, { readonly rttClass: number }>) {
    this.#self = self;
    this.#selfKey = ownerKeyOf(self);
    this.#links = links;
  }

  /** Raised when an Edge comes or goes. */
  get edgeRevision(): number {
    return this.#edgeRevision;
  }

  /** Raised when an Edge or its class changes. */
  get weightRevision(): number {
    return this.#weightRevision;
  }

  /** Raised when anything changes. */
  get contentRevision(): number {
    return this.#contentRevision;
  }

  /** Raised when others may see a difference: not for a stranger without an Edge. */
  get viewRevision(): number {
    return this.#viewRevision + this.#weightRevision;
  }

  /** Records held, ourselves left out. */
  get size(): number {
    return this.#slots.size;
  }

  /** Slots are below this. */
  get slotCount(): number {
    return this.#records.length;
  }

  get(id: NodeId): NodeRecord | undefined {
    const slot = this.slotOf(id);
    return slot === undefined ? undefined : this.#records[slot];
  }

  /** One whose owner has this key: of two with the same, which happens once in 2^32, any. */
  withKey(ownerKey: number): NodeRecord | undefined {
    const at = this.#slots.first(ownerKey);
    return at < 0 ? undefined : this.#records[this.#slots.slotAt(at)];
  }

  slotOf(id: NodeId, ownerKey = ownerKeyOf(id)): number | undefined {
    const slots = this.#slots;
    for (let at = slots.first(ownerKey); at >= 0; at = slots.next(at, ownerKey)) {
      const slot = slots.slotAt(at);
      if (this.#records[slot]?.id === id) return slot;
    }
    return undefined;
  }

  recordAt(slot: number): NodeRecord | undefined {
    return this.#records[slot];
  }

  /** Of the record at this slot, which has to be one: its `ownerKey`, `hashLow`, `hashHigh`. */
  keyAt(slot: number): number {
    return this.#keys[slot] ?? 0;
  }
  hashLowAt(slot: number): number {
    return this.#hashes[2 * slot] ?? 0;
  }
  hashHighAt(slot: number): number {
    return this.#hashes[2 * slot + 1] ?? 0;
  }

  /** How many Edges, other than with us, the Node at this slot has; and the Node and class of each. */
  edgeCount(slot: number): number {
    return this.#rows.count(slot);
  }
  edgeAt(slot: number, index: number): number {
    return this.#rows.edgeAt(slot, index);
  }
  classAt(slot: number, index: number): number {
    return this.#rows.classAt(slot, index);
  }

  /** Our own Links, or the classes we tell of them, are different. */
  linksChanged(areEdges: boolean): void {
    if (areEdges) {
      this.#edgeRevision++;
      this.#ownEdgesChanged();
    }
    this.#weightRevision++;
    this.#contentRevision++;
  }

  /** Our own record is another: digests count it. */
  ownChanged(): void {
    this.#contentRevision++;
  }

  /** Keeps a record in place of an older one of the same Node. Returns its slot. */
  set(record: NodeRecord): number {
    const slot = this.slotOf(record.id, record.ownerKey) ?? this.#allocate(record);
    const before = this.#records[slot];
    this.#records[slot] = record;
    this.#hashes[2 * slot] = record.hashLow;
    this.#hashes[2 * slot + 1] = record.hashHigh;
    this.#contentRevision++;
    if (before) this.#viewRevision++;
    if (this.#links.has(record.id)) this.#neighbourChanged(before, record);
    this.#correctRow(slot, record.id, record.ownerKey, before, record);
    return slot;
  }

  remove(id: NodeId): void {
    const slot = this.slotOf(id);
    const record = slot === undefined ? undefined : this.#records[slot];
    if (slot === undefined || record === undefined) return;
    this.#correctRow(slot, id, record.ownerKey, record, undefined);
    this.#reach.end(slot);
    this.#slots.remove(record.ownerKey, slot);
    this.#records[slot] = undefined;
    this.#free.push(slot);
    this.#contentRevision++;
    if (!this.#links.has(id)) return;
    this.#edgeRevision++;
    this.#weightRevision++;
    this.#ownEdgesChanged();
  }

  /** Hops to the Node at this slot, -1 when no path leads there. */
  depthAt(slot: number): number {
    this.#search();
    return this.#reach.depth(slot);
  }

  /** How many Nodes have a path to us. */
  get reachedCount(): number {
    this.#search();
    return this.#reach.count;
  }

  /** Raised when somebody has come into reach or gone out of it. */
  get companyRevision(): number {
    this.#search();
    return this.#reach.companyRevision;
  }

  /** Slots of who has come into reach or gone out of it since that revision of the company; undefined when that takes a look at everyone. */
  changedSince(companyRevision: number): readonly number[] | undefined {
    this.#search();
    return this.#reach.changedSince(companyRevision);
  }

  /** The slot of one of them, by 0..reachedCount-1. */
  reachedAt(index: number): number {
    return this.#reach.at(index);
  }

  /** Slots at the other ends of our own Links. */
  ownEdges(): readonly number[] {
    if (this.#ownEdges) return this.#ownEdges;
    const slots: number[] = [];
    for (const peer of this.#links.keys()) {
      const slot = this.slotOf(peer);
      if (slot !== undefined && this.#records[slot]?.hasLeft === false) slots.push(slot);
    }
    this.#ownEdges = slots;
    return slots;
  }

  /** The slower of what both ends tell of our Link to this Node. */
  ownClass(slot: number): number {
    const record = this.#records[slot];
    if (!record) return 0;
    return Math.max(this.#links.get(record.id)?.rttClass ?? 0, this.#toldOfUs(record));
  }

  /** Whether we reach the neighbour within `maxHops` without our Link to it. */
  hasDetour(neighbour: NodeId, maxHops: number): boolean {
    const goal = this.slotOf(neighbour);
    if (goal === undefined) return false;
    const seen = new Set<number>();
    for (const slot of this.ownEdges()) if (slot !== goal) seen.add(slot);
    let border = [...seen];
    for (let hops = 2; hops <= maxHops && border.length > 0; hops++) {
      const next: number[] = [];
      for (const slot of border) {
        for (let i = 0; i < this.edgeCount(slot); i++) {
          const other = this.edgeAt(slot, i);
          if (other === goal) return true;
          if (seen.has(other)) continue;
          seen.add(other);
          next.push(other);
        }
      }
      border = next;
    }
    return false;
  }

  #ownEdgesChanged(): void {
    this.#ownEdges = undefined;
    this.#reach.linksChanged();
  }

  #search(): void {
    if (this.#reach.isStale) this.#reach.search(this.ownEdges(), this.#records.length, this.#rows);
  }

  /** The class that a neighbour tells of our Link, 0 when it tells none. */
  #toldOfUs(record: NodeRecord): number {
    return record.rttClasses[neighbourIndex(record, this.#self, this.#selfKey)] ?? 0;
  }

  #neighbourChanged(before: NodeRecord | undefined, record: NodeRecord): void {
    if (before === undefined || before.hasLeft !== record.hasLeft) {
      this.#edgeRevision++;
      this.#weightRevision++;
      this.#ownEdgesChanged();
    } else if (this.#toldOfUs(before) !== this.#toldOfUs(record)) this.#weightRevision++;
  }

  /**
   * What a record lists, and the one before it did not, may be an Edge now; what was listed and is no more is none. Of what both
   * list only the class may be another. Both lists are in order. A farewell lists nobody. The lost come first: a row that is full
   * has no room until then.
   */
  #correctRow(
    slot: number,
    id: NodeId,
    key: number,
    before: NodeRecord | undefined,
    record: NodeRecord | undefined,
  ): void {
    const were = before?.neighbours.length ?? 0;
    const are = record?.neighbours.length ?? 0;
    let isLost = false;
    for (let i = 0, j = 0; j < were; ) {
      const order = i < are ? compareNeighbours(record, i, before, j) : 1;
      if (order > 0 && this.#edgeLost(slot, before, j)) isLost = true;
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
    for (let i = 0, j = 0; i < are; ) {
      const order = j < were ? compareNeighbours(record, i, before, j) : -1;
      const isTold = order < 0 || (order === 0 && record?.rttClasses[i] !== before?.rttClasses[j]);
      if (isTold) this.#edgeTold(slot, id, key, record, i);
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
    if (isLost) this.#reach.edgeLost(slot, this.#rows);
  }

  /** The record at this slot lists its neighbour number `index` no more. Whether an Edge is lost. */
  #edgeLost(slot: number, before: NodeRecord | undefined, index: number): boolean {
    const other = this.#neighbourOf(before, index);
    if (other === undefined || !this.#rows.unlist(slot, other)) return false;
    this.#rows.unlist(other, slot);
    this.#edgeRevision++;
    this.#weightRevision++;
    this.#reach.edgeLost(other, this.#rows);
    return true;
  }

  /** The record at this slot lists its neighbour number `index`, which it did not, or with another class. */
  #edgeTold(slot: number, id: NodeId, key: number, record: NodeRecord | undefined, index: number): void {
    const other = this.#neighbourOf(record, index);
    const theirs = other === undefined ? undefined : this.#records[other];
    if (other === undefined || theirs === undefined) return;
    const there = neighbourIndex(theirs, id, key);
    if (there < 0) return;
    const roundTripClass = Math.max(record?.rttClasses[index] ?? 0, theirs.rttClasses[there] ?? 0);
    const change = this.#rows.list(slot, other, roundTripClass);
    if (change === 'nothing') return;
    this.#rows.list(other, slot, roundTripClass);
    this.#weightRevision++;
    if (change === 'class') return;
    this.#edgeRevision++;
    this.#reach.edgeGained(slot, other, this.#rows);
  }

  #neighbourOf(record: NodeRecord | undefined, index: number): number | undefined {
    const peer = record?.neighbours[index];
    return peer === undefined || peer === this.#self
      ? undefined
      : this.slotOf(peer, record?.neighbourKeys[index]);
  }

  #allocate({ ownerKey }: NodeRecord): number {
    const slot = this.#free.pop() ?? this.#records.length;
    if (slot === this.#records.length) this.#records.push(undefined);
    if (slot >= this.#keys.length) this.#grow(this.#keys.length * 2);
    this.#slots.add(ownerKey, slot);
    this.#keys[slot] = ownerKey;
    this.#rows.clear(slot);
    this.#reach.begin(slot);
    return slot;
  }

  #grow(capacity: number): void {
    const keys = new Int32Array(capacity);
    keys.set(this.#keys);
    this.#keys = keys;
    const hashes = new Uint32Array(2 * capacity);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#rows.grow(capacity);
    this.#reach.grow(capacity);
  }
}
