/** The streams that are registered on a Node, by their number on the wire, and the way of a message to whoever listens there. */
import { LeafcutterError } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Received, StreamOptions } from '../contract.ts';
import { NodeClosedError, RequestFailedError } from '../errors.ts';
import { streamNumber } from '../streams/stream-number.ts';
import type { StreamId } from '../vocabulary.ts';
import type { MeshMessage } from '../window/index.ts';
import type { Answer } from './handlers.ts';
import { NodeStream, type NodeStreamHost } from './node-stream.ts';

export type StreamTableHost = Omit<NodeStreamHost, 'loopBack' | 'askSelf' | 'released'>;

export class StreamTable {
  readonly #host: StreamTableHost;
  readonly #streams = new Map<number, NodeStream>();

  constructor(host: StreamTableHost) {
    this.#host = host;
  }

  nameOf(number: number): string | undefined {
    return this.#streams.get(number)?.name;
  }

  /** @throws LeafcutterError `stream-taken` */
  register(name: string, options: StreamOptions): NodeStream {
    const number = streamNumber(name, options.lane ?? 'messages');
    const taken = this.#streams.get(number);
    if (taken) {
      throw new LeafcutterError(
        'stream-taken',
        taken.name === name
          ? `the stream "${name}" is registered already; close it first`
          : `the streams "${name}" and "${taken.name}" would have the same number; choose another name`,
      );
    }
    const stream = new NodeStream(name, number, {
      ...this.#host,
      loopBack: (to, message, body, isBroadcast) => this.#loopBack(to, message, body, isBroadcast),
      askSelf: (to, message, body) => this.#askSelf(to, message, body),
      released: (released) => this.#streams.delete(released.number),
    });
    this.#streams.set(number, stream);
    return stream;
  }

  /** The Node has closed: loops over messages end once they have read what was acknowledged. `whenIdle`: of the receive queue. */
  end(whenIdle: (stream: StreamId, callback: () => void) => void): void {
    for (const stream of this.#streams.values()) {
      stream.holdBackNoMore();
      whenIdle(stream.number, () => stream.endIterators());
    }
  }

  /** Gives one message to whoever listens. The promise, if any, holds its line back. */
  hand(
    from: NodeId,
    number: StreamId,
    isBroadcast: boolean,
    message: MeshMessage,
  ): Promise<void> | undefined {
    const stream = this.#streams.get(number);
    if (message.kind === 'message') {
      return stream?.handlers.message(received(from, stream, message, isBroadcast));
    }
    if (message.kind !== 'request') return undefined;
    const { requestId } = message;
    const reply = (answer: Answer): void =>
      this.#host.feed({ type: 'answer', to: from, stream: number, requestId, answer });
    const answer = stream?.handlers.request(received(from, stream, message, false)) ?? {
      error: `nobody serves "${message.name}" here`,
    };
    // Requests run beside each other: the account of what is at work, not this line, bounds them.
    if (answer instanceof Promise) void answer.then(reply);
    else reply(answer);
    return undefined;
  }

  /** In a later turn and with the handler's backpressure, like any other. */
  async #loopBack(stream: NodeStream, name: string, body: Uint8Array, isBroadcast: boolean): Promise<void> {
    const { self, closing } = this.#host;
    await Promise.resolve();
    if (closing.aborted) return; // the caller has been told
    await stream.handlers.message(received(self, stream, { name, body }, isBroadcast));
  }

  async #askSelf(stream: NodeStream, name: string, body: Uint8Array): Promise<Uint8Array> {
    const { self, closing } = this.#host;
    await Promise.resolve();
    if (closing.aborted) throw new NodeClosedError();
    const answer = await stream.handlers.request(received(self, stream, { name, body }, false));
    if ('error' in answer) throw new RequestFailedError(self, name, answer.error);
    return answer.body;
  }
}

function received(
  from: NodeId,
  stream: NodeStream,
  { name, body }: { readonly name: string; readonly body: Uint8Array },
  isBroadcast: boolean,
): Received {
  return { from, name, stream: stream.name, isBroadcast, body };
}
