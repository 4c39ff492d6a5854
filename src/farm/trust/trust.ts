/**
 * What a coordinator believes of the results that it takes: which pieces of them are computed again (scrutiny.ts), what comes of that
 * (checks.ts), and how each Node stands. It lives as long as this Node coordinates the Job, over all its terms; what must outlive it lies with
 * the parts (attributed-store.ts): the next coordinator checks what this one had not come to.
 *
 * The results of this Node's own workers are checked like all others: its machine may be the damaged one. With nobody else there nothing is
 * checked.
 */
import type { NodeId } from '../../wire/index.ts';
import type { WorkerRef } from '../contract.ts';
import { type AttributedStore, hashOfPiece } from './attributed-store.ts';
import { type CheckRef, Checks, type CheckTime, type Verdict } from './checks.ts';
import type { Liars } from './liars.ts';
import type { Lots } from './lots.ts';
import { piecesToCheck } from './scrutiny.ts';

type Moment = Omit<CheckTime, 'term'>;

/** Of so many Nodes is it known how they stand, those that brought something last: identities cost nothing. Others are newcomers again. */
const MAX_STANDINGS = 1024;

interface Asking {
  readonly worker: WorkerRef;
}

interface WorkerChecks extends Asking {
  readonly checks: readonly CheckRef[];
}

interface Standing {
  /** Results of which something was or is being checked. */
  drawn: number;
  /** Of these, those that were right. */
  checked: number;
}

export interface TrustOptions {
  readonly self: NodeId;
  readonly store: AttributedStore;
  readonly lots: Lots;
  readonly liars: Pick<Liars, 'has'>;
}

export class Trust {
  readonly #options: TrustOptions;
  readonly #checks: Checks;
  readonly #standings = new Map<NodeId, Standing>();
  #term = 0;
  /** Work that was asked for a second time, in the unit of `cost`. */
  #checkedCost = 0;
  #checked = 0;

  constructor(options: TrustOptions) {
    this.#options = options;
    this.#checks = new Checks(options.self, options.lots);
    for (const piece of options.store.unchecked()) this.#checks.add(piece);
  }

  get checkedCost(): number {
    return this.#checkedCost;
  }

  /** Results that were found right. */
  get checked(): number {
    return this.#checked;
  }

  checkedOf(node: NodeId): number {
    return this.#standings.get(node)?.checked ?? 0;
  }

  isLiar(node: NodeId): boolean {
    return this.#options.liars.has(node);
  }

  /** A term of ours begins: what was given out in the one before is void. */
  begin(term: number): void {
    this.#term = term;
    this.#checks.restart();
  }

  /** Its parts are taken back already: nothing of it counts. */
  withdrawn(node: NodeId): void {
    const { store } = this.#options;
    this.#checks.drop(({ task }) => store.isSettled(task), node);
  }

