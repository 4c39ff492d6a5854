/** Whether closing this tab would lose work that nobody else has: only then a person is asked. */
import type { JobView } from './jobs.ts';

export function losesWork(jobs: readonly JobView[]): boolean {
  return jobs.some(({ isRunning, standing }) => isRunning.value && standing.value.isOnlyHere);
}
