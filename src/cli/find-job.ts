/** A Job by what a person types: its id, or the beginning of it, as `leafcutter jobs` prints it. */
import type { Farm, JobDescription } from '../farm/index.ts';
import type { RenderFarm, RenderJob } from '../render/job/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import { SHORT_ID } from './job-text.ts';
import { type FindOptions, whenFound } from './when-found.ts';

const BEGINNING = /^[0-9a-f]{4,64}$/;

interface Named {
  readonly id: string;
}

/** Undefined when no Job's id begins so. @throws LeafcutterError `bad-job`, `ambiguous-job` */
export function jobAmong<T extends Named>(jobs: readonly T[], text: string): T | undefined {
  const beginning = text.toLowerCase();
  if (!BEGINNING.test(beginning)) {
    throw new LeafcutterError(
      'bad-job',
      `"${text}" is no job's id: give it, or the first ${SHORT_ID} characters of it, as \`leafcutter jobs\` prints them`,
    );
  }
  const found = jobs.filter(({ id }) => id.startsWith(beginning));
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new LeafcutterError(
      'ambiguous-job',
      `${found.length} jobs begin with ${beginning}: give more of the id (${ids})`,
    );
  }
  return found[0];
}

/** Waits until it is known here. @throws LeafcutterError `bad-job`, `ambiguous-job`, `no-such-job`; CancelledError */
export function findJob(
  farm: Pick<Farm, 'jobs' | 'events'>,
  text: string,
  options: FindOptions,
): Promise<JobDescription> {
  const jobs = () => farm.jobs().map(({ description }) => description);
  return find(jobs, (look) => farm.events.on('changed', look), text, options);
}

/** The same for a render. */
export function findRender(
  farm: Pick<RenderFarm, 'jobs' | 'events'>,
  text: string,
  options: FindOptions,
): Promise<RenderJob> {
  return find(
    () => farm.jobs,
    (look) => farm.events.on('jobsChanged', look),
    text,
    options,
  );
}

function find<T extends Named>(
  jobs: () => readonly T[],
  onChange: (listener: () => void) => () => void,
  text: string,
  options: FindOptions,
): Promise<T> {
  return whenFound({
    ...options,
    onChange,
    look: () => jobAmong(jobs(), text),
    what: 'looking for the job',
    missing: () => noSuchJob(jobs(), text),
  });
}

function noSuchJob(jobs: readonly Named[], text: string): LeafcutterError {
  const which =
    jobs.length === 0
      ? 'nobody in the network knows of any'
      : `there are ${jobs.map(({ id }) => id.slice(0, SHORT_ID)).join(', ')}`;
  return new LeafcutterError('no-such-job', `no job begins with ${text}; ${which}`);
}
