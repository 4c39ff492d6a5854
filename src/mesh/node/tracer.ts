/** Frames as they pass, for the debug panel: entries are only made while someone listens. */
import type { Clock, Emitter } from '../../runtime/index.ts';
import {
  ACKNOWLEDGEMENT_INDEX,
  type FrameHeader,
  FrameType,
  frameBody,
  frameTypeName,
  type NodeId,
  parseFrameHeader,
} from '../../wire/index.ts';
import type { MeshEvents, TraceEntry } from '../contract.ts';
import { decodeMessage, messageTitle, packetContents } from '../window/index.ts';

export class Tracer {
  readonly #events: Emitter<MeshEvents>;
  readonly #clock: Clock;
  readonly #self: NodeId;

  constructor(self: NodeId, events: Emitter<MeshEvents>, clock: Clock) {
    this.#self = self;
    this.#events = events;
    this.#clock = clock;
  }

  frame(
    direction: TraceEntry['direction'],
    link: NodeId,
    header: FrameHeader,
    frame: Uint8Array,
    note = this.#contents(header, frame),
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
  raw(direction: TraceEntry['direction'], link: NodeId, frame: Uint8Array, note?: string): void {
    if (!this.#events.hasListeners('trace')) return;
    const header = parseFrameHeader(frame);
    if (typeof header !== 'string') this.frame(direction, link, header, frame, note);
  }

  /** Names what is ours to read; what we only relay stays closed. */
  #contents({ type, source, target, index }: FrameHeader, frame: Uint8Array): string {
    if (!this.#events.hasListeners('trace')) return '';
    if (type === FrameType.msg_broadcast) {
      const message = decodeMessage(frameBody(frame));
      return message ? messageTitle(message) : '';
    }
    const isOurs = source === this.#self || target === this.#self;
    if (type !== FrameType.msg || index === ACKNOWLEDGEMENT_INDEX || !isOurs) return '';
    return packetContents(frameBody(frame));
  }
}
