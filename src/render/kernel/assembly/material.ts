// A material record and what it says at one point of a triangle: colour, coverage, emission.
import {
  MATERIAL_ALPHA_CUTOFF,
  MATERIAL_BASE_COLOR,
  MATERIAL_BASE_COLOR_TEXTURE,
  MATERIAL_EMISSIVE,
  MATERIAL_EMISSIVE_TEXTURE,
  MATERIAL_FLAGS,
  MATERIAL_IS_BLENDED,
  MATERIAL_IS_DOUBLE_SIDED,
  MATERIAL_IS_EMITTER,
  MATERIAL_IS_MASKED,
  MATERIAL_IS_UNLIT,
  SCENE_COLORS,
} from './layout';
import { cornersOf, interpolate, scene } from './scene';
import { sampleTexture } from './texture';
import { load3, mul, scale, wOf } from './vector';

export function hasFlag(material: usize, flag: u32): bool {
  return (load<u32>(material, MATERIAL_FLAGS) & flag) != 0;
}

/** Base colour with everything glTF multiplies into it: factor, texture, vertex colour. RGBA. */
export function baseColorAt(material: usize, triangle: u32, u: f32, v: f32): v128 {
  let color = v128.load(material, MATERIAL_BASE_COLOR);
  const texture = load<usize>(material, MATERIAL_BASE_COLOR_TEXTURE);
  if (texture) color = mul(color, sampleTexture(texture, cornersOf(triangle), u, v, true));
  const colors = load<usize>(scene, SCENE_COLORS);
  if (colors) {
    const corners = cornersOf(triangle);
    const a = v128.load(colors + ((<usize>load<u32>(corners)) << 4));
    const b = v128.load(colors + ((<usize>load<u32>(corners, 4)) << 4));
    const c = v128.load(colors + ((<usize>load<u32>(corners, 8)) << 4));
    color = mul(color, interpolate(a, b, c, u, v));
  }
  return color;
}

/** How much of the surface is there, from its base colour's alpha: 0 or 1 for masked, 0..1 for blended materials. */
export function coverage(material: usize, alpha: f32): f32 {
  const flags = load<u32>(material, MATERIAL_FLAGS);
  if (flags & MATERIAL_IS_MASKED) return alpha >= load<f32>(material, MATERIAL_ALPHA_CUTOFF) ? 1 : 0;
  if (flags & MATERIAL_IS_BLENDED) return alpha > 0 ? (alpha < 1 ? alpha : 1) : 0;
  return 1;
}

export function isSeeThrough(material: usize): bool {
  return hasFlag(material, MATERIAL_IS_MASKED | MATERIAL_IS_BLENDED);
}

/** Radiance leaving the front (and, where double sided, the back), RGB; `base` is the base colour there. */
export function emissionAt(material: usize, base: v128, triangle: u32, u: f32, v: f32): v128 {
  if (hasFlag(material, MATERIAL_IS_UNLIT)) return base;
  const color = load3(material + MATERIAL_EMISSIVE);
  const texture = load<usize>(material, MATERIAL_EMISSIVE_TEXTURE);
  return texture ? mul(color, sampleTexture(texture, cornersOf(triangle), u, v, true)) : color;
}

/** The same weighed by coverage, with the base colour looked up where it matters: what a light sample sees. */
export function coveredEmissionAt(material: usize, triangle: u32, u: f32, v: f32): v128 {
  const needsBase = hasFlag(material, MATERIAL_IS_UNLIT | MATERIAL_IS_MASKED | MATERIAL_IS_BLENDED);
  const base = needsBase ? baseColorAt(material, triangle, u, v) : f32x4.splat(1);
  const emission = emissionAt(material, base, triangle, u, v);
  return isSeeThrough(material) ? scale(emission, coverage(material, wOf(base))) : emission;
}

export function isEmitter(material: usize): bool {
  return hasFlag(material, MATERIAL_IS_EMITTER);
}

export function isDoubleSided(material: usize): bool {
  return hasFlag(material, MATERIAL_IS_DOUBLE_SIDED);
}
