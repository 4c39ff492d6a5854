/** What a person asks for, and what becomes of it: a Job with a name of its own. */
import { LeafcutterError } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import { type JobDescription, type JobId, MAX_SPEC_BYTES, MAX_TITLE } from './contract.ts';
import { MAX_TASKS, named } from './description.ts';

/** A Job to be submitted. */
export interface JobRequest {
  readonly kind: string;
  /** At most MAX_TITLE characters count. */
  readonly title: string;
  readonly taskCount: number;
  /** At most MAX_SPEC_BYTES. */
  readonly spec: Uint8Array;
}

/**
 * @param wallMs when it was asked for, ms since 1970
 * @param isTaken whether there is a Job of that name: the same thing asked for twice in a millisecond is two Jobs
 * @throws LeafcutterError `bad-job`
 */
export function describeJob(
  { kind, title, taskCount, spec }: JobRequest,
  submitter: NodeId,
  wallMs: number,
  isTaken: (id: JobId) => boolean,
): JobDescription {
  if (!Number.isInteger(taskCount) || taskCount < 1 || taskCount >= MAX_TASKS) {
    throw new LeafcutterError('bad-job', `a job of ${taskCount} tasks is none`);
  }
  if (spec.length > MAX_SPEC_BYTES) {
    throw new LeafcutterError(
      'bad-job',
      `a spec has at most ${MAX_SPEC_BYTES} bytes: send the rest as a blob`,
    );
  }
  const about = { kind, title: title.slice(0, MAX_TITLE), taskCount, spec: new Uint8Array(spec), submitter };
  for (let submittedAtMs = Math.floor(wallMs); ; submittedAtMs++) {
    const description = named({ ...about, submittedAtMs });
    if (!isTaken(description.id)) return description;
  }
}
