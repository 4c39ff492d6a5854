/**
 * Publish and subscribe as an application holds it, with the names of nats.js: subjects, queue groups, requests, drain. A client of this
 * Node's Broker like any other.
 *
 * @example
 * const nc = openPubSub(await joinNetwork(invite));
 * for await (const m of nc.subscribe('greet.*')) m.respond(`hello ${m.string()}`);
 */
import { CancelledError, type Clock, type Random, type Timers, toHex } from '../../../runtime/index.ts';
import {
  type AckOutcome,
  type Broker,
  type BrokerConnection,
  type BrokerVerb,
  type ConnectOptions,
  MAX_PAYLOAD_BYTES,
  messageBytes,
  payloadProblem,
  type Subject,
  type SubscriptionId,
} from '../contract.ts';
import { keptProblem } from '../kept-subjects.ts';
import { pattern, SubjectError, subject as subjectOf } from '../subject.ts';
import { errorOf, PayloadTooLargeError, PubSubClosedError } from './errors.ts';
import { type HeaderInit, MsgHeaders } from './headers.ts';
import { Inbox, type RequestManyOptions, type RequestOptions } from './inbox.ts';
import { bytesOfPayload, Msg, type Payload } from './msg.ts';
import { type SubscribeOptions, Subscription, type SubscriptionPort } from './subscription.ts';

/** What goes with a message, and whether it is waited for. */
export interface PublishOptions {
  /** Where answers go. */
  readonly reply?: string;
  readonly headers?: HeaderInit;
  /** Wait until whoever wants it has taken it, and say how many they are. */
  readonly ack?: boolean;
  /** Ends the wait; what has left may still arrive. */
  readonly signal?: AbortSignal;
}

/** Who has taken a message. Both 0 where nobody was asked (`ack`). */
export interface Taken {
  readonly subscriptions: number;
  readonly nodes: number;
}

/** Seen from this client, since it began. */
export interface Stats {
  readonly inMsgs: number;
  readonly outMsgs: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

/** What befalls a PubSub that is worth telling. */
export type Status =
  /** A subscription lost so many, because it was read too slowly or the mesh could not bring them. */
  | { readonly type: 'slowConsumer'; readonly sub: Subscription; readonly lost: number }
  | { readonly type: 'close'; readonly reason: string };

/** What a PubSub is made of. */
export interface PubSubDependencies {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly name?: string;
  /** Without it what is published here does not come back to subscriptions of this same PubSub. Default: it does. */
  readonly echo?: boolean;
}

/** @throws SubjectError `bad-subject`, `kept-subject` */
function publishable(text: string): Subject {
  const subject = subjectOf(text);
  const problem = keptProblem(subject);
  if (problem !== undefined)
    throw new SubjectError('kept-subject', `"${subject}" cannot be published to: ${problem}`);
  return subject;
}

/** Of what was not read, the oldest goes. */
const MAX_STATUS_LINE = 1_024;
const NOBODY_ASKED: Taken = { subscriptions: 0, nodes: 0 };
/** One for all: at a hundred thousand messages a second a promise for each shows. */
const AT_ONCE: Promise<Taken> = Promise.resolve(NOBODY_ASKED);

/** Publish and subscribe on a mesh. Made by `openPubSub`. */
export class PubSub {
  /** For who looks inside, and for clients of one's own. */
  readonly broker: Broker;
  readonly #connection: BrokerConnection;
  readonly #clock: Clock;
  readonly #inbox: Inbox;
  readonly #port: SubscriptionPort;
  readonly #subscriptions = new Set<Subscription>();
  readonly #acks = new Map<number, (outcome: AckOutcome) => void>();
  readonly #pongs: (() => void)[] = [];
  readonly #listeners = new Set<(status: Status) => void>();
  readonly #closed: Promise<void>;
  #resolveClosed: () => void = () => undefined;
  #tokens = 0;
  #maxPayloadBytes = MAX_PAYLOAD_BYTES;
  #inMsgs = 0;
  #inBytes = 0;
  #endReason: string | undefined;

