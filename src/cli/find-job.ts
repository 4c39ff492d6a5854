/** A Job by what a person types: its id, or the beginning of it, as `leafcutter jobs` prints it. */
import type { Farm, JobDescription, RollCallOptions } from '../farm/index.ts';
import type { RenderFarm, RenderJob } from '../render/job/index.ts';
import { CancelledError, LeafcutterError } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import { SHORT_ID } from './job-text.ts';
import { counted } from './numbers.ts';

const BEGINNING = /^[0-9a-f]{4,64}$/;

/** Asks everyone which Jobs there are; answers with those who did not tell in time. */
export type RollCall = (options: RollCallOptions) => Promise<readonly NodeId[]>;

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

/** Asks everyone first. @throws LeafcutterError `bad-job`, `ambiguous-job`, `no-such-job`; CancelledError */
export function findJob(
  { farm, rollCall }: { readonly farm: Pick<Farm, 'jobs'>; readonly rollCall: RollCall },
  text: string,
  options: RollCallOptions,
): Promise<JobDescription> {
  return find(() => farm.jobs().map(({ description }) => description), rollCall, text, options);
}

/** The same for a render. */
export function findRender(
  { farm, rollCall }: { readonly farm: Pick<RenderFarm, 'jobs'>; readonly rollCall: RollCall },
  text: string,
  options: RollCallOptions,
): Promise<RenderJob> {
  return find(() => farm.jobs, rollCall, text, options);
}

async function find<T extends Named>(
  jobs: () => readonly T[],
  rollCall: RollCall,
  text: string,
  options: RollCallOptions,
): Promise<T> {
  // What is no id need not be looked for.
  const isKnown = jobAmong(jobs(), text) !== undefined;
  const silent = await rollCall({ ...options, needsSomebody: !isKnown });
  if (options.signal.aborted) throw new CancelledError('looking for the job');
  const found = jobAmong(jobs(), text);
  if (!found) throw noSuchJob(jobs(), text, silent.length);
  return found;
}

function noSuchJob(jobs: readonly Named[], text: string, silent: number): LeafcutterError {
  const which =
    jobs.length === 0
      ? 'nobody in the network knows of any'
      : `there are ${jobs.map(({ id }) => id.slice(0, SHORT_ID)).join(', ')}`;
  const but = silent === 0 ? '' : `; ${counted(silent, 'node')} did not answer in time`;
  return new LeafcutterError('no-such-job', `no job begins with ${text}; ${which}${but}`);
}
