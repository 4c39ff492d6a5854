/**
 * The receive queue: what has been acknowledged and belongs to the application. Nothing of the network reaches in here:
 * not a lost Link, not the sender's leaving, not this Node's own close. Messages of one sender on one stream are handled
 * one after the other, in order; while a handler is at work the rest waits, and the account that the network keeps of it
 * (`taken`) tells the sender to wait, too.
 */
import type { Deliver } from '../vocabulary.ts';
import type { MeshMessage } from '../window/index.ts';

/** Handles one message: undefined when done, a promise that never rejects when it takes its time. */
export type Hand = (
  from: Deliver['from'],
  stream: Deliver['stream'],
  isBroadcast: boolean,
  message: MeshMessage,
) => Promise<void> | undefined;

interface Line {
  readonly from: Deliver['from'];
  readonly stream: Deliver['stream'];
  readonly isBroadcast: boolean;
  readonly waiting: { readonly message: MeshMessage; readonly cost: number }[];
}

/** So many messages of a line were handled, which cost so much together. */
type Taken = (line: Omit<Line, 'waiting'>, count: number, cost: number) => void;

export class Inbox {
  readonly #hand: Hand;
  readonly #taken: Taken;
  /** Lines with a handler at work: one that takes its time, or one that was called just now and leads to more deliveries. */
  readonly #busy = new Map<string, Line>();
  #onIdle: { readonly stream: Deliver['stream']; readonly callback: () => void }[] = [];

  constructor(hand: Hand, taken: Taken) {
    this.#hand = hand;
    this.#taken = taken;
  }

  /** Calls back once no handler of the stream is at work and nothing waits there: now, or when that comes. */
  whenIdle(stream: Deliver['stream'], callback: () => void): void {
    if (this.#isIdle(stream)) callback();
    else this.#onIdle.push({ stream, callback });
  }

  /** Messages that wait for a handler to finish. */
  get waiting(): number {
    let count = 0;
    for (const line of this.#busy.values()) count += line.waiting.length;
    return count;
  }

  deliver({ from, stream, isBroadcast, messages, costs }: Deliver): void {
    const key = `${from} ${stream} ${isBroadcast}`;
    const busy = this.#busy.get(key);
    const line = busy ?? { from, stream, isBroadcast, waiting: [] };
    messages.forEach((message, i) => {
      line.waiting.push({ message, cost: costs[i] ?? 0 });
    });
    if (!busy) this.#drain(key, line);
  }

  #drain(key: string, line: Line): void {
    this.#busy.set(key, line);
    let paidBack = 0;
    let handled = 0;
    let at = 0;
    for (; at < line.waiting.length; at++) {
      const next = line.waiting[at];
      if (!next) continue;
      const pending = this.#hand(line.from, line.stream, line.isBroadcast, next.message);
      if (!pending) {
        paidBack += next.cost;
        handled++;
        continue;
      }
      line.waiting.splice(0, at + 1);
      if (handled > 0) this.#taken(line, handled, paidBack);
      void pending.then(() => {
        this.#taken(line, 1, next.cost);
        this.#drain(key, line);
      });
      return;
    }
    line.waiting.length = 0;
    this.#busy.delete(key);
    if (handled > 0) this.#taken(line, handled, paidBack);
    this.#tellIdle();
  }

  #isIdle(stream: Deliver['stream']): boolean {
    for (const line of this.#busy.values()) if (line.stream === stream) return false;
    return true;
  }

  #tellIdle(): void {
    if (this.#onIdle.length === 0) return;
    const idle = this.#onIdle.filter(({ stream }) => this.#isIdle(stream));
    this.#onIdle = this.#onIdle.filter((waiting) => !idle.includes(waiting));
    for (const { callback } of idle) callback();
  }
}
