/**
 * What of a room is not complete: the newest value of each author and key, presence among them, and words to whoever is there. It is of the
 * living: with its author it is gone. As a pure state machine.
 *
 * An author says what has changed, and nothing again before that has left: what was set meanwhile goes as it is then, so that under load
 * values are skipped and none lags. To a Node that it meets it says everything. Numbers that only grow tell newer from older, whatever
 * path they came (R8). What could have been lost is said once more, later.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Plain, RoomRate } from './contract.ts';
import { RoomKeysError, RoomTooFastError, RoomTooLargeError } from './errors.ts';
import { bytesOf, forgetRemoved, LatestAuthors, MAX_AUTHOR_BYTES, nameOf } from './latest-authors.ts';
import { type Credentials, type LatestEntry, type LatestMessage, MAX_KEYS } from './latest-messages.ts';
import { Pace } from './pace.ts';
import { settle, sizeOf } from './plain.ts';

export type LatestEvent =
  | { readonly type: 'wake' }
  | { readonly type: 'peer'; readonly node: NodeId }
  | { readonly type: 'left'; readonly node: NodeId }
  /** Opened when its time has come: a flood costs nothing. */
  | {
      readonly type: 'received';
      readonly from: NodeId;
      readonly bytes: number;
      open(): LatestMessage | undefined;
    }
  /** The last `spread` is on its way. */
  | { readonly type: 'sent' };

export type LatestEffect =
  /** To all peers; to be followed by `sent`. */
  | { readonly type: 'spread'; readonly message: LatestMessage }
  | { readonly type: 'tell'; readonly to: NodeId; readonly message: LatestMessage }
  | { readonly type: 'set'; readonly node: NodeId; readonly entry: LatestEntry }
  | { readonly type: 'said'; readonly from: NodeId; readonly word: Plain }
  | { readonly type: 'heldBack'; readonly node: NodeId }
  | { readonly type: 'refused'; readonly from: NodeId; readonly reason: string };

export interface LatestOptions {
  readonly rate: RoomRate;
  /** Drawn anew each time that the room is opened. */
  readonly session: number;
  /** Undefined for readers; others when the keys are. */
  credentials(): Credentials | undefined;
  /** Whether these make a writer of that Node. */
  mayWrite(node: NodeId, credentials: Credentials): boolean;
}

/** A cursor that moves this often looks as if it moved. */
const LEAST_PAUSE_MS = 50;
/** What was lost with a path is back by then. */
const REPEAT_MS = 5_000;
const BURST_MS = 1_000;
/** Of a message, beside what it says: seal, mark, credentials, and numbers. */
const BESIDE_BYTES = 256;

const NEVER = Number.POSITIVE_INFINITY;

export class LatestState {
  readonly #options: LatestOptions;
  readonly #pauseMs: number;
  readonly #wordPace: Pace;
  readonly #authors: LatestAuthors;
  readonly #own = new Map<string, LatestEntry>();
  readonly #changed = new Set<string>();
  readonly #peers = new Set<NodeId>();
  #words: Plain[] = [];
  #number = 0;
  #isSending = false;
  #mayBeSentAtMs = 0;
  #repeatAtMs = NEVER;
  #effects: LatestEffect[] = [];

