/**
 * What waits to leave on a Link. Control goes first, but for one frame of the others after each CONTROL_RUN_BYTES of it: anybody can have
 * control frames passed on without end. Messages, broadcasts and bulk share what is left by deficit round
 * robin (Shreedhar and Varghese, "Efficient fair queuing using deficit round robin", 1996): each lane in turn may send as
 * many bytes as its share, and what it could not use for want of a whole frame it keeps for its next turn. So none starves,
 * and a lane alone has everything. Frames leave while the channel has room, bundled when they are small (bundle.ts); a
 * large one goes as it is, uncopied.
 *
 * Frames of others are dropped when their lane is full: the window at their ends sends them again, and a slow Link costs
 * its neighbours no memory. Our own are bounded where they are made, and not dropped here; but for control: answers are, too, and who
 * asks all the time and reads nothing would have them wait without end.
 */

import { Fifo } from '../../runtime/index.ts';
import type { Lane } from '../../wire/index.ts';
import { BUNDLE_HEAD_BYTES, BUNDLED_FRAME_HEAD_BYTES, encodeBundle, MAX_BUNDLE_BYTES } from './bundle.ts';

const KIB = 1024;

interface LaneRule {
  /** From here on frames of others are dropped. */
  readonly capBytes: number;
  /** What one turn of the round robin adds, in bytes; nothing for control, which has no turn. */
  readonly shareBytes: number;
}

/**
 * Caps are guesses: a tenth of a second of a fast Link, or thousands of acknowledgements; more than that waiting is a Link
 * that has stopped. Shares: bulk gives way to messages, four to one, and broadcasts stand between them.
 */
const RULES: Readonly<Record<Lane, LaneRule>> = {
  control: { capBytes: 512 * KIB, shareBytes: 0 },
  messages: { capBytes: 4096 * KIB, shareBytes: 64 * KIB },
  broadcast: { capBytes: 2048 * KIB, shareBytes: 32 * KIB },
  bulk: { capBytes: 4096 * KIB, shareBytes: 16 * KIB },
};
/**
 * Control frames of our own beyond which a Link takes no more: what a peer may cost by the budget. An honest neighbour that is so far
 * behind has stopped, and all that is said there is said again, or found missing.
 */
export const OWN_CONTROL_BYTES = 8192 * KIB;
/**
 * So much of control leaves at one go while others wait: more than a mesh of a thousand has to say of itself in a turn. A frame has 66 KiB
 * at most, so control has two thirds of a Link even then.
 */
const CONTROL_RUN_BYTES = 128 * KIB;
/**
 * A lane that held this much is told of (`onFree`) when it is down to half of it: a quarter of a channel's buffer, so that
 * whoever waits for room is back before the channel runs dry. Lower than what anybody takes for full.
 */
export const LANE_MARK_BYTES = 64 * KIB;
/** What a queued frame costs beside its bytes, so that tiny ones are bounded too. */
const FRAME_OVERHEAD_BYTES = 32;

class Queue {
  readonly lane: Lane;
  readonly frames = new Fifo<Uint8Array>();
  readonly capBytes: number;
  readonly ownCapBytes: number;
  readonly shareBytes: number;
  bytes = 0;
  deficit = 0;
  /** Held LANE_MARK_BYTES, or turned a frame away, since it was last told of. */
  wasFull = false;

  constructor(lane: Lane) {
    this.lane = lane;
    this.capBytes = RULES[lane].capBytes;
    this.ownCapBytes = lane === 'control' ? OWN_CONTROL_BYTES : Number.POSITIVE_INFINITY;
    this.shareBytes = RULES[lane].shareBytes;
  }

  get cost(): number {
    return this.bytes + this.frames.length * FRAME_OVERHEAD_BYTES;
  }
}

export interface LaneListener {
  /** A frame has left its lane. */
  onFrame(): void;
  /** A lane that was full has room again. */
  onFree(lane: Lane): void;
}

