/** The one polite sentence that says what the page is doing. Phases only: a figure that ticks must not be read aloud. */
import type { JobState } from '../../render/job/index.ts';
import type { RendezvousState } from '../../transport/index.ts';
import { countOf, formatDuration } from './format.ts';

export interface PhaseFacts {
  readonly opening: string | undefined;
  /** What was asked for, and is no Job yet. */
  readonly isStarting: boolean;
  readonly job:
    | {
        readonly title: string;
        readonly state: JobState;
        readonly reason: string | undefined;
        readonly seconds: number;
      }
    | undefined;
  /** A render is known that cannot be shown yet. */
  readonly isJobComing: boolean;
  readonly scene: { readonly title: string; readonly triangles: number } | undefined;
  readonly rendezvous: RendezvousState;
  readonly others: number;
  /** That all devices here lend, this one included. */
  readonly workers: number;
  /** This tab's Node goes on elsewhere. */
  readonly hasLeft: boolean;
}

export function phaseOf(facts: PhaseFacts): string {
  const { opening, isStarting, job, isJobComing, scene, rendezvous, others, workers, hasLeft } = facts;
  if (hasLeft) return 'This tab has left the network';
  if (opening !== undefined) return `Opening ${opening} …`;
  if (isStarting) return 'Starting the render …';
  if (job) {
    switch (job.state) {
      case 'preparing':
        if (workers === 0) return `${job.title} waits: nobody lends a worker`;
        return others === 0 ? `Preparing ${job.title} …` : `Sending ${job.title} to everyone …`;
      case 'rendering':
        return `Rendering ${job.title}`;
      case 'paused':
        return `${job.title} is paused`;
      case 'waiting':
        return `${job.title} waits${job.reason === undefined ? '' : `: ${job.reason}`}`;
      case 'done':
        return `${job.title} is done in ${formatDuration(job.seconds)}`;
      case 'cancelled':
        return `${job.title} was ${endingOf(job.state, job.reason)}`;
      case 'failed':
        return `${job.title} ${endingOf(job.state, job.reason)}`;
      default:
        return job.state satisfies never;
    }
  }
  if (isJobComing) return 'A render is here; what shows it is loading …';
  if (scene) return `${scene.title} is ready: ${countOf(scene.triangles, 'triangle')}`;
  if (others > 0) return `${countOf(others, 'other device')} connected`;
  switch (rendezvous) {
    case 'connecting':
      return 'Connecting …';
    case 'online':
      return 'Ready: open a scene, or invite more devices';
    case 'offline':
      return 'The signaling server cannot be reached; trying again';
    default:
      return rendezvous satisfies never;
  }
}

/** "cancelled from another tab", "failed: three workers ran out of memory": without saying "cancelled" twice. */
export function endingOf(state: 'cancelled' | 'failed', reason: string | undefined): string {
  const why = reason?.replace(/^it was cancelled */, '') ?? '';
  if (why === '') return state;
  return reason?.startsWith('it was cancelled') ? `${state} ${why}` : `${state}: ${why}`;
}
