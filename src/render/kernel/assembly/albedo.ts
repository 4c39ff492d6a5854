// Directional albedo of the GGX lobe, tabulated once: which share of the light a microsurface of given roughness returns
// after one bounce, split as F0 * A + B for Schlick's Fresnel (B. Karis 2013). What the single bounce loses is given back
// by a second lobe (C. Kulla and A. Conty, "Revisiting Physically Based Shading at Imageworks", 2017), and what the
// reflection leaves goes to the layers below, so that nothing is lost or gained.
//
// Rows are roughness, columns the square root of the cosine (albedos change fast at grazing angles); cells are (A, B).
import { alphaOf, sampleVisibleNormal, schlickWeight, smithTerm } from './ggx';
import { alloc } from './memory';
import { reverseBits } from './sampler';
import { clamp, zOf } from './vector';

const SIZE: i32 = 32;
/** Quasi-random directions a cell: 512 keep the error below 1e-3. */
const SAMPLES: u32 = 512;
const ROW_BYTES: usize = <usize>SIZE * 8;
const cells: usize = alloc(<usize>SIZE * ROW_BYTES, 16);
/** Cosine-weighted means of each row. */
const means: usize = alloc(<usize>SIZE * 8 + 16, 16);

function writeCell(at: usize, cos: f32, alpha: f32): void {
  const alpha2 = alpha * alpha;
  const outgoing = f32x4(Mathf.sqrt(<f32>1 - cos * cos), 0, cos, 0);
  const termOut = smithTerm(cos, alpha2);
  let a: f32 = 0;
  let b: f32 = 0;
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const u1 = (<f32>i + <f32>0.5) / <f32>SAMPLES;
    const u2 = <f32>(reverseBits(i) >> 8) * <f32>5.9604645e-8 + <f32>0.5 / <f32>SAMPLES;
    const h = sampleVisibleNormal(outgoing, alpha, u1, u2);
    const oh = f32x4.extract_lane(f32x4.mul(outgoing, h), 0) + cos * zOf(h);
    const cosIn = oh * 2 * zOf(h) - cos;
    if (!(cosIn > 0)) continue;
    // G2 / G1: what importance sampling of visible normals leaves.
    const weight = (cosIn * (cos + termOut)) / (cos * smithTerm(cosIn, alpha2) + cosIn * termOut);
    const fresnel = schlickWeight(oh);
    a += weight * (<f32>1 - fresnel);
    b += weight * fresnel;
  }
  store<f32>(at, a / <f32>SAMPLES);
  store<f32>(at, b / <f32>SAMPLES, 4);
}

let isWritten: bool = false;

/** Takes 20 ms: hierarchies are built by instances that never need it. */
export function prepareAlbedoTable(): void {
  if (isWritten) return;
  isWritten = true;
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
