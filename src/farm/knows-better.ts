/** Whether this Node keeps the role of a Job's coordinator, or takes it, though another one has a higher term: it knows how the Job ended. */
import type { JobControl, JobRole } from './contract.ts';
import { compareControls, isFinal } from './control.ts';
import type { Beat } from './messages.ts';

export interface OwnKnowledge {
  readonly control: JobControl;
  readonly role: JobRole;
  /** All results are here. */
  readonly isComplete: boolean;
  /** Of the results here; undefined where there are none. */
  readonly doneCost: number | undefined;
}

/**
 * A coordinator that does not know that the Job is over, or knows less of what came out, does not take it from one that does. A failure
 * is no such knowledge: others may manage.
 */
export function knowsBetter(
  own: OwnKnowledge,
  { control, doneCost }: Pick<Beat, 'control' | 'doneCost'>,
): boolean {
  const { phase } = own.control;
  if (!isFinal(phase) || phase === 'failed') return false;
  const hasAll = phase === 'cancelled' ? own.role === 'coordinator' : own.isComplete;
  const order = compareControls(own.control, control);
  if (order > 0) return hasAll;
  return order === 0 && own.doneCost !== undefined && own.doneCost > doneCost;
}
