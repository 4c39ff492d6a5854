// glTF 2.0 metallic-roughness as a sum of lobes, in the local frame (z is the shading normal):
//   specular    one bounce off a GGX microsurface, Fresnel by Schlick, F0 mixed from dielectric and base colour
//   cosine      what that bounce loses to further bounces (Kulla and Conty 2017), and the diffuse base under the layer,
//               coupled by (1 - E(o)) (1 - E(i)) so that energy is kept and light and eye may change places
//   thin        KHR_materials_transmission: the specular lobe of what is not reflected, mirrored through the thin surface,
//               and its own further bounces as a cosine lobe behind
// With albedo 1 all lobes together return exactly what came in (up to the table's 1e-3): see the furnace tests.
//
// `prepareBsdf` takes a point in hand; `evaluateBsdf` gives f cos and the density of `sampleBsdf` for any direction, so
// that the weights of multiple importance sampling are right for every lobe at once.
import { albedoTowards, meanA, meanB, setAlbedoRoughness } from './albedo';
import { alphaOf, ggxDensity, sampleVisibleNormal, schlickWeight, smithTerm } from './ggx';
import { MATERIAL_F0, MATERIAL_F90, MATERIAL_TRANSMISSION } from './layout';
import { circle } from './trigonometry';
import {
  add,
  larger,
  luminance,
  mix,
  mul,
  normalize,
  scale,
  splat,
  sub,
  withW,
  xOf,
  yOf,
  zOf,
} from './vector';

const INVERSE_PI: f32 = 0.31830987;
/** Rougher mirrors than this width have a lobe of further bounces worth sampling; below, its table is noise. */
const LEAST_LOSS: f32 = 1e-4;

let outgoing: v128 = f32x4.splat(0);
let alpha: f32 = 0;
let alpha2: f32 = 0;
let termOut: f32 = 0;
/** Specular reflectance at normal incidence, RGB. */
let f0: v128 = f32x4.splat(0);
/** The same at grazing incidence, grey. */
let f90: f32 = 0;
let dielectricF0: f32 = 0;
let dielectricF90: f32 = 0;
/** Share of the lost light that further bounces give back: RGB of the whole, and of the dielectric alone. */
let bounced: v128 = f32x4.splat(0);
let dielectricBounced: f32 = 0;
let diffuse: v128 = f32x4.splat(0);
let thin: v128 = f32x4.splat(0);
/** 1 - E towards `outgoing`, over pi times its mean: E of the bare microsurface, and of the dielectric layer. */
let lossOut: f32 = 0;
let layerOut: f32 = 0;

// Chances of the lobes.
let pSpecular: f32 = 0;
let pCosine: f32 = 0;
let pThin: f32 = 0;
let pThinCosine: f32 = 0;

/** What further bounces make of the mean Fresnel reflectance: F^2 E / (1 - F (1 - E)), all of it for F = 1. */
export function furtherBounces(normal: v128, grazing: f32, meanAlbedo: f32): v128 {
  const mean = add(normal, scale(sub(splat(grazing), normal), 1.0 / 21.0));
  const again = sub(splat(1), scale(mean, <f32>1 - meanAlbedo));
  return f32x4.div(scale(mul(mean, mean), meanAlbedo), again);
}

/** Albedo of the dielectric layer whose microsurface has (A, B) there. */
function layerAlbedo(a: f32, b: f32): f32 {
  return dielectricF0 * a + dielectricF90 * b + dielectricBounced * (<f32>1 - a - b);
}

/** Takes a point in hand. `base` linear RGB; metallic and roughness with their textures; `localOutgoing` unit length with z > 0. @returns false if it is black. */
export function prepareBsdf(
  material: usize,
  base: v128,
  metallic: f32,
  roughness: f32,
  localOutgoing: v128,
): bool {
  outgoing = localOutgoing;
  alpha = alphaOf(roughness);
  alpha2 = alpha * alpha;
  const cosOut = zOf(outgoing);
  termOut = smithTerm(cosOut, alpha2);
  dielectricF0 = load<f32>(material, MATERIAL_F0);
  dielectricF90 = load<f32>(material, MATERIAL_F90);
  const transmission = load<f32>(material, MATERIAL_TRANSMISSION);
  f0 = mix(splat(dielectricF0), base, metallic);
  f90 = dielectricF90 + (<f32>1 - dielectricF90) * metallic;

  setAlbedoRoughness(roughness);
  const meanAlbedo = meanA + meanB;
  const meanLoss = <f32>1 - meanAlbedo;
  const ofDielectric = furtherBounces(splat(dielectricF0), dielectricF90, meanAlbedo);
  dielectricBounced = xOf(ofDielectric);
  bounced = metallic > 0 ? mix(ofDielectric, furtherBounces(base, 1, meanAlbedo), metallic) : ofDielectric;

  const towards = albedoTowards(cosOut);
  const a = xOf(towards);
  const b = yOf(towards);
  const loss = larger(<f32>1 - a - b, 0);
  lossOut = meanLoss > LEAST_LOSS ? (loss * INVERSE_PI) / meanLoss : 0;
  const layer = larger(<f32>1 - layerAlbedo(a, b), 0);
  layerOut = (layer * INVERSE_PI) / larger(<f32>1 - layerAlbedo(meanA, meanB), LEAST_LOSS);
  const body = scale(base, <f32>1 - metallic);
  diffuse = scale(body, <f32>1 - transmission);
  thin = scale(body, transmission);

  pSpecular = luminance(add(scale(f0, a), splat(f90 * b)));
  pCosine = luminance(diffuse) * layer + (lossOut > 0 ? luminance(bounced) * loss : 0);
  pThin = 0;
  pThinCosine = 0;
  if (transmission > 0) {
    const through = luminance(thin);
    pThin = through * (a + b - (dielectricF0 * a + dielectricF90 * b));
    pThinCosine = lossOut > 0 ? through * (<f32>1 - dielectricBounced) * loss : 0;
  }
  const sum = pSpecular + pCosine + pThin + pThinCosine;
  if (!(sum > 0)) return false;
  const inverse = <f32>1 / sum;
  pSpecular *= inverse;
  pCosine *= inverse;
  pThin *= inverse;
  pThinCosine *= inverse;
  return true;
}

