/**
 * What the Messages panel does on the Network while it is open: one subscription whose stream it keeps, sending and asking, and a look now and
 * then at who listens. Signals for what is shown, painted at most ten times a second however much comes.
 */
import { type Signal, signal } from '@preact/signals';
import {
  systemClock as clock,
  messageOf,
  systemRandom as random,
  systemTimers as timers,
} from '../../runtime/index.ts';
import {
  type ListenersAnswer,
  type Msg,
  matches,
  PubSub,
  patternProblem,
  type Subscription,
} from '../../services/pubsub/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type ListenedSubject, listedSubjects } from '../state/listened.ts';
import { litSubject, RecentTraffic } from '../state/lit-subject.ts';
import { answered, failed, type Outcome, sent } from '../state/message-outcome.ts';
import { keptHeaders, MessageStream, type StreamMessage } from '../state/message-stream.ts';
import { StreamDigest } from '../state/stream-digest.ts';
import { type Rate, StreamRate } from '../state/stream-rate.ts';

/** A person cannot read faster; others can send much faster. */
const PAINT_MS = 100;
/** Of a flood, so much is taken together before it is kept: what a packet holds of it may go. */
const BATCH_MESSAGES = 512;
const BATCH_WEIGHT = 1024 * 1024;
const TICK_MS = 1_000;
const ANSWER_WAIT_MS = 5_000;
/** After an answer, whether there is another. */
const STALL_MS = 500;
const MAX_ANSWERS = 100;

export type SubscriptionView =
  | { readonly state: 'none' }
  /** `isReady`: everyone in reach knows of it. */
  | { readonly state: 'open'; readonly pattern: string; readonly isReady: boolean }
  | { readonly state: 'ended'; readonly pattern: string; readonly reason: string };

export interface ListedView {
  readonly subjects: readonly ListenedSubject[];
  readonly hasMore: boolean;
}

const NO_RATE: Rate = { messages: 0, bytes: 0 };

export class MessageDesk {
  readonly stream = new MessageStream();
  /** Changes with what `stream` shows. */
  readonly version = signal(0);
  readonly subscription: Signal<SubscriptionView> = signal({ state: 'none' });
  readonly isPaused = signal(false);
  readonly rate = signal(NO_RATE);
  /** For screen readers. */
  readonly digest = signal('');
  readonly outcome: Signal<Outcome | undefined> = signal(undefined);
  readonly isAsking = signal(false);
  readonly answers: Signal<readonly StreamMessage[]> = signal([]);
  readonly listed: Signal<ListedView | undefined> = signal(undefined);
  /** The pattern of `listed` that is lit on the graph. */
  readonly chosen: Signal<string | undefined> = signal(undefined);
  /** Only subjects that hold this text are listed. */
  readonly about = signal('');
  readonly #shared: PubSub;
  readonly #own: PubSub;
  readonly #rateMeter = new StreamRate();
  readonly #digester = new StreamDigest();
  readonly #traffic = new RecentTraffic();
  readonly #stopTick: () => void;
  #open: Subscription | undefined;
  #batch: StreamMessage[] = [];
  #batchWeight = 0;
  #stopPaint: (() => void) | undefined;
  #asking = new AbortController();

