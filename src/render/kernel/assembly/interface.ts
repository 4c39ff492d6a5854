// The rough interface of a layered material: GGX facets, stretched or not, each of which reflects light or lets it pass,
// mirrored behind a thin sheet or refracted into a volume (B. Walter et al., "Microfacet Models for Refraction", 2007, with
// visible normals; E. Heitz 2018). One facet decides with the chance of its own reflectance.
//
// Three bodies share the interface by `metallic` and `transmission`: metal, opaque dielectric, glass. From behind only
// glass knows that it is seen from the denser side.
//
// Light is counted as radiance over the square of the index of refraction, which does not change on the way into a medium
// and out again: f(o, i) / n_i^2 = f(i, o) / n_o^2.
import { sampleStretched, stretchedDensity, stretchedTerm } from './ggx';
import { refractedCosine } from './glass';
import { dielectricReflectance, metalReflectance } from './reflectance';
import { add, dot, luminance, maxComponent, negate, normalize, scale, splat, sub, withW, xOf, zOf } from './vector';

const NOTHING: f32 = 1e-3;

let outgoing: v128 = f32x4.splat(0);
let alphaX: f32 = 0;
let alphaY: f32 = 0;
let termOut: f32 = 0;
let metal: f32 = 0;
let opaque: f32 = 0;
let glass: f32 = 0;
/** What colours passing light, RGB, and how bright that is. */
let passing: v128 = f32x4.splat(0);
let passingLuminance: f32 = 0;
let isRefracting: bool = false;
/** Index of refraction on the near side over that on the far side. */
let ratio: f32 = 1;

/** Takes a direction (z > 0) and the widths of the facets in hand. */
export function setFacets(direction: v128, widthX: f32, widthY: f32): void {
  outgoing = direction;
  alphaX = widthX;
  alphaY = widthY;
  termOut = stretchedTerm(direction, widthX, widthY);
}

/** Shares of the three bodies, which add up to 1; `thinShare`: what of the opaque one light passes is in `color` already. */
export function setBodies(metalShare: f32, opaqueShare: f32, glassShare: f32): void {
  metal = metalShare;
  opaque = opaqueShare;
  glass = glassShare;
}

/** Colour of what passes, brightness it counts with when lobes are chosen, and the ratio of indices if it is refracted. */
export function setPassing(color: v128, brightness: f32, refracts: bool, indices: f32): void {
  passing = color;
  passingLuminance = brightness;
  isRefracting = refracts;
  ratio = indices;
}

// What a facet does, met at a given cosine.
let reflected: v128 = f32x4.splat(0);
let passed: f32 = 0;
let reflectChance: f32 = 1;

function meetFacet(cos: f32): void {
  let ofDielectric = dielectricReflectance(cos);
  let body = scale(ofDielectric, opaque);
  if (glass > 0) {
    const isDenser = ratio > 1;
    const behind = refractedCosine(cos, ratio);
    if (behind < 0) ofDielectric = splat(1);
    else if (isDenser) ofDielectric = dielectricReflectance(behind);
    body = add(body, scale(ofDielectric, glass));
  }
  reflected = metal > 0 ? add(body, scale(metalReflectance(cos), metal)) : body;
  reflectChance = 1;
  passed = 0;
  if (!(passingLuminance > 0)) return;
  passed = <f32>1 - maxComponent(ofDielectric);
  if (!(passed > 0)) {
    passed = 0;
    return;
  }
  const light = luminance(reflected);
  reflectChance = light / (light + passed * passingLuminance);
}

/** D G2 / (4 cos cos) times the incoming cosine, which is `incoming`'s absolute z. */
function shape(h: v128, incoming: v128, cosIn: f32): f32 {
  const cosOut = zOf(outgoing);
  const masking = (<f32>0.5 * cosIn) / (cosOut * stretchedTerm(incoming, alphaX, alphaY) + cosIn * termOut);
  return stretchedDensity(h, alphaX, alphaY) * masking;
}

/** Density of directions mirrored about visible normals. */
function mirroredDensity(h: v128): f32 {
  return (stretchedDensity(h, alphaX, alphaY) * <f32>0.5) / (zOf(outgoing) + termOut);
}

/** (f cos) RGB and density, for a direction with z > 0. */
export function evaluateReflected(incoming: v128): v128 {
  const h = normalize(add(outgoing, incoming));
  meetFacet(dot(outgoing, h));
  return withW(scale(reflected, shape(h, incoming, zOf(incoming))), reflectChance * mirroredDensity(h));
}

/** The same for a direction with z < 0. */
export function evaluatePassed(incoming: v128): v128 {
  if (!(passingLuminance > 0)) return splat(0);
  if (isRefracting) return evaluateRefracted(incoming);
  const mirrored = f32x4.replace_lane(incoming, 2, -zOf(incoming));
  const h = normalize(add(outgoing, mirrored));
  meetFacet(dot(outgoing, h));
  const amount = passed * shape(h, mirrored, zOf(mirrored));
  return withW(scale(passing, amount), (<f32>1 - reflectChance) * mirroredDensity(h));
}

function evaluateRefracted(incoming: v128): v128 {
  let h = normalize(add(scale(outgoing, ratio), incoming));
  if (zOf(h) < 0) h = negate(h);
  const oh = dot(outgoing, h);
  const ih = dot(incoming, h);
  if (!(oh > 0) || !(ih < 0)) return splat(0);
  meetFacet(oh);
  if (!(passed > 0)) return splat(0);
  const root = ih + ratio * oh;
  // |dh / di| times the cosine at the facet that both value and density have.
  const spread = (-ih * oh * 4) / (root * root);
  const amount = passed * shape(h, incoming, -zOf(incoming)) * spread;
  const density = (<f32>1 - reflectChance) * mirroredDensity(h) * spread;
  return withW(scale(passing, amount), density);
}

/** A direction from three numbers in [0, 1); zero where the light is lost. */
export function sampleInterface(u1: f32, u2: f32, chance: f32): v128 {
  const h = sampleStretched(outgoing, alphaX, alphaY, u1, u2);
  const oh = dot(outgoing, h);
  meetFacet(oh);
  if (chance < reflectChance || !isRefracting) {
    const mirrored = sub(scale(h, oh * 2), outgoing);
    if (!(zOf(mirrored) > 0)) return splat(0);
    return chance < reflectChance ? mirrored : f32x4.replace_lane(mirrored, 2, -zOf(mirrored));
  }
  const behind = refractedCosine(oh, ratio);
  if (behind < 0) return splat(0);
  const refracted = sub(scale(h, ratio * oh - behind), scale(outgoing, ratio));
  return zOf(refracted) < 0 ? refracted : splat(0);
}

/** True where all facets face the same way, as far as single precision can tell. */
export function isSmooth(): bool {
  return alphaX <= NOTHING && alphaY <= NOTHING;
}
