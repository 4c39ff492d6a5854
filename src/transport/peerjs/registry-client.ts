/**
 * Our end of the registry's socket: registers this Node, keeps the list of who else is there, comes back after every
 * loss, and pings, because a server that froze would otherwise look alive for ever.
 */
import { Emitter, type Random, type Timers } from '../../runtime/index.ts';
import {
  type NodeId,
  parseRegistryReply,
  type RegistryReply,
  type RegistryRequest,
} from '../../wire/index.ts';
import { Backoff } from './backoff.ts';

export interface RegistryClientEvents {
  /** Registered: the list of instances has come. */
  online: undefined;
  /** The socket is gone or could not be opened; another attempt follows by itself. */
  offline: { readonly reason: string };
  /** The server took our socket but stopped answering; `offline` follows. */
  silent: undefined;
  /** Everyone registered in the network now, without ourselves. */
  instances: readonly NodeId[];
  left: NodeId;
}

/** The part of the browser's WebSocket that is used; `ws` has it too. */
export type RegistrySocket = Pick<WebSocket, 'addEventListener' | 'send' | 'close'>;

export interface RegistryClientOptions {
  readonly url: string;
  readonly network: string;
  readonly self: NodeId;
  readonly timers: Timers;
  readonly random: Random;
  readonly openSocket?: (url: string) => RegistrySocket;
}

const PING_INTERVAL_MS = 20_000;
/** From a message of ours to any message of the server's. */
const ANSWER_TIMEOUT_MS = 10_000;

export class RegistryClient {
  readonly events = new Emitter<RegistryClientEvents>();
  readonly #options: RegistryClientOptions;
  readonly #backoff: Backoff;
  readonly #instances = new Set<NodeId>();
  #socket: RegistrySocket | undefined;
  #isOnline = false;
  #isStarted = false;
  /** The one thing waited for: the next attempt, the next ping, or an answer. */
  #cancelWait: () => void = () => undefined;

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#open();
  }

  /** Leaves the registry for good; no event after it. */
  close(): void {
    this.#isStarted = false;
    this.events.clear();
    this.#drop();
  }

  #open(): void {
    const { url, network, self, openSocket } = this.#options;
    const socket = openSocket ? openSocket(url) : new WebSocket(url);
    this.#socket = socket;
    const isCurrent = (): boolean => this.#socket === socket;
    this.#awaitAnswer();
    socket.addEventListener('open', () => {
      if (isCurrent()) this.#send({ type: 'register', network, id: self });
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const reply = typeof data === 'string' ? parseRegistryReply(data) : undefined;
      if (isCurrent() && reply) this.#receive(reply);
    });
    socket.addEventListener('close', () => {
      if (isCurrent()) this.#lost('the connection to the server closed');
    });
    // A failed attempt ends in `close` too.
    socket.addEventListener('error', () => undefined);
  }

  #receive(reply: RegistryReply): void {
    if (reply.type === 'refused') {
      this.#lost(reply.reason);
      return;
    }
    this.#pingLater();
    switch (reply.type) {
      case 'pong':
        return;
      case 'instances':
        this.#instances.clear();
        for (const id of reply.ids) this.#instances.add(id);
        this.#isOnline = true;
        this.#backoff.reset();
        this.events.emit('online', undefined);
        break;
      case 'joined':
        this.#instances.add(reply.id);
        break;
      case 'left':
        if (!this.#instances.delete(reply.id)) return;
        this.events.emit('left', reply.id);
        break;
    }
    this.#instances.delete(this.#options.self);
    this.events.emit('instances', [...this.#instances]);
  }

  #pingLater(): void {
    this.#cancelWait();
    this.#cancelWait = this.#options.timers.after(PING_INTERVAL_MS, () => {
      this.#send({ type: 'ping' });
      this.#awaitAnswer();
    });
  }

  #awaitAnswer(): void {
    this.#cancelWait();
    this.#cancelWait = this.#options.timers.after(ANSWER_TIMEOUT_MS, () => {
      this.events.emit('silent', undefined);
      this.#lost('the server does not answer');
    });
  }

  #send(request: RegistryRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  #lost(reason: string): void {
    this.#drop();
    if (!this.#isStarted) return;
    this.#cancelWait = this.#options.timers.after(this.#backoff.next(), () => this.#open());
    this.events.emit('offline', { reason });
  }

  #drop(): void {
    this.#cancelWait();
    this.#isOnline = false;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
