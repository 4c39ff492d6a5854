import type { ArchivedJob, JobId } from '../../src/farm/contract.ts';
import type { FarmState } from '../../src/farm/farm-state.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { CheckedStore } from './checked-store.ts';
import type { Habit } from './habits.ts';

/** A tab of a FarmNet, with what lies on its disk. */
export interface SimNode {
  readonly id: NodeId;
  readonly state: FarmState;
  readonly workers: number;
  readonly taskMs: number;
  /** Nodes that it takes for members. */
  readonly members: Set<NodeId>;
  readonly stores: Set<CheckedStore>;
  readonly disk: Map<JobId, { job: ArchivedJob; parts: Map<number, Uint8Array> }>;
  /** How it computes wrongly; undefined: it does not. */
  habit: Habit | undefined;
  /** Tasks that it has done, pieces of Tasks too. */
  done: number;
  isAlive: boolean;
  /** What waits for it to thaw; undefined while it runs. */
  waiting: (() => void)[] | undefined;
  wakeAtMs: number;
}
