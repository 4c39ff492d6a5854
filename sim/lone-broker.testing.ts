/** Test support: a Broker on a Node that nobody else can see. In virtual time: call quietVirtualTime(). */

import { TestClient } from '../src/services/pubsub/client.testing.ts';
import { type Broker, MAX_PAYLOAD_BYTES } from '../src/services/pubsub/contract.ts';
import { createBroker } from '../src/services/pubsub/driver/broker.ts';
import { FarmWorld } from './farm-world.ts';

export function aBroker(maxPayloadBytes = MAX_PAYLOAD_BYTES): Broker {
  const { node, host, random } = new FarmWorld(1).add();
  return createBroker({ node, clock: host, timers: host, random, maxPayloadBytes });
}

export function brokerWith(count: number): {
  readonly broker: Broker;
  readonly clients: readonly TestClient[];
} {
  const broker = aBroker();
  return { broker, clients: Array.from({ length: count }, () => new TestClient(broker)) };
}

export function two(): readonly [TestClient, TestClient, Broker] {
  const { broker, clients } = brokerWith(2);
  const [a, b] = clients;
  if (!a || !b) throw new Error('unreachable');
  return [a, b, broker];
}

export const KIB = new Uint8Array(1024);
