/**
 * How long members are waited for that have let others wait before. Each may be waited for in full twice, and then again for what it has
 * earned since, a tenth of the time: else one that answers just once in a while holds up whoever waits for it, each time anew, for ever.
 */
import type { NodeId } from '../../wire/index.ts';

/** In full, before it has to be earned. */
const TIMES = 2;
const EARNED = 1 / 10;
/** Remembered; of more, all begin anew. */
const MAX_MEMBERS = 4_096;

interface Account {
  readonly leftMs: number;
  readonly atMs: number;
}

export class Patience {
  readonly #fullMs: number;
  /** Of who has not earned all back. */
  readonly #accounts = new Map<NodeId, Account>();

  /** @param fullMs how long a member is waited for */
  constructor(fullMs: number) {
    this.#fullMs = fullMs;
  }

  /** Whether that member is waited for in full. */
  isFull(node: NodeId, nowMs: number): boolean {
    return this.#leftMs(node, nowMs) >= this.#fullMs;
  }

  /** Who is not. */
  *exhausted(nowMs: number): Iterable<NodeId> {
    for (const node of this.#accounts.keys()) if (!this.isFull(node, nowMs)) yield node;
  }

  /** It was waited for so long. What several waited for at once counts once. */
  waited(node: NodeId, fromMs: number, nowMs: number): void {
    const sinceMs = Math.max(fromMs, this.#accounts.get(node)?.atMs ?? fromMs);
    const leftMs = Math.max(0, this.#leftMs(node, sinceMs) - (nowMs - sinceMs));
    if (this.#accounts.size >= MAX_MEMBERS && !this.#accounts.has(node)) this.#accounts.clear();
    this.#accounts.set(node, { leftMs, atMs: nowMs });
  }

  #leftMs(node: NodeId, nowMs: number): number {
    const account = this.#accounts.get(node);
    if (!account) return TIMES * this.#fullMs;
    const leftMs = account.leftMs + EARNED * (nowMs - account.atMs);
    if (leftMs < TIMES * this.#fullMs) return leftMs;
    this.#accounts.delete(node);
    return TIMES * this.#fullMs;
  }
}
