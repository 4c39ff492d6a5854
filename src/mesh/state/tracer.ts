/** Frames as they pass, for people who look: entries are only made while it is on. */
import {
  ACKNOWLEDGEMENT_INDEX,
  type FrameHeader,
  FrameType,
  frameBody,
  frameTypeName,
  type NodeId,
  parseFrameHeader,
} from '../../wire/index.ts';
import type { TraceEntry } from '../contract.ts';
import { packetContents } from '../window/index.ts';

type Direction = TraceEntry['direction'];

export class Tracer {
  isOn = false;
  readonly #self: NodeId;
  #entries: Omit<TraceEntry, 'atMs'>[] = [];

  constructor(self: NodeId) {
    this.#self = self;
  }

  frame(direction: Direction, link: NodeId, header: FrameHeader, frame: Uint8Array, note?: string): void {
    if (!this.isOn) return;
    const { source, target, index, stream, hopLimit } = header;
    this.#entries.push({
      direction,
      link,
      type: frameTypeName(header.type) ?? String(header.type),
      source,
      target,
      index,
      stream,
      hopLimit,
      bytes: frame.length,
      note: note ?? this.#contents(header, frame),
    });
  }

  /** For a frame of our own, whose header nobody has parsed. */
  raw(direction: Direction, link: NodeId, frame: Uint8Array, note?: string): void {
    if (!this.isOn) return;
    const header = parseFrameHeader(frame);
    if (typeof header !== 'string') this.frame(direction, link, header, frame, note);
  }

  /** What has passed since it was last asked. */
  take(atMs: number): readonly TraceEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries.map((entry) => ({ ...entry, atMs }));
  }

  /** Names what is ours to read; what we only relay stays closed. */
  #contents({ type, source, target, index }: FrameHeader, frame: Uint8Array): string {
    const isOurs = source === this.#self || target === this.#self;
    if (type !== FrameType.msg || index === ACKNOWLEDGEMENT_INDEX || !isOurs) return '';
    return packetContents(frameBody(frame));
  }
}
