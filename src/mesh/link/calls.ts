/** Whom we are calling: from the driver's `connect` to a channel, a failure, or the time by which a transport has answered. */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';

/** A transport answers a connect long before; past this it has forgotten us. */
export const CALL_GUARD_MS = 90_000;

export class Calls {
  /** In the order of calling, which is the order of their ends. */
  readonly #untilMs = new Map<NodeId, number>();

  get peers(): Iterable<NodeId> {
    return this.#untilMs.keys();
  }

  get deadlineMs(): number {
    for (const untilMs of this.#untilMs.values()) return untilMs;
    return NEVER;
  }

  begin(peer: NodeId, nowMs: number): void {
    this.#untilMs.delete(peer);
    this.#untilMs.set(peer, nowMs + CALL_GUARD_MS);
  }

  /** False when there was no call to this peer. */
  end(peer: NodeId): boolean {
    return this.#untilMs.delete(peer);
  }

  /** Ends and answers with those that have waited long enough. */
  expire(nowMs: number): readonly NodeId[] {
    const expired: NodeId[] = [];
    for (const [peer, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) break;
      expired.push(peer);
    }
    for (const peer of expired) this.#untilMs.delete(peer);
    return expired;
  }
}
