/**
 * Callers that have proven themselves and wait, because we are calling them, too, and our own call would win: how long they
 * wait for it to come through.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';

/** Two round trips and a busy page; then their call is taken instead. */
export const WAIT_MS = 2_000;

export class WaitingCallers<Caller extends { readonly peer: NodeId }> {
  readonly #untilMs = new Map<Caller, number>();

  /** When the first has waited long enough. */
  get deadlineMs(): number {
    let deadlineMs = NEVER;
    for (const untilMs of this.#untilMs.values()) deadlineMs = Math.min(deadlineMs, untilMs);
    return deadlineMs;
  }

  add(caller: Caller, nowMs: number): void {
    this.#untilMs.set(caller, nowMs + WAIT_MS);
  }

  delete(caller: Caller): void {
    this.#untilMs.delete(caller);
  }

  hasWaited(caller: Caller, nowMs: number): boolean {
    return (this.#untilMs.get(caller) ?? NEVER) <= nowMs;
  }

  /** A copy, to go through while callers come and go. */
  due(nowMs: number): readonly Caller[] {
    return [...this.#untilMs.keys()].filter((caller) => this.hasWaited(caller, nowMs));
  }

  of(peer: NodeId): readonly Caller[] {
    return [...this.#untilMs.keys()].filter((caller) => caller.peer === peer);
  }
}
