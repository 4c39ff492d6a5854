/** One registered stream of a Node: what its service says and hears on it. */
import { LeafcutterError, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import {
  type Handler,
  MAX_BROADCAST_BYTES,
  type MeshStream,
  type Received,
  type RequestHandler,
  type RequestOptions,
  type SendOptions,
} from '../contract.ts';
import { MessageTooLargeError, NodeClosedError } from '../errors.ts';
import type { MeshEvent, StreamId } from '../vocabulary.ts';
import { prepareMessage } from '../window/index.ts';
import { checkBody, checkHandler, checkMessageName, checkTarget, checkTimeout } from './arguments.ts';
import { Handlers } from './handlers.ts';
import { MessageIterator } from './message-iterator.ts';
import type { Settlements } from './settlements.ts';
import { within } from './within.ts';

export const DEFAULT_SEND_TIMEOUT_MS = 60_000;
export const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;
const NO_OPTIONS: SendOptions = {};

export interface NodeStreamHost {
  readonly self: NodeId;
  readonly settlements: Settlements;
  readonly timers: Timers;
  /** Aborts when the Node closes. */
  readonly closing: AbortSignal;
  feed(event: MeshEvent): void;
  /** To ourselves: resolves when our own handler has it. */
  loopBack(stream: NodeStream, name: string, body: Uint8Array, isBroadcast: boolean): Promise<void>;
  /** Asks ourselves. */
  askSelf(stream: NodeStream, name: string, body: Uint8Array): Promise<Uint8Array>;
  released(stream: NodeStream): void;
}

export class NodeStream implements MeshStream {
  readonly name: string;
  readonly number: StreamId;
  readonly handlers = new Handlers();
  readonly #host: NodeStreamHost;
  readonly #iterators = new Set<MessageIterator>();
  #isClosed = false;

  constructor(name: string, number: StreamId, host: NodeStreamHost) {
    this.name = name;
    this.number = number;
    this.#host = host;
  }

  send(
    target: NodeId | readonly NodeId[],
    name: string,
    body: Uint8Array,
    options: SendOptions = NO_OPTIONS,
  ): Promise<void> {
    // Not `async`: at a hundred thousand messages a second a second promise for each shows.
    try {
      this.#requireOpen();
      const { signal, timeoutMs = DEFAULT_SEND_TIMEOUT_MS, isAwaited } = options;
      checkMessage(name, body, timeoutMs);
      if (isList(target)) return this.#toSeveral(target, name, body, options);
      checkTarget(target);
      const message = { kind: 'message', name, body } as const;
      prepareMessage(message); // what it throws rejects
      const { self, settlements, feed } = this.#host;
      if (target === self) return this.#toSelf(name, body, false, options);
      return settlements.wait<void>({ kind: 'send', target, name }, signal, (token) =>
        feed({ type: 'send', token, target, stream: this.number, message, timeoutMs, isAwaited }),
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async broadcast(name: string, body: Uint8Array, options: SendOptions = {}): Promise<void> {
    this.#requireOpen();
    checkMessage(name, body, options.timeoutMs ?? DEFAULT_SEND_TIMEOUT_MS);
    return this.#spread(undefined, name, body, options);
  }

  async request(
    target: NodeId,
    name: string,
    body: Uint8Array,
    options: RequestOptions = {},
  ): Promise<Uint8Array> {
    this.#requireOpen();
    const { signal, timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, longestMs } = options;
    checkMessage(name, body, timeoutMs);
    if (longestMs !== undefined) checkTimeout(longestMs);
    checkTarget(target);
    prepareMessage({ kind: 'request', name, requestId: 0, body });
    const { self, settlements, timers, closing, feed, askSelf } = this.#host;
    const purpose = { kind: 'request', target, name } as const;
    if (target === self) {
      return within(() => askSelf(this, name, body), { purpose, timers, timeoutMs, signal, closing });
    }
    return settlements.wait<Uint8Array>(purpose, signal, (token) =>
      feed({ type: 'request', token, target, stream: this.number, name, body, timeoutMs, longestMs }),
    );
  }

  receive(name: string, handler: Handler): () => void {
    this.#requireOpen();
    checkMessageName(name);
    checkHandler(handler);
    return this.handlers.receive(name, handler);
  }

  serve(name: string, handler: RequestHandler): () => void {
    this.#requireOpen();
    checkMessageName(name);
    checkHandler(handler);
    return this.handlers.serve(name, handler);
  }

  messages(name: string, { signal }: { readonly signal?: AbortSignal } = {}): MessageIterator {
    const end = (): void => {
      iterator.holdBackNoMore(); // whoever read it may not come back for what is left
      iterator.end();
    };
    const iterator = new MessageIterator(() => {
      off();
      this.#iterators.delete(iterator);
      signal?.removeEventListener('abort', end);
    });
    const off = this.receive(name, (received: Received) => iterator.offer(received));
    this.#iterators.add(iterator);
    if (signal?.aborted) iterator.end();
    else signal?.addEventListener('abort', end, { once: true });
    return iterator;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.holdBackNoMore();
    this.endIterators();
    this.handlers.clear();
    this.#host.released(this);
  }

  /** Nothing new is acknowledged any more: loops over messages take what is left without holding it up. */
  holdBackNoMore(): void {
    for (const iterator of this.#iterators) iterator.holdBackNoMore();
  }

  /** Nothing new will come: loops over messages end once they have read what is there. */
  endIterators(): void {
    for (const iterator of [...this.#iterators]) iterator.end();
  }

  async #toSeveral(
    targets: readonly NodeId[],
    name: string,
    body: Uint8Array,
    options: SendOptions,
  ): Promise<void> {
    const { self } = this.#host;
    for (const target of targets) checkTarget(target);
    checkBroadcast(name, body);
    const others = [...new Set(targets)].filter((target) => target !== self);
    // First the others: where one of them is no member nobody gets it, we neither.
    if (others.length > 0) await this.#spread(others, name, body, options);
    if (targets.includes(self)) await this.#toSelf(name, body, true, options);
  }

  async #spread(
    targets: readonly NodeId[] | undefined,
    name: string,
    body: Uint8Array,
    options: SendOptions,
  ): Promise<void> {
    checkBroadcast(name, body);
    const message = { kind: 'message', name, body } as const;
    const { settlements, feed } = this.#host;
    const { signal, timeoutMs = DEFAULT_SEND_TIMEOUT_MS } = options;
    return settlements.wait<void>({ kind: 'broadcast', target: undefined, name }, signal, (token) =>
      feed({ type: 'broadcast', token, targets, stream: this.number, message, timeoutMs }),
    );
  }

  #toSelf(
    name: string,
    body: Uint8Array,
    isBroadcast: boolean,
    { signal, timeoutMs = DEFAULT_SEND_TIMEOUT_MS }: SendOptions,
  ): Promise<void> {
    const { self, timers, closing, loopBack } = this.#host;
    const purpose = { kind: 'send', target: self, name } as const;
    const work = () => loopBack(this, name, body, isBroadcast);
    return within(work, { purpose, timers, timeoutMs, signal, closing });
  }

  #requireOpen(): void {
    if (this.#host.closing.aborted) throw new NodeClosedError();
    if (this.#isClosed) {
      throw new LeafcutterError('stream-closed', `the stream "${this.name}" was closed; register it again`);
    }
  }
}

function checkMessage(name: unknown, body: unknown, timeoutMs: unknown): void {
  checkMessageName(name);
  checkBody(body);
  checkTimeout(timeoutMs);
}

function checkBroadcast(name: string, body: Uint8Array): void {
  if (body.length > MAX_BROADCAST_BYTES) throw new MessageTooLargeError(body.length, MAX_BROADCAST_BYTES);
  prepareMessage({ kind: 'message', name, body });
}

/** `Array.isArray` does not tell TypeScript of readonly ones. */
function isList(target: NodeId | readonly NodeId[]): target is readonly NodeId[] {
  return Array.isArray(target);
}
