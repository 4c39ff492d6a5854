/**
 * A door: the sockets at which clients of NATS come in to the Broker of one Node. It keeps who is here, tells all of them what changes, and
 * ends as nats-server does: as a lame duck it takes nobody in any more and lets its clients go one after the other.
 */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { type Clock, log, type Random, type Timers, toBase64Url } from '../../runtime/index.ts';
import type { Broker, BrokerConnection } from '../../services/pubsub/index.ts';
import type { DoorAnswer } from '../answers.ts';
import type { DoorLimits, ServerInfo } from '../server-info.ts';
import type { Users } from '../users.ts';
import { ClientConnection } from './client-connection.ts';
import { listen, type Place } from './listen.ts';
import { monitorServer, type Totals } from './monitor.ts';
import { tcpServer } from './tcp.ts';
import type { DoorTls } from './tls.ts';
import { webSocketServer } from './websocket.ts';
import type { Wire, WireListener } from './wire.ts';

export interface DoorOptions {
  readonly broker: Broker;
  readonly nats: Place;
  readonly tls?: DoorTls;
  readonly websocket?: Place & {
    readonly tls?: DoorTls;
    readonly origins: readonly string[];
    readonly isSameOriginWelcome: boolean;
  };
  readonly monitor?: Place;
  readonly users: Users;
  readonly limits: DoorLimits;
  readonly maxConnections: number;
  readonly serverName: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

export interface Ports {
  readonly nats: number;
  readonly websocket: number | undefined;
  readonly monitor: number | undefined;
}

export interface LameDuck {
  /** Before the first client is let go. */
  readonly graceMs: number;
  /** Over which they are let go. */
  readonly durationMs: number;
}

const NONCE_BYTES = 12;
/** For what clients said while this process stood still to be read. */
export const READ_MS = 1_000;
/** A process of nats-server takes 65,536. */
export const DEFAULT_MAX_CONNECTIONS = 65_536;

/** Resolves once it listens on all its ports. @throws LeafcutterError with what to do, when one cannot be had */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const door = new Door(options);
  try {
    await door.listen();
  } catch (error) {
    await door.close();
    throw error;
  }
  return door;
}

export class Door {
  readonly startedAt = new Date();
  readonly options: DoorOptions;
  readonly #connections = new Map<number, ClientConnection>();
  readonly #servers: Server[] = [];
  /** Speaks for the door itself. */
  readonly #own: BrokerConnection;
  #server: ServerInfo;
  #ports: Ports = { nats: 0, websocket: undefined, monitor: undefined };
  #lastClientId = 0;
  #gone: Totals = { inMessages: 0, outMessages: 0, inBytes: 0, outBytes: 0, lost: 0 };
  #onEmpty: (() => void) | undefined;
  #cancelMissed: () => void = () => undefined;

