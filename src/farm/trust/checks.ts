/**
 * Pieces of results that are computed again elsewhere, as a pure state machine: who is asked, what came of it, and who is wrong where two
 * disagree.
 *
 * Each check goes to a Node by lot, so that nobody can get hold of the checks of a friend by asking often. Where its answer is another than
 * the maker's, others are asked until one answer is two votes ahead, or nobody is left: then the majority is right and the others lied.
 * This Node is asked first where there is a dispute, and believes itself as it believes two others: four that agree, or three where there is
 * nobody else, tell it that its own machine computes wrongly.
 */
import { integerBelow } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { PieceRange, WorkerRef } from '../contract.ts';
import { hashOfPiece } from './attributed-store.ts';
import type { Lots } from './lots.ts';
import type { UncheckedPiece } from './part-codec.ts';

export interface CheckRef {
  readonly task: number;
  /** Of a range of its own: no Lease has it. */
  readonly fence: number;
  readonly range: PieceRange;
}

/** When a check is given out. */
export interface CheckTime {
  readonly nowMs: number;
  readonly term: number;
  /** All else is done. */
  readonly isLast: boolean;
}

export type Verdict =
  /** Nothing follows yet. */
  | { readonly type: 'open' }
  | { readonly type: 'right'; readonly piece: UncheckedPiece }
  | { readonly type: 'wrong'; readonly piece: UncheckedPiece; readonly liars: readonly NodeId[] }
  /** Everybody comes to something else: this is no pure function. */
  | { readonly type: 'unrepeatable' };

/** Fences of checks are from here on; those of Leases count up from 1 and never come so far. */
export const FIRST_CHECK_FENCE = 2 ** 31;
/** A worker that brings nothing for so long is not waited for, like one with Leases; nor is its Node, until it brings something. Its answer still counts. */
const ANSWER_MS = 20_000;
/** Who was chosen and does not ask for work has no right to the check any more. */
const CHOSEN_MS = 3_000;
/**
 * When all else is done and the end waits for checks alone: for whom a lot fell, or who has it in hand, has so long before the lot falls for
 * another one. A slow device may be in the middle of a Task that nobody needs any more. A round trip, and what a check takes.
 */
export const HURRIED_MS = 250;
/** A Node that has lost one so often on the way is not asked for it again: it may have lost none. */
const MAX_LOST = 3;
/** Of one worker at a time. */
const MAX_IN_HAND = 16;
/** Beyond it nobody is there to check: results are taken as they are. */
const MAX_CHECKS = 4096;
/** Of Nodes that did not answer the latest are remembered: identities cost nothing. */
const MAX_MUTE = 1024;
/** Votes by which an answer must lead. */
const LEAD = 2;
/** So many that all differ are no liars. */
const ALL_DIFFERENT = 4;
/** What our own vote weighs. */
const OWN_VOTES = 2;

interface Check {
  readonly piece: UncheckedPiece;
  /** Which one of its maker's results it is of, of those that are checked. */
  readonly ordinal: number;
  /** Of each Node that has computed it, its maker first. */
  readonly votes: Map<NodeId, string>;
  /** Nodes that could not, or did not answer. */
  readonly silent: Set<NodeId>;
  /** How often each Node had it in hand and has it no more. */
  readonly lost: Map<NodeId, number>;
  /** Nodes that were too slow for the end, until they bring something. */
  readonly late: Set<NodeId>;
  chosen: { readonly node: NodeId; readonly atMs: number } | undefined;
  asked:
    | { readonly worker: WorkerRef; readonly fence: number; readonly atMs: number; untilMs: number }
    | undefined;
  round: number;
}

const isDisputed = ({ votes }: Check): boolean => new Set(votes.values()).size > 1;
const keyOf = ({ node, index }: WorkerRef): string => `${node}/${index}`;
const isSame = (a: WorkerRef, b: WorkerRef): boolean => a.node === b.node && a.index === b.index;

export class Checks {
  readonly #self: NodeId;
  readonly #lots: Lots;
  readonly #checks = new Set<Check>();
  /** Those that have been given out, until they are settled. */
  readonly #byFence = new Map<number, { readonly check: Check; readonly worker: WorkerRef }>();
  /** Nodes that did not answer. */
  readonly #mute = new Set<NodeId>();
  /** Nodes for which a lot fell while another one asked. */
  readonly #called = new Set<NodeId>();
  /** How many each worker has in hand. */
  readonly #inHand = new Map<string, number>();
  #nextFence = FIRST_CHECK_FENCE;

  constructor(self: NodeId, lots: Lots) {
    this.#self = self;
    this.#lots = lots;
  }

