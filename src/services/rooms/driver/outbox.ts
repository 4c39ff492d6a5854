/**
 * Updates on their way to all who have the room: in order, one multicast at a time, and what is written meanwhile goes together in the
 * next. A peer that is no member any more is left out.
 */
import type { MeshStream } from '../../../mesh/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { reach } from './reach.ts';

/** Of one multicast: well below what the mesh takes, so that small ones behind it do not wait. */
const BATCH_BYTES = 256 * 1024;

export interface OutboxPort {
  readonly stream: Pick<MeshStream, 'send'>;
  peers(): readonly NodeId[];
  close(updates: readonly Uint8Array[]): Uint8Array;
}

export class Outbox {
  readonly #port: OutboxPort;
  #queue: Uint8Array[] = [];
  #isSending = false;

  constructor(port: OutboxPort) {
    this.#port = port;
  }

  push(update: Uint8Array): void {
    this.#queue.push(update);
    if (!this.#isSending) void this.#sendAll();
  }

  clear(): void {
    this.#queue = [];
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    await Promise.resolve(); // what is written in one turn goes together
    while (this.#queue.length > 0) {
      const { stream, peers, close } = this.#port;
      await reach(stream, peers, 'updates', close(this.#nextBatch()));
    }
    this.#isSending = false;
  }

  #nextBatch(): readonly Uint8Array[] {
    let bytes = 0;
    const end = this.#queue.findIndex((update, i) => {
      bytes += update.length;
      return i > 0 && bytes > BATCH_BYTES;
    });
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end);
  }
}
