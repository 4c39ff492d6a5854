/** Randomness as a dependency: the browser's for real use, a seeded one for simulations and tests. */
export interface Random {
  /** Uniform in [0, 2^32). */
  uint32(): number;
  /** `length` fresh uniform bytes. */
  bytes(length: number): Uint8Array;
}

/** Uniform in [0, 1), with 32 bits. */
export function uniform(random: Random): number {
  return random.uint32() / 0x1_0000_0000;
}

/** Uniform integer in [0, bound). `bound` must be in 1..2^32; the bias is below 2^-32 * bound. */
export function integerBelow(random: Random, bound: number): number {
  return Math.floor(uniform(random) * bound);
}

/** The platform's, fit for secrets. */
export const systemRandom: Random = {
  uint32: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** A repeatable source (mulberry32; Tommy Ettinger 2017, public domain): never for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    uint32,
    bytes: (length) => {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = uint32() >>> 24;
      return bytes;
    },
  };
}
