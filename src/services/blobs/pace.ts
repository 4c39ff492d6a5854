/**
 * How fast a Blob comes, told once a second. A member that claims to have it and trickles must not keep a Node waiting for ever: a
 * fetch that stays under the least rate for a minute ends. Whoever needs the Blob does something else meanwhile, and may try again:
 * what came is on the disk.
 */

/** When less than a mebibyte came in so many seconds, more Nodes should be asked whether they have it. */
const SLOW_SECONDS = 5;
const SLOW_BYTES = 1024 * 1024;
export const HOPELESS_SECONDS = 60;
/** Half of a link of 1 Mbit/s. Who answers every piece just before it times out sends 51 KiB a second. */
export const LEAST_BYTES_PER_SECOND = 64 * 1024;
/** And fast enough for this: who claims a gibibyte has to send 300 KiB a second. */
export const LONGEST_FETCH_SECONDS = 3600;

export class Pace {
  /** Bytes that had come at each of the last seconds, newest last. */
  readonly #history: number[] = [];

  tick(receivedBytes: number): void {
    this.#history.push(receivedBytes);
    if (this.#history.length > HOPELESS_SECONDS + 1) this.#history.shift();
  }

  get isSlow(): boolean {
    return this.#within(SLOW_SECONDS) < SLOW_BYTES;
  }

  isHopeless(totalBytes: number): boolean {
    const least = Math.max(LEAST_BYTES_PER_SECOND, totalBytes / LONGEST_FETCH_SECONDS);
    return this.#within(HOPELESS_SECONDS) < HOPELESS_SECONDS * least;
  }

  /** What came in the last seconds; any amount as long as there were fewer. */
  #within(seconds: number): number {
    const before = this.#history.at(-1 - seconds);
    const now = this.#history.at(-1);
    return before === undefined || now === undefined ? Number.POSITIVE_INFINITY : now - before;
  }
}