/** True when nothing but a mirror is in hand: sampling lights would be wasted on it. */
export function isMirror(): bool {
  return pCosine == 0 && pThinCosine == 0 && roughnessIsLeast();
}

/** Whether some light goes through, as through a thin sheet. */
export function passesThin(): bool {
  return pThin > 0;
}

function roughnessIsLeast(): bool {
  return alpha <= <f32>1e-3;
}

/** (f cos) RGB, and in w the density per steradian with which `sampleBsdf` gives this direction. */
export function evaluateBsdf(incoming: v128): v128 {
  const z = zOf(incoming);
  if (z < 0) return pThin > 0 ? evaluateThin(f32x4.replace_lane(incoming, 2, -z)) : splat(0);
  if (!(z > 0)) return splat(0);
  const h = normalize(add(outgoing, incoming));
  const fresnel = schlickWeight(xOf(incoming) * xOf(h) + yOf(incoming) * yOf(h) + z * zOf(h));
  const specular = specularShape(h, z);
  let value = scale(add(f0, scale(sub(splat(f90), f0), fresnel)), specular);
  let pdf = pSpecular * specularPdf(h);
  if (pCosine > 0) {
    const towards = albedoTowards(z);
    const a = xOf(towards);
    const b = yOf(towards);
    const loss = larger(<f32>1 - a - b, 0);
    const layer = larger(<f32>1 - layerAlbedo(a, b), 0);
    value = add(value, scale(diffuse, layer * layerOut * z));
    value = add(value, scale(bounced, loss * lossOut * z));
    pdf += pCosine * z * INVERSE_PI;
  }
  return withW(value, pdf);
}

/** The same for a direction behind the surface, given mirrored to the front. */
function evaluateThin(mirrored: v128): v128 {
  const z = zOf(mirrored);
  const h = normalize(add(outgoing, mirrored));
  const fresnel = schlickWeight(xOf(mirrored) * xOf(h) + yOf(mirrored) * yOf(h) + z * zOf(h));
  const passed = <f32>1 - (dielectricF0 + (dielectricF90 - dielectricF0) * fresnel);
  let amount = passed * specularShape(h, z);
  let pdf = pThin * specularPdf(h);
  if (pThinCosine > 0) {
    const towards = albedoTowards(z);
    amount += (<f32>1 - dielectricBounced) * larger(<f32>1 - xOf(towards) - yOf(towards), 0) * lossOut * z;
    pdf += pThinCosine * z * INVERSE_PI;
  }
  return withW(scale(thin, amount), pdf);
}

/** D G2 / (4 cos cos) times the incoming cosine. */
function specularShape(h: v128, cosIn: f32): f32 {
  const cosOut = zOf(outgoing);
  const masking = (<f32>0.5 * cosIn) / (cosOut * smithTerm(cosIn, alpha2) + cosIn * termOut);
  return ggxDensity(h, alpha2) * masking;
}

/** Of a direction mirrored about a visible normal h. */
function specularPdf(h: v128): f32 {
  return (ggxDensity(h, alpha2) * <f32>0.5) / (zOf(outgoing) + termOut);
}

/** A direction from three numbers in [0, 1); it may come out below the surface: then `evaluateBsdf` says 0. */
export function sampleBsdf(u1: f32, u2: f32, lobe: f32): v128 {
  const isThin = lobe >= pSpecular + pCosine;
  const isSpecular = isThin ? lobe < pSpecular + pCosine + pThin : lobe < pSpecular;
  let incoming: v128;
  if (isSpecular) {
    const h = sampleVisibleNormal(outgoing, alpha, u1, u2);
    const oh = xOf(outgoing) * xOf(h) + yOf(outgoing) * yOf(h) + zOf(outgoing) * zOf(h);
    incoming = sub(scale(h, oh * 2), outgoing);
    // A mirrored direction below the surface is lost; only the thin lobe may go there, by its own way.
    if (!(zOf(incoming) > 0)) return splat(0);
  } else {
    const radius = Mathf.sqrt(u2);
    incoming = f32x4.replace_lane(scale(circle(u1), radius), 2, Mathf.sqrt(<f32>1 - u2));
  }
  return isThin ? f32x4.replace_lane(incoming, 2, -zOf(incoming)) : incoming;
}
