// Directional albedo of the GGX lobe, tabulated once: which share of the light a microsurface of given roughness returns
// after one bounce, split as F0 * A + B for Schlick's Fresnel (B. Karis 2013). What the single bounce loses is given back
// by a second lobe (C. Kulla and A. Conty, "Revisiting Physically Based Shading at Imageworks", 2017), and what the
// reflection leaves goes to the layers below, so that nothing is lost or gained.
//
// Rows are roughness, columns the square root of the cosine (albedos change fast at grazing angles); cells are (A, B).
import { alphaOf, smithTerm } from './ggx';
import { alloc } from './memory';
import { reverseBits } from './sampler';
import { circle } from './trigonometry';
import { clamp, normalize, splat, wOf, xOf, yOf, zOf } from './vector';

const SIZE: i32 = 32;
/** Quasi-random directions a cell: 512 keep the error below 1e-3. */
const SAMPLES: u32 = 512;
/** Of four samples: cosine and sine of the way around, and how far up the second number leaves it, four of each. */
const SAMPLE_BYTES: usize = 48;
const ROW_BYTES: usize = <usize>SIZE * 8;
const cells: usize = alloc(<usize>SIZE * ROW_BYTES, 16);
/** Cosine-weighted means of each row. */
const means: usize = alloc(<usize>SIZE * 8 + 16, 16);
/** What the cells are made with. */
const samples: usize = alloc(<usize>(SAMPLES >> 2) * SAMPLE_BYTES, 16);

/** Each cell asks in the same directions: they are made once. */
function writeSamples(): void {
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const around = circle((<f32>i + <f32>0.5) / <f32>SAMPLES);
    const u2 = <f32>(reverseBits(i) >> 8) * <f32>5.9604645e-8 + <f32>0.5 / <f32>SAMPLES;
    const to = samples + <usize>(i >> 2) * SAMPLE_BYTES + (<usize>(i & 3) << 2);
    store<f32>(to, xOf(around));
    store<f32>(to, yOf(around), 16);
    store<f32>(to, <f32>1 - u2, 32);
  }
}

/** As `sampleVisibleNormal` and `schlickWeight` of ggx.ts have it, in four lanes; each lane has their bits. */
function writeCell(at: usize, cos: f32, alpha: f32): void {
  const alpha2 = alpha * alpha;
  const x = Mathf.sqrt(<f32>1 - cos * cos);
  const termOut = splat(smithTerm(cos, alpha2));
  const stretched = normalize(f32x4(x * alpha, 0, cos, 0));
  const ox = splat(xOf(stretched));
  const oz = splat(zOf(stretched));
  const one = splat(1);
  const zero = splat(0);
  const outX = splat(x);
  const outZ = splat(cos);
  const width = splat(alpha);
  const ofTerm = splat(<f32>1 - alpha2);
  let a: f32 = 0;
  let b: f32 = 0;
  const end = samples + <usize>(SAMPLES >> 2) * SAMPLE_BYTES;
  for (let from = samples; from < end; from += SAMPLE_BYTES) {
    const z = f32x4.sub(f32x4.mul(v128.load(from, 32), f32x4.add(one, oz)), oz);
    const sin = f32x4.sqrt(between01(f32x4.sub(one, f32x4.mul(z, z))));
    const nx = f32x4.mul(f32x4.add(f32x4.mul(v128.load(from), sin), ox), width);
    const ny = f32x4.mul(f32x4.mul(v128.load(from, 16), sin), width);
    const nz = f32x4.add(z, oz);
    const across = f32x4.add(f32x4.mul(nx, nx), f32x4.mul(ny, ny));
    const length = f32x4.sqrt(f32x4.add(across, f32x4.mul(nz, nz)));
    const hz = f32x4.div(nz, length);
    const oh = f32x4.add(f32x4.mul(outX, f32x4.div(nx, length)), f32x4.mul(outZ, hz));
    const cosIn = f32x4.sub(f32x4.mul(f32x4.add(oh, oh), hz), outZ);
    // G2 / G1: what importance sampling of visible normals leaves.
    const termIn = f32x4.sqrt(f32x4.add(splat(alpha2), f32x4.mul(f32x4.mul(ofTerm, cosIn), cosIn)));
    const masked = f32x4.add(f32x4.mul(outZ, termIn), f32x4.mul(cosIn, termOut));
    const unmasked = f32x4.div(f32x4.mul(cosIn, f32x4.add(outZ, termOut)), masked);
    const weight = v128.and(unmasked, f32x4.gt(cosIn, zero));
    const m = between01(f32x4.sub(one, oh));
    const m2 = f32x4.mul(m, m);
    const fresnel = f32x4.mul(f32x4.mul(m2, m2), m);
    const ofA = f32x4.mul(weight, f32x4.sub(one, fresnel));
    const ofB = f32x4.mul(weight, fresnel);
    // One after the other: a sum's bits are those of its order.
    a = a + xOf(ofA) + yOf(ofA) + zOf(ofA) + wOf(ofA);
    b = b + xOf(ofB) + yOf(ofB) + zOf(ofB) + wOf(ofB);
  }
  store<f32>(at, a / <f32>SAMPLES);
  store<f32>(at, b / <f32>SAMPLES, 4);
}

