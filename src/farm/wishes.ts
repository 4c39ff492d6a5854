/**
 * What people on this Node want of a Job, until it is so. A wish is asked for again and again, of whoever coordinates by then; that it
 * came about is seen in the Job itself, so neither a lost question nor a lost answer matters.
 */
import type { JobControl, JobWish } from './contract.ts';
import { isFulfilled } from './control.ts';

const REPEAT_MS = 2_000;
/** Long enough for a takeover. */
const PATIENCE_MS = 25_000;

export interface WishesPort {
  /** To whoever coordinates. */
  send(wish: JobWish): void;
  settled(token: number, isFulfilled: boolean): void;
}

export class Wishes {
  readonly #port: WishesPort;
  #open: { readonly wish: JobWish; readonly token: number; readonly untilMs: number; againAtMs: number }[] =
    [];

  constructor(port: WishesPort) {
    this.#port = port;
  }

  get nextWakeAt(): number {
    return Math.min(
      ...this.#open.map(({ againAtMs, untilMs }) => Math.min(againAtMs, untilMs)),
      Number.POSITIVE_INFINITY,
    );
  }

  add(wish: JobWish, token: number, control: JobControl, nowMs: number): void {
    this.#open.push({ wish, token, untilMs: nowMs + PATIENCE_MS, againAtMs: nowMs });
    this.controlled(control);
    this.wake(nowMs);
  }

  /** The Job is so now. */
  controlled(control: JobControl): void {
    const fulfilled = this.#open.filter(({ wish }) => isFulfilled(control, wish));
    this.#open = this.#open.filter((one) => !fulfilled.includes(one));
    for (const { token } of fulfilled) this.#port.settled(token, true);
  }

  wake(nowMs: number): void {
    const late = this.#open.filter(({ untilMs }) => untilMs <= nowMs);
    this.#open = this.#open.filter((one) => !late.includes(one));
    for (const { token } of late) this.#port.settled(token, false);
    for (const one of this.#open) {
      if (one.againAtMs > nowMs) continue;
      one.againAtMs = nowMs + REPEAT_MS;
      this.#port.send(one.wish);
    }
  }

  close(): void {
    for (const { token } of this.#open) this.#port.settled(token, false);
    this.#open = [];
  }
}