  constructor({ broker, clock, timers, random, name = '', echo = true }: PubSubDependencies) {
    this.broker = broker;
    this.#clock = clock;
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const connect: ConnectOptions = { name, echo, headers: true, noResponders: true };
    this.#connection = broker.connect({ hear: (verb) => this.#hear(verb) });
    this.#connection.say({ type: 'connect', options: connect });
    this.#inbox = new Inbox({ prefix: `_INBOX.${toHex(random.bytes(11))}`, timers });
    this.#port = {
      ...{ broker, connect, kin: this.#connection },
      msgOf: (verb) => this.#msgOf(verb),
      lost: (sub, lost) => this.#tell({ type: 'slowConsumer', sub, lost }),
      ended: (sub) => this.#subscriptions.delete(sub),
    };
  }

  /**
   * Resolves when there is room for more: a loop that awaits it does not outrun the mesh; who need not wait ignores it. With `ack` it
   * resolves when all who want it have taken it, and rejects after 30 s when somebody has not said so.
   * @throws SubjectError `bad-subject`, `kept-subject` (one that begins with `leafcutter.`), HeaderError, LeafcutterError `bad-payload`, PayloadTooLargeError, PubSubClosedError; with `ack` it
   * rejects with NoRespondersError, NotTakenError, PayloadTooLargeError, CancelledError
   */
  publish(
    subject: string,
    data: Payload = '',
    { reply, headers, ack, signal }: PublishOptions = {},
  ): Promise<Taken> {
    this.#requireOpen();
    const verb = {
      type: 'pub',
      subject: publishable(subject),
      reply: reply === undefined ? undefined : subjectOf(reply),
      headers: MsgHeaders.encoded(headers),
      payload: bytesOfPayload(data),
      ack: undefined,
    } as const;
    if (ack)
      return this.#acknowledged(subject, signal, (token) => this.#connection.say({ ...verb, ack: token }));
    // The Broker has no other way to tell who asks for no ack than to end it.
    const problem = payloadProblem(verb, this.#maxPayloadBytes);
    if (problem !== undefined) throw new PayloadTooLargeError(problem);
    this.#connection.say(verb);
    const room = this.#connection.room();
    return room ? room.then(() => NOBODY_ASKED) : AT_ONCE;
  }

  /** A loop over what comes. @throws SubjectError `bad-pattern`, LeafcutterError `bad-option`, PubSubClosedError */
  subscribe(subject: string, options: SubscribeOptions = {}): Subscription {
    this.#requireOpen();
    const subscription = new Subscription(subject, options, this.#port);
    if (!subscription.isClosed()) this.#subscriptions.add(subscription);
    return subscription;
  }

  /** The first answer. @throws what `publish` throws, LeafcutterError `bad-option`, NoRespondersError, NoAnswerError (10 s, or `timeoutMs`), CancelledError */
  async request(subject: string, data: Payload = '', options: RequestOptions = {}): Promise<Msg> {
    return this.#inbox.one(subject, options, (reply) => this.#ask(subject, data, reply, options.headers));
  }

  /**
   * Answers as they come: until `maxMessages`, until none has come for `stallMs`, and at most for `maxWaitMs` (1 s). Nobody there is an
   * error of the loop's first step; above 8 MiB of answers that the loop has not read it ends with SlowConsumerError.
   * @throws what `request` throws, NoAnswerError aside
   */
  requestMany(
    subject: string,
    data: Payload = '',
    options: RequestManyOptions = {},
  ): AsyncIterableIterator<Msg, undefined> {
    return this.#inbox.many(subject, options, (reply) => this.#ask(subject, data, reply, options.headers));
  }

  /** Resolves when the Broker has all that was said before, and has room for more. */
  async flush(): Promise<void> {
    await this.rtt();
    await this.#connection.room();
  }

  /** To the Broker and back, ms. It lives in this tab: hardly anything. */
  async rtt(): Promise<number> {
    this.#requireOpen();
    const startMs = this.#clock.now();
    await new Promise<void>((resolve) => {
      this.#pongs.push(resolve);
      this.#connection.say({ type: 'ping' });
    });
    return this.#clock.now() - startMs;
  }

  /** Subscriptions get nothing new; when they have read what is here, and those who published it know, it closes. */
  async drain(): Promise<void> {
    this.#requireOpen();
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.drain()));
    await this.flush();
    await this.broker.told();
    await this.close();
  }

