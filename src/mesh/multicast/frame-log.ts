/**
 * The recent frames of one source, without a gap: sequences low..next-1. Neighbours that come or fall behind are served from
 * here. The buffers are those that were passed on, shared and never changed. Offsets count bytes since the log began, so
 * that the distance of two sequences in bytes costs a subtraction.
 */
interface Entry {
  readonly frame: Uint8Array;
  readonly arrivedAt: number;
  /** Bytes of all frames before it. */
  readonly offset: number;
}

/** Array, entry and buffer objects of a frame, beside its bytes. A guess that keeps tiny frames from being free. */
export const FRAME_COST_BYTES = 128;

export class FrameLog {
  #entries: (Entry | undefined)[] = [];
  /** Place of `low` in the array. */
  #head = 0;
  #low = 0;
  #next = 0;
  #end = 0;
  #start = 0;
  /** When the last of those that are not kept any more came. */
  #lostAt = Number.NEGATIVE_INFINITY;

  get low(): number {
    return this.#low;
  }
  /** The sequence that comes after the newest. */
  get next(): number {
    return this.#next;
  }
  /** What the kept frames cost. */
  get bytes(): number {
    return this.#end - this.#start;
  }
  get isEmpty(): boolean {
    return this.#low === this.#next;
  }

  append(frame: Uint8Array, now: number): void {
    this.#entries.push({ frame, arrivedAt: now, offset: this.#end });
    this.#end += frame.length + FRAME_COST_BYTES;
    this.#next++;
  }

  /** Puts frames before the lowest, as old as it is. Not for an empty log: nothing would say how old they are. */
  prepend(frames: readonly Uint8Array[]): void {
    const arrivedAt = this.arrivedAt(this.#low);
    if (arrivedAt === undefined) return;
    const entries: Entry[] = [];
    let offset = this.#start;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i] as Uint8Array;
      offset -= frame.length + FRAME_COST_BYTES;
      entries.unshift({ frame, arrivedAt, offset });
    }
    this.#entries = [...entries, ...this.#entries.slice(this.#head)];
    this.#head = 0;
    this.#low -= frames.length;
    this.#start = offset;
  }

  /** Undefined for what is not kept. */
  frame(sequence: number): Uint8Array | undefined {
    return this.#entry(sequence)?.frame;
  }

  /** Bytes before a sequence; clamped to what is kept. */
  offsetOf(sequence: number): number {
    if (sequence <= this.#low) return this.#start;
    return this.#entry(sequence)?.offset ?? this.#end;
  }

  arrivedAt(sequence: number): number | undefined {
    return this.#entry(sequence)?.arrivedAt;
  }

  /** The lowest sequence that came at or after `time`; `next` when none did. */
  lowestSince(time: number): number {
    let from = this.#low;
    let to = this.#next;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.arrivedAt(middle) ?? 0) < time) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Whether something that came after `time` is not kept any more. */
  hasLostSince(time: number): boolean {
    return this.#lostAt > time;
  }

  /** Forgets the oldest frame. */
  dropOldest(): void {
    if (this.isEmpty) return;
    this.#lostAt = this.#entries[this.#head]?.arrivedAt ?? this.#lostAt;
    this.#entries[this.#head++] = undefined;
    this.#low++;
    this.#start = this.#entries[this.#head]?.offset ?? this.#end;
    // Half of the array is used up: copying the other half once is paid for by the drops that led here.
    if (this.#head >= 64 && this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Forgets everything and goes on at a later sequence. */
  skipTo(sequence: number): void {
    this.#entries = [];
    this.#head = 0;
    this.#low = sequence;
    this.#next = sequence;
    this.#start = this.#end;
  }

  #entry(sequence: number): Entry | undefined {
    return sequence < this.#low || sequence >= this.#next
      ? undefined
      : this.#entries[this.#head + sequence - this.#low];
  }
}
