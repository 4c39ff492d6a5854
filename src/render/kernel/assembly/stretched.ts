// Directional albedo of stretched facets (KHR_materials_anisotropy), as albedo.ts has it for round ones: A and B of Schlick's
// Fresnel, by roughness, strength, cosine and the share of the direction's way across that lies along y. Made when the
// first scene needs it, in some fifty milliseconds.
import { alphaOf, sampleStretched, schlickWeight, stretchedTerm } from './ggx';
import { alloc } from './memory';
import { reverseBits } from './sampler';
import { clamp, dot, larger, zOf } from './vector';

const ROUGHNESSES: i32 = 10;
const STRENGTHS: i32 = 5;
const COSINES: i32 = 16;
const SHARES: i32 = 5;
const SAMPLES: u32 = 128;
const COSINE_BYTES: usize = <usize>SHARES * 8;
const STRENGTH_BYTES: usize = <usize>COSINES * COSINE_BYTES;
const ROUGHNESS_BYTES: usize = <usize>STRENGTHS * STRENGTH_BYTES;
// 16 more: pairs are read two at a time.
const cells: usize = alloc(<usize>ROUGHNESSES * ROUGHNESS_BYTES + 16, 16);
let isWritten: bool = false;

/** Width along the grain: KHR_materials_anisotropy. */
export function stretchedAlpha(alpha: f32, strength: f32): f32 {
  return alpha + (<f32>1 - alpha) * strength * strength;
}

export function prepareStretchedTable(): void {
  if (isWritten) return;
  isWritten = true;
  for (let row = 0; row < ROUGHNESSES; row++) {
    const alpha = alphaOf(<f32>row / <f32>(ROUGHNESSES - 1));
    for (let strength = 0; strength < STRENGTHS; strength++) {
      const along = stretchedAlpha(alpha, <f32>strength / <f32>(STRENGTHS - 1));
      const at = cells + <usize>row * ROUGHNESS_BYTES + <usize>strength * STRENGTH_BYTES;
      for (let column = 0; column < COSINES; column++) {
        const s = larger(<f32>column / <f32>(COSINES - 1), 0.01);
        for (let share = 0; share < SHARES; share++) {
          const y2 = <f32>share / <f32>(SHARES - 1);
          writeCell(at + <usize>column * COSINE_BYTES + ((<usize>share) << 3), s * s, y2, along, alpha);
        }
      }
    }
  }
}

function writeCell(at: usize, cos: f32, y2: f32, alphaX: f32, alphaY: f32): void {
  const sin = Mathf.sqrt(<f32>1 - cos * cos);
  const outgoing = f32x4(sin * Mathf.sqrt(<f32>1 - y2), sin * Mathf.sqrt(y2), cos, 0);
  const termOut = stretchedTerm(outgoing, alphaX, alphaY);
  let a: f32 = 0;
  let b: f32 = 0;
  for (let i: u32 = 0; i < SAMPLES; i++) {
    const u1 = (<f32>i + <f32>0.5) / <f32>SAMPLES;
    const u2 = <f32>(reverseBits(i) >> 8) * <f32>5.9604645e-8 + <f32>0.5 / <f32>SAMPLES;
    const h = sampleStretched(outgoing, alphaX, alphaY, u1, u2);
    const oh = dot(outgoing, h);
    const incoming = f32x4.sub(f32x4.mul(h, f32x4.splat(oh * 2)), outgoing);
    const cosIn = zOf(incoming);
    if (!(cosIn > 0)) continue;
    const termIn = stretchedTerm(incoming, alphaX, alphaY);
    const weight = (cosIn * (cos + termOut)) / (cos * termIn + cosIn * termOut);
    const fresnel = schlickWeight(oh);
    a += weight * (<f32>1 - fresnel);
    b += weight * fresnel;
  }
  store<f32>(at, a / <f32>SAMPLES);
  store<f32>(at, b / <f32>SAMPLES, 4);
}

/** (A, B, ...) of one roughness and strength, between two cosines and two shares. */
function among(at: usize, x: f32, y: f32): v128 {
  const column = min(<i32>x, COSINES - 2);
  const share = min(<i32>y, SHARES - 2);
  const cell = at + <usize>column * COSINE_BYTES + ((<usize>share) << 3);
  const fx = f32x4.splat(x - <f32>column);
  const low = v128.load(cell);
  const pairs = f32x4.add(low, f32x4.mul(f32x4.sub(v128.load(cell + COSINE_BYTES), low), fx));
  const next = v128.shuffle<f32>(pairs, pairs, 2, 3, 2, 3);
  return f32x4.add(pairs, f32x4.mul(f32x4.sub(next, pairs), f32x4.splat(y - <f32>share)));
}

/** (A, B, ...) towards a direction of this cosine whose way across the surface has the given share (of its square) along y. */
export function stretchedAlbedo(roughness: f32, strength: f32, cos: f32, shareY: f32): v128 {
  const y = clamp(roughness, 0, 1) * <f32>(ROUGHNESSES - 1);
  const z = clamp(strength, 0, 1) * <f32>(STRENGTHS - 1);
  const row = min(<i32>y, ROUGHNESSES - 2);
  const column = min(<i32>z, STRENGTHS - 2);
  const at = cells + <usize>row * ROUGHNESS_BYTES + <usize>column * STRENGTH_BYTES;
  const cosine = Mathf.sqrt(clamp(cos, 0, 1)) * <f32>(COSINES - 1);
  const share = clamp(shareY, 0, 1) * <f32>(SHARES - 1);
  const fz = f32x4.splat(z - <f32>column);
  const a = among(at, cosine, share);
  const low = f32x4.add(a, f32x4.mul(f32x4.sub(among(at + STRENGTH_BYTES, cosine, share), a), fz));
  const next = at + ROUGHNESS_BYTES;
  const b = among(next, cosine, share);
  const high = f32x4.add(b, f32x4.mul(f32x4.sub(among(next + STRENGTH_BYTES, cosine, share), b), fz));
  return f32x4.add(low, f32x4.mul(f32x4.sub(high, low), f32x4.splat(y - <f32>row)));
}
