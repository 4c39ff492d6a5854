/**
 * Round trips as records tell them: classes in steps of a factor of two. Routes need no more, and a number that wanders
 * with every datagram would be announced to everyone for ever.
 */

/** Nobody has measured it yet. */
export const UNMEASURED = 0;
/** 16,384 ms; class 1 is everything up to some 0.7 ms. */
export const MAX_CLASS = 16;
/** An Edge nobody has measured: better than a slow one, worse than a measured neighbour on the LAN. */
const UNMEASURED_MS = 50;

const NOMINAL_MS = Float64Array.from({ length: MAX_CLASS + 1 }, (_, roundTripClass) =>
  roundTripClass === UNMEASURED ? UNMEASURED_MS : 2 ** (roundTripClass - 2),
);

/** The class whose nominal value is nearest, as ratios go. */
export function classOf(rttMs: number): number {
  if (!(rttMs > 0)) return 1;
  return Math.min(MAX_CLASS, Math.max(1, Math.round(Math.log2(rttMs)) + 2));
}

/** What a class stands for, ms: 0.5, 1, 2, 4 ...; a guess for an unmeasured one. */
export function nominalMs(roundTripClass: number): number {
  return NOMINAL_MS[roundTripClass] ?? UNMEASURED_MS;
}
