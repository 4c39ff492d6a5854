/**
 * Along which of our Links news travel whole: a spanning tree that nobody has to agree on with messages, because everyone holds
 * the same records. Its root is the smallest id in reach, everyone's depth is its hops from there, and its parent the neighbour one
 * nearer with the smallest id (the rule of IEEE 802.1D, without its protocol). So a record reaches a thousand Nodes in about ten
 * hops and as many copies as there are Nodes.
 *
 * While records are on their way, two ends may disagree about a Link, and some Nodes miss some news; offers.ts finds that out
 * within a second. A tree that is out of date is still one as long as its Links are there, so it is seldom computed.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Graph } from './graph.ts';
import { ownerKeyOf } from './record.ts';

/** How old the tree may be: half a second, and one more at 1,000 Nodes. */
const KEPT_MS = 500;
const KEPT_MS_PER_NODE = 1;
/** No depth yet, or farther from the root than was looked. */
const NOWHERE = -1;
/** Stands for ourselves among slots. */
const SELF = -1;

/** Of the computation at work: shared, because nothing is kept in them. */
let depths = new Int16Array(64);
let queue = new Int16Array(64);

export class SpreadTree {
  readonly #self: NodeId;
  readonly #graph: Graph;
  #neighbours: ReadonlySet<NodeId> = new Set();
  #revision = -1;
  #keptUntil = Number.NEGATIVE_INFINITY;
  /** The other ends of our Links as of then. */
  #ends: readonly number[] = [];

  constructor(self: NodeId, graph: Graph) {
    this.#self = self;
    this.#graph = graph;
  }

  /** Our parent and our children. At once when one of our Links has come or gone, or its other end has said who it is. */
  neighbours(now: number): ReadonlySet<NodeId> {
    const { edgeRevision, reachedCount } = this.#graph;
    const ends = this.#graph.ownEdges();
    if (this.#ends === ends && (this.#revision === edgeRevision || now < this.#keptUntil))
      return this.#neighbours;
    this.#ends = ends;
    this.#revision = edgeRevision;
    this.#keptUntil = now + KEPT_MS + KEPT_MS_PER_NODE * reachedCount;
    this.#neighbours = this.#compute();
    return this.#neighbours;
  }

  #compute(): Set<NodeId> {
    const graph = this.#graph;
    const root = this.#root();
    const ownDepth = root === SELF ? 0 : graph.depthAt(root);
    this.#search(root, ownDepth - 1);
    const tree = new Set<NodeId>();
    let parent: NodeId | undefined;
    for (const slot of graph.ownEdges()) {
      const id = graph.recordAt(slot)?.id;
      if (id === undefined) continue;
      if (ownDepth > 0 && depths[slot] === ownDepth - 1)
        parent = parent === undefined || id < parent ? id : parent;
      else if (this.#isParentOf(slot, ownDepth)) tree.add(id);
    }
    if (parent !== undefined) tree.add(parent);
    return tree;
  }

  /** Whether the neighbour at this slot is one behind us, and has nobody at our depth with a smaller id than ours. */
  #isParentOf(slot: number, ownDepth: number): boolean {
    if (ownDepth === 0) return true;
    const graph = this.#graph;
    if (this.#isNextTo(slot, ownDepth - 1)) return false; // it is as far as we are
    for (let i = graph.edgeCount(slot) - 1; i >= 0; i--) {
      const other = graph.edgeAt(slot, i);
      const id = graph.recordAt(other)?.id;
      if (id !== undefined && id < this.#self && this.#isNextTo(other, ownDepth - 1)) return false;
    }
    return true;
  }

  #isNextTo(slot: number, depth: number): boolean {
    const graph = this.#graph;
    for (let i = graph.edgeCount(slot) - 1; i >= 0; i--)
      if (depths[graph.edgeAt(slot, i)] === depth) return true;
    return false;
  }

  /** Hops from the root into `depths`, of all who are no farther than that. */
  #search(root: number, farthest: number): void {
    const graph = this.#graph;
    const { slotCount } = graph;
    if (depths.length < slotCount) {
      depths = new Int16Array(2 * slotCount);
      queue = new Int16Array(2 * slotCount);
    }
    depths.fill(NOWHERE, 0, slotCount);
    if (farthest < 0) return;
    depths[root] = 0;
    queue[0] = root;
    let tail = 1;
    for (let head = 0; head < tail; head++) {
      const slot = queue[head] ?? 0;
      const depth = 1 + (depths[slot] ?? 0);
      if (depth > farthest) return;
      for (let i = graph.edgeCount(slot) - 1; i >= 0; i--) {
        const next = graph.edgeAt(slot, i);
        if ((depths[next] ?? 0) >= 0) continue;
        depths[next] = depth;
        queue[tail++] = next;
      }
    }
  }

  /** The slot of the smallest id in reach: that of the smallest key, which it begins with. */
  #root(): number {
    const graph = this.#graph;
    let root = SELF;
    let rootId = this.#self;
    let rootKey = ownerKeyOf(rootId) >>> 0;
    for (let i = graph.reachedCount - 1; i >= 0; i--) {
      const slot = graph.reachedAt(i);
      const key = graph.keyAt(slot) >>> 0;
      if (key > rootKey) continue;
      const id = graph.recordAt(slot)?.id;
      if (id === undefined || id >= rootId) continue;
      root = slot;
      rootId = id;
      rootKey = key;
    }
    return root;
  }
}
