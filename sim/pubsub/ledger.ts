/**
 * Who subscribed to what and when, who published what and when, and what arrived: what docs/pubsub.md promises is checked against it, as it
 * happens where that can be said at once, and in the end.
 */

import type { Subject } from '../../src/services/pubsub/contract.ts';
import type { Publication } from '../../src/services/pubsub/publication.ts';
import { matches } from '../../src/services/pubsub/subject.ts';
import type { NodeId } from '../../src/wire/index.ts';

export interface LedgerSubscription {
  readonly node: NodeId;
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly startedAtMs: number;
  readyAtMs: number;
  endedAtMs: number;
  /** Publications that arrived, by number. */
  readonly arrived: Map<number, number>;
  /** Of each publisher the newest. */
  readonly newest: Map<NodeId, number>;
  /** It may lose some. */
  readonly isSlow: boolean;
  /** So many it was told that it lost. */
  lost: number;
}

interface Published {
  readonly id: number;
  readonly node: NodeId;
  readonly subject: string;
  readonly atMs: number;
}

interface Parting {
  readonly a: NodeId;
  readonly b: NodeId;
  readonly atMs: number;
}

/** In these networks, also when it is lost a few times. */
const A_MESSAGE_MS = 2_000;
const NEVER = Number.POSITIVE_INFINITY;

export class Ledger {
  readonly subscriptions: LedgerSubscription[] = [];
  readonly published: Published[] = [];
  readonly problems: string[] = [];
  /** Somebody wants more than there are subscriptions: who had to widen its interest, or lies. */
  mayBeInVain = false;
  readonly #clock: { now(): number };
  readonly #partings: Parting[] = [];
  /** Since when the one takes the other for a member. */
  readonly #metAtMs = new Map<string, number>();
  readonly #dead = new Set<NodeId>();

  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  met(a: NodeId, b: NodeId): void {
    this.#metAtMs.set(`${a} ${b}`, this.#clock.now());
  }

  parted(a: NodeId, b: NodeId): void {
    this.#metAtMs.delete(`${a} ${b}`);
    this.#partings.push({ a, b, atMs: this.#clock.now() });
  }

  died(node: NodeId): void {
    this.#dead.add(node);
  }

