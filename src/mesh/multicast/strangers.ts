/**
 * Broadcasts of Nodes whose key is not known yet: their record is on its way, over another lane than the frame. They wait a
 * moment in a small place; what does not find room is asked for when the record has come.
 */
import type { FrameHeader, NodeId } from '../../wire/index.ts';
import type { FrameArrived } from '../vocabulary.ts';

/** Names that are remembered: records arrive together, at most some hundred at once. */
const MAX_STRANGERS = 256;
/** Frames of one neighbour, so that none takes the place of the others' (six to twelve of them). */
const MAX_FRAMES_PER_NEIGHBOUR = 16;
const MAX_BYTES_PER_NEIGHBOUR = 256 * 1024;

interface Stranger {
  readonly frames: FrameArrived[];
}

export class Strangers {
  readonly #strangers = new Map<NodeId, Stranger>();
  readonly #frames = new Map<NodeId, number>();
  readonly #bytes = new Map<NodeId, number>();

  /** Somebody has something of this Node. */
  note(source: NodeId): Stranger {
    const known = this.#strangers.get(source);
    if (known) return known;
    if (this.#strangers.size >= MAX_STRANGERS) {
      const oldest = this.#strangers.keys().next();
      if (!oldest.done) this.take(oldest.value);
    }
    const stranger = { frames: [] };
    this.#strangers.set(source, stranger);
    return stranger;
  }

  /** False when it finds no room. */
  keep(via: NodeId, header: FrameHeader, frame: Uint8Array): boolean {
    const stranger = this.note(header.source);
    const frames = this.#frames.get(via) ?? 0;
    const bytes = this.#bytes.get(via) ?? 0;
    if (frames >= MAX_FRAMES_PER_NEIGHBOUR || bytes + frame.length > MAX_BYTES_PER_NEIGHBOUR) return false;
    this.#frames.set(via, frames + 1);
    this.#bytes.set(via, bytes + frame.length);
    stranger.frames.push({ type: 'frame', via, header, frame });
    return true;
  }

  /** What waited for this Node's record; undefined when nobody spoke of it. */
  take(source: NodeId): readonly FrameArrived[] | undefined {
    const stranger = this.#strangers.get(source);
    if (!stranger) return undefined;
    this.#strangers.delete(source);
    for (const { via, frame } of stranger.frames) {
      this.#subtract(this.#frames, via, 1);
      this.#subtract(this.#bytes, via, frame.length);
    }
    return stranger.frames;
  }

  #subtract(counts: Map<NodeId, number>, via: NodeId, count: number): void {
    const left = (counts.get(via) ?? 0) - count;
    if (left > 0) counts.set(via, left);
    else counts.delete(via);
  }
}
