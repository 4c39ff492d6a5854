/**
 * R2: whatever is in has what came before it in front of it, or closed. Most of a history is as it was when it was looked at last, and only
 * what comes after that is looked at: rooms are, four times a second.
 */
import type { Update } from '../../src/services/rooms/update.ts';
import { type Closed, isClosed } from '../../src/services/rooms/writers.ts';

const NOTHING: Closed = new Map();

/** Of one room. */
export class Parents {
  #updates: readonly Update[] = [];
  /** Undefined: something was missing, so that all is looked at again. */
  #closed: Closed | undefined = NOTHING;
  readonly #hashes = new Set<string>();

  /** @param updates in the order of the room, none twice. @param closed before them, the same while nothing more is */
  areIn(updates: readonly Update[], closed = NOTHING): boolean {
    const before = this.#updates;
    let same = 0;
    if (closed === this.#closed) while (same < before.length && before[same] === updates[same]) same++;
    for (const { hash } of before.slice(same)) this.#hashes.delete(hash);
    this.#updates = updates;
    let areIn = true;
    for (const { hash, parents, places } of updates.slice(same)) {
      const isIn = (parent: string, i: number): boolean => {
        const place = places[i];
        if (this.#hashes.has(parent)) return true;
        return place !== undefined && isClosed(closed, place);
      };
      if (!parents.every(isIn)) areIn = false;
      this.#hashes.add(hash);
    }
    this.#closed = areIn ? closed : undefined;
    return areIn;
  }
}
