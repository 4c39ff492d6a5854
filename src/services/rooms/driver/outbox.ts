/**
 * Updates on their way to all who have the room: in order, one multicast at a time, and what is written meanwhile goes together in the
 * next. A peer that is no member any more is left out.
 *
 * A little to a few goes straight to each (reach.ts).
 */
import type { MeshStream } from '../../../mesh/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { EpochId } from '../contract.ts';
import { lost, reach, STRAIGHT_NODES } from './reach.ts';

/** Of one multicast: well below what the mesh takes, so that small ones behind it do not wait. */
const BATCH_BYTES = 256 * 1024;
/**
 * On their way straight, to all together: a dozen small updates to seven others, who acknowledge three at once and the last ones late. More
 * is cheaper over the tree, for its author's Link above all: this takes a quarter of a second of one of 1 Mbit/s.
 */
const STRAIGHT_BYTES = 32 * 1024;

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
  /** On their way straight. What does not fit beside them goes over the tree, which tells us how fast to go. */
  #straightBytes = 0;

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
      const message = close(items, first.keys);
      if (!this.#goesStraight(to(), message)) await reach(stream, to, 'updates', message);
    }
    this.#isSending = false;
  }

  #goesStraight(to: readonly NodeId[], message: Uint8Array): boolean {
    const bytes = to.length * message.length;
    if (to.length > STRAIGHT_NODES || this.#straightBytes + bytes > STRAIGHT_BYTES) return false;
    this.#straightBytes += bytes;
    const over = (): void => {
      this.#straightBytes -= message.length;
    };
    for (const node of to)
      void this.#port.stream.send(node, 'updates', message, { isAwaited: false }).catch(lost).then(over);
    return true;
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
