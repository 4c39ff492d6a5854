/** A Job as the lender has it. Whose Jobs have this Node's workers: fair-shares.ts. */
import type { JobControl, JobDescription, Term } from './contract.ts';
import type { Need } from './need.ts';

export interface LentJob {
  readonly description: JobDescription;
  term: Term;
  control: JobControl;
  state: 'queued' | 'opening' | 'open' | 'leaving' | 'refused';
  attempts: number;
  retryAtMs: number;
  /** Tasks given out to anybody, as was said last. */
  inWork: number;
  reason: string;
  /** Tasks whose results are held and of which the coordinator does not know. */
  untold: number[];
  readonly need: Need;
}

/** A paused Job holds up nobody. */
export const rankOf = ({ phase, priority }: JobControl): number => (phase === 'running' ? priority : -1);

/** The highest rank first; of equals the oldest. */
export const byRank = (a: LentJob, b: LentJob): number =>
  rankOf(b.control) - rankOf(a.control) || a.description.submittedAtMs - b.description.submittedAtMs;
