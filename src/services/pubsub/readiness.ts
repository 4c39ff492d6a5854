/** Subscriptions whose clients wait until every Node in reach has the interest. */
import type { NodeId } from '../../wire/index.ts';
import type { ClientState } from './client-state.ts';
import type { AckOutcome } from './contract.ts';

/** A Node that is a member all the time and does not say so is no reason to wait for ever. */
const READY_TIMEOUT_MS = 30_000;

interface Pending {
  readonly client: ClientState;
  readonly token: number;
  /** That has to be seen; undefined until it is told. */
  version: number | undefined;
  /** Who has not seen it. */
  readonly waiting: Set<NodeId>;
  readonly untilMs: number;
  /** Who has, this one included. */
  seen: number;
}

export class Readiness {
  #pending: Pending[] = [];

  /** Whether an edition is waited for. */
  get isAwaited(): boolean {
    return this.#pending.length > 0;
  }

  get nextWakeAt(): number {
    return this.#pending[0]?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** Of what will be told next. @param nodes that have to see it */
  add(client: ClientState, token: number, nodes: Iterable<NodeId>, nowMs: number): void {
    const untilMs = nowMs + READY_TIMEOUT_MS;
    this.#pending.push({ client, token, version: undefined, waiting: new Set(nodes), untilMs, seen: 1 });
  }

  /** It has come meanwhile, and has to see it, too: it may have known us all the time, and publish by what it knew. */
  joined(node: NodeId): void {
    for (const pending of this.#pending) pending.waiting.add(node);
  }

  /** What was added is part of that version. */
  told(version: number, nowMs: number): void {
    for (const pending of this.#pending) pending.version ??= version;
    this.#settle(nowMs);
  }

  seen(node: NodeId, version: number, nowMs: number): void {
    for (const pending of this.#pending) {
      if (pending.version !== undefined && pending.version <= version && pending.waiting.delete(node))
        pending.seen++;
    }
    this.#settle(nowMs);
  }

  /** It is gone, or has no Broker. */
  left(node: NodeId, nowMs: number): void {
    for (const pending of this.#pending) pending.waiting.delete(node);
    this.#settle(nowMs);
  }

  wake(nowMs: number): void {
    this.#settle(nowMs);
  }

  #settle(nowMs: number): void {
    const isOver = ({ client, version, waiting, untilMs }: Pending): boolean =>
      client.isClosed || untilMs <= nowMs || (version !== undefined && waiting.size === 0);
    const over = this.#pending.filter(isOver);
    if (over.length === 0) return;
    this.#pending = this.#pending.filter((pending) => !isOver(pending));
    for (const { client, token, waiting, seen } of over)
      client.tell({ type: 'ack', token, outcome: outcomeOf(seen, waiting.size) });
  }
}

function outcomeOf(nodes: number, without: number): AckOutcome {
  if (without === 0) return { subscriptions: 0, nodes, failure: undefined, reason: '' };
  const reason = `${without} nodes did not say within ${READY_TIMEOUT_MS / 1000} s that they know of it`;
  return { subscriptions: 0, nodes, failure: 'partial', reason };
}
