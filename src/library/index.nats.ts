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
import {
  systemClock as clock,
  LeafcutterError,
  systemRandom as random,
  systemTimers as timers,
} from '../runtime/index.ts';
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
 * @throws LeafcutterError `no-mesh`; NodeClosedError when the mesh is closed; and whatever the client throws
 */
export async function connect(given: MeshConnectionOptions): Promise<NatsConnection> {
  if (typeof given?.mesh?.node !== 'object') {
    throw new LeafcutterError('no-mesh', 'connect({ mesh }) takes what `await joinNetwork(invite)` gives');
  }
  const { mesh, ...options } = given;
  const { node } = mesh;
  const pubsub = openPubSub(mesh);
  const { broker } = pubsub;
  const isClosed = (): boolean => node.isClosed;
  setTransportFactory({ factory: () => new TabTransport({ broker, clock, timers, random, isClosed }) });
  const connection = await NatsConnectionImpl.connect(options);
  // There is nobody to connect to anew.
  void pubsub.closed().then(() => connection.close());
  return connection;
}