  /** @param shared of this tab; what is sent by it is heard by the panel's own subscription, too */
  constructor(shared: PubSub) {
    this.#shared = shared;
    // Without echo: who watches everything is nobody who serves what is asked here.
    this.#own = new PubSub({
      broker: shared.broker,
      clock,
      timers,
      random,
      name: 'messages panel',
      echo: false,
    });
    this.#stopTick = every(TICK_MS, () => this.#tick());
    this.#tick();
  }

  close(): void {
    this.#stopTick();
    this.#stopPaint?.();
    this.#asking.abort();
    litSubject.value = undefined;
    void this.#own.close();
  }

  /** Instead of what is subscribed to now. Answers why it cannot be, as half a sentence. */
  subscribe(pattern: string): string | undefined {
    const problem = patternProblem(pattern);
    if (problem !== undefined) return problem;
    this.unsubscribe();
    try {
      const open = this.#own.subscribe(pattern);
      this.#open = open;
      this.subscription.value = { state: 'open', pattern, isReady: false };
      void this.#read(open);
      open.ready.then(
        () => {
          if (this.#open === open) this.subscription.value = { state: 'open', pattern, isReady: true };
          this.look();
        },
        () => undefined, // it is open all the same; its end is told by the loop
      );
    } catch (error) {
      this.subscription.value = { state: 'ended', pattern, reason: messageOf(error) };
    }
    this.look();
    return undefined;
  }

  unsubscribe(): void {
    this.#open?.unsubscribe();
    this.#open = undefined;
    this.subscription.value = { state: 'none' };
    this.look();
  }

  setPaused(isPaused: boolean): void {
    this.#keep();
    this.stream.setPaused(isPaused);
    this.isPaused.value = isPaused;
    this.#paint();
  }

  setFilter(text: string): void {
    this.stream.setFilter(text);
    this.#paint();
  }

  clear(): void {
    this.#batch = [];
    this.stream.clear();
    this.#paint();
  }

  async send(subject: string, data: Uint8Array): Promise<void> {
    this.answers.value = [];
    try {
      const taken = this.#shared.publish(subject, data, { ack: true });
      this.#runsTo(subject);
      this.outcome.value = sent(await taken);
    } catch (error) {
      this.outcome.value = failed('send', subject, error);
    }
  }

  /** Until everyone who wants to has answered, or `stopAsking`. */
  async ask(subject: string, data: Uint8Array): Promise<void> {
    this.#asking = new AbortController();
    this.isAsking.value = true;
    this.answers.value = [];
    this.outcome.value = undefined;
    const startMs = clock.now();
    let firstAfterMs: number | undefined;
    try {
      const asked = this.#own.requestMany(subject, data, {
        ...{ maxWaitMs: ANSWER_WAIT_MS, stallMs: STALL_MS, maxMessages: MAX_ANSWERS },
        signal: this.#asking.signal,
      });
      this.#runsTo(subject);
      for await (const answer of asked) {
        firstAfterMs ??= clock.now() - startMs;
        this.answers.value = [...this.answers.value, shownMessage(answer)];
        this.#runs(subject, answer.from);
      }
      this.outcome.value = answered(this.answers.value.length, firstAfterMs);
    } catch (error) {
      this.outcome.value = failed('ask', subject, error);
    } finally {
      this.isAsking.value = false;
    }
  }

  stopAsking(): void {
    this.#asking.abort();
  }

  find(text: string): void {
    this.about.value = text;
    this.look();
  }

  /** Lights it on the graph; the chosen one again puts it out. */
  choose(pattern: string): void {
    this.chosen.value = this.chosen.value === pattern ? undefined : pattern;
    this.#traffic.clear();
    this.#light();
  }

  /** At who listens, now. */
  look(): void {
    const { listeners, hasMore }: ListenersAnswer = this.#own.broker.listeners({
      about: this.about.value.trim(),
    });
    const next = { subjects: listedSubjects(listeners), hasMore };
    if (JSON.stringify(next) !== JSON.stringify(this.listed.value)) this.listed.value = next;
    this.#light();
  }

  async #read(subscription: Subscription): Promise<void> {
    for await (const msg of subscription) this.#arrived(shownMessage(msg));
    if (this.#open !== subscription) return;
    this.#open = undefined;
    this.subscription.value = {
      ...{ state: 'ended', pattern: subscription.subject },
      reason: 'this tab is not in the Network any more',
    };
  }

  #arrived(message: StreamMessage): void {
    this.#batch.push(message);
    this.#batchWeight += message.weight;
    if (this.#batch.length >= BATCH_MESSAGES || this.#batchWeight >= BATCH_WEIGHT) this.#keep();
    this.#stopPaint ??= timers.after(PAINT_MS, () => {
      this.#keep();
      this.#paint();
    });
  }

  #keep(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    const nowMs = clock.now();
    this.stream.append(batch);
    const bytes = batch.reduce((sum, { data }) => sum + data.length, 0);
    this.#rateMeter.add(nowMs, batch.length, bytes);
    this.#batchWeight = 0;
    this.#digester.add(nowMs, batch);
    const pairs = new Map(batch.map(({ subject, from }) => [`${subject} ${from}`, { subject, from }]));
    for (const { subject, from } of pairs.values()) this.#runs(subject, from);
  }

  #paint(): void {
    this.#stopPaint?.();
    this.#stopPaint = undefined;
    this.version.value += 1;
    this.#measure();
  }

  #tick(): void {
    this.#measure();
    const digest = this.#digester.next(clock.now());
    if (digest !== undefined) this.digest.value = digest;
    if (document.visibilityState === 'visible') this.look();
  }

  #measure(): void {
    const rate = this.#rateMeter.at(clock.now());
    if (rate.messages !== this.rate.value.messages || rate.bytes !== this.rate.value.bytes)
      this.rate.value = rate;
  }

  /** Of ours, to whoever listens. */
  #runsTo(subject: string): void {
    const { chosen } = this;
    const listed = this.listed.value?.subjects.find(({ pattern }) => pattern === chosen.value);
    for (const { node } of listed?.nodes ?? []) this.#runs(subject, node);
  }

  #runs(subject: string, node: NodeId): void {
    const { value: pattern } = this.chosen;
    if (pattern === undefined || !matches(pattern, subject.split('.'))) return;
    const wasRunning = this.#traffic.at(clock.now()).has(node);
    this.#traffic.add(clock.now(), [node]);
    if (!wasRunning) this.#light();
  }

  #light(): void {
    const { value: pattern } = this.chosen;
    const listed = this.listed.value?.subjects.find((subject) => subject.pattern === pattern);
    if (pattern === undefined || !listed) {
      litSubject.value = undefined;
      return;
    }
    const nodes = listed.nodes.map(({ node }) => node);
    const running = this.#traffic.at(clock.now());
    const before = litSubject.value;
    if (
      before &&
      before.pattern === pattern &&
      isSame(before.nodes, nodes) &&
      isSame([...before.running], [...running])
    )
      return;
    litSubject.value = { pattern, nodes, running };
  }
}

function isSame(a: readonly NodeId[], b: readonly NodeId[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

function shownMessage({ subject, from, reply, headers, data, lost, weight }: Msg): StreamMessage {
  return { atMs: Date.now(), ...{ subject, from, reply, data, lost, weight }, ...keptHeaders(headers ?? []) };
}

/** @returns what stops it */
function every(ms: number, act: () => void): () => void {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
}
