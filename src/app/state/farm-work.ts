/** Whether there is anything to do here: a Job runs, of whatever kind and whoever started it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Farm, JobId } from '../../farm/index.ts';

/** As much of the farm as it takes. */
export type FarmWork = Pick<Farm, 'events' | 'jobs' | 'view'>;

export function watchWork(farm: FarmWork): ReadonlySignal<boolean> {
  const running = new Set<JobId>();
  const hasWork = signal(false);
  const look = (id: JobId): void => {
    if (farm.view(id)?.control.phase === 'running') running.add(id);
    else running.delete(id);
    hasWork.value = running.size > 0;
  };
  farm.events.on('changed', ({ id }) => look(id));
  farm.events.on('removed', ({ id }) => look(id));
  for (const { description } of farm.jobs()) look(description.id);
  return hasWork;
}