/** NaN becomes 0. */
function between01(x: v128): v128 {
  return f32x4.pmin(splat(1), f32x4.pmax(splat(0), x));
}

let isWritten: bool = false;

/** Takes some milliseconds: hierarchies are built by instances that never need it. */
export function prepareAlbedoTable(): void {
  if (isWritten) return;
  isWritten = true;
  writeSamples();
  for (let row = 0; row < SIZE; row++) {
    const alpha = alphaOf(<f32>row / <f32>(SIZE - 1));
    const at = cells + <usize>row * ROW_BYTES;
    for (let column = 0; column < SIZE; column++) {
      const s = offGrazing(<f32>column / <f32>(SIZE - 1));
      writeCell(at + <usize>column * 8, s * s, alpha);
    }
    // 2 integral of albedo * cos dcos = 4 integral of albedo * s^3 ds, linear between the columns.
    let a: f64 = 0;
    let b: f64 = 0;
    const steps = 16 * (SIZE - 1);
    for (let i = 0; i < steps; i++) {
      const s = (<f64>i + 0.5) / <f64>steps;
      const cell = interpolateRow(at, <f32>s * <f32>(SIZE - 1));
      a += 4 * s * s * s * <f64>f32x4.extract_lane(cell, 0);
      b += 4 * s * s * s * <f64>f32x4.extract_lane(cell, 1);
    }
    store<f32>(means + <usize>row * 8, <f32>(a / <f64>steps));
    store<f32>(means + <usize>row * 8, <f32>(b / <f64>steps), 4);
  }
}

/** The first column stands for the limit of grazing light, where the formulas divide by zero. */
function offGrazing(s: f32): f32 {
  return s > 0.01 ? s : 0.01;
}

/** (A, B, ...) between two columns of a row. */
function interpolateRow(row: usize, x: f32): v128 {
  const column = min(<i32>x, SIZE - 2);
  const pair = v128.load(row + <usize>column * 8);
  const next = v128.shuffle<f32>(pair, pair, 2, 3, 2, 3);
  return f32x4.add(pair, f32x4.mul(f32x4.sub(next, pair), f32x4.splat(x - <f32>column)));
}

let rowAt: usize = cells;
let rowFraction: f32 = 0;
/** A and B averaged over the hemisphere, for the roughness in hand. */
export let meanA: f32 = 0;
export let meanB: f32 = 0;

/** Takes a roughness in hand for the look-ups that follow. */
export function setAlbedoRoughness(roughness: f32): void {
  const y = clamp(roughness, 0, 1) * <f32>(SIZE - 1);
  const row = min(<i32>y, SIZE - 2);
  rowAt = cells + <usize>row * ROW_BYTES;
  rowFraction = y - <f32>row;
  const pair = v128.load(means + <usize>row * 8);
  const next = v128.shuffle<f32>(pair, pair, 2, 3, 2, 3);
  const mean = f32x4.add(pair, f32x4.mul(f32x4.sub(next, pair), f32x4.splat(rowFraction)));
  meanA = f32x4.extract_lane(mean, 0);
  meanB = f32x4.extract_lane(mean, 1);
}

/** (A, B, ...) towards a direction of the given cosine. */
export function albedoTowards(cos: f32): v128 {
  const x = Mathf.sqrt(clamp(cos, 0, 1)) * <f32>(SIZE - 1);
  const lower = interpolateRow(rowAt, x);
  const upper = interpolateRow(rowAt + ROW_BYTES, x);
  return f32x4.add(lower, f32x4.mul(f32x4.sub(upper, lower), f32x4.splat(rowFraction)));
}

// The same for any roughness, with nothing in hand: for materials of several roughnesses.

/** (A, B, ...) towards a direction of the given cosine. */
export function albedoAt(roughness: f32, cos: f32): v128 {
  const y = clamp(roughness, 0, 1) * <f32>(SIZE - 1);
  const row = min(<i32>y, SIZE - 2);
  const at = cells + <usize>row * ROW_BYTES;
  const x = Mathf.sqrt(clamp(cos, 0, 1)) * <f32>(SIZE - 1);
  const lower = interpolateRow(at, x);
  const upper = interpolateRow(at + ROW_BYTES, x);
  return f32x4.add(lower, f32x4.mul(f32x4.sub(upper, lower), f32x4.splat(y - <f32>row)));
}

/** (A, B, ...) averaged over the hemisphere. */
export function meanAlbedoAt(roughness: f32): v128 {
  const y = clamp(roughness, 0, 1) * <f32>(SIZE - 1);
  const row = min(<i32>y, SIZE - 2);
  const pair = v128.load(means + <usize>row * 8);
  const next = v128.shuffle<f32>(pair, pair, 2, 3, 2, 3);
  return f32x4.add(pair, f32x4.mul(f32x4.sub(next, pair), f32x4.splat(y - <f32>row)));
}
