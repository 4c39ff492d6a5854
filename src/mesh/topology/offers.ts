/**
 * What the tree (spread-tree.ts) does not bring: neighbours outside it are told ten bytes of every record passed on, gathered for
 * a while. Whoever has not got such a record some time later fetches it there, and for a while gets news over this Link as if it
 * were of the tree: after Plumtree (Leitao, Pereira, Rodrigues 2007), its IHAVE and GRAFT.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { NodeRecord } from './record.ts';
import { MAX_OFFERED, type Offer } from './request-codec.ts';

/** Offers are gathered for half a second, and one more at 1,000 Nodes: then most things have come to rest, and a digest tells. */
const GATHER_MS = 500;
const GATHER_MS_PER_NODE = 1;
/**
 * Of a hundred offers one is of use, and whoever misses a record misses it over all of its Links: beyond some Nodes three of its
 * neighbours, about, offer it. Who is told by none of them (one in sixty of those who miss one) finds it by a digest.
 */
const TOLD_AT_ONCE = 3;
const FEW_NODES = 64;
/** The tree is given so long after an offer, and a second more at 1,000 Nodes. */
const PATIENCE_MS = 500;
const PATIENCE_MS_PER_NODE = 1;
/** For so long news go whole to who had to fetch; by then both ends have the same graph, and with it the same tree. */
const GRAFTED_FOR_MS = 2000;
/** Offers that wait; a neighbour may have a quarter of them. Beyond it digests will find the rest. */
const MAX_WAITING = 2048;
const MAX_WAITING_OF_ONE = MAX_WAITING / 4;

interface Waiting {
  readonly from: NodeId;
  readonly life: number;
  readonly version: number;
  readonly dueAt: number;
}

export class Offers {
  readonly #ownKey: number;
  readonly #held: (ownerKey: number) => NodeRecord | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #waitingOf = new Map<NodeId, number>();
  readonly #grafted = new Map<NodeId, number>();
  readonly #toTell = new Map<number, NodeRecord>();
  #tellAt = NEVER;
  /** Whose turn it is to be told, of those outside the tree. */
  #turn = 0;

  /** `ownKey`: what others name us by. `held`: what we hold of an owner; of one that is forgotten a copy may be fetched in vain. */
  constructor(ownKey: number, held: (ownerKey: number) => NodeRecord | undefined) {
    this.#ownKey = ownKey;
    this.#held = held;
  }

  get nextWakeAt(): number {
    if (this.#waiting.size === 0) return this.#tellAt;
    for (const { dueAt } of this.#waiting.values()) return Math.min(this.#tellAt, dueAt);
    return this.#tellAt;
  }

  /** How many offers wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** We hold it, and nothing newer. */
  have(record: NodeRecord): void {
    if (this.#waiting.size === 0) return;
    const { ownerKey } = record;
    const waiting = this.#waiting.get(ownerKey);
    if (waiting && isAtLeast(record, waiting)) this.#settle(ownerKey, waiting);
  }

  /** A neighbour says that it has these. */
  onOffer(from: NodeId, offers: readonly Offer[], size: number, now: number): void {
    const dueAt = now + PATIENCE_MS + size * PATIENCE_MS_PER_NODE;
    let count = this.#waitingOf.get(from) ?? 0;
    for (const { owner, life, version } of offers) {
      if (owner === this.#ownKey) continue;
      const held = this.#held(owner);
      if ((held && isAtLeast(held, { life, version })) || this.#waiting.has(owner)) continue;
      if (count >= MAX_WAITING_OF_ONE || this.#waiting.size >= MAX_WAITING) break;
      this.#waiting.set(owner, { from, life, version, dueAt });
      count++;
    }
    if (count > 0) this.#waitingOf.set(from, count);
  }

  /** What was offered, did not come, and is to be fetched now, by who offered it: keys of the owners. */
  due(now: number): ReadonlyMap<NodeId, number[]> {
    const due = new Map<NodeId, number[]>();
    for (const [owner, waiting] of this.#waiting) {
      if (waiting.dueAt > now) break; // they wait about equally long
      this.#settle(owner, waiting);
      const of = due.get(waiting.from);
      if (of) of.push(owner);
      else due.set(waiting.from, [owner]);
    }
    return due;
  }

  /** It had to fetch. */
  graft(neighbour: NodeId, now: number): void {
    this.#grafted.set(neighbour, now + GRAFTED_FOR_MS);
  }

  isGrafted(neighbour: NodeId, now: number): boolean {
    const until = this.#grafted.get(neighbour);
    if (until === undefined) return false;
    if (until > now) return true;
    this.#grafted.delete(neighbour);
    return false;
  }

  linkDown(neighbour: NodeId): void {
    this.#grafted.delete(neighbour);
  }

  /** Has been passed on over the tree: the others are to be told of it. */
  passedOn(record: NodeRecord, size: number, now: number): void {
    if (this.#toTell.size < MAX_OFFERED) this.#toTell.set(record.ownerKey, record);
    if (this.#tellAt === NEVER) this.#tellAt = now + GATHER_MS + size * GATHER_MS_PER_NODE;
  }

  /** What is to be told now. `isAtRest`: digests are on their way, which find all that offers would. */
  takeToTell(isAtRest: boolean, now: number): Offer[] {
    if (now < this.#tellAt) return [];
    this.#tellAt = NEVER;
    if (isAtRest) this.#toTell.clear();
    const offers: Offer[] = [];
    for (const { ownerKey, life, version } of this.#toTell.values())
      offers.push({ owner: ownerKey, life: life % LIVES, version });
    this.#toTell.clear();
    return offers;
  }

  /** In a large mesh three in turn of those outside the tree. */
  whomToTell(outside: readonly NodeId[], size: number): readonly NodeId[] {
    if (size <= FEW_NODES || outside.length <= TOLD_AT_ONCE) return outside;
    this.#turn += TOLD_AT_ONCE;
    return outside.filter((_, i) => (i + this.#turn) % outside.length < TOLD_AT_ONCE);
  }

  #settle(owner: number, { from }: Waiting): void {
    this.#waiting.delete(owner);
    const left = (this.#waitingOf.get(from) ?? 1) - 1;
    if (left > 0) this.#waitingOf.set(from, left);
    else this.#waitingOf.delete(from);
  }
}

/** Lives are told modulo this. */
const LIVES = 0x1_0000;

/** Whether this is the record offered or a later one of the same life. Which of two lives is newer cannot be told. */
function isAtLeast(held: NodeRecord, { life, version }: Pick<Offer, 'life' | 'version'>): boolean {
  return held.life % LIVES === life && held.version >= version;
}