  /** The store has taken that result. */
  taken(task: number, result: Uint8Array, { node }: WorkerRef): void {
    const { store, lots } = this.#options;
    const pieces = store.pieceCount(task, result);
    if (pieces === 0) return;
    const standing = this.#standing(node);
    const range = piecesToCheck(pieces, standing.drawn, lots.of(this.#term, task, 0));
    store.noteDrawn(task, node, standing.drawn);
    if (!range) return;
    const piece = { task, range, maker: node, hash: hashOfPiece(store.piece(task, result, range)) };
    if (!this.#checks.add(piece, standing.drawn + 1)) return;
    standing.drawn++;
    store.noteDrawn(task, node, standing.drawn);
    store.noteUnchecked(piece);
    this.#checkedCost += (store.cost(task) * range.count) / pieces;
  }

  /** Checks for a worker that asks for work. `candidates`: Nodes that work for the Job now. */
  grant(worker: WorkerRef, candidates: readonly NodeId[], now: Moment): readonly CheckRef[] {
    return this.#checks.grant(worker, candidates, { ...now, term: this.#term });
  }

  /**
   * The same for several that ask, and for those of `waiting` on whose Nodes a lot falls meanwhile: who waits and does not hear of it would
   * soon be passed over, and whoever asks all the time would have every check.
   */
  grantAll(
    asking: readonly Asking[],
    waiting: () => readonly Asking[],
    candidates: readonly NodeId[],
    now: Moment,
  ): readonly WorkerChecks[] {
    const granted = this.#grantEach(asking, candidates, now);
    const called = this.#checks.takeCalled();
    if (called.size === 0) return granted;
    const chosen = waiting().filter(({ worker }) => called.has(worker.node));
    return [...granted, ...this.#grantEach(chosen, candidates, now)];
  }

  /** What one worker of a Node may not check, no other one of it may: they are not tried. */
  #grantEach(asking: readonly Asking[], candidates: readonly NodeId[], now: Moment): readonly WorkerChecks[] {
    const done = new Set<NodeId>();
    return asking.flatMap(({ worker }) => {
      if (done.has(worker.node)) return [];
      const checks = this.grant(worker, candidates, now);
      if (!this.#checks.isFull(worker)) done.add(worker.node);
      return checks.length > 0 ? [{ worker, checks }] : [];
    });
  }

  /** Whether that worker was asked for it, and somebody still wants to know. */
  isAsked(worker: WorkerRef, fence: number): boolean {
    return this.#checks.isOf(worker, fence);
  }

  /** What a worker came to. `wrong`: `withdrawn` follows for each of them, and a new term. */
  answered(worker: WorkerRef, fence: number, bytes: Uint8Array, candidates: readonly NodeId[]): Verdict {
    return this.#follow(this.#checks.answered(worker, fence, bytes, candidates));
  }

  refused(worker: WorkerRef, fence: number): void {
    this.#checks.refused(worker, fence);
  }

  /** It has brought something. */
  heard(worker: WorkerRef, nowMs: number): void {
    this.#checks.heard(worker, nowMs);
  }

  takeBack(isGone: (worker: WorkerRef) => boolean): void {
    this.#checks.takeBack(isGone);
  }

  expire(nowMs: number): void {
    this.#checks.expire(nowMs);
  }

  /** Whether results are here of which somebody can still say more; without `isOwnMeant`: results of others. */
  isAwaited(candidates: readonly NodeId[], isOwnMeant = true): boolean {
    return this.#checks.isAwaited(candidates, isOwnMeant);
  }

  /** Whether something that others had brought by then who are in it is still to be checked: who lied once may have lied here, too. */
  isInDoubt(part: number, candidates: readonly NodeId[]): boolean {
    const { self, store } = this.#options;
    return [...store.makersOf(part)].some(
      ([maker, drawn]) => maker !== self && this.#checks.isAnyAwaited(maker, drawn, candidates),
    );
  }

  /** All else is done, and nobody can say more. */
  decideRest(candidates: readonly NodeId[]): Verdict {
    return this.#follow(this.#checks.decideRest(candidates));
  }

  /** Checks that workers have in hand. */
  get inHand(): number {
    return this.#checks.inHand;
  }

  /** Two disagree. */
  get isDisputed(): boolean {
    return this.#checks.isDisputed;
  }

  #follow(verdict: Verdict): Verdict {
    if (verdict.type !== 'right' && verdict.type !== 'wrong') return verdict;
    const { piece } = verdict;
    if (verdict.type === 'wrong' && verdict.liars.includes(piece.maker)) return verdict;
    this.#options.store.noteChecked(piece);
    this.#standing(piece.maker).checked++;
    this.#checked++;
    return verdict;
  }

  #standing(node: NodeId): Standing {
    const standing = this.#standings.get(node) ?? { drawn: 0, checked: 0 };
    this.#standings.delete(node);
    this.#standings.set(node, standing);
    const [oldest] = this.#standings.keys();
    if (this.#standings.size > MAX_STANDINGS && oldest !== undefined) this.#standings.delete(oldest);
    return standing;
  }
}
