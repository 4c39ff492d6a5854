// The GGX microfacet distribution (B. Walter et al. 2007) with Smith's height-correlated masking (E. Heitz 2014), isotropic,
// in the local frame. Visible normals are sampled by spherical caps (J. Dupuy and A. Benyoub, HPG 2023).
import { circle } from './trigonometry';
import { clamp, normalize, xOf, yOf, zOf } from './vector';

/** Below this a mirror is indistinguishable from a perfect one, and single precision still holds the peak. */
const LEAST_ALPHA: f32 = 1e-3;

/** glTF: the width of the distribution is the square of the perceptual roughness. */
export function alphaOf(roughness: f32): f32 {
  return clamp(roughness * roughness, LEAST_ALPHA, 1);
}

/** D(h), per steradian; through h's slopes, which stay exact where h is close to the normal. */
export function ggxDensity(h: v128, alpha2: f32): f32 {
  const x = xOf(h);
  const y = yOf(h);
  const z = zOf(h);
  const k = (x * x + y * y) / alpha2 + z * z;
  return <f32>0.31830987 / (alpha2 * k * k);
}

/** cos sqrt(1 + alpha^2 tan^2): what Smith's Lambda is made of. */
export function smithTerm(cos: f32, alpha2: f32): f32 {
  return Mathf.sqrt(alpha2 + (<f32>1 - alpha2) * cos * cos);
}

/** A normal as visible from `outgoing` (z > 0), with density D(h) G1(o) max(0, o.h) / o.z. */
export function sampleVisibleNormal(outgoing: v128, alpha: f32, u1: f32, u2: f32): v128 {
  return sampleStretched(outgoing, alpha, alpha, u1, u2);
}

export function sampleStretched(outgoing: v128, alphaX: f32, alphaY: f32, u1: f32, u2: f32): v128 {
  const stretch = f32x4(alphaX, alphaY, 1, 0);
  const o = normalize(f32x4.mul(outgoing, stretch));
  const oz = zOf(o);
  const z = (<f32>1 - u2) * (<f32>1 + oz) - oz;
  const sin = Mathf.sqrt(clamp(<f32>1 - z * z, 0, 1));
  const cap = f32x4.replace_lane(f32x4.mul(circle(u1), f32x4.splat(sin)), 2, z);
  return normalize(f32x4.mul(f32x4.add(cap, o), stretch));
}

/** (1 - c)^5 of Schlick's Fresnel approximation. */
export function schlickWeight(cos: f32): f32 {
  const m = clamp(<f32>1 - cos, 0, 1);
  const m2 = m * m;
  return m2 * m2 * m;
}

// The same with a width of its own along x and along y (E. Heitz 2014, section 5.4), for KHR_materials_anisotropy.

/** D(h), per steradian. */
export function stretchedDensity(h: v128, alphaX: f32, alphaY: f32): f32 {
  const x = xOf(h) / alphaX;
  const y = yOf(h) / alphaY;
  const z = zOf(h);
  const k = x * x + y * y + z * z;
  return <f32>0.31830987 / (alphaX * alphaY * k * k);
}

export function stretchedTerm(direction: v128, alphaX: f32, alphaY: f32): f32 {
  const x = xOf(direction) * alphaX;
  const y = yOf(direction) * alphaY;
  const z = zOf(direction);
  return Mathf.sqrt(x * x + y * y + z * z);
}
