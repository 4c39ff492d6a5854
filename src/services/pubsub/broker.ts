/** Performs what a BrokerState decides: its words to clients, one after the other. */
import { log, messageOf } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { BrokerEffect, BrokerEvent } from './broker-events.ts';
import { BrokerState } from './broker-state.ts';
import type { ClientId } from './client-state.ts';
import type {
  Broker,
  BrokerClient,
  BrokerConnection,
  ClientStats,
  ClientVerb,
  InterestEntry,
  SubscriptionInfo,
} from './contract.ts';

export interface BrokerDependencies {
  readonly node: { readonly id: NodeId };
  /** Default MAX_PAYLOAD_BYTES; at most MAX_PAYLOAD_LIMIT. */
  readonly maxPayloadBytes?: number;
}

/** Of what one client published and is not settled: above it, it is asked to wait. */
const CLIENT_ROOM_BYTES = 1024 * 1024;

const NOBODY: ClientStats = {
  ...{ name: '', subscriptions: 0, inMessages: 0, outMessages: 0, inBytes: 0, outBytes: 0 },
  ...{ pendingBytes: 0, lost: 0 },
};

export function createBroker(dependencies: BrokerDependencies): Broker {
  return new NodeBroker(dependencies);
}

class NodeBroker implements Broker {
  readonly node: NodeId;
  readonly #state: BrokerState;
  readonly #connections = new Map<ClientId, Connection>();
  /** Connections that wait for room. */
  readonly #waiting = new Set<Connection>();
  #events: BrokerEvent[] = [];
  #isAtWork = false;
  #lastClient = 0;

  constructor({ node, maxPayloadBytes }: BrokerDependencies) {
    this.node = node.id;
    this.#state = new BrokerState({
      self: node.id,
      ...(maxPayloadBytes !== undefined && { maxPayloadBytes }),
    });
  }

  connect(client: BrokerClient, kin?: BrokerConnection): BrokerConnection {
    const id = ++this.#lastClient as ClientId;
    const connection = new Connection(id, client, {
      handle: (event) => this.#handle(event),
      waiting: this.#waiting,
      isFull: () => this.#state.trackedBytes(id) > CLIENT_ROOM_BYTES,
    });
    this.#connections.set(id, connection);
    this.#handle({ type: 'opened', client: id, kin: kin instanceof Connection ? kin.id : undefined });
    return connection;
  }

  stats(connection: BrokerConnection): ClientStats {
    return (connection instanceof Connection ? this.#state.stats(connection.id) : undefined) ?? NOBODY;
  }

  subscriptions(connection: BrokerConnection): readonly SubscriptionInfo[] {
    return connection instanceof Connection ? this.#state.subscriptions(connection.id) : [];
  }

  interests(): readonly InterestEntry[] {
    return this.#state.interests();
  }

  close(reason: string): void {
    this.#handle({ type: 'close', reason });
  }

  /** A client that speaks while it is spoken to is heard next, not in between. */
  #handle(event: BrokerEvent): void {
    this.#events.push(event);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    try {
      for (let at = 0; at < this.#events.length; at++) {
        const next = this.#events[at];
        if (next) for (const effect of this.#state.handle(next)) this.#perform(effect);
      }
    } finally {
      this.#events = [];
      this.#isAtWork = false;
    }
    for (const connection of [...this.#waiting]) connection.settle();
  }

  #perform(effect: BrokerEffect): void {
    switch (effect.type) {
      case 'tell': {
        const connection = this.#connections.get(effect.client);
        try {
          connection?.client.hear(effect.verb);
        } catch (error) {
          log('error', `a client of the broker failed: ${messageOf(error)}`);
        }
        return;
      }
      case 'ended': {
        const connection = this.#connections.get(effect.client);
        this.#connections.delete(effect.client);
        connection?.ended();
        return;
      }
      default:
        effect satisfies never;
    }
  }
}

interface ConnectionPort {
  handle(event: BrokerEvent): void;
  isFull(): boolean;
  readonly waiting: Set<Connection>;
}

class Connection implements BrokerConnection {
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
    if (this.#isOver || !this.#port.isFull()) return undefined;
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
    if (!this.#room || (!this.#isOver && this.#port.isFull())) return;
    this.#room.open();
    this.#room = undefined;
    this.#port.waiting.delete(this);
  }

  ended(): void {
    this.#isOver = true;
    this.settle();
  }
}