  /** False when there are so many that one more would never be done. */
  add(piece: UncheckedPiece, ordinal = 0): boolean {
    if (this.#checks.size >= MAX_CHECKS) return false;
    const votes = new Map([[piece.maker, piece.hash]]);
    const open = { chosen: undefined, asked: undefined, round: 0 };
    this.#checks.add({ piece, ordinal, votes, silent: new Set(), lost: new Map(), late: new Set(), ...open });
    return true;
  }

  /** Whether that worker has as many in hand as one may have. */
  isFull(worker: WorkerRef): boolean {
    return (this.#inHand.get(keyOf(worker)) ?? 0) >= MAX_IN_HAND;
  }

  /** Checks for a worker that asks for work. `candidates`: Nodes that work for the Job now. */
  grant(worker: WorkerRef, candidates: readonly NodeId[], now: CheckTime): readonly CheckRef[] {
    const granted: CheckRef[] = [];
    for (const check of this.#checks) {
      if (this.isFull(worker)) break;
      if (!this.#isFor(check, worker.node, candidates, now)) continue;
      const fence = this.#nextFence++;
      this.#ask(check, { worker, fence, atMs: now.nowMs, untilMs: now.nowMs + ANSWER_MS });
      this.#byFence.set(fence, { check, worker });
      granted.push({ task: check.piece.task, fence, range: check.piece.range });
    }
    return granted;
  }

  /** For whom lots fell since the last call, while others asked: they may be waiting, and are soon too late for the end. */
  takeCalled(): ReadonlySet<NodeId> {
    const called = new Set(this.#called);
    this.#called.clear();
    return called;
  }

  /** Whether that worker was asked for it. */
  isOf(worker: WorkerRef, fence: number): boolean {
    const given = this.#byFence.get(fence);
    return given !== undefined && isSame(given.worker, worker);
  }

  answered(worker: WorkerRef, fence: number, bytes: Uint8Array, candidates: readonly NodeId[]): Verdict {
    const check = this.#byFence.get(fence)?.check;
    if (!check) return { type: 'open' };
    if (check.asked?.fence === fence) this.#ask(check, undefined);
    check.votes.set(worker.node, hashOfPiece(bytes));
    return this.#settle(check, candidates);
  }

  /** The worker could not do it: others are asked. */
  refused(worker: WorkerRef, fence: number): void {
    const check = this.#byFence.get(fence)?.check;
    if (!check || check.asked?.fence !== fence) return;
    check.silent.add(worker.node);
    this.#ask(check, undefined);
  }

  /** It works: what it was asked for is still to come. */
  heard(worker: WorkerRef, nowMs: number): void {
    this.#mute.delete(worker.node);
    for (const { asked, late } of this.#checks) {
      // It had others to do.
      late.delete(worker.node);
      if (asked && isSame(asked.worker, worker)) asked.untilMs = nowMs + ANSWER_MS;
    }
  }

  /** What these workers had in hand, nobody has any more. */
  takeBack(isGone: (worker: WorkerRef) => boolean): void {
    for (const check of this.#checks) {
      if (!check.asked || !isGone(check.asked.worker)) continue;
      const { node } = check.asked.worker;
      const times = (check.lost.get(node) ?? 0) + 1;
      check.lost.set(node, times);
      if (times >= MAX_LOST) check.silent.add(node);
      this.#ask(check, undefined);
    }
  }

  expire(nowMs: number): void {
    for (const check of this.#checks) {
      if (!check.asked || check.asked.untilMs > nowMs) continue;
      check.silent.add(check.asked.worker.node);
      this.#muted(check.asked.worker.node);
      this.#ask(check, undefined);
    }
  }

  /** Whether somebody can still say more about any result; without `isOwnMeant` about one that this Node did not make, or that is disputed. */
  isAwaited(candidates: readonly NodeId[], isOwnMeant = true): boolean {
    const isMeant = (check: Check): boolean =>
      isOwnMeant || check.piece.maker !== this.#self || isDisputed(check);
    return [...this.#checks].some((check) => isMeant(check) && this.#isOpen(check, candidates));
  }

  /** The same of the first `count` results of a Node of which something is checked. */
  isAnyAwaited(maker: NodeId, count: number, candidates: readonly NodeId[]): boolean {
    return [...this.#checks].some(
      (check) => check.piece.maker === maker && check.ordinal <= count && this.#isOpen(check, candidates),
    );
  }

  #isOpen(check: Check, candidates: readonly NodeId[]): boolean {
    return check.asked !== undefined || this.#eligible(check, candidates).length > 0;
  }

  /**
   * Nobody can say more: where votes are equal, whoever is gone is wrong, for its results can be done again. `open`: those who disagree
   * are here, and nobody else is.
   */
  decideRest(candidates: readonly NodeId[]): Verdict {
    for (const check of this.#checks) {
      if (!isDisputed(check)) continue;
      const verdict = this.#settle(check, candidates);
      if (verdict.type !== 'open') return verdict;
      const gone = [...check.votes.keys()].filter((node) => !candidates.includes(node));
      if (gone.length > 0) {
        this.#remove(check);
        return { type: 'wrong', piece: check.piece, liars: gone };
      }
    }
    return { type: 'open' };
  }

  /** Given out, and not answered yet. */
  get inHand(): number {
    return [...this.#checks].filter(({ asked }) => asked).length;
  }

  get isDisputed(): boolean {
    return [...this.#checks].some(isDisputed);
  }

  /** Lets go of those whose results are not here any more, and of votes of liars. */
  drop(isHere: (piece: UncheckedPiece) => boolean, liar: NodeId): void {
    for (const check of this.#checks) {
      if (check.piece.maker === liar || !isHere(check.piece)) this.#remove(check);
      else check.votes.delete(liar);
    }
  }

  /** Another lot decides: nothing that was given out counts any more. */
  restart(): void {
    this.#byFence.clear();
    for (const check of this.#checks) {
      this.#ask(check, undefined);
      check.chosen = undefined;
      check.late.clear();
    }
  }

  #settle(check: Check, candidates: readonly NodeId[]): Verdict {
    const { votes, piece } = check;
    const right = this.#rightOf(check, candidates);
    if (right === 'nobody') return { type: 'unrepeatable' };
    if (right === undefined) return { type: 'open' };
    this.#remove(check);
    const liars = [...votes].flatMap(([node, hash]) => (hash === right ? [] : [node]));
    return liars.length > 0 ? { type: 'wrong', piece, liars } : { type: 'right', piece };
  }

  /** The hash that is believed, once there is one. */
  #rightOf(check: Check, candidates: readonly NodeId[]): string | 'nobody' | undefined {
    const { votes } = check;
    const count = new Map<string, number>();
    for (const [node, hash] of votes) {
      count.set(hash, (count.get(hash) ?? 0) + (node === this.#self ? OWN_VOTES : 1));
    }
    if (votes.size >= ALL_DIFFERENT && count.size === votes.size) return 'nobody';
    const [first, second] = [...count].sort((a, b) => b[1] - a[1]);
    const lead = (first?.[1] ?? 0) - (second?.[1] ?? 0);
    if (votes.size > 1 && lead >= LEAD) return first?.[0];
    const isLast = !check.asked && votes.size > 1 && this.#eligible(check, candidates).length === 0;
    if (!isLast) return undefined;
    return lead > 0 ? first?.[0] : votes.get(this.#self);
  }

  #eligible(check: Check, candidates: readonly NodeId[]): readonly NodeId[] {
    const { votes, silent } = check;
    const all = candidates.filter((node) => !votes.has(node) && !silent.has(node) && !this.#mute.has(node));
    return isDisputed(check) && all.includes(this.#self) ? [this.#self] : all;
  }

  /** Whether that Node may have it now: it is the one chosen; chooses one where there is none. */
  #isFor(
    check: Check,
    node: NodeId,
    candidates: readonly NodeId[],
    { nowMs, term, isLast }: CheckTime,
  ): boolean {
    const { asked, chosen, late } = check;
    const isLate = (atMs: number): boolean => isLast && nowMs >= atMs + HURRIED_MS;
    if (asked && !isLate(asked.atMs)) return false;
    const eligible = this.#eligible(check, candidates);
    if (!eligible.includes(node)) return false;
    // Its answer still counts, and where there is nobody else it is awaited.
    if (asked) late.add(asked.worker.node);
    const isStillChosen = chosen !== undefined && eligible.includes(chosen.node) && !late.has(chosen.node);
    if (isStillChosen && !isLate(chosen.atMs))
      return chosen.node === node || nowMs >= chosen.atMs + CHOSEN_MS;
    if (isStillChosen) late.add(chosen.node);
    const order = eligible.filter((one) => !late.has(one)).sort();
    if (order.length === 0) return !asked;
    if (!order.includes(node)) return false;
    const random = this.#lots.of(term, check.piece.task, ++check.round);
    const chosenNode = order[integerBelow(random, order.length)] ?? node;
    check.chosen = { node: chosenNode, atMs: nowMs };
    if (chosenNode !== node) this.#called.add(chosenNode);
    return chosenNode === node;
  }

  #muted(node: NodeId): void {
    this.#mute.delete(node);
    this.#mute.add(node);
    const [oldest] = this.#mute;
    if (this.#mute.size > MAX_MUTE && oldest !== undefined) this.#mute.delete(oldest);
  }

  /** That worker has it in hand now; undefined: nobody has. */
  #ask(check: Check, asked: Check['asked']): void {
    for (const [one, by] of [
      [check.asked, -1],
      [asked, 1],
    ] as const) {
      if (!one) continue;
      const count = (this.#inHand.get(keyOf(one.worker)) ?? 0) + by;
      if (count > 0) this.#inHand.set(keyOf(one.worker), count);
      else this.#inHand.delete(keyOf(one.worker));
    }
    check.asked = asked;
  }

  #remove(check: Check): void {
    this.#ask(check, undefined);
    this.#checks.delete(check);
    for (const [fence, given] of this.#byFence) if (given.check === check) this.#byFence.delete(fence);
  }
}
