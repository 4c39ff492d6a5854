/** Test support: a stream of a Node of the fake mesh: handlers by name, and what a sender waits for. */
import type {
  Handler,
  Member,
  MeshStream,
  Received,
  RequestHandler,
  RequestOptions,
  SendOptions,
} from '../src/mesh/contract.ts';
import {
  NodeClosedError,
  RequestFailedError,
  RequestTimeoutError,
  SendTimeoutError,
  TargetUnreachableError,
} from '../src/mesh/errors.ts';
import { CancelledError, messageOf, type Timers } from '../src/runtime/index.ts';
import type { NodeId } from '../src/wire/index.ts';

/** What a stream asks of its Node. */
export interface StreamOwner {
  readonly id: NodeId;
  readonly isClosed: boolean;
  readonly host: Timers;
  members(): readonly Member[];
  knows(id: NodeId): boolean;
  streamNamed(name: string): FakeStream | undefined;
  releaseStream(name: string): void;
  whileKnown(target: NodeId, reject: (error: Error) => void): () => void;
  dispatch(target: NodeId, parcel: Parcel): void;
  /** What the other end has to say at once, when it gets here. */
  hear(run: () => void): void;
  isLost(to: NodeId, message: string): boolean;
  onRequest(message: string): void;
}

/** A message on its way: what its sender waits for, and what the receiver does with it. */
export interface Parcel {
  readonly from: NodeId;
  readonly stream: string;
  readonly bytes: number;
  readonly isBulk: boolean;
  deliver(at: StreamOwner): void | Promise<void>;
}

export class FakeStream implements MeshStream {
  readonly #handlers = new Map<string, Handler>();
  readonly #servers = new Map<string, RequestHandler>();
  readonly #node: StreamOwner;
  readonly #isBulk: boolean;
  #isClosed = false;
  /** For who waits for messages. */
  #onClose = (): void => {};

  constructor(
    node: StreamOwner,
    readonly name: string,
    isBulk: boolean,
  ) {
    this.#node = node;
    this.#isBulk = isBulk;
  }

  async send(
    target: NodeId | readonly NodeId[],
    message: string,
    body: Uint8Array,
    options: SendOptions = {},
  ): Promise<void> {
    if (typeof target === 'string') return this.#sendTo(target, message, body, options, false);
    for (const one of target) void this.#sendTo(one, message, body, options, true).catch(() => {});
  }

  async #sendTo(
    target: NodeId,
    message: string,
    body: Uint8Array,
    options: SendOptions,
    isBroadcast: boolean,
  ): Promise<void> {
    await this.#exchange(target, options, 60_000, (resolve) => ({
      from: this.#node.id,
      stream: this.name,
      bytes: body.length,
      isBulk: this.#isBulk,
      deliver: (at) => {
        const received = { from: this.#node.id, name: message, stream: this.name, isBroadcast };
        const isLost = this.#node.isLost(target, message);
        const handled = isLost
          ? undefined
          : at.streamNamed(this.name)?.handlerOf(message)?.({ ...received, body: body.slice() });
        this.#node.hear(() => resolve(body));
        return handled;
      },
    }));
  }

  async broadcast(message: string, body: Uint8Array, options?: SendOptions): Promise<void> {
    if (this.#node.isClosed) throw new NodeClosedError();
    const others = this.#node.members().flatMap(({ id, isSelf }) => (isSelf ? [] : [id]));
    await this.send(others, message, body, options);
  }

  request(
    target: NodeId,
    message: string,
    body: Uint8Array,
    options: RequestOptions = {},
  ): Promise<Uint8Array> {
    this.#node.onRequest(message);
    return this.#exchange(
      target,
      options,
      10_000,
      (resolve, reject) => ({
        from: this.#node.id,
        stream: `${this.name} requests`,
        bytes: body.length,
        isBulk: this.#isBulk,
        deliver: async (at) => {
          const received = { from: this.#node.id, name: message, stream: this.name, isBroadcast: false };
          const server = at.streamNamed(this.name)?.serverOf(message);
          if (!server) return;
          let answer: Uint8Array;
          try {
            answer = (await server({ ...received, body: body.slice() })).slice();
          } catch (error) {
            return this.#answer(at, 0, () =>
              reject(new RequestFailedError(target, message, messageOf(error))),
            );
          }
          this.#answer(at, answer.length, () => resolve(answer));
        },
      }),
      message,
    );
  }

  #answer(at: StreamOwner, bytes: number, arrive: () => void): void {
    at.dispatch(this.#node.id, {
      from: at.id,
      stream: `${this.name} answers`,
      bytes,
      isBulk: this.#isBulk,
      deliver: arrive,
    });
  }

  receive(message: string, handler: Handler): () => void {
    this.#handlers.set(message, handler);
    return () => this.#handlers.delete(message);
  }

  /** Does not hold the sender back. Ends with the stream. */
  async *messages(message: string): AsyncIterableIterator<Received> {
    const queue: Received[] = [];
    let wake = (): void => {};
    this.receive(message, (received) => {
      queue.push(received);
      wake();
    });
    while (!this.#isClosed) {
      yield* queue.splice(0);
      if (queue.length > 0 || this.#isClosed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.#onClose = resolve;
      });
    }
  }

  serve(message: string, handler: RequestHandler): () => void {
    this.#servers.set(message, handler);
    return () => this.#servers.delete(message);
  }

  close(): void {
    this.#isClosed = true;
    this.#onClose();
    this.#node.releaseStream(this.name);
    this.#handlers.clear();
    this.#servers.clear();
  }

  handlerOf(message: string): Handler | undefined {
    return this.#handlers.get(message);
  }

  serverOf(message: string): RequestHandler | undefined {
    return this.#servers.get(message);
  }

  #exchange(
    target: NodeId,
    { signal, timeoutMs: givenMs }: RequestOptions,
    defaultMs: number,
    parcelOf: (resolve: (body: Uint8Array) => void, reject: (error: Error) => void) => Parcel,
    request?: string,
  ): Promise<Uint8Array> {
    const node = this.#node;
    if (node.isClosed) return Promise.reject(new NodeClosedError());
    if (!node.knows(target)) return Promise.reject(new TargetUnreachableError(target));
    if (signal?.aborted) return Promise.reject(new CancelledError('the exchange'));
    const timeoutMs = givenMs ?? defaultMs;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        over();
        reject(error);
      };
      const aborted = (): void => fail(new CancelledError('the exchange'));
      const stopTimer = node.host.after(timeoutMs, () =>
        fail(
          request === undefined
            ? new SendTimeoutError(target, timeoutMs)
            : new RequestTimeoutError(target, request, timeoutMs),
        ),
      );
      const forget = node.whileKnown(target, fail);
      const over = (): void => {
        stopTimer();
        forget();
        signal?.removeEventListener('abort', aborted);
      };
      signal?.addEventListener('abort', aborted);
      node.dispatch(
        target,
        parcelOf((body) => {
          over();
          resolve(body);
        }, fail),
      );
    });
  }
}
