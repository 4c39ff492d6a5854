/**
 * The Edges as the records tell them, seen from one Node. An Edge between two others counts when both ends list it: a dead
 * or lying Node cannot keep an Edge alive alone. Our own Links count at once, we know them first hand.
 *
 * A thousand Nodes of a simulation hold a thousand records each, so a record is a number here (its slot) and the Edges are
 * rows of small integers, corrected record by record. Who is in reach follows from them (reach.ts), and is found when asked for.
 */
import type { NodeId } from '../../wire/index.ts';
import { Reach, type Rows } from './reach.ts';
import { MAX_RECORD_NEIGHBOURS, type NodeRecord, neighbourIndex } from './record.ts';

/** No record lists more, so no row has more. */
const ROW = MAX_RECORD_NEIGHBOURS;
const FIRST_CAPACITY = 32;

export class Graph {
  readonly #self: NodeId;
  readonly #links: ReadonlyMap<NodeId, { readonly rttClass: number }>;
  readonly #slots = new Map<NodeId, number>();
  readonly #records: (NodeRecord | undefined)[] = [];
  readonly #free: number[] = [];
  /** Row of a slot: the slots it has an Edge with, ourselves left out; and the slower of the two classes each end tells. */
  #edges = new Int16Array(FIRST_CAPACITY * ROW);
  #classes = new Uint8Array(FIRST_CAPACITY * ROW);
  #counts = new Uint8Array(FIRST_CAPACITY);
  #rows: Rows = { edges: this.#edges, counts: this.#counts, width: ROW };
  readonly #reach = new Reach(FIRST_CAPACITY);
  #edgeRevision = 0;
  #weightRevision = 0;
  #contentRevision = 0;
  #viewRevision = 0;
  readonly #newRow = new Int16Array(ROW);
  readonly #newClasses = new Uint8Array(ROW);

  /** `links`: our own Links with the class we tell of them, read whenever needed; say `linksChanged` when it changes. */
  constructor(self: NodeId, links: ReadonlyMap<NodeId, { readonly rttClass: number }>) {
    this.#self = self;
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
    const slot = this.#slots.get(id);
    return slot === undefined ? undefined : this.#records[slot];
  }

  slotOf(id: NodeId): number | undefined {
    return this.#slots.get(id);
  }

  recordAt(slot: number): NodeRecord | undefined {
    return this.#records[slot];
  }

  /** How many Edges, other than with us, the Node at this slot has; and the Node and class of each. */
  edgeCount(slot: number): number {
    return this.#counts[slot] ?? 0;
  }
  edgeAt(slot: number, index: number): number {
    return this.#edges[slot * ROW + index] ?? 0;
  }
  classAt(slot: number, index: number): number {
    return this.#classes[slot * ROW + index] ?? 0;
  }

