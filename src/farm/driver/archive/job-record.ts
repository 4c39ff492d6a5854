/** A Job's record on the disk: what it is, what people want of it, and the highest term that was heard of. */
import { type ControlLimits, decodeControl, encodeControl, isNodeId } from '../../../wire/index.ts';
import type { ArchivedJob, JobControl, Term } from '../../contract.ts';
import { compareControls, MAX_PRIORITY, MAX_VERSION, PHASES } from '../../control.ts';
import { DESCRIPTION_LIMITS, descriptionFrom, isIntegerBelow } from '../../description.ts';
import { MAX_REASON, shortReason } from '../../messages.ts';
import { compareTerms, MAX_TERM } from '../../term.ts';

const DESCRIPTION_FIELDS = 6;
const CONTROL_FIELDS = 4;
const LIMITS: ControlLimits = {
  maxBytes: DESCRIPTION_LIMITS.maxBytes + 3 * MAX_REASON + 128,
  maxDepth: 1,
  maxElements: 1 + DESCRIPTION_FIELDS + CONTROL_FIELDS + 2,
};

export function encodeJob({ description, control, term }: ArchivedJob): Uint8Array {
  const { kind, title, taskCount, spec, submitter, submittedAtMs } = description;
  const { version, phase, reason, priority } = control;
  const said = reason === undefined ? null : shortReason(reason);
  return encodeControl(
    [
      ...[kind, title, taskCount, spec, submitter, submittedAtMs],
      ...[version, phase, said, priority],
      ...[term.number, term.node],
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
  const term = termFrom(fields.slice(DESCRIPTION_FIELDS + CONTROL_FIELDS));
  return description && control && term && { description, control, term };
}

/** Of one Job what two tabs know of it. */
export function mergeJobs(a: ArchivedJob, b: ArchivedJob): ArchivedJob {
  return {
    description: a.description,
    control: compareControls(a.control, b.control) >= 0 ? a.control : b.control,
    term: compareTerms(a.term, b.term) >= 0 ? a.term : b.term,
  };
}

function controlFrom([version, rawPhase, said, priority]: readonly unknown[]): JobControl | undefined {
  const phase = PHASES.find((one) => one === rawPhase);
  if (!isIntegerBelow(version, MAX_VERSION) || !phase || !isIntegerBelow(priority, MAX_PRIORITY + 1))
    return undefined;
  if (said !== null && (typeof said !== 'string' || said.length > MAX_REASON)) return undefined;
  return { version, phase, reason: said ?? undefined, priority };
}

function termFrom([number, node]: readonly unknown[]): Term | undefined {
  const isTerm = isIntegerBelow(number, MAX_TERM) && typeof node === 'string' && isNodeId(node);
  return isTerm ? { number, node } : undefined;
}
