/**
 * `leafcutter/nats`: the official NATS client (`@nats-io/nats-core`) on the tab's own Broker. What is written for NATS, its service
 * framework included, runs on the mesh; no server, no socket.
 *
 * @example
 * const nc = await connect({ mesh: await joinNetwork(invite) });
 * for await (const m of nc.subscribe('greet.*')) m.respond(`hello ${m.string()}`);
 */
import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from '@nats-io/nats-core/internal';
import { TabTransport } from '../door/index.browser.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { openPubSub } from './index.pubsub.ts';
import type { Mesh } from './mesh.ts';

/** The client's own options, but for the address; and the mesh in its place. */
export interface MeshConnectionOptions extends Omit<ConnectionOptions, 'servers' | 'port' | 'tls'> {
  readonly mesh: Pick<Mesh, 'node'>;
}

/**
 * Takes the place of the client's own `connect` or `wsconnect`, with the same options but for the address. The client asks for its
 * transport whenever it connects anew, and knows one for all its connections: a page that also uses `wsconnect` calls this one last.
 *
 * @throws NodeClosedError when the mesh is closed, and whatever the client throws
 */
export function connect({ mesh, ...options }: MeshConnectionOptions): Promise<NatsConnection> {
  const { node } = mesh;
  const { broker } = openPubSub(mesh);
  const isClosed = (): boolean => node.isClosed;
  setTransportFactory({ factory: () => new TabTransport({ broker, clock, timers, random, isClosed }) });
  return NatsConnectionImpl.connect(options);
}
