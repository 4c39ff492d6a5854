/** What is closed of a room and still here: its base, and each checkpoint since with the updates that it closed. */
import type { Checkpoint } from './checkpoint.ts';
import type { UpdateHash } from './contract.ts';
import type { Anchor, Base, Segment } from './history-contract.ts';
import type { Update } from './update.ts';

export class Segments {
  /** The base, of which no updates are here, then those that were closed since. */
  #all: Segment[] = [];
  readonly #updates = new Map<UpdateHash, Update>();
  #bytes = 0;

  constructor(anchor: Anchor) {
    this.#all.push({ anchor, updates: [], bytes: 0 });
  }

  get all(): readonly Segment[] {
    return this.#all;
  }

  get last(): Segment {
    const last = this.#all.at(-1);
    if (!last) throw new Error('a room has at least its beginning');
    return last;
  }

  /** On which the updates stand; undefined for the room's beginning. */
  get base(): Base | undefined {
    const { checkpoint, state, closed, members } = this.#all[0]?.anchor ?? {};
    return checkpoint && closed && members && state !== undefined
      ? { checkpoint, state, closed, members }
      : undefined;
  }

  /** In order. */
  get updates(): Iterable<Update> {
    return this.#updates.values();
  }

  /** Of the updates. */
  get bytes(): number {
    return this.#bytes;
  }

  get(hash: UpdateHash): Update | undefined {
    return this.#updates.get(hash);
  }

  /** Whether its author has made another of that number and term: there is one. */
  hasTwinOf({ number, author, takes }: Checkpoint): boolean {
    const own = this.#all.find(({ anchor }) => anchor.checkpoint?.number === number)?.anchor.checkpoint;
    return own?.author === author && own.takes.join() === takes.join();
  }

  add(anchor: Anchor, updates: readonly Update[]): void {
    const bytes = updates.reduce((sum, update) => sum + update.bytes.length, 0);
    this.#all.push({ anchor, updates, bytes });
    this.#bytes += bytes;
    for (const update of updates) this.#updates.set(update.hash, update);
  }

  /** Begins with that one. @returns what is not here any more, in order */
  beginWith(anchor: Anchor): readonly Update[] {
    const gone = [...this.#updates.values()];
    this.#all = [{ anchor, updates: [], bytes: 0 }];
    this.#updates.clear();
    this.#bytes = 0;
    return gone;
  }

  /** Goes back to the checkpoint of that number. @returns what came after it, in order; undefined where that one is not here */
  backTo(number: number): readonly Update[] | undefined {
    const kept = this.#all.findIndex(({ anchor }) => (anchor.checkpoint?.number ?? 0) === number);
    if (kept < 0) return undefined;
    const gone = this.#all.slice(kept + 1);
    this.#all = this.#all.slice(0, kept + 1);
    for (const segment of gone) this.#forget(segment);
    return gone.flatMap(({ updates }) => updates);
  }

  /** The base becomes a later one, as far as states are known. @returns what was let go of, in order */
  shrinkTo(mostBytes: number): readonly Update[] {
    const gone: Update[] = [];
    while (this.#bytes > mostBytes && this.#all[1]?.anchor.state !== undefined) {
      const [, base, ...rest] = this.#all;
      if (!base) break;
      this.#forget(base);
      gone.push(...base.updates);
      this.#all = [{ anchor: base.anchor, updates: [], bytes: 0 }, ...rest];
    }
    return gone;
  }

  #forget({ updates, bytes }: Segment): void {
    for (const { hash } of updates) this.#updates.delete(hash);
    this.#bytes -= bytes;
  }
}
