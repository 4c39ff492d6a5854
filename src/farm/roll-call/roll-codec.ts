/** The answer to a roll call as bytes. */
import { type ControlLimits, decodeControl, encodeControl } from '../../wire/index.ts';
import { isIntegerBelow, isJobId, JOB_ID_BYTES } from '../description.ts';
import type { Roll } from './roll-call.ts';

/** As many as anybody takes of one member (known-jobs.ts). */
export const MAX_ROLL = 64;
const MAX_MEMBERS = 2 ** 24;
const LIMITS: ControlLimits = {
  maxBytes: 16 + MAX_ROLL * (2 * JOB_ID_BYTES + 2),
  maxDepth: 1,
  maxElements: 2 + MAX_ROLL,
};

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
