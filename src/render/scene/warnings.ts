/** What a file has that the picture will not show, collected while reading: each sentence once, in order, bounded. */

/** A person reads a dozen; a hostile file must not make a million. */
const MAX_WARNINGS = 100;

export class Warnings {
  readonly #sentences = new Set<string>();

  add(sentence: string): void {
    if (this.#sentences.size < MAX_WARNINGS) this.#sentences.add(sentence);
  }

  get list(): readonly string[] {
    return [...this.#sentences];
  }
}
