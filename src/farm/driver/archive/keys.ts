/**
 * Where what is kept of a Job lies: `job/<id>/<open or final>/<when saved, ms since 1970>/<control>-<term>`, and for each part
 * `part/<id>/<part>/<version>/b<bytes>`. What is different has a different key, so of two tabs that write at once none undoes the
 * other's. And a list of keys says how far a Job has come, how large it is, and what may go first.
 */
import { bytesOfKey } from '../../../services/disk/index.ts';
import type { ArchivedJob, JobId } from '../../contract.ts';
import { isFinal } from '../../control.ts';
import { isIntegerBelow, isJobId, MAX_TASKS } from '../../description.ts';
import { MAX_PART_BYTES } from '../../trust/part-codec.ts';

export interface JobKey {
  readonly id: JobId;
  readonly isFinal: boolean;
  readonly savedAtMs: number;
}

export interface PartKey {
  readonly id: JobId;
  readonly part: number;
  readonly version: number;
}

export const jobPrefix = (id: JobId): string => `job/${id}/`;
export const partPrefix = (id: JobId): string => `part/${id}/`;

export function jobKey({ description, control, term }: ArchivedJob, savedAtMs: number): string {
  const phase = isFinal(control.phase) ? 'final' : 'open';
  return `${jobPrefix(description.id)}${phase}/${savedAtMs}/${control.version}-${term.number}`;
}

export function partKey({ id, part, version }: PartKey, bytes: number): string {
  return `${partPrefix(id)}${part}/${version}/b${bytes}`;
}

export function parseJobKey(key: string): JobKey | undefined {
  const [space, id, phase, at] = key.split('/');
  if (space !== 'job' || !isJobId(id) || (phase !== 'final' && phase !== 'open')) return undefined;
  const savedAtMs = Number(at);
  return Number.isSafeInteger(savedAtMs) ? { id, isFinal: phase === 'final', savedAtMs } : undefined;
}

export function parsePartKey(key: string): PartKey | undefined {
  const [space, id, rawPart, rawVersion] = key.split('/');
  const [part, version] = [Number(rawPart), Number(rawVersion)];
  if (space !== 'part' || !isJobId(id) || bytesOfKey(key) > MAX_PART_BYTES) return undefined;
  // Versions are unsigned 32-bit, and so are parts.
  return isIntegerBelow(part, MAX_TASKS) && isIntegerBelow(version, MAX_TASKS)
    ? { id, part, version }
    : undefined;
}
