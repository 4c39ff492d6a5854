/** Gathers the effects of one event: settlements of one kind together, deliveries of one stream together. */
import type { NodeId } from '../../wire/index.ts';
import { NO_EFFECTS } from '../protocol.ts';
import type { Failure, StreamId, Token } from '../vocabulary.ts';
import type { MeshMessage } from '../window/index.ts';
import type { UnicastEffect } from './contract.ts';

export class Output {
  #effects: UnicastEffect[] = [];
  #succeeded: Token[] | undefined;
  #delivery: { from: NodeId; stream: StreamId; messages: MeshMessage[]; costs: number[] } | undefined;

  push(effect: UnicastEffect): void {
    this.#effects.push(effect);
  }

  settled(token: Token, failure: Failure | undefined): void {
    if (failure !== undefined) this.#effects.push({ type: 'settled', tokens: [token], failure });
    else if (this.#succeeded) this.#succeeded.push(token);
    else {
      this.#succeeded = [token];
      this.#effects.push({ type: 'settled', tokens: this.#succeeded, failure });
    }
  }

  deliver(from: NodeId, stream: StreamId, message: MeshMessage, cost: number): void {
    let delivery = this.#delivery;
    if (delivery?.from !== from || delivery.stream !== stream) {
      delivery = { from, stream, messages: [], costs: [] };
      this.#delivery = delivery;
      this.#effects.push({ type: 'deliver', isBroadcast: false, ...delivery });
    }
    delivery.messages.push(message);
    delivery.costs.push(cost);
  }

  /** What was gathered; begins anew. */
  take(): readonly UnicastEffect[] {
    if (this.#effects.length === 0) return NO_EFFECTS;
    const effects = this.#effects;
    this.#effects = [];
    this.#succeeded = undefined;
    this.#delivery = undefined;
    return effects;
  }
}
