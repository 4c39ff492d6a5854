/** What a command that joins a network needs, and no other: apart, because it takes as long to load as all the rest. */
import type { Mesh } from '../library/index.node.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { createBroker, MAX_PAYLOAD_BYTES, PubSub } from '../services/pubsub/index.ts';

export { joinNetwork } from '../library/index.node.ts';

export function openBroker({ node }: Mesh, maxPayloadBytes = MAX_PAYLOAD_BYTES) {
  const broker = createBroker({ node, clock, timers, random, maxPayloadBytes });
  return { broker, pubsub: new PubSub({ broker, clock, timers, random }) };
}
