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
  /** How far it was when, oldest first: the last that lies STALL_MS back or more, and what came after. */
  #steps: Step[] = [];
  #sinceMs = 0;
  #isLeftBehind = false;

  /** It is not behind, or has just begun to be. `bytes`: how far it is, as an offset that only grows. */
  begin(bytes: number, now: number): void {
    this.#sinceMs = now;
    this.#isLeftBehind = false;
    this.#steps = [{ atMs: now, bytes }];
  }

  /** It has come so far, and is still behind. */
  moved(bytes: number, now: number): void {
    const last = this.#steps.at(-1);
    if (last && now - last.atMs < STEP_MS) return;
    this.#steps.push({ atMs: now, bytes });
    while ((this.#steps[1]?.atMs ?? now) <= now - STALL_MS) this.#steps.shift();
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
    const from = this.#steps.findLast(({ atMs }) => atMs <= now - spanMs) ?? this.#steps[0];
    return bytes - (from?.bytes ?? bytes);
  }
}
