/**
 * States of a reducer that changes a map in place. There is one map, and for each update what it has replaced: going back costs what was
 * changed since, and going on what is changed, however much there is. A state that somebody looks at is made of it then.
 */
import { messageOf } from '../../runtime/index.ts';
import type { MapDraft, Plain } from './contract.ts';
import { RoomTooLargeError } from './errors.ts';
import { type PlainMap, SettledMap } from './settled-map.ts';
import type { RoomReducer, States, StatesOptions } from './states.ts';
import type { Update } from './update.ts';

/** What was under a key before; undefined: nothing. */
interface Replaced {
  readonly key: string;
  readonly value: Plain | undefined;
}

const NOTHING: readonly Replaced[] = [];

export interface MapStatesOptions extends StatesOptions {
  readonly initial: PlainMap;
  readonly change: NonNullable<RoomReducer['change']>;
}

export class MapStates implements States {
  readonly isInPlace = true;
  readonly #options: MapStatesOptions;
  readonly #map: SettledMap;
  /** By each update that is in, the newest last. */
  readonly #log: (readonly Replaced[])[] = [];
  #revision = 0;

  constructor(options: MapStatesOptions) {
    this.#options = options;
    this.#map = new SettledMap(options.initial);
  }

  get count(): number {
    return this.#log.length;
  }

  get state(): Plain {
    return this.#map.whole;
  }

  get revision(): unknown {
    return this.#revision;
  }

  get kept(): number {
    return this.#log.reduce((sum, { length }) => sum + length, 1);
  }

  backTo(count: number): void {
    if (count < this.#log.length) this.#revision++;
    while (this.#log.length > count) this.#undo(this.#map, this.#log.pop() ?? NOTHING);
  }

  add(update: Update | undefined): Error | undefined {
    const done = update ? this.#change(update) : NOTHING;
    this.#log.push(done instanceof Error ? NOTHING : done);
    return done instanceof Error ? done : undefined;
  }

  at(count: number): Plain {
    const map = new SettledMap(this.#map.whole);
    for (const replaced of this.#log.slice(count).reverse()) this.#undo(map, replaced);
    return map.whole;
  }

  tryNext(update: Update): Error | undefined {
    const { made } = this.#map;
    const revision = this.#revision;
    const done = this.#change(update);
    if (done instanceof Error) return done;
    this.#undo(this.#map, done);
    this.#map.made = made;
    this.#revision = revision;
    return undefined;
  }

  /** All of it, or nothing and why. */
  #change(update: Update): readonly Replaced[] | Error {
    const { change, maxBytes } = this.#options;
    const { hash, author, claimedAtMs, payload } = update;
    const replaced: Replaced[] = [];
    const { made } = this.#map;
    const { draft, end } = this.#draft(replaced);
    try {
      change(draft, payload, { hash, author, claimedAtMs });
      const { bytes } = this.#map;
      if (bytes > maxBytes) throw new RoomTooLargeError('the state after this update', bytes, maxBytes);
      if (replaced.length > 0) this.#revision++;
      return replaced;
    } catch (error) {
      this.#undo(this.#map, replaced);
      this.#map.made = made;
      return error instanceof Error ? error : new Error(messageOf(error));
    } finally {
      end();
    }
  }

  /** Whoever keeps it for later changes nothing with it. */
  #draft(replaced: Replaced[]): { readonly draft: MapDraft; readonly end: () => void } {
    let map: SettledMap | undefined = this.#map;
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

  #undo(map: SettledMap, replaced: readonly Replaced[]): void {
    for (const { key, value } of replaced.toReversed()) {
      if (value === undefined) map.delete(key);
      else map.set(key, value);
    }
  }
}
