import type { ArchivedJob, JobId } from '../../src/farm/contract.ts';
import type { FarmState } from '../../src/farm/farm-state.ts';
import type { Viewer } from '../views.ts';
import type { CheckedStore } from './checked-store.ts';
import type { Habit } from './habits.ts';

/** A tab of a FarmNet, with what lies on its disk. */
export interface SimNode extends Viewer {
  readonly state: FarmState;
  readonly workers: number;
  readonly taskMs: number;
  readonly stores: Set<CheckedStore>;
  readonly disk: Map<JobId, { job: ArchivedJob; parts: Map<number, Uint8Array> }>;
  /** How it computes wrongly; undefined: it does not. */
  habit: Habit | undefined;
  /** Tasks that it has done, pieces of Tasks too. */
  done: number;
}