export class Lanes {
  readonly #control = new Queue('control');
  readonly #shared: readonly [Queue, Queue, Queue] = [
    new Queue('messages'),
    new Queue('broadcast'),
    new Queue('bulk'),
  ];
  readonly #byLane: Readonly<Record<Lane, Queue>> = {
    control: this.#control,
    messages: this.#shared[0],
    broadcast: this.#shared[1],
    bulk: this.#shared[2],
  };
  readonly #listener: LaneListener;
  /** Whose turn it is, and whether it has had its share for this turn. */
  #turn = 0;
  #hasShare = false;
  #bytes = 0;
  /** Of control, since the last frame of the others or since they wait. */
  #controlRun = 0;

  constructor(listener: LaneListener) {
    this.#listener = listener;
  }

  /** Bytes of the frames that wait in all lanes. */
  get bytes(): number {
    return this.#bytes;
  }

  bytesIn(lane: Lane): number {
    return this.#byLane[lane].bytes;
  }

  /** False when it is a frame of others, or a control frame, and the lane is full: it is not taken. */
  push(frame: Uint8Array, lane: Lane, isTransit: boolean): boolean {
    const queue = this.#byLane[lane];
    const capBytes = isTransit ? queue.capBytes : queue.ownCapBytes;
    if (queue.cost + frame.length + FRAME_OVERHEAD_BYTES > capBytes) {
      queue.wasFull = true;
      return false;
    }
    queue.frames.push(frame);
    queue.bytes += frame.length;
    this.#bytes += frame.length;
    if (queue.bytes >= LANE_MARK_BYTES) queue.wasFull = true;
    return true;
  }

  /** The channel messages to send now: together at most `room` bytes, or one if the channel `isIdle`. */
  take(room: number, isIdle: boolean): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let left = room;
    for (;;) {
      const queue = this.#next();
      const first = queue?.frames.peek();
      if (!queue || !first) return messages;
      if (first.length > left && !(isIdle && messages.length === 0)) return messages;
      this.#remove(queue, first);
      const message = this.#bundleFrom(first, Math.min(left, MAX_BUNDLE_BYTES));
      messages.push(message);
      left -= message.length;
    }
  }

  /** `first` alone, or with what follows it and fits. */
  #bundleFrom(first: Uint8Array, limit: number): Uint8Array {
    let bytes = BUNDLE_HEAD_BYTES + BUNDLED_FRAME_HEAD_BYTES + first.length;
    let frames: Uint8Array[] | undefined;
    while (bytes < limit) {
      const queue = this.#next();
      const next = queue?.frames.peek();
      if (!queue || !next || bytes + BUNDLED_FRAME_HEAD_BYTES + next.length > limit) break;
      frames ??= [first];
      frames.push(next);
      bytes += BUNDLED_FRAME_HEAD_BYTES + next.length;
      this.#remove(queue, next);
    }
    return frames ? encodeBundle(frames, bytes) : first;
  }

  /** The lane whose first frame leaves next. Asked again before it is removed, it answers the same. */
  #next(): Queue | undefined {
    const areOthersWaiting = this.#bytes > this.#control.bytes;
    const isControlsTurn = this.#controlRun < CONTROL_RUN_BYTES || !areOthersWaiting;
    if (isControlsTurn && this.#control.frames.length > 0) return this.#control;
    if (!areOthersWaiting) return undefined;
    for (;;) {
      const queue = this.#shared[this.#turn] ?? this.#shared[0];
      const first = queue.frames.peek();
      if (first) {
        if (!this.#hasShare) {
          queue.deficit += queue.shareBytes;
          this.#hasShare = true;
        }
        if (queue.deficit >= first.length) return queue;
      } else queue.deficit = 0; // shares are not saved up by who has nothing to send
      this.#turn = (this.#turn + 1) % this.#shared.length;
      this.#hasShare = false;
    }
  }

  #remove(queue: Queue, frame: Uint8Array): void {
    queue.frames.shift();
    queue.bytes -= frame.length;
    queue.deficit -= frame.length;
    this.#bytes -= frame.length;
    const hasGoneFirst = queue === this.#control && this.#bytes > queue.bytes;
    this.#controlRun = hasGoneFirst ? this.#controlRun + frame.length : 0;
    this.#listener.onFrame();
    if (queue.wasFull && queue.bytes <= LANE_MARK_BYTES / 2) {
      queue.wasFull = false;
      this.#listener.onFree(queue.lane);
    }
  }
}
