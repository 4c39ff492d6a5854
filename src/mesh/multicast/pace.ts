/**
 * Whether somebody who is behind goes on fast enough to be waited for. Any progress is no sign of life: a member that took a
 * frame every few seconds would hold a source, and everyone it serves, to that. So who has been behind for STALL_MS must have
 * taken a window in the last STALL_MS; else nobody waits for it until it has caught up.
 */

/** As long as a page may be blocked and lose no Link. */
export const STALL_MS = 10_000;
/** What may be on its way and not yet taken everywhere: two of the largest messages. In STALL_MS: 205 KiB a second. */
export const WINDOW_BYTES = 2 * 1024 * 1024;
/** How finely the past is remembered. */
const STEP_MS = STALL_MS / 10;

interface Step {
  readonly atMs: number;
  readonly bytes: number;
}

export class Pace {
  /** How far it was when: the last that lies STALL_MS back or more; undefined before the first word of it. */
  #firstAtMs = 0;
  #firstBytes: number | undefined;
  /** What came after, oldest first. Undefined while there is nothing: with each frame that is pushed somebody begins anew. */
  #later: Step[] | undefined;
  #sinceMs = 0;
  #isLeftBehind = false;

  /** It is not behind, or has just begun to be. `bytes`: how far it is, as an offset that only grows. */
  begin(bytes: number, now: number): void {
    this.#sinceMs = now;
    this.#isLeftBehind = false;
    this.#firstAtMs = now;
    this.#firstBytes = bytes;
    this.#later = undefined;
  }

  /** It has come so far, and is still behind. */
  moved(bytes: number, now: number): void {
    if (this.#firstBytes === undefined) {
      this.#firstAtMs = now;
      this.#firstBytes = bytes;
      return;
    }
    if (now - (this.#later?.at(-1)?.atMs ?? this.#firstAtMs) < STEP_MS) return;
    this.#later ??= [];
    this.#later.push({ atMs: now, bytes });
    for (let next = this.#later[0]; next && next.atMs <= now - STALL_MS; next = this.#later[0]) {
      this.#firstAtMs = next.atMs;
      this.#firstBytes = next.bytes;
      this.#later.shift();
    }
  }

  /** Nobody waits for it. `bytes`: how far it is now. */
  isLeftBehind(bytes: number, now: number): boolean {
    if (this.#isLeftBehind || now - this.#sinceMs <= STALL_MS) return this.#isLeftBehind;
    this.#isLeftBehind = this.#takenWithin(STALL_MS, bytes, now) < WINDOW_BYTES;
    return this.#isLeftBehind;
  }

  /** Whether somebody else, who may see it a little earlier or later, could have left it behind. */
  couldBeLeftBehind(bytes: number, now: number): boolean {
    const isLong = now - this.#sinceMs > STALL_MS / 2;
    return isLong && this.#takenWithin(STALL_MS / 2, bytes, now) < WINDOW_BYTES;
  }

  /** Bytes taken in the last `spanMs`, at most STALL_MS, or since it began. */
  #takenWithin(spanMs: number, bytes: number, now: number): number {
    // The last that is old enough: after a standstill that is the only one there is.
    const from = this.#later?.findLast(({ atMs }) => atMs <= now - spanMs)?.bytes ?? this.#firstBytes;
    return bytes - (from ?? bytes);
  }
}
