/** When a Job's work is at its end: all Tasks are done, and nobody can say more about any result. Of our own, others are not waited for long. */
import type { NodeId } from '../wire/index.ts';
import type { LeaseTable } from './lease-table.ts';
import type { Trust } from './trust/trust.ts';

/** So long the end waits for others to look at our own results: a slow device must not hold it up. */
const OWN_CHECKS_MS = 3_000;

export class Ending {
  readonly #table: Pick<LeaseTable, 'isComplete'>;
  readonly #trust: Pick<Trust, 'isAwaited'>;
  /** Since when all Tasks are done. */
  #allDoneAtMs: number | undefined;

  constructor(table: Pick<LeaseTable, 'isComplete'>, trust: Pick<Trust, 'isAwaited'>) {
    this.#table = table;
    this.#trust = trust;
  }

  /** Only checks are waited for. */
  get isNear(): boolean {
    return this.#table.isComplete;
  }

  /** @param candidates who may be asked to check */
  isHere(candidates: readonly NodeId[], nowMs: number): boolean {
    this.#allDoneAtMs = this.isNear ? (this.#allDoneAtMs ?? nowMs) : undefined;
    if (this.#allDoneAtMs === undefined) return false;
    return !this.#trust.isAwaited(candidates, nowMs - this.#allDoneAtMs < OWN_CHECKS_MS);
  }
}
