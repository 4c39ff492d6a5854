/** Virtual time without promises: one thing after the other, with the dice that decide what happens, and a trace of it. From one seed. */
import { Heap, integerBelow, type Random, seededRandom, uniform } from '../src/runtime/index.ts';

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualTime {
  readonly random: Random;
  readonly trace: string[] | undefined;
  /** That have happened. */
  events = 0;
  #now = 0;
  #order = 0;
  readonly #queue = new Heap<Happening>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order),
  );

  constructor(seed: number, isTraced = false) {
    this.random = seededRandom(seed + 0x5000_0000);
    this.trace = isTraced ? [] : undefined;
  }

  now(): number {
    return this.#now;
  }

  between(from: number, to: number): number {
    return from + uniform(this.random) * (to - from);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[integerBelow(this.random, items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  after(delayMs: number, run: () => void): void {
    this.#queue.push({ atMs: this.#now + delayMs, order: this.#order++, run });
  }

  /** Runs until it holds or the time is over; answers whether it held. */
  runUntil(condition: () => boolean, limitMs: number): boolean {
    const endMs = this.#now + limitMs;
    while (!condition()) {
      const next = this.#queue.peek();
      if (!next || next.atMs > endMs) {
        this.#now = endMs;
        return condition();
      }
      this.#queue.pop();
      this.#now = next.atMs;
      this.events++;
      next.run();
    }
    return true;
  }

  runFor(durationMs: number): void {
    this.runUntil(() => false, durationMs);
  }

  note(text: string): void {
    this.trace?.push(`${this.#now.toFixed(1)} ${text}`);
  }
}
