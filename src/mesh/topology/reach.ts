/**
 * Who is in reach, and in how many hops: a breadth-first search from our own Links over the rows of Edges of graph.ts (20 µs at
 * 1,000 Nodes). Most Edges that come or go change nobody's depth, and that is seen at their two ends: depths stay right as long as
 * everybody beyond our Links has a neighbour that is one nearer, and no Edge joins Nodes more than one apart. An Edge that brings
 * somebody nearer, or into reach, is followed from there, and so is one that was somebody's only way. A search is made when
 * somebody asks after our own Links have changed, or somebody may have been cut off.
 */

/** Beyond any Network of this version; the nearest count. */
const MAX_IN_REACH = 4096;
const NOWHERE = -1;
/** Nodes put one farther before a search of all is made instead. */
const MAX_STEPS = 32;
/** Comings and goings remembered, a power of two: who looks more seldom has to look at everyone. */
const CHANGES_KEPT = 256;

/** The Edges by slot: `counts[slot]` of them from `edges[slot * width]` on. */
export interface Rows {
  readonly edges: Int16Array;
  readonly counts: Uint8Array;
  readonly width: number;
}

export class Reach {
  #depths: Int16Array;
  #reached: Int16Array;
  /** By slot: which Node was in reach there at the last search, as its number of `#births`; 0: none. */
  #wasReached: Uint32Array;
  /** By slot: counts the Nodes that slots were given to, so that two at one slot are told apart. */
  #births: Uint32Array;
  #birthCount = 0;
  #count = 0;
  #isStale = true;
  #companyRevision = 0;
  /** Rings: whose slot it was that came or went when `#companyRevision` was at this index, and the number of that Node. */
  readonly #changedSlots = new Int16Array(CHANGES_KEPT);
  readonly #changedBirths = new Uint32Array(CHANGES_KEPT);

  constructor(capacity: number) {
    this.#depths = new Int16Array(capacity);
    this.#reached = new Int16Array(capacity);
    this.#wasReached = new Uint32Array(capacity);
    this.#births = new Uint32Array(capacity);
  }

  get isStale(): boolean {
    return this.#isStale;
  }

  /** How many Nodes have a path to us. */
  get count(): number {
    return this.#count;
  }

  /** Raised when somebody has come into reach or gone out of it. */
  get companyRevision(): number {
    return this.#companyRevision;
  }

