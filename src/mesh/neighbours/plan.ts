/** One plan in the making: what is to be done now, and when to look again. */
import type { Random } from '../../runtime/index.ts';
import { integerBelow, uniform } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import type { NeighboursEffect, NeighboursOptions } from './contract.ts';
import { MAX_UNDER_WAY } from './limits.ts';

export type Why = 'near' | 'random' | 'rescue' | 'chosen by them';

export class Plan {
  readonly effects: NeighboursEffect[] = [];
  nextWakeAt = NEVER;
  readonly now: number;
  readonly #options: NeighboursOptions;
  readonly #blocked: ReadonlySet<NodeId>;
  readonly #pending: ReadonlySet<NodeId>;
  readonly #called = new Map<NodeId, Why>();
  /** Among those pending: without a path to us. */
  readonly strangersPending: number;

  constructor(options: NeighboursOptions, blocked: ReadonlySet<NodeId>, now: number) {
    this.now = now;
    this.#options = options;
    this.#blocked = blocked;
    this.#pending = options.pending();
    let strangers = 0;
    for (const peer of this.#pending) if (!options.view.has(peer)) strangers++;
    this.strangersPending = strangers;
  }

  /** Calls made by this plan, and why. */
  get called(): ReadonlyMap<NodeId, Why> {
    return this.#called;
  }

  get membersPending(): number {
    return this.#pending.size - this.strangersPending;
  }

  get isAtRest(): boolean {
    return this.#pending.size === 0 && this.effects.length === 0;
  }

  /** It may be called as far as we and it are concerned: there is nothing between us yet. */
  isFree(peer: NodeId): boolean {
    const { self, open } = this.#options;
    return (
      peer !== self &&
      !open.has(peer) &&
      !this.#pending.has(peer) &&
      !this.#blocked.has(peer) &&
      !this.#called.has(peer)
    );
  }

  /** `peer` must be free. False when too much is under way. */
  call(peer: NodeId, why: Why): boolean {
    if (this.#options.open.size + this.#pending.size + this.#called.size >= MAX_UNDER_WAY) return false;
    this.#called.set(peer, why);
    this.effects.push({ type: 'call', peer });
    return true;
  }

  disconnect(peer: NodeId, reason: string): void {
    this.effects.push({ type: 'disconnect', peer, reason });
  }

  lookAt(at: number): void {
    if (at < this.nextWakeAt) this.nextWakeAt = at;
  }
}

/** Half to one and a half times as long. */
export function jittered(ms: number, random: Random): number {
  return ms * (0.5 + uniform(random));
}

/** Up to `count` of them at random, each as likely as any (reservoir sampling: Vitter 1985, algorithm R). */
export function sampleOf(ids: Iterable<NodeId>, count: number, random: Random): NodeId[] {
  const sample: NodeId[] = [];
  let seen = 0;
  for (const id of ids) {
    seen++;
    if (sample.length < count) sample.push(id);
    else {
      const at = integerBelow(random, seen);
      if (at < count) sample[at] = id;
    }
  }
  return sample;
}
