/**
 * A Node in a page or a process: a thin driver of MeshState. What the transport, the clock and the application do becomes
 * events; effects are performed in order. Many events of one turn of the event loop are followed by one `wake` in a
 * microtask, so a thousand sends in a loop leave as a few packets. Nothing is decided here.
 */
import {
  type Clock,
  Emitter,
  LeafcutterError,
  log,
  type Random,
  reportError,
  type Timers,
} from '../../runtime/index.ts';
import type { RendezvousState, Transport } from '../../transport/index.ts';
import { encodeControl, type NodeId } from '../../wire/index.ts';
import type {
  Attributes,
  Handler,
  Member,
  MeshEvents,
  MeshNode,
  MeshStream,
  Received,
  RequestHandler,
  RequestOptions,
  SendOptions,
  StreamOptions,
} from '../contract.ts';
import { MAX_ATTRIBUTE_BYTES } from '../contract.ts';
import { NodeClosedError, RequestFailedError } from '../errors.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { beginLife, type Identity, SECRET_KEY_BYTES } from '../identity/identity.ts';
import { nobleCryptography } from '../identity/noble-cryptography.ts';
import { readAttributes } from '../membership/attributes.ts';
import { WAKE } from '../protocol.ts';
import { MeshState } from '../state/mesh-state.ts';
import { streamNumber } from '../streams/stream-number.ts';
import type { Deliver, MeshEffect, MeshEvent } from '../vocabulary.ts';
import type { MeshMessage } from '../window/index.ts';
import { Alarm } from './alarm.ts';
import { checkLane, checkStreamName, isPlain, isPlainObject } from './arguments.ts';
import { Channels } from './channels.ts';
import { Flush } from './flush.ts';
import type { Answer } from './handlers.ts';
import { Inbox } from './inbox.ts';
import { Inspection } from './inspection.ts';
import type { MessageIterator } from './message-iterator.ts';
import { NodeStream, type NodeStreamHost } from './node-stream.ts';
import { Settlements } from './settlements.ts';

export interface NodeOptions {
  /** Its `self` must be the identity's id. */
  readonly transport: Transport;
  readonly networkName: string;
  /** The shared secret of the Network: who cannot prove it gets no Link. */
  readonly networkKey: Uint8Array;
  readonly identity: Identity;
  /** Greater than in any earlier life of this identity; milliseconds of wall time will do. */
  readonly life: number;
  readonly attributes: Attributes;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Default `nobleCryptography`; simulations use a cheaper one. */
  readonly cryptography?: Cryptography;
}

/** Enough for a few frames over any path that is not broken. */
const FAREWELL_MS = 100;
/** The stream of those who register none. */
const DEFAULT_STREAM = '';

/** Makes a Node and starts it: from here on it looks for the others. @throws LeafcutterError `identity`, `attributes` */
export function createNode(options: NodeOptions): MeshNode {
  return new Node(options);
}

class Node implements MeshNode {
  readonly id: NodeId;
  readonly name = DEFAULT_STREAM;
  readonly events = new Emitter<MeshEvents>();
  readonly inspection: Inspection;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #transport: Transport;
  readonly #state: MeshState;
  readonly #alarm: Alarm;
  readonly #flush = new Flush(() => this.#endTurn());
  readonly #channels = new Channels((event) => this.#feed(event));
  readonly #settlements = new Settlements((token) => this.#feed({ type: 'cancel', token }));
  readonly #inbox: Inbox;
  readonly #streams = new Map<number, NodeStream>();
  readonly #main: NodeStream;
  readonly #effects: MeshEffect[] = [];
  #isPerforming = false;
  #attributes: Attributes;
  #isClosed = false;

