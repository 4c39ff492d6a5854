/**
 * Who coordinates a Job, as far as this Node can tell, and when it is this Node's turn to take over. A coordinator speaks every two
 * seconds (`beat`); when it has left, or is silent for long while we were awake, everyone waits a time of its own (`delayMs`, from
 * turn.ts) and the first whose time comes takes the next term. Whoever hears of that meanwhile does not.
 *
 * A coordinator is believed because it is in the term that it names; anybody may take a term. Against one that takes it and
 * then gives no work stands `distrust`: its terms count for nothing here for a while, longer each time.
 */
import type { NodeId } from '../wire/index.ts';
import type { Term } from './contract.ts';
import { compareTerms, MAX_TERM, MAX_TERM_STEP } from './term.ts';
import { MIN_TURN_MS } from './turn.ts';

/** Between two beats of a Job that is under way; five of them may be lost. */
export const BEAT_MS = 2_000;
export const PATIENCE_MS = 5 * BEAT_MS;
/** Of one that is over nothing new is to be told. */
export const ENDED_BEAT_MS = 30_000;
/** A coordinator that was silent three times its patience does not stand in the way of one with a lower term. */
const FORGOTTEN_AFTER = 3;
/** The first time: it may only have lost sight of us. Twice as long each time. */
const DISTRUST_MS = 20_000;
const MAX_DISTRUST_MS = 3_600_000;
/** Nodes that are remembered as distrusted, the latest. */
const MAX_DISTRUSTED = 64;

/**
 * `coordinator`: whoever says so is it. `stale`: there is a higher term. `contested`: it is higher than ours, but not believed;
 * a coordinator takes a term above it. `ignored`: impossible.
 */
export type Hearing = 'coordinator' | 'stale' | 'contested' | 'ignored';

export class Succession {
  readonly #self: NodeId;
  readonly #distrusted = new Map<NodeId, { untilMs: number; times: number }>();
  #term: Term;
  /** The term is ours, of this life. */
  #isOurs = false;
  /** The one before the present coordinator's first. */
  #before: Term;
  /** A takeover of ours must be above it. */
  #floor = 0;
  #heardAtMs: number;
  /** When it left, undefined while it is here. */
  #leftAtMs: number | undefined;
  #patienceMs = PATIENCE_MS;
  /** It was asked; not again before. */
  #askAgainAtMs = 0;
  /** When our turn comes, as far as it was looked for since anything changed. */
  #turnAtMs = 0;

  constructor(self: NodeId, term: Term, nowMs: number) {
    this.#self = self;
    this.#term = term;
    this.#before = { number: 0, node: term.node };
    this.#heardAtMs = nowMs;
  }

  get term(): Term {
    return this.#term;
  }

  get isCoordinator(): boolean {
    return this.#isOurs;
  }

  /** A Job that is over is spoken of seldom. */
  setOver(isOver: boolean): void {
    this.#patienceMs = isOver ? 5 * ENDED_BEAT_MS : PATIENCE_MS;
  }

  isAttended(nowMs: number): boolean {
    if (this.isCoordinator) return true;
    return this.#leftAtMs === undefined && nowMs - this.#heardAtMs < this.#patienceMs;
  }

  /** Nobody else speaks in our name, and nobody comes to such a number by honest steps. */
  isPossible({ number, node }: Term): boolean {
    return node !== this.#self && number < MAX_TERM && number <= this.#term.number + MAX_TERM_STEP;
  }

