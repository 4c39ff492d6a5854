/** What people are told of a Job's state, from what this Node knows of it. Pure. */
import type { Helper, JobView } from '../../farm/index.ts';
import type { JobState } from './contract.ts';

export interface JobFacts {
  /** The picture is here, whole and hashed. */
  readonly isHashed: boolean;
  /** All that could be asked for the finished picture were, for nothing. */
  readonly isNowhere: boolean;
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
const NO_HELP = 'no device in reach can work on this render';
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
      return facts.isNowhere ? { state: 'waiting', reason: NO_PICTURE } : { state: 'rendering', reason };
    case 'paused':
      return { state: 'paused', reason };
    case 'running':
      if (!isAttended) return { state: 'waiting', reason: NO_COORDINATOR };
      if (isHelpless(facts.helpers)) return { state: 'waiting', reason: whyHelpless(facts.helpers) };
      return { state: facts.hasBegun ? 'rendering' : 'preparing', reason };
    default:
      return phase satisfies never;
  }
}

/** Some would help, and none of them can: the scene is on none of them, or all run another renderer. */
function isHelpless(helpers: readonly Helper[]): boolean {
  const cannot = ({ state, receivedBytes }: Helper): boolean =>
    state === 'refused' || state === 'blocked' || (state === 'fetching' && receivedBytes === 0);
  return helpers.every(cannot) && helpers.some(({ state }) => state === 'refused');
}

function whyHelpless(helpers: readonly Helper[]): string {
  const reason = helpers.find(({ state }) => state === 'refused')?.reason;
  return reason === undefined ? NO_HELP : `${NO_HELP}: ${reason}`;
}
