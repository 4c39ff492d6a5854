/**
 * The Edges as the records tell them, seen from one Node. An Edge between two others counts when both ends list it: a dead
 * or lying Node cannot keep an Edge alive alone. Our own Links count at once, we know them first hand.
 *
 * A thousand Nodes of a simulation hold a thousand records each, so a record is a number here (its slot) and the Edges are
 * rows of small integers, corrected record by record. Who is in reach is a breadth-first search over them (20 µs at 1,000),
 * done when somebody asks after an Edge has come or gone that changes how far anyone is: most do not, and that is seen at the
 * two ends of the Edge.
 */
import type { NodeId } from '../../wire/index.ts';
import { MAX_RECORD_NEIGHBOURS, type NodeRecord } from './record.ts';

/** Beyond any Network of this version; the nearest count. */
export const MAX_IN_REACH = 4096;
/** No record lists more, so no row has more. */
const ROW = MAX_RECORD_NEIGHBOURS;
const FIRST_CAPACITY = 32;
const NOWHERE = -1;

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
  #depths = new Int16Array(FIRST_CAPACITY);
  #reached = new Int16Array(FIRST_CAPACITY);
  #reachedCount = 0;
  /** The depths are not those of the Edges any more. */
  #isReachStale = true;
  #searches = 0;
  /** By slot: which Node was in reach there when the search was made last, as its number of `#births`; 0: none. */
  #wasReached = new Float64Array(FIRST_CAPACITY);
  /** By slot: counts the Nodes that slots were given to, so that two at one slot are told apart. */
  #births = new Float64Array(FIRST_CAPACITY);
  #birthCount = 0;
  #companyRevision = 0;
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
      this.#isReachStale = true;
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
        this.#isReachStale = true;
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
    if (this.#depths[slot] !== NOWHERE) this.#isReachStale = true;
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
    return this.#depths[slot] ?? NOWHERE;
  }

  /** How many Nodes have a path to us. */
  get reachedCount(): number {
    this.#search();
    return this.#reachedCount;
  }

  /** Raised when `reachedAt` may answer differently. */
  get reachRevision(): number {
    this.#search();
    return this.#searches;
  }

  /** Raised when somebody has come into reach or gone out of it. */
  get companyRevision(): number {
    this.#search();
    return this.#companyRevision;
  }

  /** The slot of one of them, by 0..reachedCount-1, in order of hops. */
  reachedAt(index: number): number {
    return this.#reached[index] ?? 0;
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
    if (!this.#isReachStale) return;
    this.#isReachStale = false;
    this.#searches++;
    const depths = this.#depths;
    const queue = this.#reached;
    const edges = this.#edges;
    const before = this.#reachedCount;
    depths.fill(NOWHERE, 0, this.#records.length);
    let tail = 0;
    for (const slot of this.ownEdges()) {
      depths[slot] = 1;
      queue[tail++] = slot;
    }
    for (let head = 0; head < tail; head++) {
      const slot = queue[head] ?? 0;
      const depth = (depths[slot] ?? 0) + 1;
      const end = slot * ROW + (this.#counts[slot] ?? 0);
      for (let at = slot * ROW; at < end; at++) {
        const next = edges[at] ?? 0;
        if (depths[next] !== NOWHERE || tail >= MAX_IN_REACH) continue;
        depths[next] = depth;
        queue[tail++] = next;
      }
    }
    this.#reachedCount = tail;
    this.#compareCompany(before);
  }

  /** After a search: is anybody in reach who was not, or the other way round? `before`: how many were. */
  #compareCompany(before: number): void {
    const count = this.#reachedCount;
    const births = this.#births;
    const wasReached = this.#wasReached;
    let isSame = count === before;
    for (let i = 0; i < count && isSame; i++) {
      const slot = this.#reached[i] ?? 0;
      isSame = wasReached[slot] === births[slot];
    }
    if (isSame) return;
    this.#companyRevision++;
    wasReached.fill(0);
    for (let i = 0; i < count; i++) {
      const slot = this.#reached[i] ?? 0;
      wasReached[slot] = births[slot] ?? 0;
    }
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
      const index = theirs.neighbours.indexOf(record.id);
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
        this.#mayHaveLostItsWay(other);
      }
    }
    for (let j = 0; j < count; j++) {
      const other = this.#newRow[j] ?? 0;
      this.#list(other, slot, this.#newClasses[j] ?? 0);
      if (isShortcut(this.#depths[slot] ?? 0, this.#depths[other] ?? 0)) this.#isReachStale = true;
    }
    for (let j = 0; j < count; j++) {
      this.#edges[start + j] = this.#newRow[j] ?? 0;
      this.#classes[start + j] = this.#newClasses[j] ?? 0;
    }
    this.#counts[slot] = count;
    if (kept < before) this.#mayHaveLostItsWay(slot);
    if (kept === before && kept === count) return;
    this.#edgeRevision++;
    this.#weightRevision++;
  }

  /** An Edge of this Node has gone: unless a neighbour is left that is nearer to us, it is not as near as it was. */
  #mayHaveLostItsWay(slot: number): void {
    const depth = this.#depths[slot] ?? NOWHERE;
    if (this.#isReachStale || depth <= 1) return; // out of reach before, or with a Link to us
    if (this.#reachedCount >= MAX_IN_REACH) this.#isReachStale = true;
    const start = slot * ROW;
    const end = start + (this.#counts[slot] ?? 0);
    for (let at = start; at < end; at++) if (this.#depths[this.#edges[at] ?? 0] === depth - 1) return;
    this.#isReachStale = true;
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
    this.#depths[slot] = NOWHERE;
    this.#births[slot] = ++this.#birthCount;
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
    const depths = new Int16Array(capacity);
    depths.set(this.#depths);
    this.#depths = depths;
    const births = new Float64Array(capacity);
    births.set(this.#births);
    this.#births = births;
    const wasReached = new Float64Array(capacity);
    wasReached.set(this.#wasReached);
    this.#wasReached = wasReached;
    const reached = new Int16Array(capacity);
    reached.set(this.#reached);
    this.#reached = reached;
  }
}

/** Whether an Edge between Nodes at these depths brings one of them nearer. */
function isShortcut(a: number, b: number): boolean {
  if (a === NOWHERE || b === NOWHERE) return a !== b;
  return Math.abs(a - b) > 1;
}
