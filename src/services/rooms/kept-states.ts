/**
 * States of any reducer. Kept are the last few, and of older ones fewer and fewer: what an update from the past makes untrue is reduced again
 * from the nearest that was kept before it. States share what did not change between them.
 */
import { messageOf } from '../../runtime/index.ts';
import type { Plain } from './contract.ts';
import { RoomTooLargeError } from './errors.ts';
import { settle, sizeOf } from './plain.ts';
import type { Applied, States, StatesOptions } from './states.ts';
import type { Update } from './update.ts';

/** So many of each doubling of distance from the newest are kept, and all of the nearest. */
const KEPT_PER_OCTAVE = 8;

export class KeptStates implements States {
  readonly isInPlace = false;
  readonly #options: StatesOptions;
  /** After so many updates. */
  readonly #states = new Map<number, Plain>();
  #count = 0;
  #state: Plain;
  /** What came of the last one that was tried: mostly it comes next. */
  #tried: { readonly on: Plain; readonly update: Update; readonly result: Plain | Error } | undefined;

  constructor(options: StatesOptions) {
    this.#options = options;
    this.#state = options.initial;
    this.#states.set(0, options.initial);
  }

  get count(): number {
    return this.#count;
  }

  get state(): Plain {
    return this.#state;
  }

  get revision(): unknown {
    return this.#state;
  }

  get kept(): number {
    return this.#states.size;
  }

  backTo(count: number): void {
    if (count >= this.#count) return;
    for (const kept of this.#states.keys()) if (kept > count) this.#states.delete(kept);
    this.#count = this.#nearest(count);
    this.#state = this.#keptAt(this.#count);
  }

  add(update: Update | undefined, end: number): Error | undefined {
    const next = update ? this.#reduced(this.#state, update) : this.#state;
    if (!(next instanceof Error)) this.#state = next;
    this.#count++;
    if (isKept(this.#count, end)) this.#states.set(this.#count, this.#state);
    if (this.#count === end) {
      for (const count of this.#states.keys()) if (!isKept(count, end)) this.#states.delete(count);
    }
    return next instanceof Error ? next : undefined;
  }

  at(count: number, applied: Applied): Plain {
    let at = this.#nearest(count);
    let state = this.#keptAt(at);
    for (; at < count; at++) {
      const update = applied(at);
      const next = update ? this.#reduced(state, update) : state;
      if (!(next instanceof Error)) state = next;
    }
    return state;
  }

  tryNext(update: Update): Error | undefined {
    const result = this.#reduced(this.#state, update);
    this.#tried = { on: this.#state, update, result };
    return result instanceof Error ? result : undefined;
  }

  #reduced(state: Plain, update: Update): Plain | Error {
    const { reducer, maxBytes } = this.#options;
    const { hash, author, claimedAtMs, payload } = update;
    const tried = this.#tried;
    if (tried?.update === update && tried.on === state) return tried.result;
    try {
      const next = settle(reducer.reduce(state, payload, { hash, author, claimedAtMs }), state);
      const bytes = sizeOf(next);
      return bytes <= maxBytes ? next : new RoomTooLargeError('state', bytes, maxBytes);
    } catch (error) {
      return error instanceof Error ? error : new Error(messageOf(error));
    }
  }

  #nearest(count: number): number {
    let nearest = 0;
    for (const kept of this.#states.keys()) if (kept <= count) nearest = Math.max(nearest, kept);
    return nearest;
  }

  #keptAt(count: number): Plain {
    const state = this.#states.get(count);
    if (state === undefined) throw new Error(`no state is kept after ${count} updates`);
    return state;
  }
}

/** Whether the state after `count` updates is kept when there are `end`: what is not kept now is not needed later, either. */
export function isKept(count: number, end: number): boolean {
  const distance = end - count;
  if (count === 0 || distance < 2 * KEPT_PER_OCTAVE) return true;
  const spacing = 2 ** (Math.floor(Math.log2(distance)) - Math.log2(KEPT_PER_OCTAVE));
  return count % spacing === 0;
}
