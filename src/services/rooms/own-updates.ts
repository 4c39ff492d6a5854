/**
 * What this device's author wrote, as long as a checkpoint may yet turn out not to count that closed it: then nobody else can say it again.
 * It is here when the rest of what is closed has been let go of, the newest up to a bound. Of each place there is one.
 */
import type { AuthorId } from './contract.ts';
import type { Update } from './update.ts';

export class OwnUpdates implements Iterable<Update> {
  readonly #author: AuthorId | undefined;
  readonly #mostBytes: number;
  /** By place, the one that was let go of first in front. */
  readonly #updates = new Map<string, Update>();
  #bytes = 0;

  /** @param author undefined: nobody writes here */
  constructor(author: AuthorId | undefined, mostBytes: number) {
    this.#author = author;
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  isOwn({ author }: Update): boolean {
    return author === this.#author;
  }

  /** Those of these that are its author's own. */
  keep(updates: Iterable<Update>): void {
    for (const update of updates) if (this.isOwn(update)) this.#keep(update);
    for (const [name, { bytes }] of this.#updates) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#updates.delete(name);
      this.#bytes -= bytes.length;
    }
  }

  [Symbol.iterator](): Iterator<Update> {
    return this.#updates.values();
  }

  #keep(update: Update): void {
    const name = `${update.writer} ${update.number}`;
    this.#bytes += update.bytes.length - (this.#updates.get(name)?.bytes.length ?? 0);
    this.#updates.set(name, update);
  }
}