  constructor(options: NodeOptions) {
    const { transport, identity, clock, timers, random, cryptography = nobleCryptography } = options;
    if (transport.self !== identity.id) {
      throw new LeafcutterError('identity', 'the transport was made for another id than this identity has');
    }
    this.id = identity.id;
    this.#clock = clock;
    this.#timers = timers;
    this.#transport = transport;
    const attributes = encodeAttributes(options.attributes);
    this.#attributes = readAttributes(attributes);
    const own = beginLife(identity, options.life, random.bytes(SECRET_KEY_BYTES), cryptography);
    this.#state = new MeshState(
      {
        own,
        networkName: options.networkName,
        networkKey: options.networkKey,
        attributes,
        cryptography,
        random,
      },
      clock.now(),
    );
    this.#alarm = new Alarm(clock, timers, () => this.#endTurn());
    this.#inbox = new Inbox(
      (from, stream, isBroadcast, message) => this.#hand(from, stream, isBroadcast, message),
      ({ from, stream, isBroadcast }, count, cost) =>
        this.#feed({ type: 'taken', from, stream, isBroadcast, count, cost }),
    );
    this.inspection = new Inspection({
      state: this.#state,
      settlements: this.#settlements,
      now: () => clock.now(),
      feed: (event) => this.#feed(event),
      pause: (isPaused) => {
        this.#channels.setAnswering(!isPaused);
        this.#feed({ type: 'pause', isPaused });
      },
      streamName: (number) => this.#streams.get(number)?.name,
    });
    this.#main = this.#register(DEFAULT_STREAM, {});
    this.#listen();
    this.#flush.request();
    transport.start();
  }

  get attributes(): Attributes {
    return this.#attributes;
  }

  get rendezvous(): RendezvousState {
    return this.#transport.rendezvous;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  members(): readonly Member[] {
    return this.#state.members;
  }

  setAttributes(change: Attributes): void {
    if (this.#isClosed) return;
    if (!isPlainObject(change)) throw notPlain();
    const bytes = encodeAttributes({ ...this.#attributes, ...change });
    this.#feed({ type: 'attributes', bytes });
    this.#attributes = readAttributes(bytes);
  }

  stream(name: string, options: StreamOptions = {}): MeshStream {
    if (this.#isClosed) throw new NodeClosedError();
    checkStreamName(name);
    checkLane(options.lane);
    return this.#register(name, options);
  }

  send(
    target: NodeId | readonly NodeId[],
    name: string,
    body: Uint8Array,
    options?: SendOptions,
  ): Promise<void> {
    return this.#main.send(target, name, body, options);
  }

  broadcast(name: string, body: Uint8Array, options?: SendOptions): Promise<void> {
    return this.#main.broadcast(name, body, options);
  }

  request(target: NodeId, name: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array> {
    return this.#main.request(target, name, body, options);
  }

  receive(name: string, handler: Handler): () => void {
    return this.#main.receive(name, handler);
  }

  messages(name: string, options?: { readonly signal?: AbortSignal }): MessageIterator {
    return this.#main.messages(name, options);
  }

  serve(name: string, handler: RequestHandler): () => void {
    return this.#main.serve(name, handler);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#feed({ type: 'leave' });
    this.#stopped();
  }

  #stopped(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What has been acknowledged is still handed over: the inbox goes on until its handlers are done.
    this.#inbox.whenIdle(() => {
      for (const stream of this.#streams.values()) stream.endIterators();
    });
    // Closing a connection throws away what it has not sent yet: the farewell gets a moment. When the whole page goes, the
    // timer never fires and the browser closes everything itself.
    this.#timers.after(FAREWELL_MS, () => {
      this.#alarm.stop();
      this.#transport.close();
    });
  }

  #register(name: string, options: StreamOptions): NodeStream {
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
    const host: NodeStreamHost = {
      self: this.id,
      settlements: this.#settlements,
      timers: this.#timers,
      isClosed: () => this.#isClosed,
      feed: (event) => this.#feed(event),
      loopBack: (stream, message, body, isBroadcast) => this.#loopBack(stream, message, body, isBroadcast),
      askSelf: (stream, message, body) => this.#askSelf(stream, message, body),
      released: (stream) => this.#streams.delete(stream.number),
    };
    const stream = new NodeStream(name, number, host);
    this.#streams.set(number, stream);
    return stream;
  }

  #listen(): void {
    const { events } = this.#transport;
    events.on('channel', (channel) => {
      if (this.#isClosed) channel.close();
      else this.#channels.adopt(channel);
    });
    events.on('connectFailed', ({ peer, reason }) => this.#feed({ type: 'connect-failed', peer, reason }));
    events.on('candidates', (ids) => this.#feed({ type: 'candidates', ids }));
    events.on('candidateGone', (id) => this.#feed({ type: 'candidate-gone', id }));
    events.on('rendezvous', (state) => {
      this.#feed({ type: 'rendezvous', state });
      this.events.emit('rendezvous', state);
    });
  }

  /** Something happened. What it leads to is done at once and in order; what gathers is done at the end of the turn. */
  #feed(event: MeshEvent): void {
    const now = this.#clock.now();
    try {
      for (const effect of this.#state.handle(event, now)) this.#effects.push(effect);
    } catch (error) {
      reportError(`the mesh failed on "${event.type}"`, error); // one bad event must not be a Node's last
    }
    if (this.#effects.length > 0) this.#performAll();
    if (this.#flush.isRequested) return; // which looks at all that is due, and sets the alarm for the rest
    const { nextWakeAt } = this.#state;
    if (nextWakeAt <= now) this.#flush.request();
    else this.#alarm.at(nextWakeAt);
  }

  #endTurn(): number {
    this.#channels.tellFills();
    this.#feed(WAKE);
    return this.#state.nextWakeAt;
  }

  /** Handlers and listeners called from here may feed events of their own: their effects queue up behind. */
  #performAll(): void {
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    try {
      for (let at = 0; at < this.#effects.length; at++) {
        const effect = this.#effects[at];
        if (effect) this.#perform(effect);
      }
    } finally {
      this.#effects.length = 0;
      this.#isPerforming = false;
    }
  }

  #perform(effect: MeshEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#transport.connect(effect.peer);
        break;
      case 'channel-send':
        this.#channels.send(effect.channel, effect.bytes);
        break;
      case 'channel-datagram':
        this.#channels.sendDatagram(effect.channel, effect.bytes);
        break;
      case 'channel-close':
        this.#channels.close(effect.channel);
        break;
      case 'deliver':
        this.#inbox.deliver(effect);
        break;
      case 'settled':
        for (const token of effect.tokens) {
          if (effect.failure) this.#settlements.failed(token, effect.failure);
          else this.#settlements.succeeded(token);
        }
        break;
      case 'answered':
        this.#settlements.succeeded(effect.token, effect.body);
        break;
      case 'table':
        this.#settlements.succeeded(effect.token, effect.entries);
        break;
      case 'joined':
        this.events.emit('joined', effect.member);
        break;
      case 'left':
        this.events.emit('left', { id: effect.id, reason: effect.reason });
        break;
      case 'members-changed':
        this.events.emit('membersChanged', undefined);
        break;
      case 'refused':
        this.events.emit('refused', effect);
        break;
      case 'replaced':
        this.#stopped();
        this.events.emit('replaced', { message: effect.message });
        break;
      case 'away':
        this.events.emit('away', { forMs: effect.forMs });
        break;
      case 'missed':
        this.events.emit('missed', { source: effect.source, count: effect.count });
        break;
      case 'trace':
        this.inspection.traced(effect.entry);
        break;
      case 'log':
        log(effect.level, effect.text);
        break;
      default:
        effect satisfies never;
    }
  }

  /** Gives one message to whoever listens. The promise, if any, holds its line back. */
  #hand(
    from: NodeId,
    number: Deliver['stream'],
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
      this.#feed({ type: 'answer', to: from, stream: number, requestId, answer });
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
    if (this.#isClosed) throw new NodeClosedError();
    await Promise.resolve();
    await stream.handlers.message(received(this.id, stream, { name, body }, isBroadcast));
  }

  async #askSelf(stream: NodeStream, name: string, body: Uint8Array): Promise<Uint8Array> {
    if (this.#isClosed) throw new NodeClosedError();
    await Promise.resolve();
    const answer = await stream.handlers.request(received(this.id, stream, { name, body }, false));
    if ('error' in answer) throw new RequestFailedError(this.id, name, answer.error);
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

function encodeAttributes(attributes: Attributes): Uint8Array {
  if (!isPlainObject(attributes) || !isPlain(attributes)) throw notPlain();
  let bytes: Uint8Array;
  try {
    bytes = encodeControl(attributes as Parameters<typeof encodeControl>[0]); // which checks what it is given
  } catch (cause) {
    throw notPlain(cause);
  }
  if (bytes.length > MAX_ATTRIBUTE_BYTES) {
    throw new LeafcutterError(
      'attributes',
      `a Node's attributes take ${bytes.length} bytes; at most ${MAX_ATTRIBUTE_BYTES} travel with its record`,
    );
  }
  return bytes.slice();
}

function notPlain(cause?: unknown): LeafcutterError {
  return new LeafcutterError(
    'attributes',
    "a Node's attributes are an object of null, booleans, numbers, strings, Uint8Arrays, and arrays and objects of these, at most 8 deep; leave out what is undefined",
    { cause },
  );
}