  /** Ends every subscription and request. Idempotent. */
  async close(): Promise<void> {
    this.#end('it was closed');
  }

  /** Resolves when it is closed. */
  closed(): Promise<void> {
    return this.#closed;
  }

  isClosed(): boolean {
    return this.#endReason !== undefined;
  }

  /** What befalls this client, from now on; ends with it. */
  async *status(): AsyncGenerator<Status, undefined> {
    const line: Status[] = [];
    let wake: () => void = () => undefined;
    const listener = (status: Status): void => {
      line.push(status);
      if (line.length > MAX_STATUS_LINE) line.shift();
      wake();
    };
    this.#listeners.add(listener);
    try {
      for (;;) {
        for (let status = line.shift(); status; status = line.shift()) yield status;
        if (this.isClosed()) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  stats(): Stats {
    const { inMessages, inBytes } = this.broker.stats(this.#connection);
    return { inMsgs: this.#inMsgs, outMsgs: inMessages, inBytes: this.#inBytes, outBytes: inBytes };
  }

  #ask(subject: string, data: Payload, reply: string, headers: HeaderInit | undefined): void {
    if (!this.#inbox.isOpen) {
      const sid = 'inbox' as SubscriptionId;
      const inbox = pattern(this.#inbox.pattern);
      this.#connection.say({
        type: 'sub',
        sid,
        pattern: inbox,
        queue: undefined,
        ack: undefined,
        slow: undefined,
      });
      this.#inbox.isOpen = true;
    }
    void this.publish(subject, data, { reply, ...(headers && { headers }) });
  }

  #acknowledged(
    subject: string,
    signal: AbortSignal | undefined,
    say: (token: number) => void,
  ): Promise<Taken> {
    if (signal?.aborted) return Promise.reject(new CancelledError('publishing'));
    const token = ++this.#tokens;
    return new Promise((resolve, reject) => {
      const cancelled = (): void => {
        this.#acks.delete(token);
        reject(new CancelledError('publishing'));
      };
      signal?.addEventListener('abort', cancelled, { once: true });
      this.#acks.set(token, (outcome) => {
        signal?.removeEventListener('abort', cancelled);
        const error = errorOf(subject, outcome);
        if (error) reject(error);
        else resolve({ subscriptions: outcome.subscriptions, nodes: outcome.nodes });
      });
      say(token);
    });
  }

  #hear(verb: BrokerVerb): void {
    switch (verb.type) {
      case 'info':
        this.#maxPayloadBytes = verb.info.maxPayloadBytes;
        return;
      case 'msg': {
        const msg = this.#msgOf(verb);
        this.#inbox.heard(msg);
        this.#connection.taken(msg.weight);
        return;
      }
      case 'ack': {
        const settle = this.#acks.get(verb.token);
        this.#acks.delete(verb.token);
        settle?.(verb.outcome);
        return;
      }
      case 'pong':
        this.#pongs.shift()?.();
        return;
      case 'close':
        this.#end(verb.reason);
        return;
      default:
        return;
    }
  }

  #msgOf(verb: Extract<BrokerVerb, { readonly type: 'msg' }>): Msg {
    this.#inMsgs++;
    this.#inBytes += messageBytes(verb);
    return new Msg(verb, (data, options) => {
      // Nobody makes us say what only the system says.
      if (verb.reply !== undefined && keptProblem(verb.reply) === undefined)
        void this.publish(verb.reply, data, options);
    });
  }

  #tell(status: Status): void {
    for (const listener of this.#listeners) listener(status);
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    for (const subscription of [...this.#subscriptions]) subscription.unsubscribe();
    this.#connection.say({ type: 'close', reason });
    this.#inbox.close(new PubSubClosedError(reason));
    const closed: AckOutcome = { subscriptions: 0, nodes: 0, failure: 'closed', reason };
    for (const settle of this.#acks.values()) settle(closed);
    this.#acks.clear();
    for (const pong of this.#pongs.splice(0)) pong();
    this.#tell({ type: 'close', reason });
    this.#resolveClosed();
  }

  #requireOpen(): void {
    if (this.#endReason !== undefined) throw new PubSubClosedError(this.#endReason);
  }
}
