/** A Job's record on the disk: what it is, what people want of it, the highest term that was heard of, whose results were wrong, its log. */
import { type ControlLimits, decodeControl, encodeControl, isNodeId } from '../../../wire/index.ts';
import type { ArchivedJob, JobControl, Term } from '../../contract.ts';
import { compareControls, MAX_PRIORITY, MAX_VERSION, PHASES } from '../../control.ts';
import { DESCRIPTION_LIMITS, descriptionFrom, isIntegerBelow } from '../../description.ts';
import { mergedLogs } from '../../log/job-log.ts';
import { decodeLog, encodeLog, MAX_LOG_BYTES } from '../../log/log-codec.ts';
import { MAX_REASON, shortReason } from '../../messages.ts';
import { oneLine } from '../../one-line.ts';
import { compareTerms, MAX_TERM } from '../../term.ts';
import { MAX_LIARS } from '../../trust/liars.ts';
import { liarsFromFields, liarsToFields } from '../../trust/liars-codec.ts';

const DESCRIPTION_FIELDS = 6;
const CONTROL_FIELDS = 4;
const TERM_FIELDS = 2;
const LIMITS: ControlLimits = {
  maxBytes: DESCRIPTION_LIMITS.maxBytes + 3 * MAX_REASON + 128 + 50 * MAX_LIARS + MAX_LOG_BYTES,
  maxDepth: 2,
  maxElements: 3 + DESCRIPTION_FIELDS + CONTROL_FIELDS + TERM_FIELDS + 2 * MAX_LIARS,
};

export function encodeJob({ description, control, term, liars, log }: ArchivedJob): Uint8Array {
  const { kind, title, taskCount, spec, submitter, submittedAtMs } = description;
  const { version, phase, reason, priority } = control;
  const said = reason === undefined ? null : shortReason(reason);
  return encodeControl(
    [
      ...[kind, title, taskCount, spec, submitter, submittedAtMs],
      ...[version, phase, said, priority],
      ...[term.number, term.node],
      liarsToFields(liars),
      encodeLog(log),
    ],
    LIMITS,
  );
}

/** Undefined for what is no Job of ours: another version of the page may have written it. */
export function decodeJob(bytes: Uint8Array): ArchivedJob | undefined {
  const { value } = decodeControl(bytes, LIMITS);
  if (!Array.isArray(value)) return undefined;
  const fields: readonly unknown[] = value;
  const description = descriptionFrom(fields.slice(0, DESCRIPTION_FIELDS));
  const control = controlFrom(fields.slice(DESCRIPTION_FIELDS));
  const rest = fields.slice(DESCRIPTION_FIELDS + CONTROL_FIELDS);
  const term = termFrom(rest);
  // Records of before have none.
  const liars = liarsFromFields(rest[TERM_FIELDS] ?? []);
  const kept = rest[TERM_FIELDS + 1];
  const log = (kept instanceof Uint8Array ? decodeLog(kept) : undefined) ?? [];
  return description && control && term && liars && { description, control, term, liars, log };
}

/** Of one Job what two tabs know of it. */
export function mergeJobs(a: ArchivedJob, b: ArchivedJob): ArchivedJob {
  return {
    description: a.description,
    control: compareControls(a.control, b.control) >= 0 ? a.control : b.control,
    term: compareTerms(a.term, b.term) >= 0 ? a.term : b.term,
    liars: compareTerms(a.term, b.term) >= 0 ? a.liars : b.liars,
    log: mergedLogs(a.log, b.log),
  };
}

function controlFrom([version, rawPhase, said, priority]: readonly unknown[]): JobControl | undefined {
  const phase = PHASES.find((one) => one === rawPhase);
  if (!isIntegerBelow(version, MAX_VERSION) || !phase || !isIntegerBelow(priority, MAX_PRIORITY + 1))
    return undefined;
  if (said !== null && (typeof said !== 'string' || said.length > MAX_REASON)) return undefined;
  return { version, phase, reason: said === null ? undefined : oneLine(said), priority };
}

function termFrom([number, node]: readonly unknown[]): Term | undefined {
  const isTerm = isIntegerBelow(number, MAX_TERM) && typeof node === 'string' && isNodeId(node);
  return isTerm ? { number, node } : undefined;
}
