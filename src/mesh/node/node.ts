/**
 * A Node in a page or a process: a thin driver of MeshState. What the transport, the clock and the application do becomes
 * events; effects are performed in order. Many events of one turn of the event loop are followed by one `wake` in a
 * microtask, so a thousand sends in a loop leave as a few packets. Nothing is decided here.
 */
import {
  Alarm,
  type Clock,
  Emitter,
  LeafcutterError,
  log,
  type Random,
  reportError,
  type Timers,
} from '../../runtime/index.ts';
import type { RendezvousState, Transport } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type {
  Attributes,
  Handler,
  Member,
  MeshEvents,
  MeshNode,
  MeshStream,
  RequestHandler,
  RequestOptions,
  SendOptions,
  StreamOptions,
} from '../contract.ts';
import { NodeClosedError } from '../errors.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { beginLife, type Identity, SECRET_KEY_BYTES } from '../identity/identity.ts';
import { realCryptography } from '../identity/real-cryptography.ts';
import { readAttributes } from '../membership/attributes.ts';
import { WAKE } from '../protocol.ts';
import { MeshState } from '../state/mesh-state.ts';
import type { MeshEffect, MeshEvent } from '../vocabulary.ts';
import { checkLane, checkStreamName, isPlainObject } from './arguments.ts';
import { encodeAttributes, notPlainAttributes } from './attributes.ts';
import { Channels } from './channels.ts';
import { EffectQueue } from './effect-queue.ts';
import { Flush } from './flush.ts';
import { Inbox } from './inbox.ts';
import { Inspection } from './inspection.ts';
import type { MessageIterator } from './message-iterator.ts';
import type { NodeStream } from './node-stream.ts';
import { Settlements } from './settlements.ts';
import { StreamTable } from './stream-table.ts';

/** What a Node is made of. */
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
  /** Default `realCryptography`; simulations use a cheaper one. */
  readonly cryptography?: Cryptography;
}

/** Enough for a few frames over any path that is not broken. */
const FAREWELL_MS = 100;
/** Timers of a hidden tab come up to a second late, and what came meanwhile has been heard. */
const LATE_MS = 1_100;
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
  readonly #channels = new Channels((event) => this.#channelEvent(event));
  readonly #settlements = new Settlements((token) => this.#feed({ type: 'cancel', token }));
  readonly #inbox: Inbox;
  readonly #streams: StreamTable;
  readonly #main: NodeStream;
  readonly #effects = new EffectQueue((effect) => this.#perform(effect));
  readonly #closing = new AbortController();
  #attributes: Attributes;
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(options: NodeOptions) {
    const { transport, identity, clock, timers, random, cryptography = realCryptography } = options;
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
        mayReuseFrames: transport.copiesFrames,
      },
      clock.now(),
    );
    this.#alarm = new Alarm(clock, timers, () => this.#endTurn());
    this.#streams = new StreamTable({
      self: this.id,
      settlements: this.#settlements,
      timers,
      closing: this.#closing.signal,
      feed: (event) => this.#feed(event),
    });
    this.#inbox = new Inbox(
      (from, stream, isBroadcast, message) => this.#streams.hand(from, stream, isBroadcast, message),
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
      streamName: (number) => this.#streams.nameOf(number),
    });
    this.#main = this.#streams.register(DEFAULT_STREAM, {});
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
    return this.#closing.signal.aborted;
  }

  members(): readonly Member[] {
    return this.#state.members;
  }

  setAttributes(change: Attributes): void {
    if (this.isClosed) throw new NodeClosedError();
    if (!isPlainObject(change)) throw notPlainAttributes();
    const bytes = encodeAttributes({ ...this.#attributes, ...change });
    this.#feed({ type: 'attributes', bytes });
    this.#attributes = readAttributes(bytes);
  }

  stream(name: string, options: StreamOptions = {}): MeshStream {
    if (this.isClosed) throw new NodeClosedError();
    checkStreamName(name);
    checkLane(options.lane);
    return this.#streams.register(name, options);
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
    if (this.isClosed) return;
    this.#feed({ type: 'leave' });
    this.#stopped();
  }

  #stopped(): void {
    if (this.isClosed) return;
    this.#closing.abort();
    // What has been acknowledged is still handed over: the inbox goes on until its handlers are done. What this turn has to
    // hand over comes first: a handler may have closed us.
    queueMicrotask(() => this.#streams.end((stream, callback) => this.#inbox.whenIdle(stream, callback)));
    // Closing a connection throws away what it has not sent yet: the farewell gets a moment. When the whole page goes, the
    // timer never fires and the browser closes everything itself.
    this.#timers.after(FAREWELL_MS, () => {
      this.#alarm.stop();
      this.#transport.close();
    });
  }

  #listen(): void {
    const { events } = this.#transport;
    events.on('channel', (channel) => {
      if (this.isClosed) channel.close();
      else this.#channels.adopt(channel);
    });
    events.on('connectFailed', ({ peer, reason }) => this.#hear({ type: 'connect-failed', peer, reason }));
    events.on('offered', (peer) => this.#hear({ type: 'offered', peer }));
    events.on('pathFailing', (peer) => this.#hear({ type: 'path-failing', peer }));
    events.on('signal', ({ to, signal }) => this.#hear({ type: 'signal', to, signal }));
    events.on('candidates', (ids) => this.#hear({ type: 'candidates', ids }));
    events.on('candidateGone', (id) => this.#hear({ type: 'candidate-gone', id }));
    events.on('candidateAgain', (id) => this.#hear({ type: 'candidate-again', id }));
    events.on('rendezvous', (state) => {
      this.#hear({ type: 'rendezvous', state });
      this.events.emit('rendezvous', state);
    });
  }

  #channelEvent(event: MeshEvent): void {
    // How full a channel is, is looked at in any turn.
    if (event.type === 'channel-fill') this.#feed(event);
    else this.#hear(event);
  }

  /** Something came from outside: the event loop turns, whatever timers do. */
  #hear(event: MeshEvent): void {
    this.#nowMs = this.#clock.now();
    this.#feed(event);
  }

  /**
   * Time stands still while the event loop does: an application that awaits what is settled goes on and on in microtasks, as do we behind
   * it, and nothing can be heard meanwhile. Whoever is asked then would be taken for dead.
   */
  #now(): number {
    this.#nowMs = Math.max(this.#nowMs, Math.min(this.#clock.now(), this.#alarm.dueAt + LATE_MS));
    return this.#nowMs;
  }

  /** Something happened. What it leads to is done at once and in order; what gathers is done at the end of the turn. */
  #feed(event: MeshEvent): void {
    const now = this.#now();
    try {
      this.#effects.add(this.#state.handle(event, now));
    } catch (error) {
      reportError(`the mesh failed on "${event.type}"`, error); // one bad event must not be a Node's last
    }
    if (this.#flush.isRequested) return; // which looks at all that is due, and sets the alarm for the rest
    const { nextWakeAt } = this.#state;
    // As the timer would: in a hidden tab, whose timers are late, arriving frames keep the clock running.
    if (nextWakeAt <= now) this.#flush.request();
    else this.#alarm.at(nextWakeAt);
  }

  #endTurn(): number {
    this.#channels.tellFills();
    this.#feed(WAKE);
    return this.#state.nextWakeAt;
  }

  #perform(effect: MeshEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#transport.connect(effect.peer, effect.way);
        break;
      case 'restart':
        this.#transport.restart(effect.peer, effect.way);
        break;
      case 'signal':
        this.#transport.receiveSignal(effect.from, effect.signal);
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
        this.events.emit('missed', { source: effect.source, frames: effect.frames });
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
}
