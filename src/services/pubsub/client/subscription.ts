/**
 * One subscription as an application holds it: a loop over messages. Each has a connection of its own to the Broker, so that a loop that
 * stands still holds up no other; a message counts as taken when the loop asks for the next one.
 */
import { Fifo } from '../../../runtime/index.ts';
import {
  type Broker,
  type BrokerConnection,
  type BrokerVerb,
  CLIENT_WINDOW_BYTES,
  type ConnectOptions,
  type SlowPolicy,
  type SubscriptionId,
} from '../contract.ts';
import { pattern } from '../subject.ts';
import { SubscriptionError } from './errors.ts';
import type { Msg } from './msg.ts';
import { checkOptions, countProblem, queueProblem, slowProblem } from './options.ts';

/** How a subscription shares, ends, and what becomes of it when it is read slowly. */
export interface SubscribeOptions {
  /** Members of a queue group share what comes. */
  readonly queue?: string;
  /** Ends after so many. */
  readonly max?: number;
  /** What becomes of it when it is read slowly. Default: what does not fit into 8 MiB is lost, and counted. */
  readonly slow?: SlowPolicy;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

export interface SubscriptionPort {
  readonly broker: Broker;
  readonly kin: BrokerConnection;
  readonly connect: ConnectOptions;
  msgOf(verb: Extract<BrokerVerb, { readonly type: 'msg' }>): Msg;
  /** So many were lost. */
  lost(subscription: Subscription, count: number): void;
  ended(subscription: Subscription): void;
}

/** The only subscription of its connection. */
const SID = '1' as SubscriptionId;
const READY = 1;
/** What a loop has behind it the Broker hears so seldom, while more lies here: its window never runs dry, and a message costs one event less. */
const TOLD_EACH_BYTES = CLIENT_WINDOW_BYTES / 4;

/** Messages of a subject, to be read one after the other. */
export class Subscription implements AsyncIterableIterator<Msg, undefined>, AsyncDisposable {
  readonly subject: string;
  readonly queue: string | undefined;
  /**
   * Resolves when every Node in reach knows of it: what is published from then on comes; or it had all that it asked for (`max`). Rejects
   * with SubscriptionError when one does not say so within 30 s, or it ended before. Nobody has to look at it.
   */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, and the last message has been read. */
  readonly closed: Promise<void>;
  readonly #port: SubscriptionPort;
  readonly #connection: BrokerConnection;
  readonly #line = new Fifo<Msg>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.unsubscribe();
  #settleReady: (error?: Error) => void = () => undefined;
  #resolveClosed: () => void = () => undefined;
  #asking: ((result: IteratorResult<Msg, undefined>) => void) | undefined;
  /** Of the message that the loop has in hand. */
  #inHandBytes = 0;
  /** Of those behind it, as far as the Broker has not heard of them. */
  #takenBytes = 0;
  #received = 0;
  #lost = 0;
  /** After so many nothing more comes. */
  #max = Number.POSITIVE_INFINITY;
  #isOver = false;

  /** @throws SubjectError `bad-pattern`, LeafcutterError `bad-option` */
  constructor(subject: string, { queue, max, slow, signal }: SubscribeOptions, port: SubscriptionPort) {
    const checked = pattern(subject);
    const problems = [countProblem('max', max), queueProblem(queue), slowProblem(slow)];
    checkOptions(`a subscription to "${subject}"`, problems);
    this.subject = subject;
    this.queue = queue;
    this.#port = port;
    this.#signal = signal;
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = (error) => (error ? reject(error) : resolve());
    });
    this.ready.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#connection = port.broker.connect({ hear: (verb) => this.#hear(verb) }, port.kin);
    this.#connection.say({ type: 'connect', options: port.connect });
    this.#connection.say({ type: 'sub', sid: SID, pattern: checked, queue, ack: READY, slow });
    if (max !== undefined) this.unsubscribe(max);
    if (signal?.aborted) this.unsubscribe();
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** At once; or after so many in all. What has not been read by then is dropped. */
  unsubscribe(max?: number): void {
    if (max !== undefined && max > this.#received) {
      if (this.#isOver) return;
      this.#max = max;
      this.#connection.say({ type: 'unsub', sid: SID, max });
      return;
    }
    // Also of one that had all it asked for: nobody is going to read what lies here.
    while (this.#line.shift());
    if (this.#isOver) this.#settleClosed();
    else this.#end('it was ended');
  }

  /** Nothing new comes; resolves when what is here has been read. */
  drain(): Promise<void> {
    if (this.#isOver) return this.closed;
    const [info] = this.#port.broker.subscriptions(this.#connection);
    this.#max = Math.min(this.#max, info?.messages ?? this.#received);
    // 0: from now on nothing, and what waits still comes.
    this.#connection.say({ type: 'unsub', sid: SID, max: 0 });
    this.#endIfComplete();
    return this.closed;
  }

  isClosed(): boolean {
    return this.#isOver;
  }

  getReceived(): number {
    return this.#received;
  }

  /** That lie here and were not read. More may wait in the Broker. */
  getPending(): number {
    return this.#line.length;
  }

  /** In all. */
  getLost(): number {
    return this.#lost;
  }

  next(): Promise<IteratorResult<Msg, undefined>> {
    this.#take();
    const waiting = this.#line.shift();
    if (waiting) {
      this.#inHandBytes = waiting.weight;
      return Promise.resolve({ done: false, value: waiting });
    }
    if (this.#isOver) {
      this.#settleClosed();
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve) => {
      this.#asking?.({ done: true, value: undefined });
      this.#asking = resolve;
    });
  }

  return(): Promise<IteratorResult<Msg, undefined>> {
    this.unsubscribe();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.unsubscribe();
  }

  /** What the loop got last is behind it. */
  #take(): void {
    this.#takenBytes += this.#inHandBytes;
    this.#inHandBytes = 0;
    const bytes = this.#takenBytes;
    if (bytes === 0 || (bytes < TOLD_EACH_BYTES && this.#line.length > 0)) return;
    this.#takenBytes = 0;
    if (!this.#isOver) this.#connection.taken(bytes);
  }

  #hear(verb: BrokerVerb): void {
    switch (verb.type) {
      case 'msg':
        this.#arrived(verb);
        return;
      case 'ack': {
        const { failure, reason } = verb.outcome;
        this.#settleReady(failure === undefined ? undefined : new SubscriptionError(this.subject, reason));
        if (failure === 'queue-refused') this.#end(reason);
        return;
      }
      case 'close':
        this.#end(verb.reason);
        return;
      default:
        return;
    }
  }

  #arrived(verb: Extract<BrokerVerb, { readonly type: 'msg' }>): void {
    this.#received++;
    this.#lost += verb.lost;
    if (verb.lost > 0) this.#port.lost(this, verb.lost);
    const msg = this.#port.msgOf(verb);
    if (this.#asking) {
      const resolve = this.#asking;
      this.#asking = undefined;
      this.#inHandBytes = msg.weight;
      resolve({ done: false, value: msg });
    } else {
      this.#line.push(msg);
    }
    this.#endIfComplete();
  }

  #endIfComplete(): void {
    if (this.#received < this.#max) return;
    this.#settleReady();
    this.#end('it had all that it asked for');
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settleReady(new SubscriptionError(this.subject, reason));
    this.#connection.say({ type: 'close', reason });
    this.#asking?.({ done: true, value: undefined });
    if (this.#line.length === 0) this.#settleClosed();
    this.#port.ended(this);
  }

  /** It has ended, and nothing of it is left to be read. */
  #settleClosed(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolveClosed();
  }
}
