/** Subscriptions whose clients wait until every Node in reach has the interest. */
import type { NodeId } from '../../wire/index.ts';
import type { ClientState } from './client-state.ts';
import type { AckOutcome } from './contract.ts';
import { Oversleeping } from './oversleeping.ts';
import { Patience } from './patience.ts';

/** A Node that is a member all the time and does not say so is no reason to wait for ever. */
const READY_TIMEOUT_MS = 30_000;
/** ... and of one that was waited for in vain too often. */
const SHORT_TIMEOUT_MS = 5_000;
const NEVER = Number.POSITIVE_INFINITY;

interface Pending {
  readonly client: ClientState;
  readonly token: number;
  /** That has to be seen; undefined until it is told. */
  version: number | undefined;
  /** Who has not seen it. */
  readonly waiting: Set<NodeId>;
  readonly sinceMs: number;
  /** Who has, this one included. */
  seen: number;
}

export class Readiness {
  #pending: Pending[] = [];
  /** Looked up with each event: none of what is pending is over before. */
  #wakeAtMs = NEVER;
  readonly #oversleeping = new Oversleeping();
  readonly #patience = new Patience(READY_TIMEOUT_MS);
  /** Members that let somebody wait in vain, and have seen nothing since. */
  readonly #inArrears = new Set<NodeId>();

  /** Whether an edition is waited for. */
  get isAwaited(): boolean {
    return this.#pending.length > 0;
  }

  get nextWakeAt(): number {
    return this.#oversleeping.wakeAt(this.#wakeAtMs);
  }

  /** Of what will be told next. @param nodes that have to see it */
  add(client: ClientState, token: number, nodes: Iterable<NodeId>, nowMs: number): void {
    const waiting = new Set(nodes);
    this.#pending.push({ client, token, version: undefined, waiting, sinceMs: nowMs, seen: 1 });
    this.#schedule();
  }

  /** It has come meanwhile, and has to see it, too: it may have known us all the time, and publish by what it knew. */
  joined(node: NodeId): void {
    for (const pending of this.#pending) pending.waiting.add(node);
    this.#schedule();
  }

  /** What was added is part of that version. */
  told(version: number, nowMs: number): void {
    for (const pending of this.#pending) pending.version ??= version;
    this.#settle(nowMs);
  }

  seen(node: NodeId, version: number, nowMs: number): void {
    this.#inArrears.delete(node);
    for (const pending of this.#pending) {
      if (pending.version !== undefined && pending.version <= version && pending.waiting.delete(node))
        pending.seen++;
    }
    this.#settle(nowMs);
  }

  /** It is gone, or has no Broker. */
  left(node: NodeId, nowMs: number): void {
    for (const pending of this.#pending) pending.waiting.delete(node);
    this.#inArrears.delete(node);
    this.#settle(nowMs);
  }

  wake(nowMs: number): void {
    this.#settle(nowMs);
  }

  #schedule(): void {
    this.#wakeAtMs = this.#pending.reduce((atMs, pending) => Math.min(atMs, this.#untilMs(pending)), NEVER);
  }

  /** Nobody is waited for in full who lets one wait each time. */
  #untilMs({ waiting, sinceMs }: Pending): number {
    const isFull = [...waiting].some(
      (node) => !this.#inArrears.has(node) && this.#patience.isFull(node, sinceMs),
    );
    return sinceMs + (isFull ? READY_TIMEOUT_MS : SHORT_TIMEOUT_MS);
  }

  #settle(nowMs: number): void {
    const isTimeUp = this.#oversleeping.isOver(this.#wakeAtMs, nowMs);
    const isOver = (pending: Pending): boolean =>
      pending.client.isClosed ||
      (isTimeUp && this.#untilMs(pending) <= nowMs) ||
      (pending.version !== undefined && pending.waiting.size === 0);
    const over = this.#pending.filter(isOver);
    if (over.length > 0) this.#end(over, nowMs);
    this.#schedule();
  }

  #end(over: readonly Pending[], nowMs: number): void {
    this.#pending = this.#pending.filter((pending) => !over.includes(pending));
    for (const { client, token, waiting, seen, sinceMs } of over) {
      client.tell({ type: 'ack', token, outcome: outcomeOf(seen, waiting.size, nowMs - sinceMs) });
      if (client.isClosed) continue;
      for (const node of waiting) {
        this.#inArrears.add(node);
        if (nowMs - sinceMs >= READY_TIMEOUT_MS) this.#patience.waited(node, sinceMs, nowMs);
      }
    }
  }
}

function outcomeOf(nodes: number, without: number, waitedMs: number): AckOutcome {
  if (without === 0) return { subscriptions: 0, nodes, failure: undefined, reason: '' };
  const who = without === 1 ? '1 node' : `${without} nodes`;
  const reason = `${who} did not say within ${Math.round(waitedMs / 1000)} s that they know of it`;
  return { subscriptions: 0, nodes, failure: 'partial', reason };
}
