import { HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../../src/transport/index.ts';

/**
 * One of the three ways from tab to tab that are compared. The sender's clock runs from the first message to the word of
 * the receiver that it has them all, so that no way can count bytes that are only buffered.
 */
export interface Line {
  /** The receiver's part: says "all" to the sender when so many have come. */
  expect(bytes: number, count: number): void;
  /** Sends `count` messages of `bytes` bytes; resolves with milliseconds when the receiver has every one. */
  send(bytes: number, count: number): Promise<number>;
}

/** Sends over a data channel without ever buffering more than the mesh's own transport does. */
export async function pump(
  channel: RTCDataChannel,
  bytes: number,
  count: number,
  sendOne: (message: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const message = new Uint8Array(bytes);
  channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  for (let i = 0; i < count; i++) {
    if (channel.bufferedAmount + bytes > HIGH_WATER_BYTES) {
      await new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));
    }
    sendOne(message);
  }
}

/** Counts what arrives and calls back when `expect`ed messages of the right size are all there. */
export class Counter {
  #left = 0;
  #bytes = 0;
  #done: () => void = () => undefined;

  expect(bytes: number, count: number, done: () => void): void {
    this.#left = count;
    this.#bytes = bytes;
    this.#done = done;
  }

  arrived(bytes: number): void {
    if (bytes !== this.#bytes || this.#left === 0)
      throw new Error(`a message of ${bytes} bytes was not expected`);
    this.#left -= 1;
    if (this.#left === 0) this.#done();
  }
}
