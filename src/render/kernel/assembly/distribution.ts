// Choosing one of n things with chances proportional to weights, by inverting their running sum. The sum is kept in 32-bit
// fixed point, so that chances are exact integers and no choice depends on rounding; a guide table (the cutpoint method,
// H.-C. Chen and Y. Asau 1974) starts the search within a step or two of its end. Unlike an alias table the map from the
// number to the choice is monotone: low-discrepancy numbers stay evenly spread over the things.
//
// In memory: u32 sums[n + 1] (sums[0] = 0, sums[n] = ONE), then u32 guide[n].
import { alloc } from './memory';
import { smaller } from './vector';

const ONE: f64 = 4294967295;
/** The largest f32 below 1. */
const BELOW_ONE: f32 = 0.99999994;
const INVERSE_ONE: f32 = 2.3283064e-10;

/** Bytes for n things. */
export function distributionBytes(n: u32): usize {
  return ((<usize>n * 2 + 1) * 4 + 15) & ~15;
}

/** Writes the table for n f32 weights (finite, not negative) at `weights`. @returns their sum; if 0, no chance is given. */
export function writeDistribution(table: usize, weights: usize, n: u32): f64 {
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; i++) total += <f64>load<f32>(weights + ((<usize>i) << 2));
  if (!(total > 0)) {
    memory.fill(table, 0, distributionBytes(n));
    return 0;
  }
  let sum: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(table + ((<usize>i) << 2), <u32>((sum / total) * ONE));
    sum += <f64>load<f32>(weights + ((<usize>i) << 2));
  }
  store<u32>(table + ((<usize>n) << 2), 0xffffffff);
  const guide = table + ((<usize>n + 1) << 2);
  let at: u32 = 0;
  for (let cell: u32 = 0; cell < n; cell++) {
    const least = <u32>(((<u64>cell) << 32) / <u64>n);
    while (at + 1 < n && load<u32>(table + ((<usize>at) << 2), 4) <= least) at++;
    store<u32>(guide + ((<usize>cell) << 2), at);
  }
  return total;
}

/** What is left of the number after `choose`: where in the chosen thing it fell, even over [0, 1). */
export let remainder: f32 = 0;
/** Chance of the chosen thing. */
export let chance: f32 = 0;

/** The thing that the number falls on. */
export function chosen(table: usize, n: u32, bits: u32): u32 {
  const cell = <u32>((<u64>bits * <u64>n) >> 32);
  let at = load<u32>(table + ((<usize>n + 1 + <usize>cell) << 2));
  while (at + 1 < n && load<u32>(table + ((<usize>at) << 2), 4) <= bits) at++;
  return at;
}

/** The same, with its chance and what is left of the number. */
export function choose(table: usize, n: u32, bits: u32): u32 {
  const at = chosen(table, n, bits);
  const start = load<u32>(table + ((<usize>at) << 2));
  const width = load<u32>(table + ((<usize>at) << 2), 4) - start;
  chance = <f32>width * INVERSE_ONE;
  remainder = width ? smaller(<f32>(bits - start) / <f32>width, BELOW_ONE) : 0;
  return at;
}

/** The chance of thing i. */
export function chanceOf(table: usize, i: u32): f32 {
  return <f32>(load<u32>(table + ((<usize>i) << 2), 4) - load<u32>(table + ((<usize>i) << 2))) * INVERSE_ONE;
}

/** Memory for a table of n things, or 0. */
export function allocDistribution(n: u32): usize {
  return alloc(distributionBytes(n), 16);
}

/** A number of [0, 1) to where it falls in [0, 1] if the density goes in a straight line from a to b (neither negative). */
export function linear(u: f32, a: f32, b: f32): f32 {
  const sum = a + b;
  if (!(sum > 0)) return u;
  const x = (u * sum) / (a + Mathf.sqrt(a * a + u * (b - a) * sum));
  return x < 1 ? x : 1;
}
