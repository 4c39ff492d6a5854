/**
 * What people on this Node want of a Job, until it is so; and how often others are granted what they want. A wish is asked for again and again, of whoever coordinates by then; that it
 * came about is seen in the Job itself, so neither a lost question nor a lost answer matters.
 */
import type { JobControl, JobWish } from './contract.ts';
import { compareControls, isFinal, isFulfilled } from './control.ts';

const REPEAT_MS = 2_000;
/** Asked five times: whoever coordinates does not want to, or is none. */
const DENIED_MS = 10_000;
/** Between two wishes of others that are granted: whoever asks again and again must not keep the Job from its work. */
const GRANT_MS = 100;
/** Long enough for a takeover. */
const PATIENCE_MS = 25_000;

export interface WishesPort {
  /** To whoever coordinates. */
  send(wish: JobWish): void;
  settled(token: number, isFulfilled: boolean): void;
  /** Whoever coordinates does not do what a person on this Node wants. */
  denied(wish: JobWish, nowMs: number): void;
}

interface OpenWish {
  readonly wish: JobWish;
  /** undefined: no person waits for it. */
  readonly token: number | undefined;
  readonly untilMs: number;
  deniedAtMs: number;
  againAtMs: number;
}

export class Wishes {
  readonly #port: WishesPort;
  #open: OpenWish[] = [];
  #grantedAtMs = Number.NEGATIVE_INFINITY;

  constructor(port: WishesPort) {
    this.#port = port;
  }

  get nextWakeAt(): number {
    return Math.min(
      ...this.#open.map(({ againAtMs, untilMs }) => Math.min(againAtMs, untilMs)),
      Number.POSITIVE_INFINITY,
    );
  }

  add(wish: JobWish, token: number | undefined, control: JobControl, nowMs: number): void {
    const deniedAtMs = token === undefined ? Number.POSITIVE_INFINITY : nowMs + DENIED_MS;
    this.#open.push({ wish, token, untilMs: nowMs + PATIENCE_MS, deniedAtMs, againAtMs: nowMs });
    this.controlled(control);
    this.wake(nowMs);
  }

  /** Whether a wish of another Node, which has come now, is granted. */
  mayGrant(nowMs: number): boolean {
    if (nowMs - this.#grantedAtMs < GRANT_MS) return false;
    this.#grantedAtMs = nowMs;
    return true;
  }

  /** What was wanted of us while we coordinated is wanted still, of the one that we give way to. */
  bring(wanted: JobControl, control: JobControl, nowMs: number): void {
    if (isFinal(wanted.phase) || compareControls(wanted, control) <= 0) return;
    const { priority, phase } = wanted;
    this.add({ type: 'priority', priority }, undefined, control, nowMs);
    this.add({ type: phase === 'paused' ? 'pause' : 'resume' }, undefined, control, nowMs);
  }

  /** The Job is so now. */
  controlled(control: JobControl): void {
    const fulfilled = this.#open.filter(({ wish }) => isFulfilled(control, wish));
    this.#open = this.#open.filter((one) => !fulfilled.includes(one));
    this.#settle(fulfilled, true);
  }

  wake(nowMs: number): void {
    const late = this.#open.filter(({ untilMs }) => untilMs <= nowMs);
    this.#open = this.#open.filter((one) => !late.includes(one));
    this.#settle(late, false);
    for (const one of this.#open) {
      if (one.againAtMs > nowMs) continue;
      one.againAtMs = nowMs + REPEAT_MS;
      this.#port.send(one.wish);
    }
    const denied = this.#open.filter(({ deniedAtMs }) => deniedAtMs <= nowMs);
    for (const one of denied) {
      one.deniedAtMs = Number.POSITIVE_INFINITY;
      this.#port.denied(one.wish, nowMs);
    }
  }

  close(): void {
    this.#settle(this.#open, false);
    this.#open = [];
  }

  #settle(wishes: readonly OpenWish[], isFulfilled: boolean): void {
    for (const { token } of wishes) if (token !== undefined) this.#port.settled(token, isFulfilled);
  }
}
