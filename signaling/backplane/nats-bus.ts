/** The servers' bus over NATS: one subject for all, one for each server. The official client reconnects for as long as it takes. */
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { log, messageOf, reportError } from '../../src/runtime/index.ts';
import { ServerStartError } from '../errors.ts';
import type { Bus } from './federation.ts';
import { parseServerMessage, type ServerMessage } from './messages.ts';

const PREFIX = 'leafcutter.v1';
const RECONNECT_AFTER_MS = 1_000;
/** NATS itself is asked so often whether it is there, and given up after two silences. */
const PING_INTERVAL_MS = 2_000;

export interface NatsBusOptions {
  readonly address: NatsAddress;
  /** Of this server. */
  readonly name: string;
  readonly onMessage: (message: ServerMessage) => void;
}

/** A NATS that is away, from the start or later, is waited for. */
export class NatsBus implements Bus {
  readonly #options: NatsBusOptions;
  #connection: NatsConnection | undefined;
  #isConnected = false;
  #isClosed = false;

  constructor(options: NatsBusOptions) {
    this.#options = options;
    connect({
      ...options.address,
      name: `leafcutter ${options.name}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_AFTER_MS,
      waitOnFirstConnect: true,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: 2,
    }).then(
      (connection) => this.#connected(connection),
      (error: unknown) => {
        if (!this.#isClosed) reportError('the backplane cannot be used; this server goes on alone', error);
      },
    );
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  toAll(message: ServerMessage): void {
    this.#publish('all', message);
  }

  to(server: string, message: ServerMessage): void {
    this.#publish(`to.${server}`, message);
  }

  /** Sends what waits, then ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const wasConnected = this.#isConnected;
    this.#isConnected = false;
    if (wasConnected) await this.#connection?.flush().catch(() => undefined);
    await this.#connection?.close();
  }

  #publish(subject: string, message: ServerMessage): void {
    if (!this.#isConnected || !this.#connection) return;
    try {
      this.#connection.publish(`${PREFIX}.${subject}`, JSON.stringify(message));
    } catch (error) {
      log('warn', `the backplane took a message not: ${messageOf(error)}`);
    }
  }

  #connected(connection: NatsConnection): void {
    if (this.#isClosed) {
      void connection.close();
      return;
    }
    this.#connection = connection;
    this.#setConnected(true);
    for (const subject of ['all', `to.${this.#options.name}`]) {
      connection.subscribe(`${PREFIX}.${subject}`, {
        callback: (error, { data }) => {
          const message = error ? undefined : parseServerMessage(new TextDecoder().decode(data));
          if (message) this.#options.onMessage(message);
          else log('debug', 'the backplane brought a message that makes no sense; dropped');
        },
      });
    }
    void this.#watch(connection);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#setConnected(false);
      else if (type === 'reconnect') this.#setConnected(true);
    }
  }

  #setConnected(isConnected: boolean): void {
    if (isConnected === this.#isConnected || this.#isClosed) return;
    this.#isConnected = isConnected;
    if (isConnected) log('info', 'the backplane is connected');
    else log('warn', 'the backplane is away; this server goes on alone and tries again');
  }
}

/** As the client wants it. */
export interface NatsAddress {
  readonly servers: string;
  readonly tls?: Record<string, never>;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
}

/**
 * @param text `nats://host:port` or `tls://host:port`, with `user:password@` or `token@` where the server asks for it
 * @throws ServerStartError `bad-backplane`
 */
export function natsAddress(text: string): NatsAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^(?:nats|tls):$/.test(url.protocol) || url.hostname === '') {
    // The text may hold a password: it is not repeated.
    throw new ServerStartError(
      'bad-backplane',
      'a backplane is given as nats://host:port (or tls://host:port)',
    );
  }
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    servers: `${url.hostname}:${url.port || '4222'}`,
    ...(url.protocol === 'tls:' && { tls: {} }),
    ...(user !== '' && (pass === '' ? { token: user } : { user, pass })),
  };
}
