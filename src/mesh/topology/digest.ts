/**
 * Numbers that say whether two Nodes hold the same records without naming one: sums of the records' hashes, so that the
 * order does not matter, over all in reach (64 bits) and over each of 64 buckets of ids (32 bits). Equal sums mean equal
 * records but for chance; whoever hides a difference on purpose hides only a record of its own.
 *
 * Only records with a path to us count, and ours. A Node that was killed loses its Edges as its neighbours notice, drops
 * out of every digest, and is forgotten without anyone teaching it to others again.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Graph } from './graph.ts';
import type { NodeRecord } from './record.ts';

export const BUCKETS = 64;

export interface Digest {
  readonly low: number;
  readonly high: number;
}

/** Which of the digests a record counts in: six bits of the id's first byte. It is a hash, so buckets fill evenly. */
export function bucketOf(ownerKey: number): number {
  return (ownerKey >>> 24) % BUCKETS;
}

export class Digests {
  readonly #graph: Graph;
  readonly #own: () => NodeRecord;
  readonly #buckets = new Uint32Array(BUCKETS);
  #low = 0;
  #high = 0;
  #revision = -1;

  constructor(graph: Graph, own: () => NodeRecord) {
    this.#graph = graph;
    this.#own = own;
  }

  total(): Digest {
    this.#refresh();
    return { low: this.#low, high: this.#high };
  }

  /** Without our own record and that of the peer: each told the other its own, what of the rest differs? */
  withoutUs(peer: NodeId): Digest {
    this.#refresh();
    const own = this.#own();
    const slot = this.#graph.slotOf(peer);
    const theirs =
      slot !== undefined && this.#graph.depthAt(slot) > 0 ? this.#graph.recordAt(slot) : undefined;
    return {
      low: (this.#low - own.hashLow - (theirs?.hashLow ?? 0)) >>> 0,
      high: (this.#high - own.hashHigh - (theirs?.hashHigh ?? 0)) >>> 0,
    };
  }

  /** A view, good until the next change. 0: the bucket is empty. */
  buckets(): Uint32Array {
    this.#refresh();
    return this.#buckets;
  }

  #refresh(): void {
    const graph = this.#graph;
    if (this.#revision === graph.contentRevision) return;
    this.#revision = graph.contentRevision;
    this.#buckets.fill(0);
    this.#low = 0;
    this.#high = 0;
    const own = this.#own();
    this.#add(own.hashLow, own.hashHigh, own.ownerKey);
    for (let i = graph.reachedCount - 1; i >= 0; i--) {
      const slot = graph.reachedAt(i);
      this.#add(graph.hashLowAt(slot), graph.hashHighAt(slot), graph.keyAt(slot));
    }
  }

  #add(hashLow: number, hashHigh: number, ownerKey: number): void {
    const bucket = bucketOf(ownerKey);
    this.#low = (this.#low + hashLow) >>> 0;
    this.#high = (this.#high + hashHigh) >>> 0;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + hashLow;
  }
}
