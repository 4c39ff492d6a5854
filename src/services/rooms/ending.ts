/** Why nothing goes on in a room here, for good: its reducer is none, or this device was taken out. Who waits for something is told. */
import type { NodeId } from '../../wire/index.ts';
import type { Administration } from './administration.ts';
import type { Checkpoint } from './checkpoint.ts';
import { RoomRemovedError, RoomStoppedError } from './errors.ts';
import type { RoomEffect, RoomEvent } from './room-events.ts';
import type { Syncs } from './syncs.ts';
import type { Writes } from './writes.ts';
import type { Writing } from './writing.ts';

export interface EndingParts {
  readonly syncs: Syncs;
  readonly writes: Writes;
  readonly writing: Writing;
  readonly administration: Administration;
  effect(effect: RoomEffect): void;
}

interface Ended {
  readonly type: 'stopped' | 'removed';
  readonly reason: string;
}

/** Of who was taken out. */
const REMOVED =
  'an administrator has removed this device from the room, or did not know it when somebody else was removed: what it had it keeps, what others write from now on it cannot read, and what it writes counts nowhere; for another way in, ask for a new link';

export class Ending {
  readonly #parts: EndingParts;
  #ended: Ended | undefined;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  get ended(): Ended | undefined {
    return this.#ended;
  }

  /** Whoever differs has the same updates, so no write waits any more. */
  stop(reason: string): void {
    if (this.#end({ type: 'stopped', reason })) this.#parts.effect({ type: 'stopped', reason });
  }

  remove(by: NodeId, rotation: Pick<Checkpoint, 'hash' | 'bytes'>): void {
    const ended = { type: 'removed', reason: REMOVED } as const;
    if (this.#end(ended)) this.#parts.effect({ ...ended, by, rotation });
  }

  /** What is asked for when nothing goes on any more. */
  after(event: RoomEvent): void {
    if (event.type !== 'write' && event.type !== 'sync' && event.type !== 'boot') return;
    if (this.#ended) this.#parts.effect({ type: 'failed', token: event.token, error: errorOf(this.#ended) });
  }

  #end(ended: Ended): boolean {
    if (this.#ended) return false;
    this.#ended = ended;
    const { syncs, writes, writing, administration, effect } = this.#parts;
    const error = errorOf(ended);
    for (const failed of [...syncs.fail(error), ...writes.fail(error)]) effect(failed);
    writing.fail(error);
    administration.fail(error);
    return true;
  }
}

function errorOf({ type, reason }: Ended): Error {
  return type === 'stopped' ? new RoomStoppedError(reason) : new RoomRemovedError(reason);
}
