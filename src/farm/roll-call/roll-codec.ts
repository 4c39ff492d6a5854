/** The answer to a roll call: what it says, and as bytes. */
import { type ControlLimits, decodeControl, encodeControl } from '../../wire/index.ts';
import type { JobView } from '../contract.ts';
import { isFinal } from '../control.ts';
import { isIntegerBelow, isJobId, JOB_ID_BYTES } from '../description.ts';
import type { Roll } from './roll-call.ts';

export const ROLL_CALL = 'roll-call';
/** As many as anybody takes of one member (known-jobs.ts). */
export const MAX_ROLL = 64;
const MAX_MEMBERS = 2 ** 24;
const LIMITS: ControlLimits = {
  maxBytes: 16 + MAX_ROLL * (2 * JOB_ID_BYTES + 2),
  maxDepth: 1,
  maxElements: 2 + MAX_ROLL,
};

/**
 * What this Node leads, and then what goes on and another leads: that one may be gone, and nobody has noticed yet; or what is over and nobody leads,
 * as this Node found it on its disk a moment ago.
 * @param jobs that are known here
 */
export function rollOf(jobs: readonly JobView[], members: number): Roll {
  const isLedElsewhere = ({ role }: JobView): number => Number(role !== 'coordinator');
  const isOver = ({ control }: JobView): number => Number(isFinal(control.phase));
  const told = jobs.filter((job) => !isLedElsewhere(job) || !isOver(job) || !job.isAttended);
  const sorted = told.toSorted(
    (a, b) =>
      isLedElsewhere(a) - isLedElsewhere(b) ||
      isOver(a) - isOver(b) ||
      b.description.submittedAtMs - a.description.submittedAtMs,
  );
  return { jobs: sorted.map(({ description }) => description.id), members };
}

export function encodeRoll({ jobs, members }: Roll): Uint8Array {
  return encodeControl([members, ...jobs.slice(0, MAX_ROLL)], LIMITS);
}

/** Undefined for what is none. */
export function decodeRoll(bytes: Uint8Array): Roll | undefined {
  const { value } = decodeControl(bytes, LIMITS);
  if (!Array.isArray(value)) return undefined;
  const [members, ...jobs]: readonly unknown[] = value;
  return isIntegerBelow(members, MAX_MEMBERS) && jobs.every(isJobId) ? { members, jobs } : undefined;
}
