/**
 * A Job's name is a hash of all that it is: so a description can be taken from anybody, and two Nodes that speak of the same id speak of
 * the same work.
 */
import { fromHex, sha256Sync, toHex } from '../runtime/index.ts';
import { type ControlLimits, encodeControl, isNodeId } from '../wire/index.ts';
import { type JobDescription, type JobId, MAX_SPEC_BYTES, MAX_TITLE } from './contract.ts';

export const JOB_ID_BYTES = 16;
export const MAX_KIND = 32;
/** Fences are 32-bit, and every Task has one at least. */
export const MAX_TASKS = 2 ** 32;
/** Until the year 10,000. */
export const MAX_WALL_MS = 253_402_300_800_000;

/** Six values; the texts with three UTF-8 bytes a character. */
export const DESCRIPTION_LIMITS: ControlLimits = {
  maxBytes: MAX_SPEC_BYTES + 128 + 3 * (MAX_TITLE + MAX_KIND),
  maxDepth: 1,
  maxElements: 7,
};

export type NamelessDescription = Omit<JobDescription, 'id'>;

/** @throws LeafcutterError `bad-control-body` when it is too large */
export function encodeDescription(job: NamelessDescription): Uint8Array {
  const { kind, title, taskCount, spec, submitter, submittedAtMs } = job;
  return encodeControl([kind, title, taskCount, spec, submitter, submittedAtMs], DESCRIPTION_LIMITS);
}

/** Gives it its name. @throws as `encodeDescription` */
export function named(job: NamelessDescription): JobDescription {
  return { ...job, id: toHex(sha256Sync(encodeDescription(job)).subarray(0, JOB_ID_BYTES)) as JobId };
}

/** Fields from outside; undefined when they describe no Job. */
export function descriptionFrom(fields: readonly unknown[]): JobDescription | undefined {
  const [kind, title, taskCount, spec, submitter, submittedAtMs] = fields;
  if (typeof kind !== 'string' || kind.length === 0 || kind.length > MAX_KIND) return undefined;
  if (typeof title !== 'string' || title.length > MAX_TITLE) return undefined;
  if (!isIntegerBelow(taskCount, MAX_TASKS) || taskCount === 0) return undefined;
  if (!(spec instanceof Uint8Array) || spec.length > MAX_SPEC_BYTES) return undefined;
  if (typeof submitter !== 'string' || !isNodeId(submitter)) return undefined;
  if (!isIntegerBelow(submittedAtMs, MAX_WALL_MS)) return undefined;
  return named({ kind, title, taskCount, spec: new Uint8Array(spec), submitter, submittedAtMs });
}

export function isIntegerBelow(value: unknown, below: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < below;
}

const JOB_ID = /^[0-9a-f]{32}$/;

export function isJobId(value: unknown): value is JobId {
  return typeof value === 'string' && JOB_ID.test(value);
}

export function jobIdToBytes(id: JobId): Uint8Array {
  return fromHex(id);
}
