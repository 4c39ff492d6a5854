/** What the simulated network is like: data, so that a scenario can state it and change it as it runs. */
import { LATENCIES_OF_REGIONS, REGIONS } from './regions.ts';

export interface Conditions {
  readonly latency: LatencyModel;
  /** Each delay is multiplied by exp(sigma * a normal number): Wi-Fi has about 0.5, a cable 0. */
  readonly jitterSigma: number;
  /** Of each direction of each channel. */
  readonly bytesPerSecond: number;
  /** Share of packets that are lost: a datagram is gone, a channel's message comes a retransmission later, in its order. */
  readonly loss: number;
  /** What no real channel does to its messages, 0..1 each: the adversity under which windows must still deliver. */
  readonly channelFaults: ChannelFaults;
  /** Offer, answer, candidates: before the pair's own path is used, ms. */
  readonly signalingMs: number;
  /** How long a call to nobody takes to fail. PeerServer: EXPIRE after about 5 s. */
  readonly connectTimeoutMs: number;
  /** What a connection costs of the machine that all share, both ends together, ms of its processor. */
  readonly connectionWorkMs: number;
  /** A connection whose other end is silent, frozen or cut off is lost after so long: Chromium then gives up its last path. */
  readonly connectionLossMs: number;
  /** When the rendezvous notices a killed Node; null: never. */
  readonly socketDeathMs: number | null;
}

/** One way, ms. */
export type LatencyModel =
  | { readonly type: 'uniform'; readonly leastMs: number; readonly mostMs: number }
  /** Node n stands in region n modulo REGIONS.length. */
  | { readonly type: 'regions' };

export interface ChannelFaults {
  readonly drop: number;
  readonly duplicate: number;
  readonly reorder: number;
}

/** A wireless LAN on a good day. */
export const LAN: Conditions = {
  latency: { type: 'uniform', leastMs: 0.5, mostMs: 4 },
  jitterSigma: 0.1,
  bytesPerSecond: 40_000_000,
  loss: 0,
  channelFaults: { drop: 0, duplicate: 0, reorder: 0 },
  signalingMs: 20,
  connectTimeoutMs: 5000,
  connectionWorkMs: 0,
  connectionLossMs: 30_000,
  socketDeathMs: 60,
};

/** Wi-Fi as it is: its round trips wander. */
export const WIFI: Partial<Conditions> = { jitterSigma: 0.5 };

/** The median one-way delay between two places, ms; the same for each pair throughout a run. `seed`: the run's. */
export function medianLatency(model: LatencyModel, seed: number, placeA: number, placeB: number): number {
  const low = Math.min(placeA, placeB);
  const high = Math.max(placeA, placeB);
  const share = hash(seed, low, high) / 0x1_0000_0000;
  switch (model.type) {
    case 'uniform':
      return model.leastMs + share * (model.mostMs - model.leastMs);
    case 'regions': {
      const row = LATENCIES_OF_REGIONS[low % REGIONS.length];
      // Half the round trip, and up to 5 ms of the last mile.
      return (row?.[high % REGIONS.length] ?? 0) / 2 + 1 + 4 * share;
    }
  }
}

/** Factors of a log-normal distribution, to be drawn from by a random index: a table, because each message draws one. */
export function logNormalFactors(sigma: number): Float64Array {
  const factors = new Float64Array(JITTER_STEPS);
  for (let i = 0; i < JITTER_STEPS; i++)
    factors[i] = Math.exp(sigma * normalQuantile((i + 0.5) / JITTER_STEPS));
  return factors;
}

export const JITTER_STEPS = 4096;

/** The inverse of the normal distribution function (Acklam 2003), relative error below 1.2e-9. */
function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
        q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) *
        q +
        1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}

function hash(a: number, b: number, c: number): number {
  let h = Math.imul(a ^ 0x9e3779b1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ c, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
