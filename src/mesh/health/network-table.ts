/**
 * The network table of those that are no neighbours: who is known, by whom, when we last heard it ourselves. An entry that we
 * only heard of is `unchecked` and counts for nothing until we have proof of it: a frame that only it can have made, or its
 * pong to a ping of ours. Proof is good for a minute.
 *
 * Checks are few, whatever the size of the mesh: a bucket of tokens that fills slowly. A newcomer takes one from it as soon as
 * it is known; those known for longer are asked again, the one asked longest ago first, only with what overflows.
 */
import type { NodeId } from '../../wire/index.ts';
import type { NodeHealth } from '../contract.ts';
import { TokenBucket } from './rate-limit.ts';

/** The contract of `healthy`. */
export const PROOF_LASTS_MS = 60_000;
/** Six checks a minute at rest; a burst of newcomers is asked at once, as far as the bucket reaches. */
const CHECKS = { perSecond: 0.1, burst: 20 };
/** Between two checks: a crowd of newcomers causes no burst. */
const CHECK_GAP_MS = 500;
/** Failures in a row before a Node is called suspected: one may be a relay's. */
const SUSPECT_AFTER_FAILURES = 2;
/** Suspects that are asked before their turn, one every ten seconds: they may be back. More wait for their turn. */
const MAX_SUSPECTS = 256;
/** Whom topology may know, with room; entries cost some hundred bytes. */
const MAX_ENTRIES = 16_384;
/** Heard of from somebody's table, but not by topology: addresses without a path. They stay for a minute. */
const MAX_STRANGERS = 1024;
/** Entries looked at in one search for the next check: a long run of fresh ones must not cost a long turn. */
const MAX_LOOKS = 64;

interface Entry {
  health: NodeHealth;
  /** Who told us of it; undefined when topology did. */
  heardFrom: NodeId | undefined;
  knownSince: number;
  lastProofAt: number | undefined;
  rttMs: number | undefined;
  /** Of the last eight checks, newest first: bit set is lost. */
  lostBits: number;
  checks: number;
  failures: number;
  isInView: boolean;
}

export interface HealthNews {
  readonly id: NodeId;
  readonly health: NodeHealth;
}

export interface KnownNode {
  readonly id: NodeId;
  /** Undefined when topology told us of it, and we have not heard it ourselves. */
  readonly heardFrom: NodeId | undefined;
  readonly lastProofAt: number | undefined;
  readonly rttMs: number | undefined;
  readonly loss: number | undefined;
}

export class NetworkTable {
  /** Asked longest ago first. */
  readonly #entries = new Map<NodeId, Entry>();
  /** To be asked before others: newcomers, failures, those that somebody worries about. */
  readonly #urgent = new Set<NodeId>();
  readonly #suspects = new Set<NodeId>();
  /** Called healthy since their proof was last found too old, all of them. */
  readonly #proven = new Set<NodeId>();
  readonly #tokens: TokenBucket;
  #strangers = 0;
  #nextCheckAt: number;

  constructor(now: number) {
    this.#tokens = new TokenBucket(CHECKS, now);
    this.#nextCheckAt = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get nextCheckAt(): number {
    return this.#entries.size === 0 ? Number.POSITIVE_INFINITY : this.#nextCheckAt;
  }

  health(id: NodeId, now: number): NodeHealth {
    const entry = this.#entries.get(id);
    if (!entry) return 'unchecked';
    return entry.health === 'healthy' && !isFresh(entry, now) ? 'unchecked' : entry.health;
  }

  rttMs(id: NodeId): number | undefined {
    return this.#entries.get(id)?.rttMs;
  }

  loss(id: NodeId): number {
    const entry = this.#entries.get(id);
    return entry ? (lossOf(entry) ?? 0) : 0;
  }

  /** Whether it is in the table as one to whom topology knows a path. */
  isInView(id: NodeId): boolean {
    return this.#entries.get(id)?.isInView === true;
  }

