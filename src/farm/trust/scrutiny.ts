/**
 * How much of a result is done a second time elsewhere: all of a newcomer's first one, less with each that was looked at, never less
 * than a thirty-second. As in BOINC's adaptive replication (Anderson 2004, `sched/validator.cpp`) what a host has shown decides, and
 * trust is never complete; unlike there it is a share of each result rather than the chance that a whole one is repeated. Where a result
 * can be checked by pieces (a Block by rows of pixels) each result is looked at, so one that is wrong in most of its pieces is found
 * at once, whatever was true before; where it cannot, the share is the chance, as in BOINC.
 *
 * Over n results of a Node that is 1 + 1/2 + 1/3 ... down to the floor: 4 results and 3.1 % of the others.
 */
import { integerBelow, type Random, uniform } from '../../runtime/index.ts';
import type { PieceRange } from '../contract.ts';

/** 1/32: with Blocks of 64 rows two rows of each; with what a newcomer costs below 5 % of any Job of some size. */
const LEAST_SHARE = 1 / 32;

/** @param drawn results of that Node of which something was or is being checked */
export function shareToCheck(drawn: number): number {
  return Math.max(LEAST_SHARE, 1 / (1 + drawn));
}

/** The pieces to check of a result that has so many; undefined: none. They lie together, for one piece of work. */
export function piecesToCheck(pieces: number, drawn: number, random: Random): PieceRange | undefined {
  const count = Math.min(pieces, Math.floor(shareToCheck(drawn) * pieces + uniform(random)));
  return count === 0 ? undefined : { first: integerBelow(random, pieces - count + 1), count };
}
