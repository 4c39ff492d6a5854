/**
 * The state of a room: its open updates, in order, folded into what is final, at first the initial state. An update that sorts into the
 * past makes the states after it untrue; they are folded again from the nearest state that was kept before it. Kept are the last few states,
 * and of older ones fewer and fewer: states share what did not change between them.
 *
 * An update that undoes one of its author's before it takes that one out of what is folded, and does nothing else; undone itself, it does not.
 *
 * An update does nothing, on every Node alike, when its reducer throws or answers with something that is not plain, when the state would be
 * too large, or when another update of its writer with the same number comes before it: all of that follows from the set of updates.
 */
import { equalBytes, messageOf } from '../../runtime/index.ts';
import { encodePlain } from './canonical.ts';
import type { Plain, Reducer, UpdateHash } from './contract.ts';
import { comesBefore } from './dag.ts';
import { RoomTooLargeError } from './errors.ts';
import { settle, sizeOf } from './plain.ts';
import type { Update } from './update.ts';
import type { Place, WriterId } from './writers.ts';

export type RoomReducer = Reducer<Plain, Plain>;

/** Of who keeps a room without knowing what it is about: the state stays as it began, and means nothing. */
export const keepsOnly: RoomReducer = { name: 'keeps only', reduce: (state) => state };

export interface FoldOptions {
  readonly reducer: RoomReducer;
  readonly initial: Plain;
  readonly maxBytes: number;
}

/** Why an update does nothing. */
export interface NoOp {
  readonly update: Update;
  readonly error: Error;
}

/** So many of each doubling of distance from the newest are kept, and all of the nearest. */
const KEPT_PER_OCTAVE = 8;
/** No-ops that are not told again when what is open is folded once more. */
const MAX_TOLD = 4096;

export class Fold {
  readonly #options: FoldOptions;
  #initial: Plain;
  #order: Update[] = [];
  /** After so many updates; after none it is the initial one. */
  readonly #states = new Map<number, Plain>();
  /** The first in order of each author and number. */
  readonly #firsts = new Map<string, Update>();
  /** By place, those that the others go on without. */
  #leftOut: ReadonlySet<string> = new Set();
  #undos = 0;
  /** Updates up to here are folded into the newest state. */
  #folded = 0;
  #changes = 0;
  #reductions = 0;
  #noOps: NoOp[] = [];
  readonly #told = new Set<UpdateHash>();

  constructor(options: FoldOptions) {
    this.#options = options;
    this.#initial = options.initial;
    this.#states.set(0, options.initial);
  }

