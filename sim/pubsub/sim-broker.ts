/** A Node of a BrokerNet: a BrokerState, its clients, and what of the mesh it sees. */
import type { BrokerEvent } from '../../src/services/pubsub/broker-events.ts';
import type { BrokerState } from '../../src/services/pubsub/broker-state.ts';
import { TestClient } from '../../src/services/pubsub/client.testing.ts';
import type { ClientId } from '../../src/services/pubsub/client-state.ts';
import type { BrokerClient, BrokerConnection } from '../../src/services/pubsub/contract.ts';
import type { NodeId } from '../../src/wire/index.ts';
import type { Viewer } from '../views.ts';

export class SimBroker implements Viewer {
  readonly members = new Set<NodeId>();
  readonly clients = new Map<ClientId, BrokerClient>();
  isAlive = true;
  /** What it says of itself is not to be believed. */
  isLying = false;
  /** Its Broker hears, and nothing that it would say leaves it. */
  isMute = false;
  waiting: (() => void)[] | undefined;
  wakeAtMs = Number.POSITIVE_INFINITY;
  isAtWork = false;
  readonly events: BrokerEvent[] = [];
  readonly client: TestClient;
  readonly #handle: (event: BrokerEvent) => void;

  constructor(
    readonly id: NodeId,
    readonly state: BrokerState,
    handle: (node: SimBroker, event: BrokerEvent) => void,
  ) {
    this.#handle = (event) => handle(this, event);
    this.client = new TestClient(this);
  }

  connect(client: BrokerClient): BrokerConnection {
    const id = (this.clients.size + 1) as ClientId;
    this.clients.set(id, client);
    this.#handle({ type: 'opened', client: id, kin: undefined });
    return {
      say: (verb) => this.#handle({ type: 'said', client: id, verb }),
      taken: (bytes) => this.#handle({ type: 'taken', client: id, bytes }),
      room: () => undefined,
    };
  }
}
