/**
 * `leafcutter/pubsub`: publish and subscribe with NATS' subjects, queue groups and requests, and the names of nats.js. An entry of its own,
 * so that a page that sends plain messages does not carry it.
 *
 * @example
 * const nc = openPubSub(await joinNetwork(invite));
 * for await (const m of nc.subscribe('greet.*')) m.respond(`hello ${m.string()}`);
 */
import type { MeshNode } from '../mesh/index.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { createBroker, PubSub } from '../services/pubsub/index.ts';
import type { Mesh } from './mesh.ts';

export * from '../services/pubsub/index.ts';

const opened = new WeakMap<MeshNode, PubSub>();

/**
 * Best right after joining: others wait up to three seconds for what a Node wants that does not say so. The same one for the same mesh; it
 * ends with it.
 * @throws NodeClosedError when it has left
 */
export function openPubSub({ node }: Pick<Mesh, 'node'>): PubSub {
  let pubsub = opened.get(node);
  if (!pubsub) {
    const broker = createBroker({ node, clock, timers, random });
    pubsub = new PubSub({ broker, clock, timers, random });
    opened.set(node, pubsub);
  }
  return pubsub;
}
