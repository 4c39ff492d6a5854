/**
 * Files of tests share a process (vite.config.ts): a Node that one of them leaves open would set its timers in the next one, among
 * those that a test there counts or that its virtual clock should run. Whoever leaves a timer of ours behind fails.
 */
import { afterAll } from 'vitest';

/** A Node that was closed says goodbye first. */
const PATIENCE_MS = 5_000;

declare global {
  /** Timers of this process that are still to fire, with where they were set. */
  var timersLeft: Map<unknown, Error> | undefined;
}

globalThis.timersLeft ??= watchTimers();
const left = globalThis.timersLeft;

function watchTimers(): Map<unknown, Error> {
  const running = new Map<unknown, Error>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const watched = (callback: (...values: unknown[]) => void, delayMs?: number, ...values: unknown[]) => {
    const timer = set(() => {
      running.delete(timer);
      callback(...values);
    }, delayMs);
    running.set(timer, new Error('set here'));
    return timer;
  };
  // What else Node hangs on it, such as its form for promises.
  globalThis.setTimeout = Object.assign(watched, set) as typeof set;
  globalThis.clearTimeout = (timer) => {
    running.delete(timer);
    clear(timer);
  };
  return running;
}

/** Libraries may keep some: `ws` waits 30 s for the other end of a socket that it has closed. */
function ours(): readonly string[] {
  const places = [...left.values()].map(({ stack = '' }) => stack.split('\n').slice(2));
  return places.filter(([caller = '']) => !caller.includes('node_modules')).map((lines) => lines.join('\n'));
}

/** Fails the file of tests that is beginning where it leaves a timer of ours. */
export function failOnTimersLeft(): void {
  afterAll(async () => {
    const { setTimeout: set } = globalThis;
    for (let waitedMs = 0; waitedMs < PATIENCE_MS && ours().length > 0; waitedMs += 20) {
      await new Promise((resolve) => set(resolve, 20));
    }
    const [first, ...more] = ours();
    left.clear();
    if (first === undefined) return;
    throw new Error(
      `this file leaves ${1 + more.length} timer(s) behind: close what it opened. One was set here:\n${first}`,
    );
  });
}