  constructor(options: DoorOptions) {
    this.options = options;
    this.#server = {
      serverId: serverId(options.random),
      serverName: options.serverName,
      host: options.nats.host,
      port: options.nats.port,
      isTlsRequired: false,
      connectUrls: [],
      wsConnectUrls: [],
      isLameDuck: false,
    };
    this.#own = options.broker.connect({ hear: () => undefined });
    const none = { echo: true, headers: true, noResponders: false };
    this.#own.say({ type: 'connect', options: { name: 'door', ...none } });
  }

  get server(): ServerInfo {
    return this.#server;
  }

  get ports(): Ports {
    return this.#ports;
  }

  get connections(): readonly ClientConnection[] {
    return [...this.#connections.values()];
  }

  /** Everyone that ever came. */
  get totalConnections(): number {
    return this.#lastClientId;
  }

  /** Of everyone that ever came. */
  get totals(): Totals {
    return this.connections.reduce(
      (sum, { brokerConnection }) => this.#plus(sum, brokerConnection),
      this.#gone,
    );
  }

  /** @throws LeafcutterError */
  async listen(): Promise<void> {
    const { nats, tls, websocket, monitor, limits } = this.options;
    const accept = (wire: Wire): WireListener => this.#accept(wire);
    this.#ports = { ...this.#ports, nats: await this.#open(tcpServer(tls, accept), nats, '--port') };
    this.#server = { ...this.#server, port: this.#ports.nats };
    if (websocket) {
      const rules = { ...websocket, maxPayloadBytes: limits.maxPayloadBytes };
      const server = webSocketServer(websocket.tls, rules, accept);
      this.#ports = { ...this.#ports, websocket: await this.#open(server, websocket, '--ws-port') };
    }
    if (monitor) {
      this.#ports = {
        ...this.#ports,
        monitor: await this.#open(monitorServer(this), monitor, '--monitor-port'),
      };
    }
  }

  /** Tells all clients where else they may go. */
  setUrls(connectUrls: readonly string[], wsConnectUrls: readonly string[]): void {
    this.#change({ connectUrls, wsConnectUrls });
  }

  /** Others may have published without this Node: whoever waits for messages learns that it has missed some, as of a server that died. */
  missed(): void {
    this.#cancelMissed();
    this.#cancelMissed = this.options.timers.after(READ_MS, () => {
      for (const connection of this.connections) connection.handle({ type: 'missed' });
    });
  }

  /** Resolves when everyone has gone; `close` comes then. */
  async leave({ graceMs, durationMs }: LameDuck): Promise<void> {
    this.#change({ isLameDuck: true });
    for (const server of this.#servers) server.close();
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      if (this.#connections.size === 0) resolve();
    });
    const count = this.#connections.size;
    const cancels = [...this.#connections.values()].map((connection, index) =>
      this.options.timers.after(graceMs + (index * durationMs) / count, () =>
        connection.handle({ type: 'leave', reason: 'Server Shutdown' }),
      ),
    );
    await empty;
    for (const cancel of cancels) cancel();
  }

  /** Ends everything at once. Idempotent. */
  async close(): Promise<void> {
    this.#cancelMissed();
    const closed = this.#servers
      .filter(({ listening }) => listening)
      .map(async (server) => {
        const end = once(server, 'close');
        server.close();
        await end;
      });
    for (const connection of this.connections)
      connection.handle({ type: 'leave', reason: 'Server Shutdown' });
    await Promise.all(closed);
    this.#own.say({ type: 'close', reason: 'the door is closed' });
  }

  async #open(server: Server, place: Place, option: string): Promise<number> {
    const port = await listen(server, place, option);
    this.#servers.push(server);
    return port;
  }

  #accept(wire: Wire): WireListener {
    const { broker, clock, timers, random, users, limits, maxConnections } = this.options;
    const clientId = ++this.#lastClientId;
    const connection = new ClientConnection(wire, {
      broker,
      clock,
      timers,
      client: {
        clientId,
        clientIp: wire.ip,
        nonce: toBase64Url(random.bytes(NONCE_BYTES)),
        users,
        limits,
        server: this.#serverFor(wire),
      },
      publish: (answer) => this.#publish(answer),
      ended: (ended, reason) => this.#ended(ended, reason),
    });
    this.#connections.set(clientId, connection);
    connection.handle({ type: 'opened' });
    if (this.#connections.size > maxConnections) {
      connection.handle({ type: 'refuse', text: 'maximum connections exceeded' });
    }
    return connection;
  }

  /** Over WebSocket TLS is the address's affair, `wss:`. */
  #serverFor({ kind }: Wire): ServerInfo {
    return { ...this.#server, isTlsRequired: kind === 'nats' && this.options.tls !== undefined };
  }

  #publish({ subject, headers, payload }: DoorAnswer): void {
    this.#own.say({ type: 'pub', subject, reply: undefined, headers, payload, ack: undefined });
  }

  #ended({ id, brokerConnection }: ClientConnection, reason: string): void {
    this.#gone = this.#plus(this.#gone, brokerConnection);
    this.#connections.delete(id);
    log('debug', `client ${id} has gone: ${reason}`);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  #plus(sum: Totals, connection: BrokerConnection | undefined): Totals {
    if (!connection) return sum;
    const { inMessages, outMessages, inBytes, outBytes, lost } = this.options.broker.stats(connection);
    return {
      inMessages: sum.inMessages + inMessages,
      outMessages: sum.outMessages + outMessages,
      inBytes: sum.inBytes + inBytes,
      outBytes: sum.outBytes + outBytes,
      lost: sum.lost + lost,
    };
  }

  #change(change: Partial<ServerInfo>): void {
    this.#server = { ...this.#server, ...change };
    for (const connection of this.connections) {
      connection.handle({ type: 'server', server: this.#serverFor(connection.wire) });
    }
  }
}

/** As nats-server's look: "N" and 55 letters and digits. */
function serverId(random: Random): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return `N${Array.from(random.bytes(55), (byte) => letters[byte % letters.length]).join('')}`;
}
