/** The subscriptions of one client as far as the door must know them: how many, and when one is at its count. */
import type { SubscriptionId } from '../services/pubsub/index.ts';

interface Entry {
  received: number;
  max: number | undefined;
}

export class SubscriptionList {
  readonly #most: number;
  readonly #entries = new Map<string, Entry>();

  /** @param most 0 for any number */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** `taken`: there is one of that name, which goes on as it is. */
  add(sid: string): SubscriptionId | 'taken' | 'too-many' {
    if (this.#entries.has(sid)) return 'taken';
    if (this.#most > 0 && this.#entries.size >= this.#most) return 'too-many';
    this.#entries.set(sid, { received: 0, max: undefined });
    return sid as SubscriptionId;
  }

  /** Now, or after `max` messages in all. Undefined: there is none of that name. */
  end(sid: string, max: number | undefined): SubscriptionId | undefined {
    const entry = this.#entries.get(sid);
    if (!entry) return undefined;
    if (max === undefined || entry.received >= max) this.#entries.delete(sid);
    else entry.max = max;
    return sid as SubscriptionId;
  }

  delivered(sid: string): void {
    const entry = this.#entries.get(sid);
    if (!entry) return;
    entry.received++;
    if (entry.max !== undefined && entry.received >= entry.max) this.#entries.delete(sid);
  }
}
