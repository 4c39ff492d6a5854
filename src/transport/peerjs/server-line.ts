/**
 * Our end of the socket to the signaling server, whatever carries it: proves our id, registers, keeps the list of who else is
 * there, and comes back after every loss. The server lets itself be heard every BEAT_INTERVAL_MS; when it does not, it is asked
 * once, so that a page that was frozen itself does not take its own silence for the server's. A frozen server is found out
 * within five seconds.
 */
import { Emitter, type Random, type Timers, toBase64Url } from '../../runtime/index.ts';
import { BEAT_INTERVAL_MS, type NodeId, type RegistryReply, readRegistryReply } from '../../wire/index.ts';
import type { ServerProver } from '../contract.ts';
import { Backoff } from './backoff.ts';

export interface ServerLineEvents {
  /** Registered, and told who is there. */
  online: undefined;
  /** The socket is gone or could not be opened; another attempt follows by itself. */
  offline: { readonly reason: string };
  /** Whom the server has told of and not called gone, without ourselves; the newest last. */
  instances: readonly NodeId[];
  left: NodeId;
  /** The server had told of it, and tells that it has just registered. */
  again: NodeId;
}

/** What carries the messages. */
export interface LineSocket {
  /** Opens it; what then happens comes to `receive` and `disconnected` of the line. */
  start(): void;
  /** Gives it up, without a `disconnected`. */
  stop(): void;
  send(message: object): void;
}

export interface ServerLineOptions {
  readonly self: NodeId;
  readonly prover: ServerProver;
  /** `networkHash(name)`. */
  readonly network: string;
  readonly socket: LineSocket;
  readonly timers: Timers;
  readonly random: Random;
}

/** So late a beat may be on a busy machine before we ask. */
const QUIET_MS = BEAT_INTERVAL_MS + 700;
/** From a PING of ours to anything of the server's. */
const ANSWER_TIMEOUT_MS = 1_200;
/** From opening the socket to the challenge, and from the proof to the list. */
const HANDSHAKE_TIMEOUT_MS = 4_500;
/** Another tab has our key. It will have told us so through the mesh; we do not fight it for the socket. */
const REPLACED_WAIT_MS = 30_000;
/** Of a large network the server tells a changing choice; those heard of longest ago are forgotten. */
const MAX_INSTANCES_KEPT = 256;

export class ServerLine {
  readonly events = new Emitter<ServerLineEvents>();
  readonly #options: ServerLineOptions;
  readonly #backoff: Backoff;
  readonly #instances = new Set<NodeId>();
  #state: 'closed' | 'waiting' | 'opening' | 'online' = 'closed';
  /** The one thing waited for: the next attempt, an answer, or the moment to ask. */
  #cancelWait: () => void = () => undefined;

  constructor(options: ServerLineOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
  }

  get isOnline(): boolean {
    return this.#state === 'online';
  }

  start(): void {
    if (this.#state === 'closed') this.#open();
  }

  /** Does not wait for the next attempt. While online it asks whether the server is still there. */
  tryNow(): void {
    switch (this.#state) {
      case 'closed':
        return;
      case 'online':
        this.#ask();
        return;
      case 'opening':
      case 'waiting':
        this.#options.socket.stop();
        this.#backoff.reset();
        this.#open();
    }
  }

  /** Leaves the server for good; no event after it. */
  close(): void {
    this.#state = 'closed';
    this.events.clear();
    this.#cancelWait();
    this.#options.socket.stop();
  }

  /** Takes what came on the socket; false for what is not about registration. */
  receive(message: unknown): boolean {
    if (this.#state === 'closed' || this.#state === 'waiting') return true;
    const reply = readRegistryReply(message);
    if (this.isOnline) this.#askWhenQuiet();
    if (!reply) return false;
    this.#handle(reply);
    return true;
  }

  /** The socket closed by itself. */
  disconnected(): void {
    this.lost('the connection to the server closed');
  }

  /** Gives the socket up; another attempt follows. */
  lost(reason: string, waitMs = this.#backoff.next()): void {
    if (this.#state === 'closed' || this.#state === 'waiting') return;
    this.#state = 'waiting';
    this.#options.socket.stop();
    this.#wait(waitMs, () => this.#open());
    this.events.emit('offline', { reason });
  }

  /** The server does not know this peer any more. */
  forget(peer: NodeId): void {
    if (this.#instances.delete(peer)) this.#tellInstances();
  }

  #handle(reply: RegistryReply): void {
    switch (reply.type) {
      case 'BEAT':
        return;
      case 'CHALLENGE':
        this.#register(reply.nonce);
        return;
      case 'GOODBYE':
        if (reply.reason === 'restarting') {
          this.#backoff.reset();
          this.lost('the server restarts');
        } else this.lost('another tab with the same key took our place at the server', REPLACED_WAIT_MS);
        return;
      case 'LEFT':
        if (!this.#instances.delete(reply.id)) return;
        this.events.emit('left', reply.id);
        break;
      case 'JOINED':
        if (this.#instances.has(reply.id)) this.events.emit('again', reply.id);
        this.#add([reply.id]);
        break;
      case 'INSTANCES':
        if (this.#state === 'opening') this.#becomeOnline();
        this.#add(reply.ids);
        break;
    }
    this.#tellInstances();
  }

  #becomeOnline(): void {
    this.#state = 'online';
    this.#backoff.reset();
    // What a server told before it went away may not be so any more.
    this.#instances.clear();
    this.#askWhenQuiet();
    this.events.emit('online', undefined);
  }

  #add(ids: readonly NodeId[]): void {
    for (const id of ids) {
      if (id === this.#options.self) continue;
      this.#instances.delete(id);
      this.#instances.add(id);
    }
    for (const id of this.#instances) {
      if (this.#instances.size <= MAX_INSTANCES_KEPT) break;
      this.#instances.delete(id);
    }
  }

  #tellInstances(): void {
    this.events.emit('instances', [...this.#instances]);
  }

  #register(nonce: Uint8Array): void {
    if (this.#state !== 'opening') return;
    const { prover, network, socket } = this.#options;
    const signature = toBase64Url(prover.prove(nonce, network));
    const publicKey = toBase64Url(prover.publicKey);
    this.#awaitAnswer(HANDSHAKE_TIMEOUT_MS);
    socket.send({ type: 'REGISTER', payload: { network, publicKey, signature } });
  }

  #open(): void {
    this.#state = 'opening';
    this.#awaitAnswer(HANDSHAKE_TIMEOUT_MS);
    this.#options.socket.start();
  }

  #askWhenQuiet(): void {
    this.#wait(QUIET_MS, () => this.#ask());
  }

  #ask(): void {
    this.#options.socket.send({ type: 'PING' });
    this.#awaitAnswer(ANSWER_TIMEOUT_MS);
  }

  #awaitAnswer(timeoutMs: number): void {
    this.#wait(timeoutMs, () => this.lost('the server does not answer'));
  }

  #wait(delayMs: number, then: () => void): void {
    this.#cancelWait();
    this.#cancelWait = this.#options.timers.after(delayMs, then);
  }
}
