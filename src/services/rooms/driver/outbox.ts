/**
 * Updates on their way to all who have the room: in order, one multicast at a time, and what is written meanwhile goes together in the
 * next. A peer that is no member any more is left out.
 */
import type { MeshStream } from '../../../mesh/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { EpochId } from '../contract.ts';
import { reach } from './reach.ts';

/** Of one multicast: well below what the mesh takes, so that small ones behind it do not wait. */
const BATCH_BYTES = 256 * 1024;

export interface OutboxPort {
  readonly stream: Pick<MeshStream, 'send'>;
  peers(): readonly NodeId[];
  /** Whose keys are written with. */
  keys(): EpochId;
  close(updates: readonly Uint8Array[], keys: EpochId): Uint8Array;
}

/** One that is on its way. */
interface Outgoing {
  readonly item: Uint8Array;
  /** Who was to have it then, and with which keys. */
  readonly to: readonly NodeId[];
  readonly keys: EpochId;
}

export class Outbox {
  readonly #port: OutboxPort;
  #queue: Outgoing[] = [];
  #isSending = false;

  constructor(port: OutboxPort) {
    this.#port = port;
  }

  push(outgoing: Outgoing): void {
    this.#queue.push(outgoing);
    if (!this.#isSending) void this.#sendAll();
  }

  clear(): void {
    this.#queue = [];
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    await Promise.resolve(); // what is written in one turn goes together
    while (this.#queue.length > 0) {
      const { stream, peers, keys, close } = this.#port;
      const batch = this.#nextBatch();
      const [first] = batch;
      if (!first) break;
      // With keys that have gone, to those who had them: the rotation itself, mostly.
      const to = (): readonly NodeId[] => (first.keys === keys() ? peers() : first.to);
      const items = batch.map(({ item }) => item);
      await reach(stream, to, 'updates', close(items, first.keys));
    }
    this.#isSending = false;
  }

  #nextBatch(): readonly Outgoing[] {
    let bytes = 0;
    const [first] = this.#queue;
    const end = this.#queue.findIndex(({ item, keys }, i) => {
      bytes += item.length;
      return i > 0 && (bytes > BATCH_BYTES || keys !== first?.keys);
    });
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end);
  }
}
