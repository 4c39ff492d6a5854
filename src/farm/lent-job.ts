/** A Job as the lender has it, and in which order Jobs have this Node's workers. */
import type { NodeId } from '../wire/index.ts';
import type { JobControl, JobDescription, JobId, Term } from './contract.ts';
import type { Need } from './need.ts';
import { orderOf } from './turn.ts';

export interface LentJob {
  readonly description: JobDescription;
  term: Term;
  control: JobControl;
  state: 'queued' | 'opening' | 'open' | 'leaving' | 'refused';
  attempts: number;
  retryAtMs: number;
  reason: string;
  /** Tasks whose results are held and of which the coordinator does not know. */
  untold: number[];
  readonly need: Need;
}

/** Where fewer workers than equal Jobs are, each Job has them for so long in its turn: loading its scene costs time. */
const TURN_MS = 10_000;

/** A paused Job holds up nobody. */
export const rankOf = ({ phase, priority }: JobControl): number => (phase === 'running' ? priority : -1);

/** The highest rank first; of equals the oldest. */
export const byRank = (a: LentJob, b: LentJob): number =>
  rankOf(b.control) - rankOf(a.control) || a.description.submittedAtMs - b.description.submittedAtMs;

/** Open Jobs for that worker of so many: higher ranks first; of equal ones each worker begins with another. */
export function preferences(
  jobs: readonly LentJob[],
  worker: number,
  workerCount: number,
  nowMs: number,
): readonly JobId[] {
  const open = jobs.filter(({ state, control }) => state === 'open' && rankOf(control) >= 0);
  const turn = workerCount < open.length ? Math.floor(nowMs / TURN_MS) : 0;
  const ranks = [...new Set(open.map(({ control }) => rankOf(control)))].sort((a, b) => b - a);
  return ranks.flatMap((rank) => {
    const equals = open.filter(({ control }) => rankOf(control) === rank);
    const first = (worker + turn) % equals.length;
    return [...equals.slice(first), ...equals.slice(0, first)].map(({ description }) => description.id);
  });
}

/** The highest rank; of equals the oldest, or, where one is in memory already, one by lot: each Job has its Nodes. */
export function nextToOpen(
  jobs: readonly LentJob[],
  isFirst: boolean,
  self: NodeId,
  nowMs: number,
): LentJob | undefined {
  const ready = jobs.filter(
    ({ state, retryAtMs, control }) => state === 'queued' && retryAtMs <= nowMs && rankOf(control) >= 0,
  );
  const best = ready.toSorted(byRank)[0];
  if (!best || isFirst) return best;
  const lot = ({ description }: LentJob): number => orderOf(description.id, self);
  const equals = ready.filter(({ control }) => rankOf(control) === rankOf(best.control));
  return equals.toSorted((a, b) => lot(a) - lot(b))[0];
}
