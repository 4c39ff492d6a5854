/** Frames as they pass, for the debug panel: entries are only made while someone listens. */
import type { Clock, Emitter } from '../../runtime/index.ts';
import { type FrameHeader, frameTypeName, type NodeId, parseFrameHeader } from '../../wire/index.ts';
import type { MeshEvents, TraceEntry } from '../contract.ts';

export class Tracer {
  readonly #events: Emitter<MeshEvents>;
  readonly #clock: Clock;

  constructor(events: Emitter<MeshEvents>, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  frame(
    direction: TraceEntry['direction'],
    link: NodeId,
    header: FrameHeader,
    frame: Uint8Array,
    note = '',
  ): void {
    if (!this.#events.hasListeners('trace')) return;
    this.#events.emit('trace', {
      atMs: this.#clock.now(),
      direction,
      link,
      type: frameTypeName(header.type) ?? String(header.type),
      source: header.source,
      target: header.target,
      index: header.index,
      stream: header.stream,
      hopLimit: header.hopLimit,
      bytes: frame.length,
      note,
    });
  }

  /** For a frame of our own, whose header nobody has parsed. */
  raw(direction: TraceEntry['direction'], link: NodeId, frame: Uint8Array, note = ''): void {
    if (!this.#events.hasListeners('trace')) return;
    const header = parseFrameHeader(frame);
    if (typeof header !== 'string') this.frame(direction, link, header, frame, note);
  }
}
