/**
 * What is kept of a peer that is gone, when nothing of it is kept otherwise: where its streams stood, in its present life. It may come back
 * in the same life, with packets of before still on their way. A few numbers do what its windows (three KiB each) would do: a sending one
 * begins where the last one ended, and a receiving one goes on where the last one stood.
 */
import type { StreamId } from '../vocabulary.ts';
import type { Standing } from '../window/index.ts';

/** Of a peer's streams without windows, as many as it may have at a time with them (arrivals.ts). */
const MAX_INCOMING = 32;

export class Positions {
  /** Of the pair of lives that they belong to. */
  readonly tag: number;
  /** Position of the next packet of ours. */
  readonly outgoing = new Map<StreamId, number>();
  readonly #incoming = new Map<StreamId, Standing>();

  constructor(tag: number) {
    this.tag = tag;
  }

  /** A window is made for this stream, which begins there; 0 where none has been. */
  takeOutgoing(stream: StreamId): number {
    const next = this.outgoing.get(stream) ?? 0;
    this.outgoing.delete(stream);
    return next;
  }

  /** A window is made for this stream, which goes on there. */
  takeIncoming(stream: StreamId): Standing | undefined {
    const standing = this.#incoming.get(stream);
    this.#incoming.delete(stream);
    return standing;
  }

  keepIncoming(stream: StreamId, standing: Standing): void {
    this.#incoming.set(stream, standing);
    if (this.#incoming.size <= MAX_INCOMING) return;
    for (const oldest of this.#incoming.keys()) {
      this.#incoming.delete(oldest);
      return;
    }
  }
}
