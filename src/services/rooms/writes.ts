/**
 * Own updates that nobody else is known to have yet, and who waits for that. While there is nobody else, it is this device's disk that counts.
 */
import type { ItemHash, RoomDisk, UpdateHash } from './contract.ts';
import { RoomLeftError } from './errors.ts';
import type { History } from './history.ts';
import type { Peer } from './peers.ts';
import type { RoomEffect, Token } from './room-events.ts';
import type { Update } from './update.ts';

export class Writes {
  readonly #history: Pick<History, 'dag' | 'tipHash' | 'isClosed'>;
  readonly #isPassing: boolean;
  readonly #pending = new Map<Token, Update>();
  /** Of these, what is on this device's disk. */
  readonly #stored = new Set<ItemHash>();
  #disk: RoomDisk['type'] = 'memory';

  /** @param isPassing as in `Rooms.keep`: what only this Node has is gone with it */
  constructor(history: Pick<History, 'dag' | 'tipHash' | 'isClosed'>, isPassing = false) {
    this.#history = history;
    this.#isPassing = isPassing;
  }

  add(token: Token, update: Update): void {
    this.#pending.set(token, update);
  }

  /** It was written again. */
  replace(before: UpdateHash, update: Update): void {
    for (const [token, { hash }] of this.#pending) if (hash === before) this.#pending.set(token, update);
  }

  cancel(token: Token): void {
    this.#pending.delete(token);
  }

  /** What that peer is known to have may have grown: settles what it has, the oldest first, because it cannot have a later one without. */
  arrived(peer: Peer | undefined): readonly RoomEffect[] {
    const settled: RoomEffect[] = [];
    for (const [token, update] of this.#pending) {
      if (!peer || peer.isPassing || !this.#isAt(peer, update)) break;
      this.#pending.delete(token);
      settled.push({ type: 'settled', token, hash: update.hash });
    }
    return settled;
  }

  /** Nothing more comes of it. Who waited for that, if somebody did. */
  take({ hash }: Update): Token | undefined {
    for (const [token, update] of this.#pending) {
      if (update.hash !== hash) continue;
      this.#pending.delete(token);
      return token;
    }
    return undefined;
  }

  /** Another device has closed these: it has them. */
  closed(): readonly RoomEffect[] {
    const settled: RoomEffect[] = [];
    for (const [token, update] of this.#pending) {
      if (!this.#history.isClosed(update)) continue;
      this.#pending.delete(token);
      settled.push({ type: 'settled', token, hash: update.hash });
    }
    return settled;
  }

  /** @param hashes what is on it now; all that is here, where it is `kept` */
  disk(disk: RoomDisk['type'], hashes: readonly ItemHash[]): void {
    this.#disk = disk;
    const stored = new Set(hashes);
    for (const { hash } of this.#pending.values())
      if (disk === 'kept' || stored.has(hash)) this.#stored.add(hash);
  }

  /** Nobody else has the room: what is here is all that there is to wait for. */
  alone(): readonly RoomEffect[] {
    if (this.#isPassing) return this.fail(new RoomLeftError());
    const settled: RoomEffect[] = [];
    // Where another tab of this browser keeps the room, this one does when that one goes.
    const isStoring = this.#disk !== 'memory' && this.#disk !== 'trouble';
    for (const [token, { hash }] of this.#pending) {
      if (isStoring && !this.#stored.has(hash)) continue;
      this.#pending.delete(token);
      settled.push({ type: 'settled', token, hash });
    }
    if (this.#pending.size === 0) this.#stored.clear();
    return settled;
  }

  /** Gives up all; who waits is told. */
  fail(error: Error): readonly RoomEffect[] {
    const failed = [...this.#pending.keys()].map((token): RoomEffect => ({ type: 'failed', token, error }));
    this.#pending.clear();
    return failed;
  }

  #isAt({ heads, checkpoint }: Peer, update: Update): boolean {
    const { dag, tipHash } = this.#history;
    if (this.#history.isClosed(update)) return checkpoint === tipHash;
    return heads !== undefined && dag.isIn(update.hash, heads);
  }
}
