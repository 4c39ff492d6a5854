/** The one polite sentence that says what the page is doing. Phases only: a figure that ticks must not be read aloud. */
import type { JobState } from '../../render/job/index.ts';
import type { RendezvousState } from '../../transport/index.ts';
import { countOf, formatDuration } from './format.ts';

export interface PhaseFacts {
  readonly opening: string | undefined;
  readonly job:
    | {
        readonly title: string;
        readonly state: JobState;
        readonly reason: string | undefined;
        readonly seconds: number;
      }
    | undefined;
  readonly scene: { readonly title: string; readonly triangles: number } | undefined;
  readonly rendezvous: RendezvousState;
  readonly others: number;
}

export function phaseOf({ opening, job, scene, rendezvous, others }: PhaseFacts): string {
  if (opening !== undefined) return `Opening ${opening} …`;
  if (job) {
    switch (job.state) {
      case 'preparing':
        return `Sending ${job.title} to everyone …`;
      case 'rendering':
        return `Rendering ${job.title}`;
      case 'done':
        return `${job.title} is done in ${formatDuration(job.seconds)}`;
      case 'cancelled':
        return `${job.title} was cancelled${job.reason ? `: ${job.reason}` : ''}`;
      case 'failed':
        return `${job.title} failed${job.reason ? `: ${job.reason}` : ''}`;
      default:
        return job.state satisfies never;
    }
  }
  if (scene) return `${scene.title} is ready: ${countOf(scene.triangles, 'triangle')}`;
  if (others > 0) return `${countOf(others, 'other device')} connected`;
  switch (rendezvous) {
    case 'connecting':
      return 'Connecting …';
    case 'online':
      return 'Ready: open a scene, or invite more devices';
    case 'offline':
      return 'The meeting point cannot be reached; trying again';
    default:
      return rendezvous satisfies never;
  }
}
