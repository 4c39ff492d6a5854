/** Own updates that nobody else is known to have yet, and who waits for that. */
import type { Dag } from './dag.ts';
import type { Peer } from './peers.ts';
import type { RoomEffect, Token } from './room-events.ts';
import type { Update } from './update.ts';

export class Writes {
  readonly #dag: Dag;
  readonly #pending = new Map<Token, Update>();

  constructor(dag: Dag) {
    this.#dag = dag;
  }

  add(token: Token, update: Update): void {
    this.#pending.set(token, update);
  }

  cancel(token: Token): void {
    this.#pending.delete(token);
  }

  /** What that peer is known to have may have grown: settles what it has, the oldest first, because it cannot have a later one without. */
  arrived(peer: Peer | undefined): readonly RoomEffect[] {
    const settled: RoomEffect[] = [];
    for (const [token, { hash }] of this.#pending) {
      if (!peer?.heads || !this.#dag.isIn(hash, peer.heads)) break;
      this.#pending.delete(token);
      settled.push({ type: 'settled', token, hash });
    }
    return settled;
  }

  /** Nobody else has the room: what is here is all that there is to wait for. */
  alone(): readonly RoomEffect[] {
    const settled = [...this.#pending].map(
      ([token, { hash }]): RoomEffect => ({ type: 'settled', token, hash }),
    );
    this.#pending.clear();
    return settled;
  }
}
