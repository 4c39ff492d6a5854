/**
 * Virtual time: a queue of events by time, run one after the other as fast as the machine goes. Between two events all
 * promises settle, as they would between two turns of a browser's event loop. Nothing in it depends on the real clock, so
 * one seed replays one run exactly.
 */

import { Heap } from '../../runtime/index.ts';

interface ScheduledEvent {
  readonly at: number;
  /** Order of scheduling: ties in time keep it. */
  readonly sequence: number;
  run: (() => void) | undefined;
}

export class Scheduler {
  readonly #queue = new Heap<ScheduledEvent>(isBefore);
  #now = 0;
  #sequence = 0;
  #executed = 0;

  /** Virtual milliseconds since the start. */
  now(): number {
    return this.#now;
  }

  /** Events run so far: two equal runs have equally many. */
  get executed(): number {
    return this.#executed;
  }

  /** Runs `callback` in `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void {
    const event: ScheduledEvent = {
      at: this.#now + Math.max(0, delayMs),
      sequence: this.#sequence++,
      run: callback,
    };
    this.#queue.push(event);
    return () => {
      event.run = undefined;
    };
  }

  /** Lets `durationMs` pass. */
  async runFor(durationMs: number): Promise<void> {
    await this.runUntil(() => false, durationMs);
  }

  /** Runs until the condition holds, for at most `limitMs`; answers whether it held. It is asked after every event. */
  async runUntil(condition: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    await settle();
    for (;;) {
      if (condition()) return true;
      const next = this.#queue.peek();
      if (!next || next.at > end) break;
      this.#queue.pop();
      if (!next.run) continue;
      this.#now = next.at;
      this.#executed++;
      next.run();
      await settle();
    }
    this.#now = end;
    return condition();
  }
}

function isBefore(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

/** A macrotask comes only after every microtask, however deep they chain. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
