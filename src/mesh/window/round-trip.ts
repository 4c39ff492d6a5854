/**
 * The retransmission timeout, from measured round trips as RFC 6298 has it: SRTT + 4 RTTVAR, doubled on every expiry.
 * A packet that was sent twice gives no sample (Karn): which of the two was acknowledged is unknown, so the doubled
 * timeout stands until a packet that was sent once comes back. Only for paths with relays: a direct Link loses nothing.
 */

/**
 * Before the first sample. The RFC has 1 s; but what is first said to somebody who has not heard of us yet is lost there, and a newcomer
 * would wait as long for its first answer of everyone behind a relay. Where paths take longer it is sent again for nothing, once or twice.
 */
const INITIAL_RTO_MS = 300;
/** A guess: the RFC's 1 s is too slow for a mesh at 0.3-50 ms; below this a busy page (long tasks of 50-100 ms) looks like loss. */
const MIN_RTO_MS = 200;
/** A guess: bounds what a wild measurement can do. */
const MAX_RTO_MS = 10_000;
/**
 * How far doubling goes, unless the measurement itself is longer. The RFC allows 60 s; four hops at 20 % loss each lose
 * 83 % of the round trips, and with 2 s there are still some thirty attempts before the send timeout.
 */
const MAX_BACKED_OFF_MS = 2000;

export class RoundTripEstimator {
  #smoothedMs: number | undefined;
  #varianceMs = 0;
  #doublings = 0;

  /** The timeout for a packet sent now, doublings included. */
  get timeoutMs(): number {
    const measured =
      this.#smoothedMs === undefined
        ? INITIAL_RTO_MS
        : Math.min(MAX_RTO_MS, Math.max(MIN_RTO_MS, this.#smoothedMs + 4 * this.#varianceMs));
    return Math.max(measured, Math.min(measured * 2 ** this.#doublings, MAX_BACKED_OFF_MS));
  }

  /** A round trip of a packet that was sent exactly once. */
  sample(rttMs: number): void {
    this.#doublings = 0;
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = rttMs;
      this.#varianceMs = rttMs / 2;
      return;
    }
    this.#varianceMs += (Math.abs(this.#smoothedMs - rttMs) - this.#varianceMs) / 4;
    this.#smoothedMs += (rttMs - this.#smoothedMs) / 8;
  }

  /** The timeout expired. */
  expired(): void {
    this.#doublings = Math.min(this.#doublings + 1, 16);
  }
}
