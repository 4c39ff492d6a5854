/**
 * Updates on their way to all who have the room: in order, one multicast at a time, and what is written meanwhile goes together in the
 * next. A peer that is no member any more is left out.
 */
import { type MeshStream, TargetsUnreachableError } from '../../../mesh/index.ts';
import { log, messageOf } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';

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
    while (this.#queue.length > 0) await this.#send(this.#nextBatch());
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

  /** Whom this does not reach asks for it when it hears of it. */
  async #send(updates: readonly Uint8Array[]): Promise<void> {
    const unreachable = new Set<NodeId>();
    for (;;) {
      const to = this.#port.peers().filter((node) => !unreachable.has(node));
      if (to.length === 0) return;
      try {
        return await this.#port.stream.send(to, 'updates', this.#port.close(updates));
      } catch (error) {
        if (!(error instanceof TargetsUnreachableError)) {
          log('debug', `updates of a room did not leave: ${messageOf(error)}`);
          return;
        }
        for (const node of error.targets) unreachable.add(node);
      }
    }
  }
}
