/**
 * How long frames are kept for replay. A log holds what somebody still needs, up to MAX_LOG_BYTES; what everybody has taken
 * stays for the replay span, up to REPLAY_BYTES. All of it is charged to its source. An honest source keeps at most a window
 * (flow.ts) beyond what all have taken, so its logs do not overflow; one that does not keep to it is cut off.
 */

import { MAX_CONTENT_BYTES } from './broadcast-frame.ts';
import type { Context } from './context.ts';
import type { Delivery } from './delivery.ts';
import type { Flow } from './flow.ts';
import { FRAME_COST_BYTES } from './frame-log.ts';
import { WINDOW_BYTES } from './pace.ts';
import type { Source } from './source.ts';

/** A partition or a frozen page within it loses nothing: the longest freeze of a member is 60 s, and then it has to come back. */
export const REPLAY_SPAN_MS = 120_000;
/** Of one source: a window for those who catch up and one for what is on its way. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;
/** Of one source, when everybody has taken it. */
export const REPLAY_BYTES = 2 * 1024 * 1024;
/**
 * Of one source, whatever fills its account: what it may have on its way and two frames. A handler that holds its largest message may
 * wait for its broadcasts, and who keeps to the window is not cut off because our application is at work.
 */
const RESERVED_BYTES = WINDOW_BYTES + 2 * MAX_CONTENT_BYTES;
/** Of all sources: a quarter of what remote Nodes may cost together. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/** A source that makes others lose so much ignores the window on purpose. */
const MAX_OVERRUN_BYTES = 8 * 1024 * 1024;
/** A guess; nothing depends on it but memory. */
const SWEEP_MS = 10_000;

export class Retention {
  readonly #context: Context;
  readonly #flow: Flow;
  readonly #delivery: Delivery;
  #totalBytes = 0;
  #sweepAt = Number.POSITIVE_INFINITY;

  constructor(context: Context, flow: Flow, delivery: Delivery) {
    this.#context = context;
    this.#flow = flow;
    this.#delivery = delivery;
  }

