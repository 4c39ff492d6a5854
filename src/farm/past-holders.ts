/** Who had a Job's inputs or a copy of its results at any time, as far as was said: who may keep a copy when others are gone. */
import type { NodeId } from '../wire/index.ts';
import type { WorkReport } from './messages.ts';

const MAX_REMEMBERED = 64;

export class PastHolders {
  /** The latest last. */
  readonly #nodes = new Set<NodeId>();

  get latestFirst(): readonly NodeId[] {
    return [...this.#nodes].reverse();
  }

  add({ holders, standby }: Pick<WorkReport, 'holders' | 'standby'>): void {
    for (const node of standby === undefined ? holders : [...holders, standby]) {
      this.#nodes.delete(node);
      this.#nodes.add(node);
    }
    for (const node of this.#nodes) {
      if (this.#nodes.size <= MAX_REMEMBERED) break;
      this.#nodes.delete(node);
    }
  }
}
