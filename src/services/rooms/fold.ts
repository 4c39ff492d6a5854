/**
 * The state of a room: its open updates, in order, folded into what is final, at first the initial state. An update that sorts into the
 * past makes the states after it untrue; they are folded again from one before it (states.ts).
 *
 * An update that undoes one of its author's before it takes that one out of what is folded, and does nothing else; undone itself, it does not.
 *
 * An update does nothing, on every Node alike, when its reducer throws or answers with something that is not plain, when the state would be
 * too large, or when another update of its writer with the same number comes before it: all of that follows from the set of updates.
 */
import { equalBytes } from '../../runtime/index.ts';
import { encodePlain } from './canonical.ts';
import type { Plain, UpdateHash } from './contract.ts';
import { comesBefore } from './dag.ts';
import { KeptStates } from './kept-states.ts';
import { MapStates } from './map-states.ts';
import { settle } from './plain.ts';
import type { PlainMap } from './settled-map.ts';
import type { RoomReducer, States, StatesOptions } from './states.ts';
import type { Update } from './update.ts';
import type { Place, WriterId } from './writers.ts';

/** Of who keeps a room without knowing what it is about: the state stays as it began, and means nothing. */
export const keepsOnly: RoomReducer = { name: 'keeps only', reduce: (state) => state };

/** Why an update does nothing. */
export interface NoOp {
  readonly update: Update;
  readonly error: Error;
}

/** No-ops that are not told again when what is open is folded once more. */
const MAX_TOLD = 4096;

export class Fold {
  readonly #options: StatesOptions;
  #initial: Plain;
  #states: States;
  #order: Update[] = [];
  /** The first in order of each author and number. */
  readonly #firsts = new Map<string, Update>();
  /** By place, those that the others go on without. */
  #leftOut: ReadonlySet<string> = new Set();
  /** Those that undo others, ascending: what is left out follows from them alone. */
  #undos: Update[] = [];
  #haveUndosChanged = false;
  #changes = 0;
  #reductions = 0;
  #noOps: NoOp[] = [];
  readonly #told = new Set<UpdateHash>();

  constructor(options: StatesOptions) {
    this.#options = options;
    this.#initial = options.initial;
    this.#states = statesOf(options);
  }

  /** Begins again with another state. */
  reset(initial: Plain): void {
    this.#changes++;
    this.#initial = initial;
    this.#states = statesOf({ ...this.#options, initial });
    this.#order = [];
    this.#firsts.clear();
    this.#leftOut = new Set();
    this.#undos = [];
    this.#haveUndosChanged = false;
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

  /** As `States.kept`. */
  get kept(): number {
    return this.#states.kept;
  }

  /** Goes up whenever its state may be another. */
  get changes(): number {
    return this.#changes;
  }

  /** How often the reducer was run for its state so far; in place that is nothing to wait for. */
  get reductions(): number {
    return this.#reductions;
  }

  get state(): Plain {
    this.#foldAll();
    return this.#states.state;
  }

  /** Another one whenever the state may be: to look at that costs less. */
  get revision(): unknown {
    this.#foldAll();
    return this.#states.revision;
  }

  insert(update: Update): void {
    this.#changes++;
    const at = placeIn(this.#order, update);
    this.#order.splice(at, 0, update);
    this.#states.backTo(at);
    const name = nameOf(update);
    const first = this.#firsts.get(name);
    if (!first || comesBefore(update, first)) this.#firsts.set(name, update);
    if (update.undoes) this.#undos.splice(placeIn(this.#undos, update), 0, update);
    this.#haveUndosChanged ||= update.undoes !== undefined || first?.undoes !== undefined;
  }

  /** The newest say first: one that is left out leaves nothing out. */
  #leaveOut(): void {
    if (!this.#haveUndosChanged) return;
    this.#haveUndosChanged = false;
    const leftOut = new Set<string>();
    for (const update of this.#undos.toReversed()) {
      if (update.undoes && this.#isFirst(update) && !leftOut.has(nameOf(update)))
        leftOut.add(nameOf(update.undoes));
    }
    const before = this.#leftOut;
    this.#leftOut = leftOut;
    for (const name of new Set([...before, ...leftOut])) {
      const first = this.#firsts.get(name);
      if (first && leftOut.has(name) !== before.has(name)) this.#states.backTo(placeIn(this.#order, first));
    }
  }

  /** What leaves that one out. */
  undosOf(place: Place): readonly Update[] {
    this.#leaveOut();
    const name = nameOf(place);
    return this.#undos.filter(
      (undo) =>
        undo.undoes &&
        nameOf(undo.undoes) === name &&
        this.#isFirst(undo) &&
        !this.#leftOut.has(nameOf(undo)),
    );
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
    this.#foldAll();
    const noOps = this.#noOps;
    this.#noOps = [];
    return noOps;
  }

  /** Why an update that sorts behind all others would do nothing. */
  tryNext(update: Update): Error | undefined {
    this.#foldAll();
    return update.undoes ? undefined : this.#states.tryNext(update);
  }

  /** Whether the reducer, asked again from what is final, answers as it did. */
  isRepeatable(): boolean {
    return equalBytes(encodePlain(this.#foldedAlone(this.#order)), encodePlain(this.state));
  }

  /** After this update and all before it. Undefined where it is not in. */
  at(update: Update): Plain | undefined {
    const index = placeIn(this.#order, update);
    if (this.#order[index]?.hash !== update.hash) return undefined;
    const lastUndo = this.#undos.at(-1);
    // What was undone later was not, then.
    if (lastUndo && comesBefore(update, lastUndo)) {
      return this.#foldedAlone(this.#order.slice(0, index + 1));
    }
    this.#foldAll();
    return this.#states.at(index + 1, (i) => {
      const one = this.#order[i];
      return one && this.#isReduced(one) ? one : undefined;
    });
  }

  #foldAll(): void {
    this.#leaveOut();
    const end = this.#order.length;
    for (let i = this.#states.count; i < end; i++) {
      const update = this.#order[i];
      if (!update) break;
      const error = this.#states.add(this.#isReduced(update) ? update : undefined, end);
      if (!this.#states.isInPlace) this.#reductions++;
      if (error) this.#tell(update, error);
      else if (this.isEquivocal(update)) this.#tell(update, new Error('its author used its number twice'));
    }
  }

  #isReduced(update: Update): boolean {
    return this.#isFirst(update) && !update.undoes && !this.#leftOut.has(nameOf(update));
  }

  #tell(update: Update, error: Error): void {
    if (this.#told.has(update.hash)) return;
    this.#told.add(update.hash);
    this.#noOps.push({ update, error });
  }
}

/** Where it is, or would be. */
function placeIn(order: readonly Update[], update: Update): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = order[middle];
    if (one && comesBefore(one, update)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function statesOf(options: StatesOptions): States {
  const { initial, reducer } = options;
  const { change } = reducer;
  if (!change || !isMap(initial)) return new KeptStates(options);
  return new MapStates({ ...options, initial: settle(initial) as PlainMap, change });
}

function isMap(value: Plain): value is PlainMap {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function nameOf({ writer, number }: Place): `${WriterId}:${number}` {
  return `${writer}:${number}`;
}