  /** Makes room for another frame of the source; false when its account is used up all the same. */
  makeRoom(source: Source, frame: Uint8Array, now: number): boolean {
    const bytes = frame.length + FRAME_COST_BYTES;
    const { log } = source;
    if (log.bytes + bytes > REPLAY_BYTES) this.#dropTaken(source, now, REPLAY_BYTES - bytes);
    while (log.bytes + bytes > MAX_LOG_BYTES) {
      const isBlamed = this.#flow.ignoresWindow(source, now);
      const dropped = this.#dropOldest(source);
      source.lostBytes += dropped;
      if (isBlamed) source.overrunBytes += dropped;
    }
    if (this.#totalBytes + bytes > MAX_TOTAL_BYTES) this.#shrinkAll(now, MAX_TOTAL_BYTES - bytes);
    if (this.#isOwn(source)) return true;
    if (source.overrunBytes > MAX_OVERRUN_BYTES) {
      source.overrunBytes = 0;
      this.#context.emit({
        type: 'cut-off',
        peer: source.id,
        why: 'too-much',
        reason: 'broadcasts faster than they are taken',
      });
      return false;
    }
    if (this.#hasRoom(source, bytes)) return true;
    this.#dropTaken(source, now, Math.max(0, log.bytes - bytes));
    if (this.#hasRoom(source, bytes)) return true;
    source.overrunBytes += bytes;
    return false;
  }

  append(source: Source, frame: Uint8Array, now: number): void {
    source.log.append(frame, now);
    this.#context.heard.add(source);
    this.#charge(source, frame.length + FRAME_COST_BYTES);
    if (this.#sweepAt !== Number.POSITIVE_INFINITY) return;
    this.#sweepAt = now + SWEEP_MS;
    this.#context.wakeBy(this.#sweepAt);
  }

  keepEarly(source: Source, sequence: number, frame: Uint8Array): void {
    this.#charge(source, source.keepEarly(sequence, frame));
  }

  takeEarly(source: Source, sequence: number): Uint8Array | undefined {
    const before = source.earlyBytes;
    const frame = source.takeEarly(sequence);
    this.#charge(source, source.earlyBytes - before);
    return frame;
  }

  /** Puts frames before those that are kept, if there is room for them. They end where the log begins. */
  prepend(source: Source, frames: readonly Uint8Array[]): void {
    let bytes = 0;
    for (const frame of frames) bytes += frame.length + FRAME_COST_BYTES;
    if (source.log.isEmpty || this.#totalBytes + bytes > MAX_TOTAL_BYTES) return;
    if (source.log.bytes + bytes > MAX_LOG_BYTES || !this.#hasRoom(source, bytes)) return;
    source.log.prepend(frames);
    this.#charge(source, bytes);
  }

  /** Goes on at `sequence`: what lies before is not to be had. */
  skipTo(source: Source, sequence: number): void {
    this.#charge(source, -source.log.bytes);
    source.log.skipTo(sequence);
    this.#context.heard.delete(source);
    source.delivered = sequence;
  }

  /** Gives back everything that the source costs. */
  forget(source: Source): void {
    this.#charge(source, -source.log.bytes);
    this.#dropEarly(source);
    source.log.skipTo(source.log.next);
    this.#context.heard.delete(source);
  }

  /** Drops what is older than the replay span. */
  run(now: number): void {
    if (now < this.#sweepAt) {
      if (this.#sweepAt !== Number.POSITIVE_INFINITY) this.#context.wakeBy(this.#sweepAt);
      return;
    }
    let isAnythingKept = false;
    for (const source of this.#context.sources.values()) {
      const { log } = source;
      while (log.low < source.delivered && (log.arrivedAt(log.low) ?? now) <= now - REPLAY_SPAN_MS) {
        this.#dropOldest(source);
      }
      if (source.hasLeft && log.isEmpty) this.#delivery.giveUp(source);
      isAnythingKept ||= !log.isEmpty;
    }
    this.#sweepAt = isAnythingKept ? now + SWEEP_MS : Number.POSITIVE_INFINITY;
    if (isAnythingKept) this.#context.wakeBy(this.#sweepAt);
  }

  /** In its account, or in the part of it that broadcasts have whatever other messages of it we hold. */
  #hasRoom({ id, log, earlyBytes }: Source, bytes: number): boolean {
    const { budget } = this.#context.options;
    if (budget.room(id) >= bytes) return true;
    return log.bytes + earlyBytes + bytes <= RESERVED_BYTES && budget.totalRoom(id) >= bytes;
  }

  /** Drops the oldest of what everybody has taken until the log is as small as that. */
  #dropTaken(source: Source, now: number, toBytes: number): void {
    const taken = this.#flow.taken(source, now);
    while (source.log.low < taken && source.log.bytes > toBytes) this.#dropOldest(source);
  }

  #shrinkAll(now: number, toBytes: number): void {
    for (const source of this.#context.sources.values()) {
      if (this.#totalBytes <= toBytes) return;
      this.#dropTaken(source, now, 0);
    }
    // What came early can be had again when what is before it has come.
    for (const source of this.#context.sources.values()) {
      if (this.#totalBytes <= toBytes) return;
      this.#dropEarly(source);
    }
  }

  #dropEarly(source: Source): void {
    this.#charge(source, -source.earlyBytes);
    source.early.clear();
    source.earlyBytes = 0;
  }

  #dropOldest(source: Source): number {
    const { log } = source;
    const before = log.bytes;
    log.dropOldest();
    if (log.isEmpty) this.#context.heard.delete(source);
    if (source.delivered < log.low) {
      source.missed += log.low - source.delivered;
      source.delivered = log.low;
    }
    const dropped = before - log.bytes;
    this.#charge(source, -dropped);
    return dropped;
  }

  #charge(source: Source, bytes: number): void {
    if (bytes === 0) return;
    this.#totalBytes += bytes;
    if (!this.#isOwn(source)) this.#context.options.budget.charge(source.id, bytes);
  }

  #isOwn(source: Source): boolean {
    return source.id === this.#context.options.own.id;
  }
}
