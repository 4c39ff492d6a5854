/**
 * How long a call takes here until it is a Link: some tens of milliseconds in a LAN, seconds where thirty tabs of one machine
 * start at once. Whoever waits for others to call goes by it, as TCP's retransmission goes by the round trip: pauses that
 * are right for a quiet network would add calls to those under way exactly when they are too many.
 */
import type { NodeId } from '../../wire/index.ts';
import { GRACE_CALLS, MAX_UNDER_WAY, OFFERS_PER_CALL, SLOWEST_CALL_MS } from './limits.ts';

/** The weight of a new sample in the mean (Jacobson 1988, RFC 6298: alpha). */
const GAIN = 1 / 8;

export class CallTimes {
  /** Of those under way, by whom is called; the earliest first. */
  readonly #since = new Map<NodeId, number>();
  #meanMs: number | undefined;

  /** What the latest offer took to leave. */
  #offerMs: number | undefined;

  /** Calls whose end is still to be told. */
  get size(): number {
    return this.#since.size;
  }

  began(peer: NodeId, now: number): void {
    this.#since.delete(peer);
    // A call may end without a word to us.
    const [first] = this.#since.keys();
    if (first !== undefined && this.#since.size >= MAX_UNDER_WAY) this.#since.delete(first);
    this.#since.set(peer, now);
  }

  offered(peer: NodeId, now: number): void {
    const since = this.#since.get(peer);
    if (since !== undefined) this.#offerMs = Math.min(now - since, SLOWEST_CALL_MS);
  }

  /** It became a Link. */
  linked(peer: NodeId, now: number): void {
    const since = this.#since.get(peer);
    if (since === undefined) return;
    this.#since.delete(peer);
    const ms = Math.min(now - since, SLOWEST_CALL_MS);
    this.#meanMs = this.#meanMs === undefined ? ms : this.#meanMs + GAIN * (ms - this.#meanMs);
  }

  /** It came to nothing, which says more about the peer than about the time a call takes. */
  ended(peer: NodeId): void {
    this.#since.delete(peer);
  }

  /** Before the first has become a Link, which may be to a ghost: by what an offer takes, in which nobody else has a part. */
  typicalMs(now: number): number {
    if (this.#meanMs !== undefined) return this.#meanMs;
    const [first = now] = this.#since.values();
    return OFFERS_PER_CALL * (this.#offerMs ?? now - first);
  }

  /** How long to leave it to others to call. */
  graceMs(now: number): number {
    return GRACE_CALLS * this.typicalMs(now);
  }
}
