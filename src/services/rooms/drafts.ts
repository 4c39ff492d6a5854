/**
 * What is to be written here and waits for its author's rate, in order. Most of it never waits: a burst goes at once. What would wait for
 * very long is not taken: whoever writes so much has to hear of it.
 */
import { MAX_UPDATE_BYTES, type Plain, type RoomRate } from './contract.ts';
import { RoomTooFastError, RoomTooLargeError } from './errors.ts';
import { Pace } from './pace.ts';
import { settle, sizeOf } from './plain.ts';
import type { RoomEffect, Token } from './room-events.ts';
import { isSamePlace, type Undoes } from './update.ts';

export interface Draft {
  readonly token: Token;
  readonly payload: Plain;
  readonly claimedAtMs: number;
  readonly undoes?: Undoes | undefined;
}

/** Of the rate: a key that is held down, a list that is pasted. */
const BURST_MS = 1_000;
/** Of the rate, too. Nobody waits for longer to see what was done. A guess. */
const PATIENCE_S = 60;
/** Whatever the rate is: this is memory. */
const MAX_BYTES = 32 * 1024 * 1024;

export class Drafts {
  readonly #pace: Pace;
  readonly #rate: RoomRate;
  readonly #waiting = new Map<Token, Draft>();
  #bytes = 0;

  constructor(rate: RoomRate) {
    this.#rate = rate;
    this.#pace = new Pace(rate, BURST_MS);
  }

  get nextWakeAt(): number {
    return this.#waiting.size === 0 ? Number.POSITIVE_INFINITY : this.#pace.readyAtMs;
  }

  /** Its payload is as it is now, whatever is done with it later. Who has written too much is told. */
  add({ token, payload, claimedAtMs, undoes }: Draft): readonly RoomEffect[] {
    try {
      const settled = settle(payload);
      this.#checkRoomFor(sizeOf(settled));
      this.#bytes += sizeOf(settled);
      this.#waiting.set(token, { token, payload: settled, claimedAtMs, undoes });
      return [];
    } catch (error) {
      return [{ type: 'failed', token, error: error as Error }];
    }
  }

  /** What was at that place is at another now. */
  moved(from: Undoes, { session, number }: Undoes): void {
    for (const [token, draft] of this.#waiting) {
      if (draft.undoes && isSamePlace(draft.undoes, from))
        this.#waiting.set(token, { ...draft, undoes: { session, number } });
    }
  }

  /** The next whose turn it is. */
  take(nowMs: number): Draft | undefined {
    if (nowMs < this.nextWakeAt) return undefined;
    const [first] = this.#waiting.values();
    if (first) this.cancel(first.token);
    return first;
  }

  /** It became an update of so many bytes: what becomes none costs nothing. */
  written(bytes: number, nowMs: number): void {
    this.#pace.spend(1, bytes, nowMs);
  }

  slowTo(share: number, nowMs: number): void {
    this.#pace.slowTo(share, nowMs);
  }

  cancel(token: Token): void {
    const draft = this.#waiting.get(token);
    if (!draft) return;
    this.#waiting.delete(token);
    this.#bytes -= sizeOf(draft.payload);
  }

  #checkRoomFor(bytes: number): void {
    if (bytes > MAX_UPDATE_BYTES) throw new RoomTooLargeError('update', bytes, MAX_UPDATE_BYTES);
    const { updatesPerSecond, bytesPerSecond } = this.#rate;
    const maxBytes = Math.max(MAX_UPDATE_BYTES, Math.min(PATIENCE_S * bytesPerSecond, MAX_BYTES));
    if (this.#waiting.size >= PATIENCE_S * updatesPerSecond || this.#bytes + bytes > maxBytes) {
      throw new RoomTooFastError(this.#rate, PATIENCE_S);
    }
  }

  /** Gives up all; who waits is told. */
  fail(error: Error): readonly RoomEffect[] {
    const failed = [...this.#waiting.keys()].map((token): RoomEffect => ({ type: 'failed', token, error }));
    this.#waiting.clear();
    this.#bytes = 0;
    return failed;
  }
}
