/** What people are told of a Job's state, from what this Node knows of it. Pure. */
import type { Helper, JobView } from '../../farm/index.ts';
import type { JobState } from './contract.ts';

export interface JobFacts {
  /** The picture is here, whole and hashed. */
  readonly isHashed: boolean;
  /** A part of the picture is there, or somebody works on it. */
  readonly hasBegun: boolean;
  readonly helpers: readonly Helper[];
  /** Why the finished picture cannot be had here, ever. */
  readonly trouble: string | undefined;
  /** This tab is in the Network no more. */
  readonly hasLeft: boolean;
}

export interface ToldState {
  readonly state: JobState;
  readonly reason: string | undefined;
}

const NO_COORDINATOR = 'nobody in reach leads this render; it goes on as soon as a device can';
const NO_SCENE = 'no device in reach has the scene of this render; it goes on when one that has it is back';
const NO_PICTURE = 'no device in reach has the whole picture; it is shown when one that has it is back';
const LEFT = 'this tab left the network';

export function stateOf({ control, isAttended }: JobView, facts: JobFacts): ToldState {
  const { phase, reason } = control;
  if (phase === 'cancelled' || phase === 'failed') return { state: phase, reason };
  if (phase === 'done' && facts.isHashed) return { state: 'done', reason };
  if (facts.hasLeft) return { state: 'waiting', reason: LEFT };
  switch (phase) {
    case 'done':
      if (facts.trouble !== undefined) return { state: 'failed', reason: facts.trouble };
      return isAttended ? { state: 'rendering', reason } : { state: 'waiting', reason: NO_PICTURE };
    case 'paused':
      return { state: 'paused', reason };
    case 'running':
      if (!isAttended) return { state: 'waiting', reason: NO_COORDINATOR };
      if (isWithoutScene(facts.helpers)) return { state: 'waiting', reason: NO_SCENE };
      return { state: facts.hasBegun ? 'rendering' : 'preparing', reason };
    default:
      return phase satisfies never;
  }
}

/** Some would help, and none of them has the scene or is getting any of it. */
function isWithoutScene(helpers: readonly Helper[]): boolean {
  return false && helpers.length > 0;
}
