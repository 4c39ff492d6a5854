/** The lives that we were told of, for people who look: bounded, the first told of go first. */
import type { NodeId } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';

const MAX_LIVES = 2048;

export class Lives {
  readonly #lives = new Map<NodeId, number>();

  learn({ id, life }: PeerIdentity): void {
    if (this.#lives.get(id) === life) return;
    this.#lives.delete(id);
    this.#lives.set(id, life);
    if (this.#lives.size <= MAX_LIVES) return;
    for (const oldest of this.#lives.keys()) {
      this.#lives.delete(oldest);
      return;
    }
  }

  of(id: NodeId): number {
    return this.#lives.get(id) ?? 0;
  }
}
