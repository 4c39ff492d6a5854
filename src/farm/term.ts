import type { Term } from './contract.ts';

/**
 * A term may be so much above what is known here. A Node that slept through a night of takeovers still follows, and one that lies
 * about the number needs 2^40 lies to come to the end of the numbers.
 */
export const MAX_TERM_STEP = 4096;
/** Numbers are below it: exact as floating point, with room for a step. */
export const MAX_TERM = 2 ** 52;

/** Below zero when `a` is the lower one. */
export function compareTerms(a: Term, b: Term): number {
  if (a.number !== b.number) return a.number - b.number;
  return a.node === b.node ? 0 : a.node < b.node ? -1 : 1;
}

export function isSameTerm(a: Term, b: Term): boolean {
  return compareTerms(a, b) === 0;
}