  /** Our own Links, or the classes we tell of them, are different. */
  linksChanged(areEdges: boolean): void {
    if (areEdges) {
      this.#edgeRevision++;
      this.#reach.linksChanged();
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
    const slot = this.#slots.get(record.id) ?? this.#allocate(record.id);
    const before = this.#records[slot];
    this.#records[slot] = record;
    this.#contentRevision++;
    if (before) this.#viewRevision++;
    if (this.#links.has(record.id)) {
      if (before === undefined || before.hasLeft !== record.hasLeft) {
        this.#edgeRevision++;
        this.#reach.linksChanged();
      }
      this.#weightRevision++; // the class it tells of our Link may be another
    }
    this.#setRow(slot, this.#findEdges(record));
    return slot;
  }

  remove(id: NodeId): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#setRow(slot, 0);
    this.#reach.end(slot);
    this.#slots.delete(id);
    this.#records[slot] = undefined;
    this.#free.push(slot);
    this.#contentRevision++;
    if (!this.#links.has(id)) return;
    this.#edgeRevision++;
    this.#weightRevision++;
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

  /** Slots of those who have come into reach since that revision of the company; undefined when that takes a look at everyone. */
  arrivalsSince(companyRevision: number): readonly number[] | undefined {
    this.#search();
    return this.#reach.arrivalsSince(companyRevision);
  }

  /** The slot of one of them, by 0..reachedCount-1. */
  reachedAt(index: number): number {
    return this.#reach.at(index);
  }

  /** Slots at the other ends of our own Links. */
  *ownEdges(): Generator<number> {
    for (const peer of this.#links.keys()) {
      const slot = this.#slots.get(peer);
      if (slot !== undefined && this.#records[slot]?.hasLeft === false) yield slot;
    }
  }

  /** The slower of what both ends tell of our Link to this Node. */
  ownClass(slot: number): number {
    const record = this.#records[slot];
    if (!record) return 0;
    const index = record.neighbours.indexOf(this.#self);
    return Math.max(this.#links.get(record.id)?.rttClass ?? 0, record.rttClasses[index] ?? 0);
  }

  /** Whether we reach the neighbour within `maxHops` without our Link to it. */
  hasDetour(neighbour: NodeId, maxHops: number): boolean {
    const goal = this.#slots.get(neighbour);
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

  #search(): void {
    if (this.#reach.isStale) this.#reach.search(this.ownEdges(), this.#records.length, this.#rows);
  }

  /** Into `#newRow` and `#newClasses`: the Edges that count of this record. Returns how many. */
  #findEdges(record: NodeRecord): number {
    if (record.hasLeft) return 0;
    let count = 0;
    for (let i = 0; i < record.neighbours.length; i++) {
      const peer = record.neighbours[i] as NodeId; // i is below the length
      const slot = peer === this.#self ? undefined : this.#slots.get(peer);
      const theirs = slot === undefined ? undefined : this.#records[slot];
      if (slot === undefined || theirs === undefined) continue;
      const index = neighbourIndex(theirs, record.id, record.ownerKey);
      if (index < 0) continue;
      this.#newRow[count] = slot;
      this.#newClasses[count++] = Math.max(record.rttClasses[i] ?? 0, theirs.rttClasses[index] ?? 0);
    }
    return count;
  }

  /** Puts the first `count` of the new row in place of the old one, and corrects the rows at the other ends. */
  #setRow(slot: number, count: number): void {
    const start = slot * ROW;
    const before = this.#counts[slot] ?? 0;
    let kept = 0;
    for (let i = 0; i < before; i++) {
      const other = this.#edges[start + i] ?? 0;
      let isKept = false;
      for (let j = 0; j < count && !isKept; j++) isKept = this.#newRow[j] === other;
      if (isKept) kept++;
      else {
        this.#unlist(other, slot);
        this.#reach.edgeLost(other, this.#rows);
      }
    }
    for (let j = 0; j < count; j++) {
      const other = this.#newRow[j] ?? 0;
      this.#list(other, slot, this.#newClasses[j] ?? 0);
      this.#edges[start + j] = other;
      this.#classes[start + j] = this.#newClasses[j] ?? 0;
    }
    this.#counts[slot] = count;
    for (let j = 0; j < count; j++) this.#reach.edgeGained(slot, this.#newRow[j] ?? 0, this.#rows);
    if (kept < before) this.#reach.edgeLost(slot, this.#rows);
    if (kept === before && kept === count) return;
    this.#edgeRevision++;
    this.#weightRevision++;
  }

  #list(slot: number, other: number, roundTripClass: number): void {
    const start = slot * ROW;
    const count = this.#counts[slot] ?? 0;
    for (let i = 0; i < count; i++) {
      if (this.#edges[start + i] !== other) continue;
      if (this.#classes[start + i] !== roundTripClass) this.#weightRevision++;
      this.#classes[start + i] = roundTripClass;
      return;
    }
    this.#edges[start + count] = other;
    this.#classes[start + count] = roundTripClass;
    this.#counts[slot] = count + 1;
  }

  #unlist(slot: number, other: number): void {
    const start = slot * ROW;
    const last = (this.#counts[slot] ?? 1) - 1;
    for (let i = 0; i <= last; i++) {
      if (this.#edges[start + i] !== other) continue;
      this.#edges[start + i] = this.#edges[start + last] ?? 0;
      this.#classes[start + i] = this.#classes[start + last] ?? 0;
      this.#counts[slot] = last;
      return;
    }
  }

  #allocate(id: NodeId): number {
    const slot = this.#free.pop() ?? this.#records.length;
    if (slot === this.#records.length) this.#records.push(undefined);
    if (slot >= this.#counts.length) this.#grow(this.#counts.length * 2);
    this.#slots.set(id, slot);
    this.#counts[slot] = 0;
    this.#reach.begin(slot);
    return slot;
  }

  #grow(capacity: number): void {
    const edges = new Int16Array(capacity * ROW);
    edges.set(this.#edges);
    this.#edges = edges;
    const classes = new Uint8Array(capacity * ROW);
    classes.set(this.#classes);
    this.#classes = classes;
    const counts = new Uint8Array(capacity);
    counts.set(this.#counts);
    this.#counts = counts;
    this.#rows = { edges, counts, width: ROW };
    this.#reach.grow(capacity);
  }
}
