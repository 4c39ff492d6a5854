/**
 * The states that a fold goes through: after none of the updates the initial one, and then one for each. Which are at hand, and how one comes
 * from another, is its own affair: kept-states.ts has it for any reducer, map-states.ts for one that changes a map in place.
 */
import type { Plain, Reducer } from './contract.ts';
import type { Update } from './update.ts';

export type RoomReducer = Reducer<Plain, Plain>;

export interface StatesOptions {
  readonly reducer: RoomReducer;
  readonly initial: Plain;
  /** Of the encoded state: what would be larger does nothing. */
  readonly maxBytes: number;
}

/** By its place in the order. Undefined: it is not reduced. */
export type Applied = (index: number) => Update | undefined;

export interface States {
  /** So many updates are in. */
  readonly count: number;
  /** After these. */
  readonly state: Plain;
  /** Another one whenever the state may be. */
  readonly revision: unknown;
  /** What an update costs has nothing to do with how much there is. */
  readonly isInPlace: boolean;
  /** How much is in memory, for its bound. */
  readonly kept: number;
  /** Those after so many are not true any more. It may go back further than that. */
  backTo(count: number): void;
  /** One more; undefined: one that is not reduced. Why it does nothing, if so. @param end how many there will be in the end */
  add(update: Update | undefined, end: number): Error | undefined;
  /** After so many of those that are in. */
  at(count: number, applied: Applied): Plain;
  /** Why an update that came next would do nothing. */
  tryNext(update: Update): Error | undefined;
}
