/** Everything with a channel, in the order of opening: shaking hands, open, ending; and the questions that are asked of all of it. */
import type { NodeId } from '../../wire/index.ts';
import type { ChannelId } from '../vocabulary.ts';
import type { Connection } from './connection.ts';

export class Connections {
  readonly #all = new Map<ChannelId, Connection>();

  get(channel: ChannelId): Connection | undefined {
    return this.#all.get(channel);
  }

  add(connection: Connection): void {
    this.#all.set(connection.channel, connection);
  }

  delete(connection: Connection): void {
    this.#all.delete(connection.channel);
  }

  /** Puts another in its place, on the same channel. */
  replace(connection: Connection, next: Connection): void {
    this.#all.delete(connection.channel); // the order is that of beginning
    this.#all.set(next.channel, next);
  }

  /** Those that were Links once and wait for their other ends, the longest first. */
  get dormant(): readonly Connection[] {
    return this.list().filter(({ isDormant }) => isDormant);
  }

  /** A copy, to go through while connections come and go. */
  list(): readonly Connection[] {
    return [...this.#all.values()];
  }

  of(peer: NodeId): readonly Connection[] {
    return this.list().filter((connection) => connection.peer === peer);
  }

  /** A dormant one does not count: nothing is under way with it. */
  has(peer: NodeId): boolean {
    for (const connection of this.#all.values())
      if (connection.peer === peer && !connection.isDormant) return true;
    return false;
  }

  *strangers(): Iterable<Connection> {
    for (const connection of this.#all.values()) if (connection.isStranger) yield connection;
  }

  /** Whether a channel that we opened to this peer, no longer ago than `sinceMs`, still shakes hands. */
  isCalling(peer: NodeId, sinceMs: number): boolean {
    for (const connection of this.#all.values()) {
      if (connection.peer !== peer || !connection.isInitiator || !connection.isShakingHands) continue;
      if (connection.openedAtMs > sinceMs) return true;
    }
    return false;
  }
}
