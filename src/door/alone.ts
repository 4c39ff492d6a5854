/** A Network of one Node: a door that was given no invite is a broker for its own clients. Its transport never meets anybody. */
import { createNode, newIdentity } from '../mesh/index.ts';
import { type Clock, Emitter, type Random, type Timers } from '../runtime/index.ts';
import { type Broker, createBroker } from '../services/pubsub/index.ts';
import type { Transport, TransportEvents } from '../transport/index.ts';
import { type NodeId, newInvite } from '../wire/index.ts';

export interface AloneOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly maxPayloadBytes: number;
}

export interface BrokerAlone {
  readonly broker: Broker;
  close(): void;
}

export function brokerAlone({ clock, timers, random, maxPayloadBytes }: AloneOptions): BrokerAlone {
  const identity = newIdentity(random);
  // Nobody will ever be told them.
  const { name, key } = newInvite(random);
  const node = createNode({
    transport: nobody(identity.id),
    networkName: name,
    networkKey: key,
    identity,
    life: Date.now(),
    attributes: {},
    ...{ clock, timers, random },
  });
  const broker = createBroker({ node, clock, timers, random, maxPayloadBytes });
  return {
    broker,
    close() {
      broker.close('the door is closed');
      node.close();
    },
  };
}

function nobody(self: NodeId): Transport {
  const nothing = (): void => undefined;
  return {
    self,
    events: new Emitter<TransportEvents>(),
    rendezvous: 'offline',
    copiesFrames: true,
    start: nothing,
    tryNow: nothing,
    connect: nothing,
    restart: nothing,
    receiveSignal: nothing,
    pathTo: () => Promise.resolve(undefined),
    close: nothing,
  };
}