  /** Slots of those who came or went since the company was of that revision; undefined when too many did, or one is given to another. */
  changedSince(revision: number): readonly number[] | undefined {
    if (revision < 0 || this.#companyRevision - revision > CHANGES_KEPT) return undefined;
    const slots: number[] = [];
    for (let at = revision; at < this.#companyRevision; at++) {
      const slot = this.#changedSlots[at & (CHANGES_KEPT - 1)] ?? 0;
      if (this.#births[slot] !== this.#changedBirths[at & (CHANGES_KEPT - 1)]) return undefined;
      slots.push(slot);
    }
    return slots;
  }

  /** Hops to the Node at this slot, -1 when no path leads there. */
  depth(slot: number): number {
    return this.#depths[slot] ?? NOWHERE;
  }

  /** The slot of one in reach, by 0..count-1. */
  at(index: number): number {
    return this.#reached[index] ?? 0;
  }

  /** A slot is given to a Node. */
  begin(slot: number): void {
    this.#depths[slot] = NOWHERE;
    this.#births[slot] = ++this.#birthCount;
  }

  /** The Node at this slot is forgotten. */
  end(slot: number): void {
    if (this.depth(slot) !== NOWHERE) this.#isStale = true;
  }

  /** One of our own Links has come or gone, or what is at its other end. */
  linksChanged(): void {
    this.#isStale = true;
  }

  /** The rows of both ends are in place. */
  edgeGained(a: number, b: number, rows: Rows): void {
    if (this.#isStale) return;
    const depthA = this.depth(a);
    const depthB = this.depth(b);
    if (depthA !== NOWHERE && isFartherThan(depthB, depthA + 1)) this.#comeNearer(b, depthA + 1, rows);
    else if (depthB !== NOWHERE && isFartherThan(depthA, depthB + 1)) this.#comeNearer(a, depthB + 1, rows);
  }

  /**
   * An Edge of this Node is gone; the rest of its row is in place. Whoever has no neighbour left that is one nearer is one farther
   * than it was, or more, and so perhaps are those behind it (Even and Shiloach 1981). Where that goes on, somebody may have been
   * cut off, and a search is cheaper.
   */
  edgeLost(first: number, { edges, counts, width }: Rows): void {
    if (this.#isStale) return;
    const depths = this.#depths;
    const doubtful = [first];
    let steps = 0;
    for (let slot = doubtful.pop(); slot !== undefined; slot = doubtful.pop()) {
      const depth = depths[slot] ?? NOWHERE;
      if (depth <= 1) continue; // out of reach before, or with a Link to us
      const end = slot * width + (counts[slot] ?? 0);
      let at = slot * width;
      while (at < end && depths[edges[at] ?? 0] !== depth - 1) at++;
      if (at < end) continue;
      if (++steps > MAX_STEPS || this.#count >= MAX_IN_REACH) {
        this.#isStale = true;
        return;
      }
      depths[slot] = depth + 1;
      doubtful.push(slot);
      for (let each = slot * width; each < end; each++) {
        const other = edges[each] ?? 0;
        if (depths[other] === depth + 1) doubtful.push(other);
      }
    }
  }

  /** `own`: the slots at the other ends of our Links. */
  search(own: Iterable<number>, slotCount: number, { edges, counts, width }: Rows): void {
    this.#isStale = false;
    const depths = this.#depths;
    const queue = this.#reached;
    const before = this.#count;
    depths.fill(NOWHERE, 0, slotCount);
    let tail = 0;
    for (const slot of own) {
      depths[slot] = 1;
      queue[tail++] = slot;
    }
    for (let head = 0; head < tail; head++) {
      const slot = queue[head] ?? 0;
      const depth = (depths[slot] ?? 0) + 1;
      const end = slot * width + (counts[slot] ?? 0);
      for (let at = slot * width; at < end; at++) {
        const next = edges[at] ?? 0;
        if (depths[next] !== NOWHERE || tail >= MAX_IN_REACH) continue;
        depths[next] = depth;
        queue[tail++] = next;
      }
    }
    this.#count = tail;
    this.#noteCompany(before, slotCount);
  }

  /** The Node at this slot has a way of so many hops, and through it perhaps others have a shorter one. */
  #comeNearer(first: number, depth: number, { edges, counts, width }: Rows): void {
    const depths = this.#depths;
    depths[first] = this.#enter(first, depth);
    const queue = [first];
    for (let head = 0; head < queue.length; head++) {
      const slot = queue[head] ?? 0;
      const next = (depths[slot] ?? 0) + 1;
      const end = slot * width + (counts[slot] ?? 0);
      for (let at = slot * width; at < end; at++) {
        const other = edges[at] ?? 0;
        if (!isFartherThan(depths[other] ?? NOWHERE, next)) continue;
        depths[other] = this.#enter(other, next);
        queue.push(other);
      }
    }
  }

  /** Answers with the depth: who was out of reach is counted now. Beyond the bound the nearest are found by a search. */
  #enter(slot: number, depth: number): number {
    if (this.depth(slot) !== NOWHERE) return depth;
    if (this.#count >= MAX_IN_REACH) {
      this.#isStale = true;
      return NOWHERE;
    }
    this.#reached[this.#count++] = slot;
    this.#wasReached[slot] = this.#births[slot] ?? 0;
    this.#noteChange(slot);
    return depth;
  }

  grow(capacity: number): void {
    const depths = new Int16Array(capacity);
    depths.set(this.#depths);
    this.#depths = depths;
    const reached = new Int16Array(capacity);
    reached.set(this.#reached);
    this.#reached = reached;
    const births = new Uint32Array(capacity);
    births.set(this.#births);
    this.#births = births;
    const wasReached = new Uint32Array(capacity);
    wasReached.set(this.#wasReached);
    this.#wasReached = wasReached;
  }

  /** After a search. `before`: how many were in reach. */
  #noteCompany(before: number, slotCount: number): void {
    const births = this.#births;
    const wasReached = this.#wasReached;
    let arrived = 0;
    let isAnyoneLost = false;
    for (let i = 0; i < this.#count; i++) {
      const slot = this.at(i);
      if (wasReached[slot] === births[slot]) continue;
      if (wasReached[slot] !== 0) isAnyoneLost = true; // forgotten while in reach, and its slot given away
      wasReached[slot] = births[slot] ?? 0;
      this.#noteChange(slot);
      arrived++;
    }
    if (before + arrived === this.#count) return;
    for (let slot = 0; slot < slotCount; slot++) {
      if (wasReached[slot] === 0 || this.depth(slot) !== NOWHERE) continue;
      if (wasReached[slot] !== births[slot]) isAnyoneLost = true;
      wasReached[slot] = 0;
      this.#noteChange(slot);
    }
    if (isAnyoneLost) this.#companyRevision += CHANGES_KEPT + 1; // whoever looked before has to look at everyone
  }

  #noteChange(slot: number): void {
    const at = this.#companyRevision++ & (CHANGES_KEPT - 1);
    this.#changedSlots[at] = slot;
    this.#changedBirths[at] = this.#births[slot] ?? 0;
  }
}

function isFartherThan(depth: number, limit: number): boolean {
  return depth === NOWHERE || depth > limit;
}
