// The lobes of a layered material that follow the cosine: what facets lose to further bounces, on the eye's side and behind
// (C. Kulla and A. Conty 2017), and the diffuse base. Each is a product of what is left towards the eye and what is left
// towards the light, over its mean, so that eye and light may change places and exactly what was left is given back.
import { albedoAt, meanAlbedoAt } from './albedo';
import { furtherBounces } from './bsdf';
import { coverLeft, hasCover, leftAt, leftTowards } from './cover';
import { glassLoss, meanGlassLoss } from './glass';
import {
  dielectricF90,
  hasFilm,
  highestReflectance,
  plainDielectricF0,
  plainMetalF0,
} from './reflectance';
import { stretchedAlbedo } from './stretched';
import { add, clamp, larger, luminance, maxComponent, scale, smaller, splat, xOf, yOf, zOf } from './vector';

const INVERSE_PI: f32 = 0.31830987;
/** As in bsdf.ts. */
const LEAST_LOSS: f32 = 1e-4;
/** Steps of the squared cosine where a mean has no table. */
const STEPS: i32 = 8;

let roughness: f32 = 0;
let strength: f32 = 0;

// Towards the eye.
export let keptA: f32 = 0;
export let keptB: f32 = 0;
/** Of the facets' reflectance, once: RGB factors of A and B are reflectance.ts's. */
let loss: f32 = 0;

let layerF0: f32 = 0;
let layerBounced: f32 = 0;
let isCovered: bool = false;

/** Lobes with all that is known before the light's direction. */
let diffuse: v128 = f32x4.splat(0);
let hasDiffuse: bool = false;
/** KHR_materials_diffuse_transmission: what of the diffuse light goes on behind a thin sheet. */
let translucent: v128 = f32x4.splat(0);
export let isTranslucent: bool = false;
let bounced: v128 = f32x4.splat(0);
let hasBounced: bool = false;
let bouncedThrough: f32 = 0;
let table: usize = 0;
let isBehind: bool = false;
let glassBounced: f32 = 0;
let glassThrough: f32 = 0;
let passing: v128 = f32x4.splat(0);

/** Luminance given back on the side that is looked at, under the cover; and behind. */
export let cosineReturned: f32 = 0;
export let cosinePassed: f32 = 0;

/** A and B of the facets towards a direction. */
function keptTowards(direction: v128): v128 {
  const cos = zOf(direction);
  if (!(strength > 0)) return albedoAt(roughness, cos);
  const x = xOf(direction);
  const y = yOf(direction);
  const across = x * x + y * y;
  return stretchedAlbedo(roughness, strength, cos, across > 1e-9 ? (y * y) / across : 0.5);
}

/** A and B averaged around the normal. */
function keptAt(cos: f32): v128 {
  return strength > 0 ? stretchedAlbedo(roughness, strength, cos, 0.5) : albedoAt(roughness, cos);
}

function lossIn(kept: v128): f32 {
  return larger(<f32>1 - xOf(kept) - yOf(kept), 0);
}

/** The cosine at which facets that keep (A, B) meet light: that of their mean weight in Schlick's Fresnel. Larger than the surface's where it is rough and seen at a grazing angle. */
export function cosineAtFacets(a: f32, b: f32): f32 {
  return a + b > 0 ? <f32>1 - Mathf.pow(clamp(b / (a + b), 0, 1), 0.2) : 1;
}

/** What the dielectric layer leaves to the base, where its facets keep (A, B). */
function leftByLayer(kept: v128): f32 {
  const a = xOf(kept);
  const b = yOf(kept);
  const once = hasFilm()
    ? highestReflectance(cosineAtFacets(a, b)) * (a + b)
    : layerF0 * a + dielectricF90 * b;
  return larger(<f32>1 - once - layerBounced * lossIn(kept), 0);
}

// Means over the hemisphere, weighed by the cosine.
let meanKept: f32 = 0;
let meanLoss: f32 = 0;
let meanLayer: f32 = 0;

/** Under a cover, what it leaves is part of the mean. */
function integrate(): void {
  let kept: f32 = 0;
  let covered: f32 = 0;
  let layer: f32 = 0;
  for (let i = 0; i < STEPS; i++) {
    const cos = Mathf.sqrt((<f32>i + <f32>0.5) / <f32>STEPS);
    const there = keptAt(cos);
    const left: f32 = isCovered ? leftAt(cos) : 1;
    kept += xOf(there) + yOf(there);
    covered += lossIn(there) * left;
    layer += leftByLayer(there) * left;
  }
  meanKept = kept / <f32>STEPS;
  meanLoss = covered / <f32>STEPS;
  meanLayer = layer / <f32>STEPS;
}

