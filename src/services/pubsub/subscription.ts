/** One subscription of a client: what it wants, what waits for it, and what it lost because nobody read it. */
import {
  type Pattern,
  type SlowPolicy,
  SUBSCRIPTION_BYTES,
  type SubscriptionId,
  type SubscriptionInfo,
} from './contract.ts';
import type { Receipt } from './receipt.ts';

const DROP: SlowPolicy = { mode: 'drop', maxBytes: SUBSCRIPTION_BYTES };

export interface SubscriptionOptions<Client> {
  readonly client: Client;
  readonly sid: SubscriptionId;
  readonly pattern: Pattern;
  readonly queue: string | undefined;
  readonly slow: SlowPolicy | undefined;
}

export class Subscription<Client> {
  readonly client: Client;
  readonly sid: SubscriptionId;
  readonly pattern: Pattern;
  readonly queue: string | undefined;
  /** After so many in all it ends. */
  max: number | undefined;
  /** That it took. */
  messages = 0;
  /** Not told yet. */
  lost = 0;
  /** Nothing more is for it. */
  isOver = false;
  readonly #slow: SlowPolicy;
  #pendingBytes = 0;
  #held: Receipt[] = [];

  constructor({ client, sid, pattern, queue, slow = DROP }: SubscriptionOptions<Client>) {
    this.client = client;
    this.sid = sid;
    this.pattern = pattern;
    this.queue = queue;
    this.#slow = slow;
  }

  get info(): SubscriptionInfo {
    const { pattern, queue, sid, messages } = this;
    return { pattern, queue, sid, messages };
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#pendingBytes + bytes <= this.#slow.maxBytes;
  }

  /** It waits here. One that asked for backpressure lets its publisher wait from half of its bound on. */
  waits(bytes: number, receipt: Receipt | undefined): void {
    this.#pendingBytes += bytes;
    if (!receipt || this.#slow.mode !== 'wait' || !this.#isHalfFull) return;
    receipt.hold();
    this.#held.push(receipt);
  }

  /** It waits here no more. */
  left(bytes: number): void {
    this.#pendingBytes -= bytes;
    if (this.#held.length > 0 && !this.#isHalfFull) this.#release();
  }

  /** Nobody will read it. */
  end(): void {
    this.isOver = true;
    this.#pendingBytes = 0;
    this.#release();
  }

  /** So many were lost since this was last asked. */
  takeLost(): number {
    const { lost } = this;
    this.lost = 0;
    return lost;
  }

  get #isHalfFull(): boolean {
    return 2 * this.#pendingBytes > this.#slow.maxBytes;
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const receipt of held) receipt.release();
  }
}