  /** The Node in `term` says that it coordinates. */
  hear(term: Term, nowMs: number): Hearing {
    if (!this.isPossible(term)) return 'ignored';
    const order = compareTerms(term, this.#term);
    if (this.#isDistrusted(term.node, nowMs)) return order > 0 ? 'contested' : 'stale';
    if (order < 0 && !this.#isForgotten(nowMs)) return 'stale';
    this.#follow(term, nowMs);
    return 'coordinator';
  }

  /** We coordinate from now on, above every term that is known and above `number`. */
  takeOver(nowMs: number, number = 0): Term {
    const above = Math.max(this.#term.number, this.#floor, number);
    this.#follow({ number: above + 1, node: this.#self }, nowMs);
    this.#isOurs = true;
    return this.#term;
  }

  left(node: NodeId, nowMs: number): void {
    this.#turnAtMs = 0;
    if (node === this.#term.node && !this.#isOurs) this.#leftAtMs ??= nowMs;
  }

  /** It is in reach again: its next beat is worth waiting for. */
  joined(node: NodeId, nowMs: number): void {
    this.#turnAtMs = 0;
    if (node !== this.#term.node || this.#leftAtMs === undefined) return;
    this.#leftAtMs = undefined;
    this.#heardAtMs = nowMs;
  }

  /** We stood still: nobody could be heard. */
  woke(nowMs: number): void {
    this.#turnAtMs = 0;
    this.#heardAtMs = nowMs;
    if (this.#leftAtMs !== undefined) this.#leftAtMs = nowMs;
  }

  /** Nobody is known to coordinate it (it comes from a disk): wait as if the coordinator had just left. */
  abandon(nowMs: number): void {
    this.#leftAtMs = nowMs;
  }

  /**
   * The coordinator gives no work: it is as if it had left and its terms had never been. Whoever has a better one is followed at once;
   * if nobody has, our own will be above it, unless its number was a lie. Of one that is distrusted it is no news, and our turn comes no
   * later for it.
   */
  distrust(nowMs: number): void {
    const { node, number } = this.#term;
    if (this.#isDistrusted(node, nowMs)) return;
    this.#term = this.#before;
    this.#turnAtMs = 0;
    if (number <= this.#term.number + MAX_TERM_STEP) this.#floor = number;
    this.#leftAtMs = nowMs;
    const times = (this.#distrusted.get(node)?.times ?? 0) + 1;
    this.#distrusted.delete(node);
    const untilMs = nowMs + Math.min(MAX_DISTRUST_MS, DISTRUST_MS * 2 ** (times - 1));
    this.#distrusted.set(node, { untilMs, times });
    const [oldest] = this.#distrusted.keys();
    if (this.#distrusted.size > MAX_DISTRUSTED && oldest !== undefined) this.#distrusted.delete(oldest);
  }

  /** When a Node that waits `delayMs` after the coordinator's going takes over; never while it coordinates itself. */
  dueAt(delayMs: number): number {
    if (this.isCoordinator) return Number.POSITIVE_INFINITY;
    return this.#silentSinceMs() + delayMs;
  }

  /** When it may be our turn: then it is to be looked how long we wait. */
  get lookAtMs(): number {
    return Math.max(this.dueAt(MIN_TURN_MS), this.#turnAtMs);
  }

  /** Whether our turn has come: we wait `delayMs`, until something changes. */
  isDue(delayMs: number, nowMs: number): boolean {
    this.#turnAtMs = this.dueAt(delayMs);
    return nowMs >= this.#turnAtMs;
  }

  /** When the coordinator should be asked whether it is there: half of the patience is over. */
  get askAtMs(): number {
    if (this.isCoordinator || this.#leftAtMs !== undefined) return Number.POSITIVE_INFINITY;
    return Math.max(this.#heardAtMs + this.#patienceMs / 2, this.#askAgainAtMs);
  }

  asked(nowMs: number): void {
    this.#askAgainAtMs = nowMs + BEAT_MS;
  }

  #silentSinceMs(): number {
    return this.#leftAtMs ?? this.#heardAtMs + this.#patienceMs;
  }

  #isForgotten(nowMs: number): boolean {
    return !this.isCoordinator && nowMs - this.#heardAtMs > FORGOTTEN_AFTER * this.#patienceMs;
  }

  #isDistrusted(node: NodeId, nowMs: number): boolean {
    return (this.#distrusted.get(node)?.untilMs ?? Number.NEGATIVE_INFINITY) > nowMs;
  }

  #follow(term: Term, nowMs: number): void {
    if (term.node !== this.#term.node) this.#before = this.#term;
    this.#floor = Math.min(this.#floor, term.number);
    this.#term = term;
    this.#isOurs = false;
    this.#turnAtMs = 0;
    this.#heardAtMs = nowMs;
    this.#leftAtMs = undefined;
  }
}
