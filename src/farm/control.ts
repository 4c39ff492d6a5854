/**
 * What people want of a Job, as a value that is merged rather than agreed on: of two controls one is the greater, the same one
 * everywhere. The version counts changes; its upper part counts how often the Job was begun again (requeued), and decides first.
 * Within one beginning a final phase is greater than any that is not: what is over stays over.
 */
import type { JobControl, JobPhase, JobWish } from './contract.ts';

/** Changes within one beginning; more of them spill over into the next, which does no harm. */
const CHANGES = 2 ** 16;
/** A version may be so much above what is known here: whoever lies about it cannot use the numbers up. */
export const MAX_VERSION_STEP = 2 ** 24;
/** Versions are below it: exact as floating point, with room for a step. */
export const MAX_VERSION = 2 ** 52;
export const MAX_PRIORITY = 4;

export const FIRST_CONTROL: JobControl = { version: 0, phase: 'running', reason: undefined, priority: 2 };

/** In rising order of what counts when two Nodes changed a Job at once. */
export const PHASES: readonly JobPhase[] = ['running', 'paused', 'failed', 'cancelled', 'done'];

export function isFinal(phase: JobPhase): boolean {
  return phase === 'done' || phase === 'cancelled' || phase === 'failed';
}

const beginning = ({ version }: JobControl): number => Math.floor(version / CHANGES);

/** Below zero when `a` is the lesser one. */
export function compareControls(a: JobControl, b: JobControl): number {
  return (
    beginning(a) - beginning(b) ||
    Number(isFinal(a.phase)) - Number(isFinal(b.phase)) ||
    a.version - b.version ||
    PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
    a.priority - b.priority ||
    compareTexts(a.reason ?? '', b.reason ?? '')
  );
}

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

export function endedControl(control: JobControl, phase: JobPhase, reason: string | undefined): JobControl {
  return { ...control, version: control.version + 1, phase, reason };
}

/** It begins again, from where it was. */
export function requeuedControl(control: JobControl): JobControl {
  const version = (beginning(control) + 1) * CHANGES;
  return { ...control, version, phase: 'running', reason: undefined };
}

/** The Job is so already, or can never be so. */
export function isFulfilled(control: JobControl, wish: JobWish): boolean {
  switch (wish.type) {
    case 'pause':
      return control.phase !== 'running';
    case 'resume':
      return control.phase !== 'paused';
    case 'cancel':
      return isFinal(control.phase);
    case 'requeue':
      return control.phase !== 'failed' && control.phase !== 'cancelled';
    case 'priority':
      return isFinal(control.phase) || control.priority === wish.priority;
  }
}

/** Whether who has wished `before` and now `wish` no longer wants the former. */
export function takesBack(wish: JobWish, before: JobWish): boolean {
  switch (wish.type) {
    case 'pause':
      return before.type === 'resume';
    case 'resume':
      return before.type === 'pause';
    case 'cancel':
      return before.type === 'requeue';
    case 'requeue':
      return before.type === 'cancel';
    case 'priority':
      return before.type === 'priority' && before.priority !== wish.priority;
  }
}

/** The control after the wish; the same object when nothing is to change. */
export function wishedControl(control: JobControl, wish: JobWish): JobControl {
  if (isFulfilled(control, wish)) return control;
  const version = control.version + 1;
  switch (wish.type) {
    case 'pause':
      return { ...control, version, phase: 'paused', reason: undefined };
    case 'resume':
      return { ...control, version, phase: 'running', reason: undefined };
    case 'cancel':
      return { ...control, version, phase: 'cancelled', reason: 'it was cancelled' };
    case 'requeue':
      return requeuedControl(control);
    case 'priority':
      return { ...control, version, priority: wish.priority };
  }
}