  /** Somebody is there, says `from`, or topology when that is undefined. `isInView`: topology knows a path. */
  learn(id: NodeId, from: NodeId | undefined, isInView: boolean, now: number): void {
    const known = this.#entries.get(id);
    if (known) {
      if (isInView && !known.isInView) {
        known.isInView = true;
        this.#strangers--;
        this.#hurry(id, now);
      }
      return;
    }
    if (this.#entries.size >= MAX_ENTRIES || (!isInView && this.#strangers >= MAX_STRANGERS)) return;
    if (!isInView) this.#strangers++;
    this.#entries.set(id, {
      health: 'unchecked',
      heardFrom: from,
      knownSince: now,
      lastProofAt: undefined,
      rttMs: undefined,
      lostBits: 0,
      checks: 0,
      failures: 0,
      isInView,
    });
    if (isInView) this.#hurry(id, now);
  }

  forget(id: NodeId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (!entry.isInView) this.#strangers--;
    this.#entries.delete(id);
    this.#urgent.delete(id);
    this.#suspects.delete(id);
    this.#proven.delete(id);
  }

  /** Whether that is news. Called for each message of a Node that is no neighbour: costs a look-up. */
  proof(id: NodeId, now: number): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    entry.lastProofAt = now;
    entry.failures = 0;
    if (entry.health === 'healthy') return false;
    entry.health = 'healthy';
    this.#proven.add(id);
    this.#suspects.delete(id);
    return true;
  }

  /**
   * A Link with it ended: what we knew of the neighbour. `lastProofAt` undefined: it was declared dead. `isInView`: as for `learn`.
   */
  demote(
    id: NodeId,
    { lastProofAt, rttMs }: Pick<KnownNode, 'lastProofAt' | 'rttMs'>,
    isInView: boolean,
    now: number,
  ): void {
    this.learn(id, id, isInView, now);
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.lastProofAt = lastProofAt;
    entry.rttMs = rttMs;
    if (lastProofAt === undefined) entry.failures = SUSPECT_AFTER_FAILURES;
    entry.health = lastProofAt === undefined ? 'suspected' : 'healthy';
    if (lastProofAt !== undefined) this.#proven.add(id);
    if (isInView) this.#hurry(id, now);
  }

  /** Ask it soon, whatever is known. */
  worry(id: NodeId, now: number): void {
    if (this.isInView(id)) this.#hurry(id, now);
  }

  /** Answered a check. Whether that is news. */
  answered(id: NodeId, rttMs: number, now: number): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    settle(entry, false);
    entry.rttMs = entry.rttMs === undefined ? rttMs : entry.rttMs + (rttMs - entry.rttMs) / 4; // checks are minutes apart
    return this.proof(id, now);
  }

  /** A check stayed without an answer. Whether that is news. */
  failed(id: NodeId, now: number): boolean {
    const entry = this.#entries.get(id);
    if (!entry) return false;
    settle(entry, true);
    entry.failures++;
    if (entry.failures < SUSPECT_AFTER_FAILURES) this.#hurry(id, now);
    else if (this.#suspects.size < MAX_SUSPECTS) this.#suspects.add(id);
    if (entry.failures < SUSPECT_AFTER_FAILURES || entry.health === 'suspected') return false;
    entry.health = 'suspected';
    return true;
  }

  /** Whom to ask now, undefined: nobody. `isNeighbour` and those heard lately need no check. */
  takeCheck(now: number): NodeId | undefined {
    if (now < this.#nextCheckAt) return undefined;
    this.#nextCheckAt = now + CHECK_GAP_MS;
    for (const id of this.#urgent) {
      if (!this.#tokens.take(now)) {
        this.#nextCheckAt = now + 1000 / CHECKS.perSecond;
        return undefined;
      }
      this.#urgent.delete(id);
      this.#moveToEnd(id);
      return id;
    }
    this.#nextCheckAt = now + 1000 / CHECKS.perSecond;
    for (const id of this.#suspects) {
      if (!this.#tokens.take(now)) return undefined;
      this.#suspects.delete(id);
      this.#suspects.add(id); // the others first, next time
      this.#moveToEnd(id);
      return id;
    }
    // At rest: only what overflows, so that newcomers find the bucket full.
    if (this.#tokens.tokens(now) < CHECKS.burst) return undefined;
    let looksLeft = Math.min(MAX_LOOKS, this.#entries.size);
    for (const [id, entry] of this.#entries) {
      if (--looksLeft < 0) return undefined;
      this.#moveToEnd(id);
      const isHeardLately = entry.lastProofAt !== undefined && now - entry.lastProofAt < PROOF_LASTS_MS / 2;
      if (!entry.isInView || isHeardLately) continue;
      this.#tokens.take(now);
      return id;
    }
    return undefined;
  }

  /**
   * Whose proof has grown old since it was last asked; who is not in the view any more is forgotten. `mayMissSome`: somebody may
   * have gone out of the view since; else those who were in it are not asked after. Strangers are always looked at.
   */
  sweep(isInView: (id: NodeId) => boolean, mayMissSome: boolean, now: number): HealthNews[] {
    if (mayMissSome || this.#strangers > 0) {
      for (const [id, entry] of this.#entries) {
        const isOld = entry.isInView || now - entry.knownSince > PROOF_LASTS_MS;
        if (isOld && !isInView(id)) this.forget(id);
      }
    }
    const news: HealthNews[] = [];
    for (const id of this.#proven) {
      const entry = this.#entries.get(id);
      if (entry && isFresh(entry, now)) continue;
      this.#proven.delete(id);
      if (entry?.health !== 'healthy') continue;
      entry.health = 'unchecked';
      news.push({ id, health: 'unchecked' });
    }
    return news;
  }

  *known(): IterableIterator<KnownNode> {
    for (const [id, entry] of this.#entries) {
      yield {
        id,
        heardFrom: entry.lastProofAt === undefined ? entry.heardFrom : id,
        lastProofAt: entry.lastProofAt,
        rttMs: entry.rttMs,
        loss: lossOf(entry),
      };
    }
  }

  #hurry(id: NodeId, now: number): void {
    this.#urgent.add(id);
    if (this.#nextCheckAt > now + CHECK_GAP_MS && this.#tokens.tokens(now) >= 1)
      this.#nextCheckAt = now + CHECK_GAP_MS;
  }

  #moveToEnd(id: NodeId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
  }
}

function isFresh(entry: Entry, now: number): boolean {
  return entry.lastProofAt !== undefined && now - entry.lastProofAt <= PROOF_LASTS_MS;
}

function settle(entry: Entry, isLost: boolean): void {
  entry.lostBits = ((entry.lostBits << 1) | (isLost ? 1 : 0)) & 0xff;
  entry.checks = Math.min(8, entry.checks + 1);
}

function lossOf(entry: Entry): number | undefined {
  if (entry.checks === 0) return undefined;
  let lost = 0;
  for (let bits = entry.lostBits; bits !== 0; bits &= bits - 1) lost++;
  return lost / entry.checks;
}
