/**
 * Finding what announcements missed (anti-entropy, Demers et al. 1987), with few bytes while there is nothing to find. One
 * neighbour, each in its turn, gets one digest of all we have in reach. Equal: no answer. Different: it tells the digests of its 64
 * buckets; the buckets that differ are told record by record (stamps), or sent whole where the asker's are empty; then each
 * side sends what the other lacks. A Node that joins and a partition that heals take the same way: at most one exchange at a
 * time, so that what six new neighbours have in common travels once.
 */
import type { Random } from '../../runtime/index.ts';
import { FRAME_HEADER_BYTES, FrameType, type NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { Tell } from '../vocabulary.ts';
import type { NeighbourCosts } from './costs.ts';
import { BUCKETS, bucketOf, type Digest, type Digests } from './digest.ts';
import { DigestClock } from './digest-clock.ts';
import type { Graph } from './graph.ts';
import type { Offers } from './offers.ts';
import type { OwnRecord } from './own-record.ts';
import { compareStamps, type NodeRecord } from './record.ts';
import { encodeRecords, STATE_BYTES } from './record-list.ts';
import type { RecordTable } from './record-table.ts';
import {
  type BucketMask,
  encodeBuckets,
  encodeDigest,
  encodeFetch,
  encodeStamps,
  encodeWant,
  MAX_STAMPS,
  MAX_WANTED,
  parseRequest,
  type StateRequest,
} from './request-codec.ts';

/** While one neighbour is teaching us, the others need not. */
const LESSON_MS = 1000;
/**
 * What came in answers is news, and is passed on as such; unless most of what we have is new: then we are the ones who joined, and
 * the others know it, but for what is on its way just now. They get a digest then.
 */
const OFFER_AFTER_MS = 400;
/** What is on its way arrives within seconds: where digests have differed for longer, and changes do not end, something was missed. */
const EXPLAINED_FOR_MS = 5000;
/** Two that differ by less are about equally large. A newcomer knows nobody, and whom a partition has parted, far fewer. */
const SAME_SIZE = 1 / 8;

export interface ExchangeOptions {
  readonly self: NodeId;
  readonly graph: Graph;
  readonly table: RecordTable;
  readonly digests: Digests;
  readonly offers: Offers;
  readonly own: OwnRecord;
  readonly costs: NeighbourCosts;
  readonly random: Random;
}

type Effects = { push(effect: Tell): unknown };

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #clock: DigestClock;
  #teacher: NodeId | undefined;
  #lessonUntil = Number.NEGATIVE_INFINITY;
  /** New records since the lesson began. */
  #learnt = 0;
  /** Who told us most of what we have. It may have been learning then itself, so its next digest is compared in any case. */
  #firstTeacher: NodeId | undefined;
  /** Since when digests have differed, and what is on its way was held to be why. */
  #explainedSince = NEVER;
  /** Our neighbours, whom we have compared digests with longest ago first: by chance, a Link may have to wait for minutes. */
  readonly #compared = new Set<NodeId>();
  /** Neighbours that had another path to us when their Link came up. */
  readonly #wereInReach = new Set<NodeId>();
  #offerAt = NEVER;
  /** Who told us what we offer; undefined when several did. */
  #offerFrom: NodeId | undefined;

  constructor(options: ExchangeOptions, now: number) {
    this.#options = options;
    this.#clock = new DigestClock(options.random, now);
  }

  get nextWakeAt(): number {
    return Math.min(this.#clock.dueAt, this.#offerAt, this.#options.offers.nextWakeAt);
  }

  /** Whether `wake` will look for what is out of date. */
  isDigestDue(now: number): boolean {
    return now >= this.#clock.dueAt;
  }

  /** Nothing has changed for a moment, so a digest will be sent soon. */
  isAtRest(now: number): boolean {
    return this.#clock.isAtRest(now);
  }

  /** A Link came up: do we have the same, but for the two of us? */
  linkUp(peer: NodeId, effects: Effects): void {
    const { graph } = this.#options;
    const slot = graph.slotOf(peer);
    if (slot !== undefined && graph.depthAt(slot) > 0) this.#wereInReach.add(peer);
    this.#compared.add(peer);
    effects.push(this.#digest(peer, 'welcome', this.#options.digests.withoutUs(peer)));
  }

  linkDown(peer: NodeId): void {
    this.#wereInReach.delete(peer);
    this.#compared.delete(peer);
    if (this.#teacher === peer) this.#teacher = undefined;
  }

  /** Something has changed: look soon after it has come to rest. */
  changed(now: number): void {
    this.#clock.changed(now);
  }

  /** A neighbour has answered, with so many records that were new. Whether they are news to the others, too. */
  onState(from: NodeId, newCount: number, now: number): boolean {
    if (this.#teacher === from) this.#teacher = undefined;
    this.#learnt = newCount + (now < this.#lessonUntil ? this.#learnt : 0);
    if (2 * this.#learnt <= this.#options.graph.reachedCount) return true;
    if (newCount === 0) return false;
    this.#firstTeacher = from;
    this.#offerFrom = this.#offerAt === NEVER || this.#offerFrom === from ? from : undefined;
    this.#offerAt = Math.min(this.#offerAt, now + OFFER_AFTER_MS);
    return false;
  }

  /** Records of these Nodes, whether they are in reach or not. */
  want(from: NodeId, ids: readonly NodeId[], now: number, effects: Effects): void {
    this.#request(from, encodeWant(ids), now, effects);
  }

  /** False: the body has no such form. */
  onRequest(from: NodeId, body: Uint8Array, now: number, effects: Effects): boolean {
    const request = parseRequest(body);
    if (!request) return false;
    // An answer is looked for among all records: who has used up what it may have gets none, and is not looked for either.
    if (isCostly(request) && !this.#options.costs.mayAnswer(from, FRAME_HEADER_BYTES, now)) return true;
    switch (request.type) {
      case 'digest':
        this.#onDigest(from, request.count, request.digest, now, effects);
        return true;
      case 'welcome':
        this.#onWelcome(from, request.count, request.digest, now, effects);
        return true;
      case 'buckets':
        this.#onBuckets(from, request.buckets, now, effects);
        return true;
      case 'stamps':
        this.#onStamps(from, request, now, effects);
        return true;
      case 'want':
        this.#send(from, this.#held(request.ids), now, effects);
        return true;
      case 'offer':
        this.#options.offers.onOffer(from, request.offers, this.#options.graph.size, now);
        return true;
      case 'fetch':
        this.#onFetch(from, request.owners, now, effects);
        return true;
    }
  }

  wake(now: number, effects: Effects): void {
    const { digests } = this.#options;
    const { links } = this.#options.own;
    for (const [peer, owners] of this.#options.offers.due(now)) {
      if (!links.has(peer)) continue;
      this.#options.offers.graft(peer, now);
      this.#request(peer, encodeFetch(owners), now, effects);
    }
    if (now >= this.#offerAt) {
      this.#offerAt = NEVER;
      const total = digests.total();
      for (const peer of links.keys()) {
        if (peer !== this.#offerFrom) effects.push(this.#digest(peer, 'digest', total));
      }
    }
    if (now < this.#clock.dueAt) return;
    this.#clock.sent(now);
    for (const peer of this.#compared) {
      this.#haveCompared(peer);
      effects.push(this.#digest(peer, 'digest', digests.total()));
      return;
    }
  }

  #haveCompared(peer: NodeId): void {
    if (this.#compared.delete(peer)) this.#compared.add(peer);
  }

  #onDigest(from: NodeId, count: number, theirs: Digest, now: number, effects: Effects): void {
    const isFirstTeacher = from === this.#firstTeacher;
    if (!isFirstTeacher && this.#isExplained(count, now)) return;
    if (isFirstTeacher) this.#firstTeacher = undefined;
    if (isEqual(theirs, this.#options.digests.total())) {
      this.#explainedSince = NEVER;
      this.#haveCompared(from);
    } else this.#learn(from, now, effects);
  }

  #onWelcome(from: NodeId, count: number, theirs: Digest, now: number, effects: Effects): void {
    if (this.#wereInReach.has(from) && this.#isExplained(count, now)) return;
    if (isEqual(theirs, this.#options.digests.withoutUs(from))) return;
    // One of the two asks; who has less has more to learn.
    const ours = this.#options.graph.reachedCount + 1;
    if (count > ours || (count === ours && this.#options.self < from)) this.#learn(from, now, effects);
    else this.#clock.lookSoon(now);
  }

  /**
   * Things are changing, and the other end has about as many records as we: what is on its way makes the digests differ. We send
   * one ourselves when that is over; should it never be over, this holds for a while only.
   */
  #isExplained(count: number, now: number): boolean {
    const ours = this.#options.graph.reachedCount + 1;
    if (!this.#clock.isOnItsWay(now) || Math.abs(count - ours) > ours * SAME_SIZE) return false;
    this.#explainedSince = Math.min(this.#explainedSince, now);
    return now - this.#explainedSince < EXPLAINED_FOR_MS;
  }

  /** Begins an exchange, unless one is going on. */
  #learn(from: NodeId, now: number, effects: Effects): void {
    this.#clock.lookSoon(now);
    if (this.#teacher !== undefined && this.#teacher !== from && now < this.#lessonUntil) return;
    const body = encodeBuckets(this.#options.digests.buckets());
    if (!this.#request(from, body, now, effects)) return;
    this.#explainedSince = NEVER;
    this.#haveCompared(from);
    if (now >= this.#lessonUntil) this.#learnt = 0;
    this.#teacher = from;
    this.#lessonUntil = now + LESSON_MS;
  }

  #onBuckets(from: NodeId, theirs: Uint32Array, now: number, effects: Effects): void {
    const ours = this.#options.digests.buckets();
    const toSend: boolean[] = [];
    const toCompare: boolean[] = [];
    for (let i = 0; i < BUCKETS; i++) {
      const isDifferent = ours[i] !== theirs[i];
      toSend.push(isDifferent && theirs[i] === 0);
      toCompare.push(isDifferent && theirs[i] !== 0);
    }
    if (toSend.includes(true)) this.#send(from, this.#inReach(toSend), now, effects);
    if (!toCompare.includes(true)) return;
    const records = this.#inReach(toCompare);
    for (const record of this.#options.table.aside())
      if (toCompare[bucketOf(record.ownerKey)]) records.push(record);
    if (records.length > MAX_STAMPS) records.length = leadingBuckets(records, toCompare);
    this.#request(from, encodeStamps(toCompare, records), now, effects);
  }

  #onStamps(
    from: NodeId,
    { mask, stamps }: Extract<StateRequest, { type: 'stamps' }>,
    now: number,
    effects: Effects,
  ): void {
    const lackedThere: NodeRecord[] = [];
    const wanted: NodeId[] = [];
    for (const record of this.#inReach(mask)) {
      const theirs = stamps.get(record.id);
      const order = theirs ? compareStamps(record, theirs) : 1;
      if (order > 0) lackedThere.push(record);
      else if (order < 0) wanted.push(record.id);
      stamps.delete(record.id);
    }
    for (const [id, theirs] of stamps) {
      const record = this.#options.graph.get(id); // held, without a path
      const order = record ? compareStamps(record, theirs) : -1;
      if (record && order > 0) lackedThere.push(record);
      else if (order < 0 && wanted.length < MAX_WANTED) wanted.push(id);
    }
    this.#send(from, lackedThere, now, effects);
    if (wanted.length > 0) this.#request(from, encodeWant(wanted), now, effects);
  }

  #onFetch(from: NodeId, owners: readonly number[], now: number, effects: Effects): void {
    const { graph, offers } = this.#options;
    const wanted = new Set(owners);
    const records: NodeRecord[] = [];
    for (let slot = graph.slotCount - 1; slot >= 0; slot--) {
      const record = graph.recordAt(slot);
      if (record && wanted.has(record.ownerKey)) records.push(record);
    }
    if (records.length > 0) offers.graft(from, now);
    this.#send(from, records, now, effects);
  }

  #send(to: NodeId, records: readonly NodeRecord[], now: number, effects: Effects): void {
    const { costs } = this.#options;
    for (const body of encodeRecords(records, STATE_BYTES)) {
      if (!costs.mayAnswer(to, FRAME_HEADER_BYTES + body.length, now)) return;
      effects.push({ type: 'tell', to, frameType: FrameType.network_state, body });
    }
  }

  #request(to: NodeId, body: Uint8Array, now: number, effects: Effects): boolean {
    if (!this.#options.costs.mayAnswer(to, FRAME_HEADER_BYTES + body.length, now)) return false;
    effects.push({ type: 'tell', to, frameType: FrameType.network_state_request, body });
    return true;
  }

  #digest(to: NodeId, type: 'digest' | 'welcome', digest: Digest): Tell {
    const body = encodeDigest(type, this.#options.graph.reachedCount + 1, digest);
    return { type: 'tell', to, frameType: FrameType.network_state_request, body };
  }

  /** Our record and those in reach that fall into these buckets. */
  #inReach(mask: BucketMask): NodeRecord[] {
    const { graph, own } = this.#options;
    const records: NodeRecord[] = mask[bucketOf(own.record.ownerKey)] ? [own.record] : [];
    for (let i = 0; i < graph.reachedCount; i++) {
      const slot = graph.reachedAt(i);
      const record = mask[bucketOf(graph.keyAt(slot))] ? graph.recordAt(slot) : undefined;
      if (record) records.push(record);
    }
    return records;
  }

  #held(ids: readonly NodeId[]): NodeRecord[] {
    const { graph, own, self } = this.#options;
    const records: NodeRecord[] = [];
    for (const id of new Set(ids)) {
      const record = id === self ? own.record : graph.get(id);
      if (record) records.push(record);
    }
    return records;
  }
}

function isCostly({ type }: StateRequest): boolean {
  return type === 'buckets' || type === 'stamps' || type === 'want' || type === 'fetch';
}

function isEqual(a: Digest, b: Digest): boolean {
  return a.low === b.low && a.high === b.high;
}

/** Sorts by bucket, takes out of the mask the last buckets that do not fit, and says how many records are left. */
function leadingBuckets(records: NodeRecord[], mask: boolean[]): number {
  records.sort((a, b) => bucketOf(a.ownerKey) - bucketOf(b.ownerKey));
  const first = bucketOf(records[MAX_STAMPS]?.ownerKey ?? 0);
  // A single bucket that is too full (somebody made ids for it) is told in part.
  const isAlone = bucketOf(records[0]?.ownerKey ?? 0) === first;
  const end = isAlone ? first + 1 : first;
  for (let i = end; i < BUCKETS; i++) mask[i] = false;
  return isAlone ? MAX_STAMPS : records.findIndex(({ ownerKey }) => bucketOf(ownerKey) === first);
}
