/**
 * Our own broadcasts: those that wait, and how they become frames while the window is open (flow.ts). A broadcast settles when
 * its last frame stands in our log, because from there it reaches everyone who stays.
 */
import type { NodeId } from '../../wire/index.ts';
import { MAX_BROADCAST_BYTES } from '../contract.ts';
import type { BroadcastEvent, Failure, Token } from '../vocabulary.ts';
import { prepareMessage } from '../window/message.ts';
import { MAX_SEQUENCE, sealBroadcast } from './broadcast-frame.ts';
import { encodeTargets, MAX_TARGETS } from './chunks.ts';
import type { Context } from './context.ts';
import type { Flow } from './flow.ts';
import { OutgoingBroadcasts } from './outgoing.ts';
import type { Retention } from './retention.ts';
import { Source } from './source.ts';
import type { Spread } from './spread.ts';

/** A closed window is looked at again: a branch that stands still stops to count without saying so. */
const WINDOW_POLL_MS = 250;

export class Origin {
  readonly source: Source;
  readonly #context: Context;
  readonly #flow: Flow;
  readonly #retention: Retention;
  readonly #spread: Spread;
  readonly #queue = new OutgoingBroadcasts();

  constructor(context: Context, flow: Flow, retention: Retention, spread: Spread) {
    const { id, life, publicKey } = context.options.own;
    this.source = new Source(id, life, publicKey, true);
    this.#context = context;
    this.#flow = flow;
    this.#retention = retention;
    this.#spread = spread;
  }

  push(event: BroadcastEvent, now: number): void {
    const { token, message, stream, timeoutMs } = event;
    if (message.kind !== 'message') {
      this.#settle([token], { reason: 'refused', because: 'requests go to one Node' });
      return;
    }
    if (message.body.length > MAX_BROADCAST_BYTES) {
      const bytes = message.body.length;
      this.#settle([token], { reason: 'too-large', bytes, limit: MAX_BROADCAST_BYTES });
      return;
    }
    const targets = event.targets?.filter((id) => id !== this.source.id);
    if (targets?.length === 0) {
      this.#settle([token], undefined);
      return;
    }
    this.#queue.push(token, stream, targetLists(targets), prepareMessage(message), timeoutMs, now);
    this.#context.wakeBy(now);
  }

  cancel(token: Token): void {
    if (this.#queue.cancel(token)) this.#settle([token], { reason: 'cancelled' });
  }

  /** The window may have opened. */
  resume(now: number): void {
    if (!this.#queue.isEmpty) this.#context.wakeBy(now);
  }

  /** Lays out what the window has room for, gives up what has waited too long. */
  run(now: number): void {
    if (this.#queue.isEmpty) return;
    const settled: Token[] = [];
    while (this.source.log.next <= MAX_SEQUENCE && this.#flow.isWindowOpen(this.source, now)) {
      const packed = this.#queue.pack(now);
      if (!packed) break;
      sealBroadcast(
        packed.frame,
        this.#context.options.own,
        this.source.log.next,
        this.#context.options.cryptography,
      );
      this.#retention.makeRoom(this.source, packed.frame, now);
      this.#retention.append(this.source, packed.frame, now);
      this.source.delivered = this.source.log.next;
      if (this.source.peers.size === 0) this.source.pattern = this.#spread.pattern(this.source);
      this.#spread.advance(this.source, now);
      for (const token of packed.finished) settled.push(token);
    }
    this.#settle(settled, undefined);
    this.#settle(this.#queue.takeLost(), { reason: 'body-gone' });
    if (this.#queue.isEmpty) return;
    if (now >= this.#queue.earliestTimeoutAt) {
      for (const [afterMs, tokens] of this.#queue.takeTimedOut(now)) {
        this.#settle(tokens, { reason: 'timed-out', afterMs });
      }
    }
    this.#context.wakeBy(Math.min(now + WINDOW_POLL_MS, this.#queue.earliestTimeoutAt));
  }

  close(): void {
    this.#settle(this.#queue.drain(), { reason: 'closed' });
  }

  #settle(tokens: readonly Token[], failure: Failure | undefined): void {
    if (tokens.length > 0) this.#context.emit({ type: 'settled', tokens, failure });
  }
}

function targetLists(targets: readonly NodeId[] | undefined): Uint8Array[] {
  const lists: Uint8Array[] = [];
  for (let i = 0; targets && i < targets.length; i += MAX_TARGETS) {
    lists.push(encodeTargets(targets.slice(i, i + MAX_TARGETS)));
  }
  return lists;
}
