/**
 * What people on this Node want of a Job, until it is so; and how often others are granted what they want. A wish is asked for again and
 * again, of whoever coordinates by then; that it came about is seen in the Job itself, so neither a lost question nor a lost answer
 * matters. A wish that takes back an open one stands in its place: it is not over because the Job is so already, for the one before may
 * still be granted.
 */
import type { JobControl, JobWish } from './contract.ts';
import { compareControls, isFinal, isFulfilled, takesBack } from './control.ts';

const REPEAT_MS = 2_000;
/** Asked five times: whoever coordinates does not want to, or is none. */
const DENIED_MS = 10_000;
/** Between two wishes of others that are granted: whoever asks again and again must not keep the Job from its work. */
const GRANT_MS = 100;
/** The Job that is as wanted for so long, whatever was wanted before, will not be otherwise any more. */
const SURE_MS = 2 * REPEAT_MS;
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
  /** Of this wish and those that it took back; none: no person waits for it. */
  readonly tokens: readonly number[];
  /** Only a control above this version shows before `sureAtMs` that it is granted. */
  readonly aboveVersion: number;
  readonly sureAtMs: number;
  readonly untilMs: number;
  deniedAtMs: number;
  againAtMs: number;
}

export class Wishes {
  readonly #port: WishesPort;
  #open: OpenWish[] = [];
  #control: JobControl | undefined;
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
    const before = this.#open.filter((one) => takesBack(wish, one.wish));
    this.#open = this.#open.filter((one) => !before.includes(one));
    const isSure = before.length === 0;
    this.#open.push({
      wish,
      tokens: [...before.flatMap(({ tokens }) => tokens), ...(token === undefined ? [] : [token])],
      ...{ aboveVersion: isSure ? -1 : control.version, sureAtMs: isSure ? nowMs : nowMs + SURE_MS },
      ...{ untilMs: nowMs + PATIENCE_MS, againAtMs: nowMs },
      deniedAtMs: token === undefined ? Number.POSITIVE_INFINITY : nowMs + DENIED_MS,
    });
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
    this.#control = control;
    this.#end(({ wish, aboveVersion }) => control.version > aboveVersion && isFulfilled(control, wish), true);
  }

  wake(nowMs: number): void {
    const control = this.#control;
    this.#end(
      ({ wish, sureAtMs }) => sureAtMs <= nowMs && control !== undefined && isFulfilled(control, wish),
      true,
    );
    this.#end(({ untilMs }) => untilMs <= nowMs, false);
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
    this.#end(() => true, false);
  }

  #end(isOver: (one: OpenWish) => boolean, isFulfilled: boolean): void {
    const over = this.#open.filter(isOver);
    this.#open = this.#open.filter((one) => !over.includes(one));
    for (const token of over.flatMap(({ tokens }) => tokens)) this.#port.settled(token, isFulfilled);
  }
}
