/**
 * The application on a simulated Node: how soon it takes what is delivered and answers what it is asked. What it was
 * given is checked elsewhere (checks/); here it only behaves, well or badly.
 */
import type { Deliver, MeshEvent, StreamId } from '../../src/mesh/vocabulary.ts';
import type { NodeId } from '../../src/wire/index.ts';

/** What an application does. Data, for scenarios. */
export interface Habits {
  /** `late`: one message after the other, each `lateMs` after the one before it of its stream. `never`: a handler hangs. */
  readonly takes: 'at-once' | 'late' | 'never';
  readonly lateMs: number;
  /** From a question to its answer, ms; 0: within the same turn. */
  readonly answersAfterMs: number;
  /** Asks the sender of each message something before it takes the message. */
  readonly asksBack: boolean;
}

export const PROMPT: Habits = { takes: 'at-once', lateMs: 0, answersAfterMs: 0, asksBack: false };

/** A question by this name has a large answer. */
const GREEDY_NAME = 'much';
const LARGE_ANSWER_BYTES = 256 * 1024;

/** The Node around it. */
interface Host {
  happen(event: MeshEvent): void;
  happenLater(event: MeshEvent, delayMs: number): void;
}

/** Asks the Node a message came from, and does `afterwards` when that has ended, well or not. */
export type AskBack = (target: NodeId, stream: StreamId, afterwards: MeshEvent) => void;

export class Application {
  habits: Habits;
  askBack: AskBack | undefined;
  readonly #host: Host;
  /** When the handler of a stream is free again, by sender and stream. */
  readonly #busyUntil = new Map<string, number>();

  constructor(host: Host, habits: Habits) {
    this.#host = host;
    this.habits = habits;
  }

  deliver(effect: Deliver, now: number): void {
    const { takes, asksBack, answersAfterMs } = this.habits;
    if (takes === 'never') return;
    let cost = 0;
    for (let i = 0; i < effect.messages.length; i++) {
      const message = effect.messages[i];
      const price = effect.costs[i] ?? 0;
      if (message?.kind === 'request') {
        const answer = message.name === GREEDY_NAME ? new Uint8Array(LARGE_ANSWER_BYTES) : message.body;
        this.#answer(effect, message.requestId, answer, price, answersAfterMs);
      } else if (takes === 'late') this.#takeLate(effect, price, now);
      else if (
        asksBack &&
        this.askBack &&
        !effect.isBroadcast &&
        message?.kind === 'message' &&
        message.name === 'say'
      )
        this.askBack(effect.from, effect.stream, taken(effect, price));
      else cost += price;
    }
    if (cost > 0) this.#host.happen(taken(effect, cost));
  }

  /** Mostly the question itself. The question is taken when it is answered. */
  #answer(effect: Deliver, requestId: number, body: Uint8Array, price: number, afterMs: number): void {
    const { from: to, stream } = effect;
    const answer: MeshEvent = { type: 'answer', to, stream, requestId, answer: { body } };
    if (afterMs > 0) {
      this.#host.happenLater(answer, afterMs);
      this.#host.happenLater(taken(effect, price), afterMs);
    } else {
      this.#host.happen(answer);
      this.#host.happen(taken(effect, price));
    }
  }

  #takeLate(effect: Deliver, price: number, now: number): void {
    const key = `${effect.from}${effect.stream}${effect.isBroadcast}`;
    const at = Math.max(now, this.#busyUntil.get(key) ?? 0) + this.habits.lateMs;
    this.#busyUntil.set(key, at);
    this.#host.happenLater(taken(effect, price), at - now);
  }
}

function taken({ from, stream, isBroadcast }: Deliver, cost: number): MeshEvent {
  return { type: 'taken', from, stream, isBroadcast, count: 1, cost };
}
