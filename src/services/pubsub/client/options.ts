/** What applications give as options, looked at before anything is said: a mistake is an error at once, not a wait that ends never or too soon. */
import { LeafcutterError } from '../../../runtime/index.ts';
import type { SlowPolicy } from '../contract.ts';

/** @throws LeafcutterError `bad-option` with the first problem there is */
export function checkOptions(what: string, problems: readonly (string | undefined)[]): void {
  const problem = problems.find((text) => text !== undefined);
  if (problem !== undefined) throw new LeafcutterError('bad-option', `${what}: ${problem}`);
}

/** Not given, or without end, is no problem. */
export function countProblem(name: string, count: unknown): string | undefined {
  if (count === undefined || count === Number.POSITIVE_INFINITY) return undefined;
  return Number.isInteger(count) && Number(count) > 0
    ? undefined
    : `${name} is a whole number from 1, not ${count}`;
}

/** Not given, or without end, is no problem. */
export function durationProblem(name: string, ms: unknown): string | undefined {
  if (ms === undefined || (typeof ms === 'number' && ms > 0)) return undefined;
  return `${name} is a number of milliseconds above 0, not ${ms}; leave it out for the default`;
}

/** A group whose name no client of NATS can say would be apart from theirs. */
export function queueProblem(queue: unknown): string | undefined {
  if (queue === undefined || (typeof queue === 'string' && /^[^\s\p{Cc}]+$/u.test(queue))) return undefined;
  return 'queue is a name without blanks';
}

export function slowProblem(slow: SlowPolicy | undefined): string | undefined {
  if (slow === undefined) return undefined;
  const { mode, maxBytes } = Object(slow);
  if (mode !== 'drop' && mode !== 'wait') return `slow.mode is "drop" or "wait", not ${JSON.stringify(mode)}`;
  return maxBytes > 0 ? undefined : `slow.maxBytes is a number of bytes above 0, not ${maxBytes}`;
}
