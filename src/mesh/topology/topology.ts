/**
 * Who is in the mesh and how it hangs together: one versioned record per Node (record.ts), kept by everyone.
 *
 * A change of our own record is announced at once (`new_edge`, `destroy_edge`, flooded). Whatever an announcement misses is
 * found by comparing: neighbours exchange a digest of the records they can reach, and where it differs one asks
 * (`network_state_request`, with the stamps of what it has) and the other answers (`network_state`, with what was missing).
 *
 * Only records of Nodes with a path to us enter digests and answers. A Node that was killed loses its Edges as its
 * neighbours notice, drops out of every digest, and its record is forgotten without anyone teaching it to others again.
 */
import type { NodeId } from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';
import { type Adjacency, reachableFrom } from './graph.ts';
import { compareStamps, fnv1a, type NodeRecord, type RecordStamp } from './record.ts';
import { MAX_EPOCH, sealRecord } from './record-codec.ts';

/** Beyond any Network of this version; a full table takes no strangers until some have been forgotten. */
export const MAX_RECORDS = 1024;
/** An unreachable record helps when a partition heals, a tombstone guards against late copies: a minute for both. */
const FORGET_AFTER_MS = 60_000;

export interface MergeResult {
  /** Records that were news. */
  readonly changed: readonly NodeRecord[];
  /** Someone holds a record of ours that we did not write: ours was raised above it and must be announced. */
  readonly refuted: boolean;
}

export class Topology {
  readonly #self: NodeId;
  #own: NodeRecord;
  readonly #records = new Map<NodeId, NodeRecord>();
  /** Since when a record is of no use (no path, or a tombstone). */
  readonly #uselessSince = new Map<NodeId, number>();
  #graph: Map<NodeId, Map<NodeId, number | undefined>> | undefined;
  #hops: ReadonlyMap<NodeId, number> | undefined;
  #digest: number | undefined;
  #revision = 0;

  constructor(self: NodeId, info: NodeInfo) {
    this.#self = self;
    this.#own = sealRecord({ id: self, epoch: 0, version: 0, hasLeft: false, info, neighbours: new Map() });
    this.#records.set(self, this.#own);
  }

  get own(): NodeRecord {
    return this.#own;
  }

  /** Raised by every change: what is derived from the topology compares it. */
  get revision(): number {
    return this.#revision;
  }

  get(id: NodeId): NodeRecord | undefined {
    return this.#records.get(id);
  }

  setInfo(info: NodeInfo): void {
    this.#writeOwn({ info });
  }

  setNeighbours(neighbours: ReadonlyMap<NodeId, number | undefined>): void {
    const before = this.#own.neighbours;
    const isSame =
      before.size === neighbours.size &&
      [...neighbours].every(([id, rtt]) => before.has(id) && before.get(id) === rtt);
    if (!isSame) this.#writeOwn({ neighbours });
  }

  /** Our tombstone, to be announced as the last thing. */
  leave(): NodeRecord {
    this.#writeOwn({ hasLeft: true, neighbours: new Map() });
    return this.#own;
  }

