/**
 * What a file has that the picture will not show, collected while reading: each sentence once, in order, bounded. Here a part
 * that is wrong becomes a note instead of the end of everything: one bad part never refuses the rest.
 */
import { SceneError, type SceneErrorCode } from './errors.ts';
import { oneLine } from './one-line.ts';

/** A person reads a dozen; a hostile file must not make a million. */
const MAX_WARNINGS = 100;
const MAX_SENTENCE = 400;

/** Not a fault of one part of the file. */
const FATAL: ReadonlySet<SceneErrorCode> = new Set(['reader-failed', 'unknown-animation', 'unknown-choice']);

export class Warnings {
  readonly #sentences = new Set<string>();
  #firstProblem: SceneError | undefined;

  add(sentence: string): void {
    if (this.#sentences.size < MAX_WARNINGS) this.#sentences.add(oneLine(sentence, MAX_SENTENCE));
  }

  /**
   * Does `work`; where a part of the file makes that impossible, `otherwise` stands in for it.
   * @param consequence ends the sentence that tells so
   */
  salvage<T, U>(work: () => T, otherwise: U, consequence = 'it is left out'): T | U {
    try {
      return work();
    } catch (error) {
      this.excuse(error, consequence);
      return otherwise;
    }
  }

  /** As `salvage`, of what was caught. @throws the error, if it is not about a part of the file */
  excuse(error: unknown, consequence = 'it is left out'): void {
    if (!(error instanceof SceneError) || FATAL.has(error.code)) throw error;
    this.#firstProblem ??= error;
    this.add(`${error.message}; ${consequence}`);
  }

  /** Why there is nothing to draw, if there is nothing: the first thing that was wrong. */
  get firstProblem(): SceneError | undefined {
    return this.#firstProblem;
  }

  get list(): readonly string[] {
    return [...this.#sentences];
  }
}