  subscribed(node: NodeId, pattern: string, queue: string | undefined, isSlow = false): LedgerSubscription {
    const subscription = {
      ...{ node, pattern, queue, startedAtMs: this.#clock.now(), readyAtMs: NEVER, endedAtMs: NEVER },
      ...{ arrived: new Map(), newest: new Map(), isSlow, lost: 0 },
    };
    this.subscriptions.push(subscription);
    return subscription;
  }

  /** @returns its number */
  publishes(node: NodeId, subject: string): number {
    const id = this.published.length;
    this.published.push({ id, node, subject, atMs: this.#clock.now() });
    return id;
  }

  /** A frame of it has left: somebody must have wanted it (P4). */
  left({ subject }: Publication): void {
    const isWanted = this.subscriptions.some(({ pattern }) => matches(pattern, subject.split('.')));
    if (!isWanted && !this.mayBeInVain && !subject.startsWith('_INBOX'))
      this.problems.push(`${subject} left, and nobody ever wanted it`);
  }

  /** P1 and P2, as far as they can be said at once. */
  arrived(subscription: LedgerSubscription, id: number, from: NodeId, subject: Subject): void {
    const count = (subscription.arrived.get(id) ?? 0) + 1;
    subscription.arrived.set(id, count);
    const published = this.published[id];
    if (count > 1) this.problems.push(`${id} arrived ${count} times`);
    if (published?.node !== from) this.problems.push(`${id} came in another's name`);
    if (published?.subject !== subject) this.problems.push(`${id} came on another subject`);
    if (!matches(subscription.pattern, subject.split('.'))) this.problems.push(`${id} was not wanted`);
    if (subscription.endedAtMs < this.#clock.now()) this.problems.push(`${id} came after the end`);
    if (subscription.queue !== undefined) return;
    if (id < (subscription.newest.get(from) ?? -1)) this.problems.push(`${id} was overtaken`);
    subscription.newest.set(from, id);
  }

  /** P8: is there somebody who would have answered? */
  nobody(id: number): void {
    const published = this.published[id];
    if (!published) return;
    const now = this.#clock.now();
    const responder = this.subscriptions.find(
      (subscription) =>
        matches(subscription.pattern, published.subject.split('.')) &&
        subscription.endedAtMs > now &&
        this.#isReadyFor(subscription, published) &&
        this.#stays(published, subscription.node),
    );
    if (responder) this.problems.push(`${id} was told that nobody serves it, and somebody does`);
  }

  /** P1 and P3, once all is at rest. */
  conclude(): void {
    for (const published of this.published) {
      const wanting = this.subscriptions.filter(({ pattern }) =>
        matches(pattern, published.subject.split('.')),
      );
      for (const subscription of wanting) {
        if (
          subscription.queue !== undefined ||
          subscription.isSlow ||
          !this.#mustHave(subscription, published)
        )
          continue;
        if (!subscription.arrived.has(published.id)) {
          const { readyAtMs } = subscription;
          this.problems.push(
            `${published.id} of ${published.atMs.toFixed(0)} ms never came to one ready at ${readyAtMs.toFixed(0)} ms`,
          );
        }
      }
      for (const queue of new Set(wanting.flatMap(({ queue }) => queue ?? []))) {
        const members = wanting.filter((one) => one.queue === queue);
        this.#checkGroup(published, members);
      }
    }
  }

  /**
   * Whether somebody had to answer that request. Of a queue group it may be the one member who takes the asker for gone, and then the answer has
   * nowhere to go: nothing is promised of it.
   */
  isServed(id: number): boolean {
    const published = this.published[id];
    if (!published) return false;
    return this.subscriptions.some(
      (one) =>
        one.queue === undefined &&
        matches(one.pattern, published.subject.split('.')) &&
        this.#mustHave(one, published),
    );
  }

  /** P7: what a slow one did not get it was told of. */
  checkSlow(slow: LedgerSubscription): void {
    const meant = this.published.filter(
      ({ subject, atMs }) => matches(slow.pattern, subject.split('.')) && atMs > slow.readyAtMs,
    ).length;
    if (slow.arrived.size === meant) this.problems.push('a slow one lost nothing: it was not slow enough');
    if (slow.arrived.size + slow.lost !== meant)
      this.problems.push(`of ${meant} a slow one got ${slow.arrived.size} and was told of ${slow.lost}`);
  }

  #checkGroup(published: Published, members: readonly LedgerSubscription[]): void {
    const count = members.filter(({ arrived }) => arrived.has(published.id)).length;
    const isCertain = members.some((member) => this.#mustHave(member, published));
    if (isCertain && count === 0) this.problems.push(`${published.id} came to nobody of a queue group`);
    const hasLost = this.#partings.some(
      ({ a, b, atMs }) => (a === published.node || b === published.node) && atMs >= published.atMs,
    );
    if (count > 1 && !hasLost) this.problems.push(`${published.id} came to ${count} of a queue group`);
  }

  #mustHave(subscription: LedgerSubscription, published: Published): boolean {
    const { endedAtMs, node } = subscription;
    return endedAtMs === NEVER && this.#isReadyFor(subscription, published) && this.#stays(published, node);
  }

  /**
   * Ready is said of those who are in reach. Who was not, in the subscriber's eyes, and did not notice, hears of it when they have met again:
   * a message later.
   */
  #isReadyFor({ readyAtMs, node }: LedgerSubscription, published: Published): boolean {
    if (readyAtMs >= published.atMs) return false;
    const seenAtMs = this.#metAtMs.get(`${node} ${published.node}`) ?? 0;
    const sawAtMs = this.#metAtMs.get(`${published.node} ${node}`) ?? 0;
    return seenAtMs <= readyAtMs || sawAtMs > readyAtMs || seenAtMs + A_MESSAGE_MS < published.atMs;
  }

  /** The publisher's Node and that one reach each other from the publication on. */
  #stays({ node: a, atMs: sinceMs }: Published, b: NodeId): boolean {
    if (a === b) return !this.#dead.has(a);
    if (this.#dead.has(a) || this.#dead.has(b)) return false;
    const isIn = (from: NodeId, to: NodeId): boolean =>
      (this.#metAtMs.get(`${from} ${to}`) ?? NEVER) <= sinceMs;
    if (!isIn(a, b) || !isIn(b, a)) return false;
    return !this.#partings.some(
      (parting) =>
        parting.atMs >= sinceMs &&
        ((parting.a === a && parting.b === b) || (parting.a === b && parting.b === a)),
    );
  }
}
