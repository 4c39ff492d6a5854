/**
 * What waits to leave on a Link: control before bulk, both bounded. What does not fit is dropped and counted, and the
 * end-to-end window sends it again; so a slow Link costs its neighbours no memory. Frames leave while the channel's
 * buffer is below high water, bundled when they are small (bundle.ts); a large one goes as it is, uncopied.
 */
import { HIGH_WATER_BYTES } from '../../transport/index.ts';
import { Fifo } from '../fifo.ts';
import { BUNDLE_HEAD_BYTES, BUNDLED_FRAME_HEAD_BYTES, encodeBundle, MAX_BUNDLE_BYTES } from './bundle.ts';

export type Lane = 'control' | 'bulk';

/** A guess: thousands of acknowledgements and gossip; more than that waiting is a Link that has stopped. */
export const CONTROL_LANE_BYTES = 512 * 1024;
/** A guess: the full windows of two dozen streams of bulk, a tenth of a second at 40 MB/s. */
export const BULK_LANE_BYTES = 4 * 1024 * 1024;
/** What a queued frame costs beside its bytes, so that tiny ones are bounded too. */
const FRAME_OVERHEAD_BYTES = 32;

export class Lanes {
  readonly #control = new Fifo<Uint8Array>();
  readonly #bulk = new Fifo<Uint8Array>();
  #controlCost = 0;
  #bulkCost = 0;
  #bytes = 0;

  /** Bytes of the frames that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False when the lane is full: the frame is not taken. */
  push(frame: Uint8Array, lane: Lane): boolean {
    const cost = frame.length + FRAME_OVERHEAD_BYTES;
    if (lane === 'control') {
      if (this.#controlCost + cost > CONTROL_LANE_BYTES) return false;
      this.#controlCost += cost;
      this.#control.push(frame);
    } else {
      if (this.#bulkCost + cost > BULK_LANE_BYTES) return false;
      this.#bulkCost += cost;
      this.#bulk.push(frame);
    }
    this.#bytes += frame.length;
    return true;
  }

  /** The channel messages to send now, given how much the channel still holds. Each counts its frames in `onFrame`. */
  take(bufferedBytes: number, onFrame: () => void): readonly Uint8Array[] {
    const messages: Uint8Array[] = [];
    let buffered = bufferedBytes;
    while (buffered < HIGH_WATER_BYTES) {
      const first = this.#shift();
      if (!first) break;
      onFrame();
      const message = this.#bundleFrom(first, onFrame);
      messages.push(message);
      buffered += message.length;
    }
    return messages;
  }

  /** `first` alone, or with what follows it and fits. */
  #bundleFrom(first: Uint8Array, onFrame: () => void): Uint8Array {
    let bytes = BUNDLE_HEAD_BYTES + BUNDLED_FRAME_HEAD_BYTES + first.length;
    let frames: Uint8Array[] | undefined;
    for (;;) {
      const next = this.#control.peek() ?? this.#bulk.peek();
      if (!next || bytes + BUNDLED_FRAME_HEAD_BYTES + next.length > MAX_BUNDLE_BYTES) break;
      frames ??= [first];
      frames.push(next);
      bytes += BUNDLED_FRAME_HEAD_BYTES + next.length;
      this.#shift();
      onFrame();
    }
    return frames ? encodeBundle(frames, bytes) : first;
  }

  #shift(): Uint8Array | undefined {
    let frame = this.#control.shift();
    if (frame) {
      this.#controlCost -= frame.length + FRAME_OVERHEAD_BYTES;
    } else {
      frame = this.#bulk.shift();
      if (!frame) return undefined;
      this.#bulkCost -= frame.length + FRAME_OVERHEAD_BYTES;
    }
    this.#bytes -= frame.length;
    return frame;
  }
}
