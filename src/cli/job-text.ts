/** What the terminal says of a Job, in one line whatever its title holds. */
import type { JobView } from '../farm/index.ts';
import { printableLine } from './printable.ts';

/** Of its id, for people. */
export const SHORT_ID = 8;

/** In the help of the commands that take a Job. */
export const JOB_ARGUMENT = `its id, or the first ${SHORT_ID} characters of it, as \`leafcutter jobs\` prints them`;

/** 0 to 1, to four digits. */
export function shareDone({ doneCost, totalCost }: Pick<JobView, 'doneCost' | 'totalCost'>): number {
  return totalCost > 0 ? Number((doneCost / totalCost).toFixed(4)) : 0;
}

/** `leaf.glb (3f2a9c01)`. */
export function jobName({ id, title }: { readonly id: string; readonly title: string }): string {
  return `${printableLine(title)} (${id.slice(0, SHORT_ID)})`;
}
