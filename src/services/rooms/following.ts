/** What has come of a room's history: told to those who wait, to the disk, and to the other Nodes. */
import type { NodeId } from '../../wire/index.ts';
import type { Administration } from './administration.ts';
import type { Authors } from './authors.ts';
import type { History } from './history.ts';
import type { HistoryChange } from './history-contract.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import type { Saying } from './saying.ts';
import type { Syncs } from './syncs.ts';
import type { Turning } from './turning.ts';
import type { Update } from './update.ts';
import type { Writes } from './writes.ts';
import type { Writing } from './writing.ts';

export interface FollowingParts {
  readonly self: NodeId;
  readonly history: History;
  readonly authors: Authors;
  readonly peers: Peers;
  readonly saying: Saying;
  readonly administration: Administration;
  readonly writes: Writes;
  readonly writing: Writing;
  readonly turning: Turning;
  readonly syncs: Syncs;
  effect(effect: RoomEffect): void;
  /** All are to say what they have. */
  askAll(): void;
  /** Our own reducer does not answer the same again. */
  stop(): void;
}

export class Following {
  readonly #parts: FollowingParts;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  /** @param event what it came of */
  follow(event: RoomEvent, nowMs: number): void {
    for (const change of this.#parts.history.changes()) this.#followOne(change, event, nowMs);
  }

  #followOne(change: HistoryChange, event: RoomEvent, nowMs: number): void {
    const { history, authors, saying, administration, writing, effect } = this.#parts;
    switch (change.type) {
      case 'accepted':
        if (history.fold.isEquivocal(change.update))
          this.#refuse(authors.nodeOf(change.update), 'it gave two updates one number');
        effect({ type: 'store', update: change.update });
        saying.changed(nowMs);
        administration.changed(nowMs);
        return;
      case 'dropped':
        writing.dropped(change.update);
        return;
      case 'shutOut':
        writing.shutOut(change.update);
        return;
      case 'expired':
        writing.dropped(change.update);
        this.#expired(change.update);
        return;
      case 'refused':
        this.#refuse(authors.nodeOf(change), change.reason);
        return;
      case 'closed':
        this.#closed(change, event, nowMs);
        return;
      case 'broken':
        effect({ type: 'broken', from: change.from, to: change.to, by: change.by });
        return;
      case 'base':
        effect({ type: 'rebased' });
        return;
    }
  }

  #closed(
    { checkpoint, state, before }: Extract<HistoryChange, { type: 'closed' }>,
    event: RoomEvent,
    nowMs: number,
  ): void {
    const { self, authors, peers, history, administration, saying, writes, syncs, turning, effect } =
      this.#parts;
    const author = authors.nodeOf(checkpoint);
    peers.closed(before, checkpoint.hash, history.dag.heads);
    const isHandedOn = event.type === 'updates' && author !== self;
    administration.taken(checkpoint, isHandedOn || event.type === 'loaded', nowMs);
    turning.closed(checkpoint);
    effect({ type: 'keep', checkpoint });
    effect({ type: 'final' });
    if (checkpoint.members.length > 0 || checkpoint.removed.length > 0) effect({ type: 'members' });
    saying.changed(nowMs);
    if (author !== self) for (const settled of writes.closed()) effect(settled);
    if (syncs.size > 0) {
      syncs.begunAgain();
      this.#parts.askAll();
    }
    if (state === 'same' || state === 'unknown') return;
    this.#refuse(author, 'a checkpoint has another state: one of the two runs another function');
    if (state === 'unrepeatable') this.#parts.stop();
  }

  /** Who is of the room could not know yet; who was taken out has no excuse. */
  #expired({ author }: Update): void {
    const { history, authors, effect } = this.#parts;
    const from = history.wasRemoved(author) ? authors.nodeOf({ author }) : undefined;
    effect({ type: 'refused', from, reason: 'an update is written with keys that are no more in use' });
  }

  #refuse(from: NodeId, reason: string): void {
    this.#parts.effect({ type: 'refused', from, reason });
  }
}
