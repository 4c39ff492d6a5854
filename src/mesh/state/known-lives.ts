/**
 * The newest life of every Node that a valid hello or record told of. Hellos and records tell of the same lives: here it is
 * seen which is news. Nothing is forgotten when a Node leaves, or its return would look like a first life; the bound keeps
 * more than a table of records and the sessions at rest.
 */
import type { NodeId } from '../../wire/index.ts';
import { type Directory, isNewerLife, type PeerIdentity } from '../identity/identity.ts';

/** Twice the records in reach (src/mesh/topology); about 300 bytes each. */
const MAX_LIVES = 8192;

export class KnownLives implements Directory {
  readonly #lives = new Map<NodeId, PeerIdentity>();

  get(id: NodeId): PeerIdentity | undefined {
    return this.#lives.get(id);
  }

  /** True when it is the first life of this Node or a newer one. */
  learn(identity: PeerIdentity): boolean {
    const known = this.#lives.get(identity.id);
    if (known && !isNewerLife(identity, known)) return false;
    this.#lives.delete(identity.id);
    this.#lives.set(identity.id, identity);
    const oldest = this.#lives.keys().next();
    if (this.#lives.size > MAX_LIVES && !oldest.done) this.#lives.delete(oldest.value);
    return true;
  }
}
