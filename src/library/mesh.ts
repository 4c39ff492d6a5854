/** A Node of a mesh as an application holds it: texts and bytes, plain events, and an end that can be awaited. */
import {
  type Attributes,
  checkHandler,
  type Member,
  type MeshEvents,
  type MeshNode,
  type Received,
  type RequestOptions,
  type SendOptions,
} from '../mesh/index.ts';
import { LeafcutterError } from '../runtime/index.ts';
import type { PathKind, RendezvousState, Transport } from '../transport/index.ts';
import type { NodeId } from '../wire/index.ts';
import { bytesOf, Message, type Payload } from './message.ts';

/** Programs in JavaScript have no types that would tell them of a word that is none. */
const EVENT_NAMES: { readonly [Name in keyof MeshEvents]: true } = {
  joined: true,
  left: true,
  membersChanged: true,
  rendezvous: true,
  refused: true,
  replaced: true,
  away: true,
  missed: true,
};

/**
 * One Node in one Network, made by `joinNetwork`. Names of messages have at most 64 UTF-8 bytes. A message to one Node has at most
 * 16 MiB, one to several or all 1 MiB; above that share a Blob (`leafcutter/blobs`).
 *
 * `using mesh = await joinNetwork(...)` closes it at the end of the block; `await using` waits until it has said goodbye.
 */
export class Mesh implements AsyncDisposable, Disposable {
  /** The Node itself: streams of your own, snapshots, faults; what Blobs, farm and render are made on. */
  readonly node: MeshNode;
  readonly networkName: string;
  readonly #transport: Pick<Transport, 'pathTo'>;
  readonly #closed: Promise<void>;

  /** @param closed resolves when the Node has left the transport */
  constructor(
    node: MeshNode,
    transport: Pick<Transport, 'pathTo'>,
    networkName: string,
    closed: Promise<void>,
  ) {
    this.node = node;
    this.#transport = transport;
    this.networkName = networkName;
    this.#closed = closed;
  }

  get id(): NodeId {
    return this.node.id;
  }

  /** Whether the server that introduces Nodes is reached now. Links live on without it. */
  get rendezvous(): RendezvousState {
    return this.node.rendezvous;
  }

  get isClosed(): boolean {
    return this.node.isClosed;
  }

  /** Everyone known, ourselves first, then in the order of joining. A fresh array for each change: compare by identity. */
  members(): readonly Member[] {
    return this.node.members();
  }

  /** How the Link with a neighbour runs: from address to address, through a NAT, or over a TURN server. Undefined without one. */
  pathTo(neighbour: NodeId): Promise<PathKind | undefined> {
    return this.#transport.pathTo(neighbour);
  }

  /** Changes what this Node says of itself (its `info`), at most 512 bytes in all. @throws LeafcutterError `attributes` */
  setInfo(change: Attributes): void {
    this.node.setAttributes(change);
  }

  /**
   * Listens, for `joined`, `left`, `membersChanged`, `rendezvous`, `refused`, `replaced`, `away`, `missed`. Returns the end of it.
   * @throws LeafcutterError `bad-event`, `bad-handler`
   */
  on<Name extends keyof MeshEvents>(name: Name, listener: (value: MeshEvents[Name]) => void): () => void {
    if (!Object.hasOwn(EVENT_NAMES, name)) {
      throw new LeafcutterError(
        'bad-event',
        `there is no event "${String(name)}", but ${Object.keys(EVENT_NAMES).join(', ')}; messages come through messages()`,
      );
    }
    checkHandler(listener);
    return this.node.events.on(name, listener);
  }

  /**
   * To one Node: resolves when the application there has it, or will get it whatever happens here. To several: each member among
   * them gets it once; resolves when it is on its way.
   * @throws TargetUnreachableError (of several TargetsUnreachableError, and nobody gets it), TargetLeftError, SendTimeoutError (60 s without progress, or `timeoutMs`), TooManyStreamsError, MessageTooLargeError,
   * NodeClosedError, CancelledError; LeafcutterError `bad-target`, `bad-message-name`, `bad-body`, `bad-timeout`
   */
  async send(
    target: NodeId | readonly NodeId[],
    name: string,
    body: Payload,
    options?: SendOptions,
  ): Promise<void> {
    return this.node.send(target, name, bytesOf(body), options);
  }

  /** To everyone who is here, but us: once and in order. Resolves when it is on its way. @throws what `send` to several throws */
  async broadcast(name: string, body: Payload, options?: SendOptions): Promise<void> {
    return this.node.broadcast(name, bytesOf(body), options);
  }

  /** Asks one Node and resolves with its answer. @throws what `send` throws, RequestFailedError, RequestTimeoutError (10 s, or `timeoutMs`) */
  async request(
    target: NodeId,
    name: string,
    body: Payload = '',
    options?: RequestOptions,
  ): Promise<Message> {
    return new Message(target, name, false, await this.node.request(target, name, bytesOf(body), options));
  }

  /**
   * Answers requests of that name; what the handler throws reaches the asker as RequestFailedError with the message only. Returns the end of
   * it. @throws LeafcutterError `handler-taken`, `bad-handler`, `bad-message-name`
   */
  serve(name: string, handler: (request: Message) => Payload | Promise<Payload>): () => void {
    checkHandler(handler);
    return this.node.serve(name, async ({ from, body }) =>
      bytesOf(await handler(new Message(from, name, false, body))),
    );
  }

  /**
   * What arrives under that name from now on, sent to us or to all. A loop that is slow holds its senders back; it ends when it is left,
   * when `signal` aborts, or when the mesh closes. What arrives while nobody has asked is dropped.
   * @throws LeafcutterError `handler-taken`, `bad-message-name`; NodeClosedError
   */
  messages(
    name: string,
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterableIterator<Message, undefined> {
    const received = this.node.messages(name, options);
    const read = ({ done, value }: IteratorResult<Received>): IteratorResult<Message, undefined> =>
      done
        ? { done, value: undefined }
        : { done: false, value: new Message(value.from, name, value.isBroadcast, value.body) };
    return {
      next: async () => read(await received.next()),
      return: async () => {
        await received.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Says goodbye, so that the others know at once, and rejects what is pending. Resolves when that has left. Idempotent. */
  close(): Promise<void> {
    this.node.close();
    return this.#closed;
  }

  [Symbol.dispose](): void {
    this.node.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
