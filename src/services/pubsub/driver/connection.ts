/** One client's end of a Broker. */
import type { BrokerEvent } from '../broker-events.ts';
import type { ClientId } from '../client-state.ts';
import type { BrokerClient, BrokerConnection, ClientVerb } from '../contract.ts';

export interface ConnectionPort {
  handle(event: BrokerEvent): void;
  isFull(client: ClientId): boolean;
  /** Those that wait for room. */
  readonly waiting: Set<Connection>;
}

export class Connection implements BrokerConnection {
  readonly id: ClientId;
  readonly client: BrokerClient;
  readonly #port: ConnectionPort;
  #isOver = false;
  #room: { readonly promise: Promise<void>; readonly open: () => void } | undefined;

  constructor(id: ClientId, client: BrokerClient, port: ConnectionPort) {
    this.id = id;
    this.client = client;
    this.#port = port;
  }

  say(verb: ClientVerb): void {
    if (!this.#isOver) this.#port.handle({ type: 'said', client: this.id, verb });
  }

  taken(bytes: number): void {
    if (!this.#isOver) this.#port.handle({ type: 'taken', client: this.id, bytes });
  }

  room(): Promise<void> | undefined {
    if (this.#isOver || !this.#port.isFull(this.id)) return undefined;
    if (!this.#room) {
      let open = (): void => undefined;
      const promise = new Promise<void>((resolve) => {
        open = resolve;
      });
      this.#room = { promise, open };
      this.#port.waiting.add(this);
    }
    return this.#room.promise;
  }

  /** Lets a publisher go on that waits for room. */
  settle(): void {
    if (!this.#room || (!this.#isOver && this.#port.isFull(this.id))) return;
    this.#room.open();
    this.#room = undefined;
    this.#port.waiting.delete(this);
  }

  ended(): void {
    this.#isOver = true;
    this.settle();
  }
}
