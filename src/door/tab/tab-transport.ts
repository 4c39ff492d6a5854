/**
 * The official NATS client in the tab itself: it speaks its protocol as it would over a socket, and the other end of the line is this
 * Node's own Broker. No socket, no server, and what a client may do and hear is what it would be at a door without users.
 */
import type { Transport } from '@nats-io/nats-core/internal';
import { NodeClosedError } from '../../mesh/index.ts';
import { type Clock, type Random, type Timers, toBase64Url } from '../../runtime/index.ts';
import type { Broker, BrokerConnection } from '../../services/pubsub/index.ts';
import { DEFAULT_LIMITS, NATS_VERSION } from '../server-info.ts';
import { ClientConnection } from '../sockets/client-connection.ts';
import type { Wire } from '../sockets/wire.ts';
import { Users } from '../users.ts';

export interface TabDependencies {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Whether the Node has left its network: then nobody is at the other end. */
  readonly isClosed: () => boolean;
}

/** Clients show it as their server's address; nothing listens there. */
const PLACE = { host: 'leafcutter', port: 4222 };
const NONCE_BYTES = 12;

let lastClientId = 0;

/** One line to the Broker, for one connection of the client. */
export class TabTransport implements Transport {
  readonly lang = 'leafcutter';
  readonly version = NATS_VERSION;
  closeError?: Error;
  readonly #dependencies: TabDependencies;
  readonly #closed: Promise<undefined>;
  #resolveClosed: () => void = () => undefined;
  #connection: ClientConnection | undefined;
  /** Speaks for the line itself. */
  #own: BrokerConnection | undefined;
  /** Said to the client and not read by it; and what is to be done when it is. */
  #unread: { readonly bytes: Uint8Array; readonly onOut: (() => void) | undefined }[] = [];
  #unreadBytes = 0;
  #wakeReader: () => void = () => undefined;
  /** The other end has said its last word. */
  #isOver = false;
  #isClosed = false;

  constructor(dependencies: TabDependencies) {
    this.#dependencies = dependencies;
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = () => resolve(undefined);
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws NodeClosedError */
  async connect(): Promise<void> {
    const { broker, clock, timers, random, isClosed } = this.#dependencies;
    if (isClosed()) throw new NodeClosedError();
    this.#own = broker.connect({ hear: () => undefined });
    this.#own.say({
      ...{ type: 'connect', options: { name: 'tab', echo: true, headers: true, noResponders: false } },
    });
    const clientId = ++lastClientId;
    const server = {
      ...{ serverId: broker.node, serverName: broker.node, ...PLACE },
      ...{ isTlsRequired: false, isLameDuck: false, connectUrls: [], wsConnectUrls: [] },
    };
    this.#connection = new ClientConnection(this.#wire(), {
      ...{ broker, clock, timers },
      client: {
        ...{ clientId, clientIp: PLACE.host, server },
        nonce: toBase64Url(random.bytes(NONCE_BYTES)),
        users: new Users([]),
        limits: DEFAULT_LIMITS,
      },
      publish: ({ subject, headers, payload }) =>
        this.#own?.say({ type: 'pub', subject, reply: undefined, headers, payload, ack: undefined }),
      ended: () => this.#own?.say({ type: 'close', reason: 'the client has gone' }),
    });
    this.#connection.handle({ type: 'opened' });
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    while (!this.#isClosed) {
      const next = this.#unread.shift();
      if (next) {
        yield next.bytes;
        this.#unreadBytes -= next.bytes.length;
        next.onOut?.();
      } else if (this.#isOver) {
        this.#end(undefined);
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }

  isEncrypted(): boolean {
    return false;
  }

  send(frame: Uint8Array): void {
    if (!this.#isClosed) this.#connection?.bytes(frame);
  }

  async close(error?: Error): Promise<void> {
    this.#end(error);
  }

  disconnect(): void {
    this.#end(undefined);
  }

  discard(): void {
    this.#end(undefined);
  }

  closed(): Promise<undefined> {
    return this.#closed;
  }

  #wire(): Wire {
    const unreadBytes = (): number => this.#unreadBytes;
    return {
      ...{ kind: 'websocket', ip: PLACE.host, port: PLACE.port, tlsVersion: undefined },
      get pendingBytes() {
        return unreadBytes();
      },
      write: (pieces, onOut) => this.#say(pieces, onOut),
      // What the client says meanwhile is kept at the other end: there is no socket that could keep it.
      pause: () => undefined,
      resume: () => undefined,
      end: () => {
        this.#isOver = true;
        this.#wakeReader();
      },
      destroy: () => this.#end(undefined),
    };
  }

  #say(pieces: readonly Uint8Array[], onOut: () => void): void {
    for (const [i, bytes] of pieces.entries()) {
      this.#unreadBytes += bytes.length;
      this.#unread.push({ bytes, onOut: i === pieces.length - 1 ? onOut : undefined });
    }
    this.#wakeReader();
  }

  #end(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (error) this.closeError = error;
    this.#unread = [];
    this.#connection?.closed('Client Closed');
    this.#wakeReader();
    this.#resolveClosed();
  }
}
