/**
 * Whether all together write faster than some member follows, and how much slower each is to go then. Nobody complains in words: every Node
 * says how many updates it has (heads), and whoever has, for a second and more, only what was here a second ago is behind, by so much work as
 * it takes them at the pace that it is seen to take them. All authors see the same of each member, so all go down to the same share of the
 * room's rate, and up again, without a word to each other; who writes less than that feels nothing. What is written waits at its author
 * (drafts.ts), and nothing is lost.
 *
 * The share follows from the backlog alone and not from what it was before, so that it cannot drift apart between authors. It never reaches
 * nought, and as long as half of the members follow, the others are waited for a minute: who says for ever that it is behind is called that,
 * and slows nobody; in a room of two as well.
 */
import type { NodeId } from '../../wire/index.ts';
import type { RoomPace } from './contract.ts';

/** A member that lacks what has been here for so long is behind: ten times what an update takes over a bad path. */
const BEHIND_MS = 1_000;
/** ... until it lacks only what is newer than this. */
const CAUGHT_UP_MS = 500;
/** How long it is watched before it slows anybody: a Link that broke and is back makes good in less. */
const WATCHED_MS = 1_000;
/** Over so long it is looked how fast it takes what comes. */
const RATE_MS = 3_000;
/** Of the member's work: so much may wait, and each EASE_MS more divide the share by e. Well above the time between two heads of a busy member. */
const EASE_MS = 2_000;
/** Nobody starves: of the default rate it is an update a second. */
const LEAST_SHARE = 0.02;
/** Whoever has said nothing for longer says nothing about being slow. Longer than heads are apart while there is something new. */
const SILENCE_MS = 5_000;
/** How long those who are behind slow the rest while that is half or more, at first; it earns that back at a tenth of the time in which it does not. */
const PATIENCE_MS = 60_000;
const EARNED = 1 / 10;
/** So often the share is another at most. */
const STEP_MS = 250;
/** Of how long ago it is known how many updates were here, and how finely: who is further behind is behind by at least that. */
const MEMORY_MS = 60_000;
const GRAIN_MS = 100;
const MAX_GONE = 256;

const FULL: RoomPace = { share: 1, slowedBy: [], updates: 0, leftBehind: [] };

interface Sample {
  readonly atMs: number;
  readonly count: number;
}

interface Follower {
  /** What it had, the oldest first, the newest as it said last. */
  said: Sample[];
  /** It has had what is here, once: a newcomer has a right to be behind. */
  hasFollowed: boolean;
  /** Undefined while it is not. */
  behindSinceMs: number | undefined;
  patienceMs: number;
  isLeftBehind: boolean;
}

export class Congestion {
  readonly #followers = new Map<NodeId, Follower>();
  /** Patience with those that have left. */
  readonly #gone = new Map<NodeId, number>();
  /** How many updates were here, the oldest first. */
  #grown: Sample[] = [];
  #count = 0;
  #pace = FULL;
  #stepAtMs = Number.POSITIVE_INFINITY;
  #steppedAtMs = 0;

  get nextWakeAt(): number {
    return this.#stepAtMs;
  }

  get pace(): RoomPace {
    return this.#pace;
  }

