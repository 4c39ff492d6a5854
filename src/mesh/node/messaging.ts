/**
 * What applications do with a Node: send, ask, tell everyone, listen. Turns windows' settlements into promises and typed
 * errors; every promise given out here ends.
 */
import { CancelledError, type Clock, LeafcutterError } from '../../runtime/index.ts';
import { FrameType, type NodeId } from '../../wire/index.ts';
import {
  MAX_BROADCAST_BYTES,
  type RequestOptions,
  type SendOptions,
  type StreamId,
  Streams,
} from '../contract.ts';
import {
  MessageTooLargeError,
  NodeClosedError,
  SendTimeoutError,
  TargetLeftError,
  TargetUnreachableError,
} from '../errors.ts';
import { type Answer, Handlers } from '../streams/handlers.ts';
import { Requests } from '../streams/requests.ts';
import type { Settlement, StreamSet } from '../streams/stream-set.ts';
import {
  decodeMessage,
  encodeMessage,
  type MeshMessage,
  prepareMessage,
  type WindowFailure,
} from '../window/index.ts';

const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;
/** For what nobody waits for: an answer whose asker is gone is gone. */
const UNHEARD: Settlement = { settle: () => undefined };

export interface MessagingHost {
  readonly self: NodeId;
  readonly clock: Clock;
  readonly streams: StreamSet;
  isMember(id: NodeId): boolean;
  flood(type: FrameType, body: Uint8Array): void;
  wakeAt(timeMs: number): void;
}

export class Messaging {
  readonly handlers = new Handlers();
  readonly #host: MessagingHost;
  readonly #requests: Requests;
  #isClosed = false;

  constructor(host: MessagingHost, firstRequestId: number) {
    this.#host = host;
    this.#requests = new Requests(firstRequestId);
  }

  send(target: NodeId, name: string, body: Uint8Array, options: SendOptions = {}): Promise<void> {
    return this.#send(target, { kind: 'message', name, body }, options);
  }

  request(target: NodeId, name: string, body: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    const { timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, signal } = options;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new NodeClosedError());
      const now = this.#host.clock.now();
      // The send may be acknowledged long before the answer comes: the wait for it is cancelled by itself.
      const abort = () =>
        this.#requests.failed(
          requestId,
          new CancelledError(`the request "${name}"`, { cause: signal?.reason }),
        );
      const settled = () => signal?.removeEventListener('abort', abort);
      const requestId = this.#requests.open(
        {
          target,
          name,
          timeoutMs,
          resolve: (answer) => {
            settled();
            resolve(answer);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        },
        now,
      );
      this.#host.wakeAt(now + timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      this.#send(target, { kind: 'request', name, requestId, body }, options).catch((error: unknown) =>
        this.#requests.failed(requestId, asError(error)),
      );
      return undefined;
    });
  }

  broadcast(name: string, body: Uint8Array): void {
    if (this.#isClosed) throw new NodeClosedError();
    if (body.length > MAX_BROADCAST_BYTES) throw new MessageTooLargeError(body.length, MAX_BROADCAST_BYTES);
    this.#host.flood(FrameType.msg_broadcast, encodeMessage({ kind: 'message', name, body }));
  }

  /** A message that a stream brought. The promise, if any, holds the stream back; it never rejects. */
  deliver(from: NodeId, stream: StreamId, message: MeshMessage): Promise<void> | undefined {
    switch (message.kind) {
      case 'message':
        return this.handlers.message(from, message.name, message.body);
      case 'request':
        return this.handlers.request(from, message.name, message.body, (answer) =>
          this.#answer(from, stream, message.requestId, answer),
        );
      case 'response':
        this.#requests.answered(from, message.requestId, message.body);
        return undefined;
      case 'error':
        this.#requests.refused(from, message.requestId, message.reason);
        return undefined;
    }
  }

  /** The body of a `msg_broadcast`; false when it is malformed. */
  deliverBroadcast(from: NodeId, body: Uint8Array): boolean {
    const message = decodeMessage(body);
    if (message?.kind !== 'message') return false;
    this.handlers.message(from, message.name, message.body);
    return true;
  }

  dropPeer(peer: NodeId, reason: string): void {
    this.#host.streams.dropPeer(peer, reason);
    this.#requests.dropPeer(peer, new TargetLeftError(peer, reason));
  }

  wake(now: number): number {
    return Math.min(this.#requests.wake(now), this.#host.streams.wake(now));
  }

  close(): void {
    this.#isClosed = true;
    this.#host.streams.dropAll('this node closed');
    this.#requests.dropAll(new NodeClosedError());
  }

  #send(target: NodeId, message: MeshMessage, options: SendOptions): Promise<void> {
    const { signal, stream = Streams.control } = options;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new NodeClosedError());
      if (signal?.aborted) return reject(cancelled(signal));
      const prepared = prepareMessage(message); // what it throws rejects
      if (target === this.#host.self) return resolve(this.#loopBack(stream, message));
      if (!this.#host.isMember(target)) return reject(new TargetUnreachableError(target));
      const settlement: Settlement = {
        settle: (failure) => {
          if (abort) signal?.removeEventListener('abort', abort);
          if (failure) reject(this.#errorFor(target, failure));
          else resolve();
        },
      };
      const cancel = this.#host.streams.send(target, stream, prepared, settlement);
      const abort = signal && (() => cancel() && reject(cancelled(signal)));
      if (abort) signal.addEventListener('abort', abort, { once: true });
      return undefined;
    });
  }

  /** To ourselves, without a window, but in a later turn and with the handler's backpressure like any other. */
  async #loopBack(stream: StreamId, message: MeshMessage): Promise<void> {
    await Promise.resolve();
    await this.deliver(this.#host.self, stream, message);
  }

  #answer(to: NodeId, stream: StreamId, requestId: number, answer: Answer): void {
    if (this.#isClosed) return;
    const message: MeshMessage =
      'body' in answer
        ? { kind: 'response', requestId, body: answer.body }
        : { kind: 'error', requestId, reason: answer.reason };
    if (to === this.#host.self) {
      this.deliver(to, stream, message);
      return;
    }
    // The asker's record may still be on its way here: the window keeps trying until a path is known.
    try {
      this.#host.streams.send(to, stream, prepareMessage(message), UNHEARD);
    } catch (error) {
      const reason = asError(error).message; // an answer that is too large is an answer too
      this.#host.streams.send(to, stream, prepareMessage({ kind: 'error', requestId, reason }), UNHEARD);
    }
  }

  #errorFor(target: NodeId, failure: WindowFailure): LeafcutterError {
    if (this.#isClosed) return new NodeClosedError();
    switch (failure.kind) {
      case 'timed-out':
        return new SendTimeoutError(target, failure.afterMs);
      case 'reset':
        return new TargetLeftError(target, 'it lost the state of the stream');
      case 'aborted':
        return new TargetLeftError(target, failure.reason);
    }
  }
}

function cancelled(signal: AbortSignal): CancelledError {
  return new CancelledError('the message', { cause: signal.reason });
}

function asError(error: unknown): LeafcutterError {
  if (error instanceof LeafcutterError) return error;
  return new LeafcutterError('internal', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}
