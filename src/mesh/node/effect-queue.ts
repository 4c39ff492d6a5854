/**
 * The order in which a Node performs what its MeshState asks for: one after the other, as they were asked. Handlers and
 * listeners that are called on the way may ask for more, which queues up behind; what fails in one takes no other with it.
 */
import { reportError } from '../../runtime/index.ts';
import type { MeshEffect } from '../vocabulary.ts';

export class EffectQueue {
  readonly #perform: (effect: MeshEffect) => void;
  readonly #waiting: MeshEffect[] = [];
  #isPerforming = false;

  constructor(perform: (effect: MeshEffect) => void) {
    this.#perform = perform;
  }

  /** Performs them now, or after what is being performed. Never throws. */
  add(effects: readonly MeshEffect[]): void {
    for (const effect of effects) this.#waiting.push(effect);
    if (this.#isPerforming || this.#waiting.length === 0) return;
    this.#isPerforming = true;
    for (let at = 0; at < this.#waiting.length; at++) {
      const effect = this.#waiting[at];
      if (effect) this.#performSafely(effect);
    }
    this.#waiting.length = 0;
    this.#isPerforming = false;
  }

  #performSafely(effect: MeshEffect): void {
    try {
      this.#perform(effect);
    } catch (error) {
      reportError(`performing "${effect.type}" failed`, error);
    }
  }
}
