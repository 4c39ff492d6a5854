/** What one event leads to in a FarmState: steps that this Node takes one after the other, and the effects that are left in the end. */
import type { JobId } from './contract.ts';
import type { FarmEffect } from './farm-events.ts';

export class Reaction {
  readonly #steps: (() => void)[] = [];
  readonly #changed = new Set<JobId>();
  #effects: FarmEffect[] = [];

  /** After what is being done now, which may be in the midst of a change. */
  later(step: () => void): void {
    this.#steps.push(step);
  }

  add(effect: FarmEffect): void {
    this.#effects.push(effect);
  }

  /** People see it; told once, in the end. */
  changed(id: JobId): void {
    this.#changed.add(id);
  }

  /** Takes the steps; what has changed is told of Jobs that are still known. */
  end(isKnown: (id: JobId) => boolean): readonly FarmEffect[] {
    for (let step = this.#steps.shift(); step; step = this.#steps.shift()) step();
    for (const id of this.#changed) if (isKnown(id)) this.add({ type: 'changed', id });
    this.#changed.clear();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}
