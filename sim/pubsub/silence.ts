/**
 * Who has every right to take whom for a Node without a Broker (docs/pubsub.md): it knows that its question has come, and has heard nothing for
 * three seconds. Seen from outside: only that, and no other silence, excuses what does not come.
 */
import type { BrokerEvent } from '../../src/services/pubsub/broker-events.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Ledger } from './ledger.ts';
import type { SimBroker } from './sim-broker.ts';

const GRACE_MS = 3_000;

export class Silence {
  readonly #ledger: Ledger;
  /** Has been heard since it was met, by node and member. */
  readonly #heard = new Set<string>();
  readonly #untilMs = new Map<string, number>();
  readonly #silent = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Before the Broker itself has it. */
  notice({ id, members }: SimBroker, event: BrokerEvent, nowMs: number): void {
    for (const member of members) {
      const key = `${id} ${member}`;
      if ((this.#untilMs.get(key) ?? Number.POSITIVE_INFINITY) > nowMs) continue;
      this.#untilMs.delete(key);
      this.#silent.add(key);
      this.#ledger.parted(id, member);
    }
    switch (event.type) {
      case 'joined':
      case 'left':
      case 'missed':
        this.#forget(`${id} ${event.node}`);
        return;
      case 'heard':
        this.#hear(id, event.from);
        return;
      case 'sent':
        if (event.message.type === 'hello' && event.hasArrived) this.#reached(`${id} ${event.to}`, nowMs);
        return;
    }
  }

  #forget(key: string): void {
    this.#heard.delete(key);
    this.#untilMs.delete(key);
    this.#silent.delete(key);
  }

  #hear(id: NodeId, from: NodeId): void {
    const key = `${id} ${from}`;
    this.#heard.add(key);
    this.#untilMs.delete(key);
    if (this.#silent.delete(key)) this.#ledger.met(id, from);
  }

  #reached(key: string, nowMs: number): void {
    if (!this.#heard.has(key) && !this.#untilMs.has(key) && !this.#silent.has(key))
      this.#untilMs.set(key, nowMs + GRACE_MS);
  }
}
