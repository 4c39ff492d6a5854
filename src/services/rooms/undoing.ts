/** What this device has written and may take back, the newest first; and what it has taken back. As a stack of places. */
import type { Token } from './room-events.ts';
import { isSamePlace, type Undoes, type Update } from './update.ts';

export class Undoing {
  /** That count, the newest last. */
  #done: Undoes[] = [];
  /** Undone, the last one last, and by what. */
  #undone: { readonly what: Undoes; readonly by: Undoes }[] = [];
  /** By what it was undone, where that is to be taken back. */
  readonly #asked = new Map<Token, { readonly what: Undoes; readonly by: Undoes | undefined }>();

  /** Undefined: there is none. */
  get next(): Undoes | undefined {
    return this.#done.at(-1);
  }

  get nextRedo(): Undoes | undefined {
    return this.#undone.at(-1)?.by;
  }

  /** That token is to undo the next one, or to redo. What is asked for meanwhile is about the one before. */
  ask(token: Token, isRedo: boolean): void {
    const undone = isRedo ? this.#undone.pop() : undefined;
    const what = isRedo ? undone?.what : this.#done.pop();
    if (what) this.#asked.set(token, { what, by: undone?.by });
  }

  written(token: Token, { session, number }: Update): void {
    const place = { session, number };
    const asked = this.#asked.get(token);
    this.#asked.delete(token);
    if (!asked) {
      this.#done.push(place);
      this.#undone = [];
    } else if (asked.by) this.#done.push(asked.what);
    else this.#undone.push({ what: asked.what, by: place });
  }

  /** What was at that place is at another now. */
  moved(from: Undoes, { session, number }: Undoes): void {
    const now = (place: Undoes): Undoes => (isSamePlace(place, from) ? { session, number } : place);
    this.#done = this.#done.map(now);
    this.#undone = this.#undone.map(({ what, by }) => ({ what: now(what), by: now(by) }));
    for (const [token, { what, by }] of this.#asked)
      this.#asked.set(token, { what: now(what), by: by && now(by) });
  }

  /** It does nothing: there is nothing to take back. */
  overtaken(place: Undoes): void {
    this.#done = this.#done.filter((done) => !isSamePlace(done, place));
  }

  /** Nothing came of it. */
  failed(token: Token): void {
    const asked = this.#asked.get(token);
    if (asked?.by) this.#undone.push({ what: asked.what, by: asked.by });
    else if (asked) this.#done.push(asked.what);
    this.#asked.delete(token);
  }
}