  /** Begins again with another state. */
  reset(initial: Plain): void {
    this.#changes++;
    this.#initial = initial;
    this.#order = [];
    this.#folded = 0;
    this.#firsts.clear();
    this.#leftOut = new Set();
    this.#undos = 0;
    this.#states.clear();
    this.#states.set(0, initial);
    if (this.#told.size > MAX_TOLD) this.#told.clear();
  }

  /** What some of these updates come to without the others. None of them may follow from one that is left out. */
  stateOf(isIn: (update: Update) => boolean): Plain {
    const updates = this.#order.filter(isIn);
    const last = updates.at(-1);
    const isBeginning = last === this.#order[updates.length - 1];
    if (!last) return this.#initial;
    if (isBeginning) return this.at(last) ?? this.#initial;
    return this.#foldedAlone(updates);
  }

  #foldedAlone(updates: readonly Update[]): Plain {
    const fold = new Fold({ ...this.#options, initial: this.#initial });
    for (const update of updates) fold.insert(update);
    return fold.state;
  }

  /** Its states mean nothing. */
  get isBlind(): boolean {
    return this.#options.reducer === keepsOnly;
  }

  /** Ascending. */
  get order(): readonly Update[] {
    return this.#order;
  }

  /** How many states are in memory, for its bound. */
  get keptStates(): number {
    return this.#states.size;
  }

  /** Goes up whenever its state may be another. */
  get changes(): number {
    return this.#changes;
  }

  /** How often the reducer was run for its state so far. */
  get reductions(): number {
    return this.#reductions;
  }

  get state(): Plain {
    this.#foldUpTo(this.#order.length);
    return this.#stateAt(this.#order.length);
  }

  insert(update: Update): void {
    this.#changes++;
    const at = this.#placeOf(update);
    this.#order.splice(at, 0, update);
    this.#unfold(at);
    const name = nameOf(update);
    const first = this.#firsts.get(name);
    if (!first || comesBefore(update, first)) this.#firsts.set(name, update);
    if (update.undoes) this.#undos++;
    if (this.#undos > 0) this.#leaveOut();
  }

  /** The newest say first: one that is left out leaves nothing out. */
  #leaveOut(): void {
    const leftOut = new Set<string>();
    for (const update of this.#order.toReversed()) {
      if (update.undoes && this.#isFirst(update) && !leftOut.has(nameOf(update)))
        leftOut.add(nameOf(update.undoes));
    }
    const before = this.#leftOut;
    this.#leftOut = leftOut;
    const changed = this.#order.findIndex((one) => leftOut.has(nameOf(one)) !== before.has(nameOf(one)));
    if (changed >= 0) this.#unfold(changed);
  }

  /** States after so many are not true any more. */
  #unfold(count: number): void {
    if (count >= this.#folded) return;
    this.#folded = count;
    for (const kept of this.#states.keys()) if (kept > count) this.#states.delete(kept);
  }

  #isFirst(update: Update): boolean {
    return this.#firsts.get(nameOf(update))?.hash === update.hash;
  }

  /** Whether its author used one number twice, or more often, for what is not the same: it may have had to say that again. */
  isEquivocal(update: Update): boolean {
    const first = this.#firsts.get(nameOf(update));
    if (first === undefined || first.hash === update.hash) return false;
    const isSame = (first.undoes && nameOf(first.undoes)) === (update.undoes && nameOf(update.undoes));
    return !isSame || !equalBytes(encodePlain(first.payload), encodePlain(update.payload));
  }

  /** Whether some update has that place. */
  isTaken(place: Place): boolean {
    return this.#firsts.has(nameOf(place));
  }

  /** What has become a no-op since the last call, each update once. */
  takeNoOps(): readonly NoOp[] {
    this.#foldUpTo(this.#order.length);
    const noOps = this.#noOps;
    this.#noOps = [];
    return noOps;
  }

  /** What comes of an update that sorts behind all others. */
  tryNext(update: Update): Plain | Error {
    return update.undoes ? this.state : this.#reduce(this.state, update);
  }

  /** Whether the reducer, asked again from what is final, answers as it did. */
  isRepeatable(): boolean {
    let state = this.#initial;
    for (const update of this.#order) {
      const next = this.#next(state, update);
      if (!(next instanceof Error)) state = next;
    }
    return equalBytes(encodePlain(state), encodePlain(this.state));
  }

  /** After this update and all before it. Undefined where it is not in. */
  at(update: Update): Plain | undefined {
    const index = this.#placeOf(update);
    if (this.#order[index]?.hash !== update.hash) return undefined;
    // What was undone later was not, then.
    if (this.#undos > 0 && this.#order.some(({ undoes }, i) => undoes && i > index)) {
      return this.#foldedAlone(this.#order.slice(0, index + 1));
    }
    let kept = 0;
    for (const count of this.#states.keys()) if (count <= index + 1) kept = Math.max(kept, count);
    let state = this.#stateAt(kept);
    for (const one of this.#order.slice(kept, index + 1)) {
      const next = this.#next(state, one);
      if (!(next instanceof Error)) state = next;
    }
    return state;
  }

  #foldUpTo(end: number): void {
    if (this.#folded === end) return;
    let from = 0;
    for (const count of this.#states.keys()) if (count <= this.#folded) from = Math.max(from, count);
    let state = this.#stateAt(from);
    for (let i = from; i < end; i++) {
      const update = this.#order[i];
      if (!update) break;
      const next = this.#next(state, update);
      this.#reductions++;
      if (next instanceof Error) this.#tell(update, next);
      else state = next;
      if (isKept(i + 1, end)) this.#states.set(i + 1, state);
    }
    this.#folded = end;
    for (const count of this.#states.keys()) if (!isKept(count, end)) this.#states.delete(count);
  }

  #next(state: Plain, update: Update): Plain | Error {
    if (this.isEquivocal(update)) return new Error('its author used its number twice');
    if (!this.#isFirst(update)) return state;
    if (update.undoes || this.#leftOut.has(nameOf(update))) return state;
    return this.#reduce(state, update);
  }

  #reduce(state: Plain, update: Update): Plain | Error {
    const { reducer, maxBytes } = this.#options;
    const { hash, author, claimedAtMs, payload } = update;
    try {
      const next = settle(reducer.reduce(state, payload, { hash, author, claimedAtMs }));
      const bytes = sizeOf(next);
      return bytes <= maxBytes ? next : new RoomTooLargeError('the state after this update', bytes, maxBytes);
    } catch (error) {
      return error instanceof Error ? error : new Error(messageOf(error));
    }
  }

  #tell(update: Update, error: Error): void {
    if (this.#told.has(update.hash)) return;
    this.#told.add(update.hash);
    this.#noOps.push({ update, error });
  }

  #stateAt(count: number): Plain {
    const state = this.#states.get(count);
    if (state === undefined) throw new Error(`no state is kept after ${count} updates`);
    return state;
  }

  /** Where it is, or would be. */
  #placeOf(update: Update): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = this.#order[middle];
      if (one && comesBefore(one, update)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether the state after `count` updates is kept when there are `end`: what is not kept now is not needed later, either. */
function isKept(count: number, end: number): boolean {
  const distance = end - count;
  if (count === 0 || distance < 2 * KEPT_PER_OCTAVE) return true;
  const spacing = 2 ** (Math.floor(Math.log2(distance)) - Math.log2(KEPT_PER_OCTAVE));
  return count % spacing === 0;
}

function nameOf({ writer, number }: Place): `${WriterId}:${number}` {
  return `${writer}:${number}`;
}
