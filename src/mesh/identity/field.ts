/** Numbers modulo p = 2^255 - 19, below which the coordinates of curve 25519 and of edwards25519 are. */

export const P = 2n ** 255n - 19n;
/** Added before something is taken away: numbers stay positive. */
export const TWICE_P = 2n * P;

const MASK = 2n ** 255n - 1n;

/** Congruent, and below 2^255 + 2^15. @param value from 0 to 2^515 */
export function reduced(value: bigint): bigint {
  const once = (value & MASK) + 19n * (value >> 255n);
  return (once & MASK) + 19n * (once >> 255n);
}

/** Of any number; from 0 to p. */
export function canonical(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** 1 / value, by Euclid's algorithm. Nought has none, and comes to nought. */
export function inverse(value: bigint): bigint {
  let [a, b, x, u] = [canonical(value), P, 0n, 1n];
  while (a > 0n) {
    const quotient = b / a;
    [a, b, x, u] = [b - quotient * a, a, u, x - quotient * u];
  }
  return canonical(x);
}

/** A root of -1. */
export const ROOT_OF_MINUS_ONE = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;

/** A root of u / v; undefined: it has none (RFC 8032, 5.1.3). */
export function rootOfRatio(u: bigint, v: bigint): bigint | undefined {
  const cube = reduced(v * reduced(v * v));
  const seventh = reduced(v * reduced(cube * cube));
  const one = reduced(u * seventh);
  // one^((p - 5) / 8) = one^(2^252 - 3)
  const power = reduced(one * squared(ones(one, 250), 2));
  const root = reduced(reduced(u * cube) * power);
  const square = v * reduced(root * root);
  if ((square - u) % P === 0n) return root % P;
  return (square + u) % P === 0n ? (root * ROOT_OF_MINUS_ONE) % P : undefined;
}

/** value^(2^count - 1) */
function ones(value: bigint, count: number): bigint {
  if (count === 1) return value;
  const half = ones(value, count >> 1);
  const whole = reduced(half * squared(half, count >> 1));
  return count % 2 === 0 ? whole : reduced(value * squared(whole, 1));
}

/** value^(2^times) */
function squared(value: bigint, times: number): bigint {
  let power = value;
  for (let i = 0; i < times; i++) power = reduced(power * power);
  return power;
}
