/** Whether closing this tab would lose work that nobody else has: only then a person is asked. */
import type { ReadonlySignal } from '@preact/signals';
import type { Jobs, JobView } from './jobs.ts';

interface Asked {
  readonly jobs: Pick<Jobs, 'list'>;
  /** A render that was asked for is no Job yet: of a large scene for seconds. */
  readonly isSubmitting: ReadonlySignal<boolean>;
}

export function losesWork({ jobs, isSubmitting }: Asked): boolean {
  const isLost = ({ isRunning, standing }: JobView): boolean => isRunning.value && standing.value.isOnlyHere;
  return isSubmitting.value || jobs.list.value.some(isLost);
}
