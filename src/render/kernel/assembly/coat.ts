// KHR_materials_clearcoat: a varnish of index 1.5 with a roughness and a normal of its own, over everything else. It
// reflects once; what its facets lose to each other goes to the layers below instead, so nothing is gained.
import { albedoAt } from './albedo';
import { alphaOf, ggxDensity, sampleVisibleNormal, schlickWeight, smithTerm } from './ggx';
import { add, dot, larger, normalize, scale, splat, sub, xOf, yOf, zOf } from './vector';

const F0: f32 = 0.04;

let strength: f32 = 0;
let roughness: f32 = 0;
let alpha: f32 = 0;
let alpha2: f32 = 0;
let outgoing: v128 = f32x4.splat(0);
let termOut: f32 = 0;
// The coat's frame, in local coordinates of the surface below.
let acrossX: v128 = f32x4.splat(0);
let acrossY: v128 = f32x4.splat(0);
let axis: v128 = f32x4.splat(0);

/** Takes a coat in hand: normal and direction in local coordinates. */
export function setCoat(share: f32, perceptualRoughness: f32, normal: v128, direction: v128): void {
  strength = share;
  roughness = perceptualRoughness;
  alpha = alphaOf(perceptualRoughness);
  alpha2 = alpha * alpha;
  axis = normal;
  const x = xOf(normal);
  const y = yOf(normal);
  const z = zOf(normal);
  // As in frame.ts.
  const sign = copysign<f32>(1, z);
  const a = <f32>-1 / (sign + z);
  const b = x * y * a;
  acrossX = f32x4(<f32>1 + sign * x * x * a, sign * b, -sign * x, 0);
  acrossY = f32x4(b, sign + y * y * a, -y, 0);
  outgoing = toCoat(direction);
  // Seen from below its horizon, which only a normal map can make: there is no highlight.
  if (!(zOf(outgoing) > 1e-4)) strength = 0;
  termOut = smithTerm(zOf(outgoing), alpha2);
}

function toCoat(direction: v128): v128 {
  return f32x4(dot(direction, acrossX), dot(direction, acrossY), dot(direction, axis), 0);
}

/** Share of light from a direction (local) that the coat reflects. */
export function coatAlbedo(direction: v128): f32 {
  return coatAlbedoAt(larger(dot(direction, axis), 0));
}

/** The same by the cosine to the coat's normal. */
export function coatAlbedoAt(cos: f32): f32 {
  const towards = albedoAt(roughness, cos);
  return strength * (xOf(towards) * F0 + yOf(towards));
}

/** f cos with the cosine to the coat's normal, for a local direction; 0 below the coat's horizon. */
export let coatValue: f32 = 0;
export let coatDensity: f32 = 0;

export function evaluateCoat(direction: v128): void {
  coatValue = 0;
  coatDensity = 0;
  const incoming = toCoat(direction);
  const cosIn = zOf(incoming);
  if (!(cosIn > 0)) return;
  const h = normalize(add(outgoing, incoming));
  const fresnel = F0 + (<f32>1 - F0) * schlickWeight(dot(outgoing, h));
  const cosOut = zOf(outgoing);
  const density = ggxDensity(h, alpha2);
  const masking = (<f32>0.5 * cosIn) / (cosOut * smithTerm(cosIn, alpha2) + cosIn * termOut);
  coatValue = strength * fresnel * density * masking;
  coatDensity = (density * <f32>0.5) / (cosOut + termOut);
}

/** A local direction; zero where it would lie behind the surface. */
export function sampleCoat(u1: f32, u2: f32): v128 {
  const h = sampleVisibleNormal(outgoing, alpha, u1, u2);
  const mirrored = sub(scale(h, dot(outgoing, h) * 2), outgoing);
  const across = add(scale(acrossX, xOf(mirrored)), scale(acrossY, yOf(mirrored)));
  const direction = add(across, scale(axis, zOf(mirrored)));
  // What passes the surface is the interface's: the coat's density says nothing there.
  return zOf(direction) > 0 ? direction : splat(0);
}

export function isSmoothCoat(): bool {
  return alpha <= <f32>1e-3;
}