  constructor(options: LatestOptions) {
    const { rate } = options;
    this.#options = options;
    this.#pauseMs = Math.max(LEAST_PAUSE_MS, 1000 / rate.updatesPerSecond);
    this.#wordPace = new Pace(rate, BURST_MS);
    this.#authors = new LatestAuthors({
      updatesPerSecond: 1000 / this.#pauseMs + rate.updatesPerSecond,
      bytesPerSecond: rate.bytesPerSecond,
    });
  }

  get nextWakeAt(): number {
    const isDue = this.#changed.size > 0 || this.#words.length > 0;
    const sendAtMs = isDue && !this.#isSending ? this.#mayBeSentAtMs : NEVER;
    return Math.min(sendAtMs, this.#isSending ? NEVER : this.#repeatAtMs, this.#authors.nextWakeAt);
  }

  /** Our own, and those of who is here. */
  get values(): readonly (readonly [node: NodeId | undefined, entry: LatestEntry])[] {
    return [...[...this.#own.values()].map((entry) => [undefined, entry] as const), ...this.#authors.values];
  }

  /** @param node undefined for ourselves */
  get(node: NodeId | undefined, of: { readonly channel: string; readonly key: string }): Plain | undefined {
    const name = nameOf(of);
    return (node === undefined ? this.#own.get(name) : this.#authors.get(node, name))?.value;
  }

  /** @throws NotPlainError, RoomTooLargeError */
  set(
    { channel, key }: { readonly channel: string; readonly key: string },
    value: Plain | undefined,
    nowMs: number,
  ): readonly LatestEffect[] {
    const name = nameOf({ channel, key });
    const entry = {
      channel,
      key,
      number: this.#number + 1,
      value: value === undefined ? value : settle(value),
    };
    this.#checkRoomFor(name, entry);
    this.#number++;
    // To the end: what was removed first is forgotten first.
    this.#own.delete(name);
    this.#own.set(name, entry);
    this.#changed.add(name);
    forgetRemoved(this.#own);
    return this.handle({ type: 'wake' }, nowMs);
  }

  /** @throws NotPlainError, RoomTooLargeError, RoomTooFastError */
  say(word: Plain, nowMs: number): readonly LatestEffect[] {
    const settled = settle(word);
    if (sizeOf(settled) > MAX_AUTHOR_BYTES) {
      throw new RoomTooLargeError('word', sizeOf(settled), MAX_AUTHOR_BYTES);
    }
    if (nowMs < this.#wordPace.readyAtMs) throw new RoomTooFastError(this.#options.rate, 1);
    this.#wordPace.spend(1, sizeOf(settled), nowMs);
    if (this.#peers.size > 0) this.#words.push(settled);
    return this.handle({ type: 'wake' }, nowMs);
  }

  handle(event: LatestEvent, nowMs: number): readonly LatestEffect[] {
    this.#dispatch(event, nowMs);
    for (const arrived of this.#authors.due(nowMs)) this.#take(arrived.from, arrived.open());
    this.#send(nowMs);
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #dispatch(event: LatestEvent, nowMs: number): void {
    switch (event.type) {
      case 'wake':
        return;
      case 'peer':
        this.#peers.add(event.node);
        this.#show(event.node, this.#authors.isHere(event.node));
        // Also when that is nothing: it may still see what was shown before this room was opened again.
        this.#effects.push({
          type: 'tell',
          to: event.node,
          message: this.#messageOf([...this.#own.values()]),
        });
        return;
      case 'left':
        this.#peers.delete(event.node);
        this.#show(event.node, this.#authors.isGone(event.node));
        return;
      case 'received':
        if (this.#authors.arrived(event, nowMs)) this.#effects.push({ type: 'heldBack', node: event.from });
        return;
      case 'sent':
        this.#isSending = false;
        return;
    }
  }

  #take(from: NodeId, message: LatestMessage | undefined): void {
    if (!message) {
      this.#effects.push({ type: 'refused', from, reason: 'a message about the room is malformed' });
      return;
    }
    const { credentials, entries, words } = message;
    const isWriter = credentials !== undefined && this.#options.mayWrite(from, credentials);
    if (!isWriter && (words.length > 0 || entries.some(({ channel }) => channel !== ''))) {
      this.#effects.push({ type: 'refused', from, reason: 'it says what only writers may say' });
      return;
    }
    const taken = this.#authors.take(from, message);
    if (typeof taken === 'string') this.#effects.push({ type: 'refused', from, reason: taken });
    else {
      this.#show(from, taken);
      for (const word of words) this.#effects.push({ type: 'said', from, word });
    }
  }

  #show(node: NodeId, entries: readonly LatestEntry[]): void {
    for (const entry of entries) this.#effects.push({ type: 'set', node, entry });
  }

  #send(nowMs: number): void {
    if (this.#isSending) return;
    const isRepeat = nowMs >= this.#repeatAtMs;
    const isDue = (this.#changed.size > 0 || this.#words.length > 0) && nowMs >= this.#mayBeSentAtMs;
    if (!isDue && !isRepeat) return;
    const names = isRepeat ? [...this.#own.keys()] : [...this.#changed];
    const message = this.#messageOf(
      names.flatMap((name) => this.#own.get(name) ?? []),
      this.#words,
    );
    if (isRepeat) this.#repeatAtMs = NEVER;
    else if (this.#changed.size > 0) this.#repeatAtMs = nowMs + REPEAT_MS;
    this.#words = [];
    this.#changed.clear();
    if (this.#peers.size === 0) return;
    this.#isSending = true;
    const bytes = [...message.entries.map(bytesOf), ...message.words.map(sizeOf)].reduce(
      (a, b) => a + b,
      BESIDE_BYTES,
    );
    this.#mayBeSentAtMs = nowMs + Math.max(this.#pauseMs, (1000 * bytes) / this.#options.rate.bytesPerSecond);
    this.#effects.push({ type: 'spread', message });
  }

  #messageOf(entries: readonly LatestEntry[], words: readonly Plain[] = []): LatestMessage {
    const { session, credentials } = this.#options;
    const isForWriters = words.length > 0 || entries.some(({ channel }) => channel !== '');
    return { session, credentials: isForWriters ? credentials() : undefined, entries, words };
  }

  #checkRoomFor(name: string, entry: LatestEntry): void {
    const others = [...this.#own].filter(([other, { value }]) => other !== name && value !== undefined);
    if (entry.value === undefined) return;
    const bytes = [...others.map(([, other]) => other), entry].reduce((sum, one) => sum + bytesOf(one), 0);
    if (bytes > MAX_AUTHOR_BYTES) {
      throw new RoomTooLargeError('shown', bytes, MAX_AUTHOR_BYTES);
    }
    if (others.length >= MAX_KEYS) throw new RoomKeysError(MAX_KEYS);
  }
}