  merge(records: readonly NodeRecord[]): MergeResult {
    const changed: NodeRecord[] = [];
    let refuted = false;
    for (const record of records) {
      if (record.id === this.#self) {
        refuted = this.#refute(record) || refuted;
        continue;
      }
      const known = this.#records.get(record.id);
      if (known ? compareStamps(record, known) <= 0 : !this.#hasRoom()) continue;
      this.#records.set(record.id, record);
      changed.push(record);
    }
    if (changed.length > 0) this.#invalidate();
    return { changed, refuted };
  }

  /** Edges that count, from every Node's side. The weight is the slower of the two measurements. */
  graph(): Adjacency {
    if (this.#graph) return this.#graph;
    const graph = new Map<NodeId, Map<NodeId, number | undefined>>();
    for (const [id, record] of this.#records) {
      if (record.hasLeft) continue;
      const edges = new Map<NodeId, number | undefined>();
      for (const [peer, rttMs] of record.neighbours) {
        const theirs = this.#records.get(peer);
        if (!theirs || theirs.hasLeft) continue;
        const isOurs = id === this.#self || peer === this.#self;
        const listedByBoth = theirs.neighbours.has(id);
        // Our own Links count before the neighbour's record lists us, and stop counting before it does.
        if (isOurs ? !this.#own.neighbours.has(id === this.#self ? peer : id) : !listedByBoth) continue;
        edges.set(peer, slower(rttMs, theirs.neighbours.get(id)));
      }
      graph.set(id, edges);
    }
    for (const [peer, rttMs] of graph.get(this.#self) ?? []) graph.get(peer)?.set(this.#self, rttMs);
    this.#graph = graph;
    return graph;
  }

  /** Hops to everyone with a path from us, ourselves (0) first. */
  hops(): ReadonlyMap<NodeId, number> {
    this.#hops ??= reachableFrom(this.graph(), this.#self);
    return this.#hops;
  }

  /** One number for all we can reach: equal at two Nodes exactly when they agree (but for one chance in 2^32). */
  digest(): number {
    if (this.#digest === undefined) {
      let digest = 0;
      for (const id of this.hops().keys()) {
        const record = this.#records.get(id);
        // A sum, so that the order does not matter; each term is hashed over everything that tells records apart.
        if (record) digest = (digest + stampHash(record)) >>> 0;
      }
      this.#digest = digest;
    }
    return this.#digest;
  }

  /** What we have, for `network_state_request`. */
  stamps(): RecordStamp[] {
    return this.#reachableRecords().map(({ id, epoch, version, fingerprint }) => ({
      id,
      epoch,
      version,
      fingerprint,
    }));
  }

  /** Everything worth telling a new neighbour, our own record first. */
  state(): NodeRecord[] {
    return this.#reachableRecords();
  }

  /** What the owner of these stamps lacks, and whether it has something that we lack. */
  compare(theirs: readonly RecordStamp[]): { missingThere: NodeRecord[]; missingHere: boolean } {
    const byId = new Map(theirs.map((stamp) => [stamp.id, stamp]));
    const missingThere = this.#reachableRecords().filter((record) => {
      const stamp = byId.get(record.id);
      return !stamp || compareStamps(record, stamp) > 0;
    });
    const missingHere = theirs.some((stamp) => {
      const record = this.#records.get(stamp.id);
      return record ? compareStamps(stamp, record) > 0 : this.#hasRoom();
    });
    return { missingThere, missingHere };
  }

  /** Forgets records that have been of no use for a minute; at once when the table is full. Call now and then. */
  forgetUseless(now: number): void {
    const hops = this.hops();
    const patienceMs = this.#hasRoom() ? FORGET_AFTER_MS : 0;
    for (const [id, record] of this.#records) {
      if (hops.has(id) && !record.hasLeft) {
        this.#uselessSince.delete(id);
        continue;
      }
      const since = this.#uselessSince.get(id);
      if (since === undefined) this.#uselessSince.set(id, now);
      else if (now - since >= patienceMs && id !== this.#self) {
        this.#records.delete(id);
        this.#uselessSince.delete(id);
        this.#invalidate();
      }
    }
  }

  #reachableRecords(): NodeRecord[] {
    const records: NodeRecord[] = [];
    for (const id of this.hops().keys()) {
      const record = this.#records.get(id);
      if (record) records.push(record);
    }
    return records;
  }

  #hasRoom(): boolean {
    return this.#records.size < MAX_RECORDS;
  }

  /** Our word about ourselves is the last one: whoever has another gets a newer one. */
  #refute(record: NodeRecord): boolean {
    if (compareStamps(record, this.#own) <= 0 || record.epoch >= MAX_EPOCH) return false;
    this.#own = sealRecord({ ...this.#own, epoch: record.epoch + 1, version: 0 });
    this.#records.set(this.#self, this.#own);
    this.#invalidate();
    return true;
  }

  #writeOwn(change: Partial<Pick<NodeRecord, 'info' | 'neighbours' | 'hasLeft'>>): void {
    this.#own = sealRecord({ ...this.#own, ...change, version: this.#own.version + 1 });
    this.#records.set(this.#self, this.#own);
    this.#invalidate();
  }

  #invalidate(): void {
    this.#graph = undefined;
    this.#hops = undefined;
    this.#digest = undefined;
    this.#revision++;
  }
}

function slower(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}

function stampHash({ id, epoch, version, fingerprint }: RecordStamp): number {
  const words = new Uint32Array([epoch, version, fingerprint]);
  return fnv1a(new Uint8Array(words.buffer), fnv1a(new TextEncoder().encode(id)));
}