/** Takes opaque facets in hand, after `setReflectance` and `setCover`; `base` is the diffuse colour, `leaf` that of diffuse light that goes on behind, `through` what a thin sheet lets pass. */
export function setCosine(
  outgoing: v128,
  perceptualRoughness: f32,
  anisotropy: f32,
  base: v128,
  leaf: v128,
  metal: f32,
  opaque: f32,
  through: v128,
  isThin: bool,
): void {
  roughness = perceptualRoughness;
  strength = anisotropy;
  isCovered = hasCover();
  const kept = keptTowards(outgoing);
  keptA = xOf(kept);
  keptB = yOf(kept);
  loss = lossIn(kept);
  const mean = meanAlbedoAt(roughness);
  meanKept = xOf(mean) + yOf(mean);
  const isTabulated = !isCovered && !hasFilm() && !(strength > 0);
  // The mean of the further bounces is needed for the layer's: without table a first round finds it.
  if (!isTabulated) {
    layerBounced = 0;
    integrate();
  }
  const f0 = plainDielectricF0();
  layerF0 = maxComponent(f0);
  const ofDielectric = furtherBounces(f0, dielectricF90, meanKept);
  layerBounced = maxComponent(ofDielectric);
  if (isTabulated) {
    meanLoss = <f32>1 - meanKept;
    meanLayer = <f32>1 - (layerF0 * xOf(mean) + dielectricF90 * yOf(mean) + layerBounced * meanLoss);
  } else integrate();

  cosineReturned = 0;
  cosinePassed = 0;
  glassBounced = 0;
  glassThrough = 0;
  passing = through;
  const layer = leftByLayer(kept);
  hasDiffuse = maxComponent(base) > 0;
  if (hasDiffuse) {
    diffuse = scale(base, (coverLeft * layer * INVERSE_PI) / larger(meanLayer, LEAST_LOSS));
    cosineReturned = luminance(base) * layer;
  }
  isTranslucent = maxComponent(leaf) > 0;
  if (isTranslucent) {
    translucent = scale(leaf, (coverLeft * layer * INVERSE_PI) / larger(meanLayer, LEAST_LOSS));
    cosinePassed = luminance(leaf) * layer;
  }
  hasBounced = meanLoss > LEAST_LOSS;
  bouncedThrough = 0;
  if (!hasBounced) return;
  let all = scale(ofDielectric, opaque);
  if (metal > 0) all = add(all, scale(furtherBounces(plainMetalF0(), 1, meanKept), metal));
  bounced = scale(all, (coverLeft * loss * INVERSE_PI) / meanLoss);
  cosineReturned += luminance(all) * loss;
  if (!isThin) return;
  const share = <f32>1 - layerBounced;
  bouncedThrough = (share * loss * INVERSE_PI) / larger(<f32>1 - meanKept, LEAST_LOSS);
  cosinePassed += luminance(through) * share * loss;
}

/**
 * Adds the further bounces in glass, after `setCosine`: `glass` is the share of the surface that is, `brightness` the luminance
 * of what passes, `ratio` the index of refraction here over the one beyond. @returns the loss.
 */
export function addGlass(
  outgoing: v128,
  glassTable: usize,
  behind: bool,
  glass: f32,
  brightness: f32,
  ratio: f32,
): f32 {
  table = glassTable;
  isBehind = behind;
  const lost = glassLoss(table, behind, roughness, zOf(outgoing));
  const near = meanGlassLoss(table, behind, roughness);
  const far = meanGlassLoss(table, !behind, roughness);
  if (!(near > LEAST_LOSS) || !(far > LEAST_LOSS)) return lost;
  // Eye and light may change places if share * loss * index^2 is the same on both sides.
  const root = (ratio - 1) / (ratio + 1);
  const mean = root * root + (<f32>1 - root * root) * <f32>(1.0 / 21.0);
  const share = ((<f32>1 - mean) * smaller(near, far / (ratio * ratio))) / near;
  glassBounced = (coverLeft * glass * (<f32>1 - share) * lost * INVERSE_PI) / near;
  glassThrough = (share * lost * INVERSE_PI) / far;
  cosineReturned += glass * (<f32>1 - share) * lost;
  cosinePassed += brightness * share * lost;
  return lost;
}

/** f cos over pi's density, RGB, for a direction with z > 0; with what the cover leaves both ways. */
export function cosineTowards(incoming: v128): v128 {
  const cos = zOf(incoming);
  let value = splat(0);
  if (hasDiffuse || hasBounced) {
    const kept = keptTowards(incoming);
    if (hasDiffuse) value = scale(diffuse, leftByLayer(kept));
    if (hasBounced) value = add(value, scale(bounced, lossIn(kept)));
  }
  if (glassBounced > 0) value = add(value, splat(glassBounced * glassLoss(table, isBehind, roughness, cos)));
  return scale(value, isCovered ? leftTowards(incoming) * cos : cos);
}

/** What of the diffuse light goes on behind, for a direction given mirrored to the front: the sheet has its layer and cover towards both. */
export function translucentBehind(mirrored: v128): v128 {
  const cos = zOf(mirrored);
  const left = leftByLayer(keptTowards(mirrored)) * cos;
  return scale(translucent, isCovered ? left * leftTowards(mirrored) : left);
}

/** The same for a direction behind, given mirrored to the front; without the cover. */
export function cosineBehind(mirrored: v128): v128 {
  const cos = zOf(mirrored);
  let amount = bouncedThrough > 0 ? bouncedThrough * lossIn(keptTowards(mirrored)) : 0;
  if (glassThrough > 0) amount += glassThrough * glassLoss(table, !isBehind, roughness, cos);
  return scale(passing, amount * cos);
}
