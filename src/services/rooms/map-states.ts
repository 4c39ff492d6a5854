/**
 * States of a reducer that changes a map in place. There is one map, and for each update what it has replaced: going back costs what was
 * changed since, and going on what is changed, however much there is. A state that somebody looks at is made of it then.
 *
 * What was replaced may be large: a list that grows is another one each time. Where it comes to more than the map may be, what several updates
 * replaced becomes one, further back of more (kept-states.ts): going back goes to before all of these, and they are reduced again.
 */
import { messageOf } from '../../runtime/index.ts';
import type { MapDraft, Plain } from './contract.ts';
import { RoomTooLargeError } from './errors.ts';
import { isKept } from './kept-states.ts';
import { sizeOf } from './plain.ts';
import { type PlainMap, SettledMap } from './settled-map.ts';
import type { Applied, RoomReducer, States, StatesOptions } from './states.ts';
import type { Update } from './update.ts';

/** What was under a key before; undefined: nothing. */
interface Replaced {
  readonly key: string;
  readonly value: Plain | undefined;
}

/** From one state to the one before it. */
interface Step {
  /** That was after so many updates more than there were before it. */
  readonly updates: number;
  readonly replaced: readonly Replaced[];
  readonly bytes: number;
}

const NOTHING: readonly Replaced[] = [];
/** Beside its value. A guess. */
const REPLACED_BYTES = 64;

export interface MapStatesOptions extends StatesOptions {
  readonly initial: PlainMap;
  readonly change: NonNullable<RoomReducer['change']>;
}

export class MapStates implements States {
  readonly isInPlace = true;
  readonly #options: MapStatesOptions;
  readonly #map: SettledMap;
  /** Of all updates that are in, the newest last. */
  #steps: Step[] = [];
  #count = 0;
  #bytes = 0;
  /** Then steps become fewer. */
  #mostBytes: number;
  #revision = 0;

  constructor(options: MapStatesOptions) {
    this.#options = options;
    this.#map = new SettledMap(options.initial);
    this.#mostBytes = options.maxBytes;
  }

  get count(): number {
    return this.#count;
  }

  get state(): Plain {
    return this.#map.whole;
  }

  get revision(): unknown {
    return this.#revision;
  }

  get kept(): number {
    return this.#steps.reduce((sum, { replaced }) => sum + replaced.length, 1);
  }

  backTo(count: number): void {
    if (count < this.#count) this.#revision++;
    while (this.#count > count) {
      const { updates, replaced, bytes } = this.#steps.pop() ?? {
        updates: this.#count,
        replaced: NOTHING,
        bytes: 0,
      };
      this.#undo(this.#map, replaced);
      this.#count -= updates;
      this.#bytes -= bytes;
    }
  }

  add(update: Update | undefined): Error | undefined {
    const done = update ? this.#change(this.#map, update) : NOTHING;
    const step = stepOf(1, done instanceof Error ? NOTHING : done);
    if (step.replaced.length > 0) this.#revision++;
    this.#steps.push(step);
    this.#count++;
    this.#bytes += step.bytes;
    if (this.#bytes > this.#mostBytes) this.#thin();
    return done instanceof Error ? done : undefined;
  }

  at(count: number, applied: Applied): Plain {
    const map = new SettledMap(this.#map.whole);
    let at = this.#count;
    for (const { updates, replaced } of this.#steps.toReversed()) {
      if (at <= count) break;
      this.#undo(map, replaced);
      at -= updates;
    }
    for (; at < count; at++) {
      const update = applied(at);
      if (update) this.#change(map, update);
    }
    return map.whole;
  }

  #thin(): void {
    const steps: Step[] = [];
    let count = 0;
    let some: Step[] = [];
    for (const step of this.#steps) {
      some.push(step);
      count += step.updates;
      if (!isKept(count, this.#count)) continue;
      steps.push(together(some));
      some = [];
    }
    this.#steps = steps;
    this.#bytes = steps.reduce((sum, { bytes }) => sum + bytes, 0);
    // Not with each update, where the few that are left are as much.
    this.#mostBytes = Math.max(this.#options.maxBytes, 2 * this.#bytes);
  }

  tryNext(update: Update): Error | undefined {
    const { made } = this.#map;
    const done = this.#change(this.#map, update);
    if (done instanceof Error) return done;
    this.#undo(this.#map, done);
    this.#map.made = made;
    return undefined;
  }

  /** All of it, or nothing and why. */
  #change(map: SettledMap, update: Update): readonly Replaced[] | Error {
    const { change, maxBytes } = this.#options;
    const { hash, author, claimedAtMs, payload } = update;
    const replaced: Replaced[] = [];
    const { made } = map;
    const { draft, end } = draftOf(map, replaced);
    try {
      change(draft, payload, { hash, author, claimedAtMs });
      const { bytes } = map;
      if (bytes > maxBytes) throw new RoomTooLargeError('state', bytes, maxBytes);
      return replaced;
    } catch (error) {
      this.#undo(map, replaced);
      map.made = made;
      return error instanceof Error ? error : new Error(messageOf(error));
    } finally {
      end();
    }
  }

  #undo(map: SettledMap, replaced: readonly Replaced[]): void {
    for (const { key, value } of replaced.toReversed()) {
      if (value === undefined) map.delete(key);
      else map.set(key, value);
    }
  }
}

/** Whoever keeps it for later changes nothing with it. */
function draftOf(
  of: SettledMap,
  replaced: Replaced[],
): { readonly draft: MapDraft; readonly end: () => void } {
  let map: SettledMap | undefined = of;
  const theMap = (): SettledMap => {
    if (!map) throw new TypeError('the update that this draft was for is over');
    return map;
  };
  const draft: MapDraft = {
    get: (key) => theMap().get(key),
    set: (key, value) => {
      replaced.push({ key, value: theMap().set(key, value) });
    },
    delete: (key) => {
      const value = theMap().delete(key);
      if (value !== undefined) replaced.push({ key, value });
    },
  };
  return {
    draft,
    end: () => {
      map = undefined;
    },
  };
}

function stepOf(updates: number, replaced: readonly Replaced[]): Step {
  const bytes = replaced.reduce((sum, { key, value }) => sum + bytesOf(key, value), 0);
  return { updates, replaced, bytes };
}

function bytesOf(key: string, value: Plain | undefined): number {
  return REPLACED_BYTES + key.length + (value === undefined ? 0 : sizeOf(value));
}

/** One after the other. What was there before the first that replaced it is what there was. */
function together(steps: readonly Step[]): Step {
  const [first] = steps;
  if (first && steps.length === 1) return first;
  const replaced = new Map<string, Replaced>();
  for (const one of steps.flatMap((step) => step.replaced))
    if (!replaced.has(one.key)) replaced.set(one.key, one);
  return stepOf(
    steps.reduce((sum, { updates }) => sum + updates, 0),
    [...replaced.values()],
  );
}
