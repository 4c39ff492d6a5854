/**
 * Broadcasts of Nodes whose key is not known yet: their record is on its way, over another lane than the frame. They wait a
 * moment in a small place, one for each neighbour, so that none takes the place of the others'. Whoever was spoken of at
 * all is asked for when the record has come. Nobody may send it of its own accord: who has left meanwhile is in no digest. So the
 * neighbour that spoke is asked for it after a while.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { FrameArrived, WantRecords } from '../vocabulary.ts';

/** Names that one neighbour may speak of: records arrive together, at most some dozens behind their broadcasts. */
const MAX_STRANGERS = 64;
const MAX_FRAMES = 16;
const MAX_BYTES = 256 * 1024;
/** What is on its way is here by then; and no sooner is a neighbour asked again that goes on to speak of them. */
const ASK_AFTER_MS = 2000;

/** What one neighbour brought. */
class Waiting {
  readonly frames = new Map<NodeId, FrameArrived[]>();
  /** Spoken of since this neighbour was last asked. */
  readonly unasked = new Set<NodeId>();
  askAt = NEVER;
  count = 0;
  bytes = 0;

  of(source: NodeId, now: number): FrameArrived[] {
    this.unasked.add(source);
    if (this.askAt === NEVER) this.askAt = now + ASK_AFTER_MS;
    const known = this.frames.get(source);
    if (known) return known;
    if (this.frames.size >= MAX_STRANGERS) {
      const oldest = this.frames.keys().next();
      if (!oldest.done) this.take(oldest.value);
    }
    const frames: FrameArrived[] = [];
    this.frames.set(source, frames);
    return frames;
  }

  take(source: NodeId): readonly FrameArrived[] | undefined {
    this.unasked.delete(source);
    const frames = this.frames.get(source);
    if (!frames) return undefined;
    this.frames.delete(source);
    this.count -= frames.length;
    for (const { frame } of frames) this.bytes -= frame.length;
    return frames;
  }
}

export class Strangers {
  readonly #waiting = new Map<NodeId, Waiting>();

  /** The neighbour has something of this Node. */
  note(via: NodeId, source: NodeId, now: number): void {
    this.#of(via).of(source, now);
  }

  /** False when it finds no room. The Node is noted all the same. */
  keep(event: FrameArrived, now: number): boolean {
    const waiting = this.#of(event.via);
    const frames = waiting.of(event.header.source, now);
    const { length } = event.frame;
    if (waiting.count >= MAX_FRAMES || waiting.bytes + length > MAX_BYTES) return false;
    waiting.count++;
    waiting.bytes += length;
    frames.push(event);
    return true;
  }

  /** What waited for this Node's record; undefined when nobody spoke of it. */
  take(source: NodeId): readonly FrameArrived[] | undefined {
    let all: FrameArrived[] | undefined;
    for (const waiting of this.#waiting.values()) {
      const frames = waiting.take(source);
      if (!frames) continue;
      all ??= [];
      all.push(...frames);
    }
    return all;
  }

  /** When a neighbour is to be asked. */
  get nextWakeAt(): number {
    let at = NEVER;
    for (const { askAt } of this.#waiting.values()) at = Math.min(at, askAt);
    return at;
  }

  /** Whom to ask now for which records. */
  due(now: number): WantRecords[] {
    const wanted: WantRecords[] = [];
    for (const [peer, waiting] of this.#waiting) {
      if (now < waiting.askAt) continue;
      waiting.askAt = NEVER;
      if (waiting.unasked.size > 0) wanted.push({ type: 'want-records', peer, ids: [...waiting.unasked] });
      waiting.unasked.clear();
    }
    return wanted;
  }

  /** The neighbour is gone. */
  forget(via: NodeId): void {
    this.#waiting.delete(via);
  }

  #of(via: NodeId): Waiting {
    const known = this.#waiting.get(via);
    if (known) return known;
    const waiting = new Waiting();
    this.#waiting.set(via, waiting);
    return waiting;
  }
}