  /** So many updates are here. */
  has(count: number, nowMs: number): void {
    if (count < this.#count) this.#grown = [];
    if (count === this.#count) return;
    this.#count = count;
    const last = this.#grown.at(-1);
    if (!last || nowMs - last.atMs >= GRAIN_MS) this.#grown.push({ atMs: nowMs, count });
    else this.#grown[this.#grown.length - 1] = { atMs: last.atMs, count };
    while ((this.#grown[0]?.atMs ?? nowMs) < nowMs - MEMORY_MS) this.#grown.shift();
  }

  /** That Node says that it has so many. */
  heard(node: NodeId, count: number, nowMs: number): void {
    const follower = this.#followers.get(node) ?? this.#begin(node);
    const { said } = follower;
    if (nowMs - (said.at(-2)?.atMs ?? 0) < GRAIN_MS) said.pop();
    said.push({ atMs: nowMs, count });
    while ((said[1]?.atMs ?? nowMs) <= nowMs - RATE_MS) said.shift();
    const lagMs = this.#lagOf(count, nowMs);
    if (lagMs < CAUGHT_UP_MS) {
      follower.hasFollowed = true;
      follower.isLeftBehind = false;
      follower.behindSinceMs = undefined;
    } else if (follower.hasFollowed && lagMs >= BEHIND_MS) {
      follower.behindSinceMs ??= nowMs;
      if (this.#stepAtMs === Number.POSITIVE_INFINITY) this.#stepAtMs = this.#steppedAtMs + STEP_MS;
    }
  }

  /** Its patience is remembered: it would come back with all of it. */
  left(node: NodeId): void {
    const follower = this.#followers.get(node);
    if (!follower || !this.#followers.delete(node) || follower.patienceMs === PATIENCE_MS) return;
    this.#gone.set(node, follower.patienceMs);
    for (const [oldest] of this.#gone) if (this.#gone.size > MAX_GONE) this.#gone.delete(oldest);
  }

  /** Whether the pace is another since. */
  step(nowMs: number): boolean {
    if (nowMs < this.#stepAtMs) return false;
    const elapsedMs = this.#steppedAtMs === 0 ? 0 : nowMs - this.#steppedAtMs;
    this.#steppedAtMs = nowMs;
    const before = this.#pace;
    this.#pace = this.#judge(elapsedMs, nowMs);
    const isWatched = [...this.#followers.values()].some(({ behindSinceMs }) => behindSinceMs !== undefined);
    this.#stepAtMs = isWatched ? nowMs + STEP_MS : Number.POSITIVE_INFINITY;
    return JSON.stringify(before) !== JSON.stringify(this.#pace);
  }

  #judge(elapsedMs: number, nowMs: number): RoomPace {
    for (const follower of this.#followers.values())
      if (nowMs - (follower.said.at(-1)?.atMs ?? 0) >= SILENCE_MS) follower.behindSinceMs = undefined;
    const slow = [...this.#followers].filter(([, follower]) => isSlow(follower, nowMs));
    // Ourselves, we follow.
    const halfFollow = 2 * slow.length <= this.#followers.size + 1;
    for (const follower of this.#followers.values()) {
      const isSlowing = halfFollow && isSlow(follower, nowMs) && !follower.isLeftBehind;
      const earnedMs = isSlowing ? -elapsedMs : elapsedMs * EARNED;
      follower.patienceMs = Math.min(PATIENCE_MS, follower.patienceMs + earnedMs);
      if (isSlowing && follower.patienceMs <= 0) follower.isLeftBehind = true;
    }
    const leftBehind = slow.filter(([, { isLeftBehind }]) => isLeftBehind).map(([node]) => node);
    const slowing = slow.filter(([, { isLeftBehind }]) => !isLeftBehind);
    const shares = slowing.map(([, { said }]) => this.#shareFor(said, nowMs));
    const share = Math.min(1, ...shares);
    if (share === 1) return leftBehind.length === 0 ? FULL : { ...FULL, leftBehind };
    const slowedBy = slowing.map(([node]) => node);
    const updates = Math.max(...slowing.map(([, { said }]) => this.#count - (said.at(-1)?.count ?? 0)));
    return { share, slowedBy, updates, leftBehind };
  }

  /** Between two heads it goes on as before: so the share is not another for who has heard them a moment earlier. */
  #shareFor(said: readonly Sample[], nowMs: number): number {
    const [first] = said;
    const last = said.at(-1);
    if (!first || !last) return 1;
    const perMs = (last.count - first.count) / Math.max(1, last.atMs - first.atMs);
    const lacked = this.#count - last.count - perMs * (nowMs - last.atMs);
    const backlogMs = perMs > 0 ? lacked / perMs : Number.POSITIVE_INFINITY;
    const share = Math.exp((BEHIND_MS - backlogMs) / EASE_MS);
    return Math.round(100 * Math.min(1, Math.max(LEAST_SHARE, share))) / 100;
  }

  /** How long ago there were so few here. */
  #lagOf(count: number, nowMs: number): number {
    if (count >= this.#count) return 0;
    const lacked = this.#grown.find((sample) => sample.count > count);
    return lacked ? nowMs - lacked.atMs : 0;
  }

  #begin(node: NodeId): Follower {
    const follower: Follower = {
      ...{ said: [], hasFollowed: false, behindSinceMs: undefined },
      ...{ patienceMs: this.#gone.get(node) ?? PATIENCE_MS, isLeftBehind: false },
    };
    this.#gone.delete(node);
    this.#followers.set(node, follower);
    return follower;
  }
}

function isSlow({ behindSinceMs = Number.POSITIVE_INFINITY }: Follower, nowMs: number): boolean {
  return nowMs - behindSinceMs >= WATCHED_MS;
}
