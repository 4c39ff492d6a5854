// Materials with more than metal and roughness, as the KHR_materials extensions stack them (the local frame is bsdf.ts's):
//   coat        coat.ts
//   sheen       sheen.ts
//   interface   interface.ts: reflection, and what passes into a volume or behind a thin sheet
//   cosine      what facets lose to further bounces, on the side of the eye and behind; and the diffuse base
// Coat and sheen leave to what is below the smaller of what they leave towards eye and towards light: eye and light may
// change places, and no direction gets more than there is.
import { albedoAt, meanAlbedoAt } from './albedo';
import { furtherBounces } from './bsdf';
import { coatAlbedo, coatDensity, coatValue, evaluateCoat, isSmoothCoat, sampleCoat, setCoat } from './coat';
import { alphaOf } from './ggx';
import { bendingIor, glassLoss, meanGlassLoss, refractedCosine } from './glass';
import {
  evaluatePassed,
  evaluateReflected,
  isSmooth,
  sampleInterface,
  setBodies,
  setFacets,
  setPassing,
} from './interface';
import {
  anisotropy,
  coatRoughness,
  coatStrength,
  filmStrength,
  filmThickness,
  haveLayers,
  sheenColor,
  sheenRoughness,
  specularColor,
  specularStrength,
  transmission,
} from './layers';
import {
  LAYERS_DISPERSION,
  LAYERS_FILM_IOR,
  LAYERS_GLASS_TABLE,
  LAYERS_HAVE_VOLUME,
  LAYERS_IOR,
  MATERIAL_F0,
  MATERIAL_F90,
} from './layout';
import {
  dielectricF90,
  dielectricF0,
  dielectricReflectance,
  highestF0,
  highestF90,
  plainDielectricF0,
  plainMetalF0,
  setReflectance,
} from './reflectance';
import { setSheen, sheenAlbedo, sheenAlpha, sheenTowards } from './sheen';
import { circle } from './trigonometry';
import {
  add,
  clamp,
  larger,
  luminance,
  maxComponent,
  mul,
  scale,
  smaller,
  splat,
  vec3,
  withW,
  wOf,
  xOf,
  yOf,
  zOf,
} from './vector';

const INVERSE_PI: f32 = 0.31830987;
const INVERSE_TAU: f32 = 0.15915494;
/** As in bsdf.ts. */
const LEAST_LOSS: f32 = 1e-4;

let roughness: f32 = 0;
let isStretched: bool = false;
let alphaX2: f32 = 0;
let alphaY2: f32 = 0;

/** Whether coat and sheen lie on the side that is looked at: not within a volume. */
let isTopSeen: bool = false;
let isVolume: bool = false;
let hasCoat: bool = false;
let hasSheen: bool = false;
let sheenBrightest: f32 = 0;
/** What coat and sheen leave towards `outgoing`. */
let coatLeft: f32 = 1;
let sheenLeft: f32 = 1;

// The cosine lobes. Factors hold 1 / (pi mean) and what is known of `outgoing`.
let layerF0: f32 = 0;
let layerF90: f32 = 0;
let layerBounced: f32 = 0;
/** Diffuse RGB under the dielectric layer. */
let diffuse: v128 = f32x4.splat(0);
/** Further bounces between opaque facets, RGB, on this side; and grey behind a thin sheet. */
let bounced: v128 = f32x4.splat(0);
let bouncedThrough: f32 = 0;
let hasLoss: bool = false;
/** The same in glass. */
let glassTable: usize = 0;
let isBehind: bool = false;
let glassBounced: f32 = 0;
let glassThrough: f32 = 0;
let passing: v128 = f32x4.splat(0);

// Chances of the lobes.
let pCoat: f32 = 0;
let pSheen: f32 = 0;
let pInterface: f32 = 0;
let pCosine: f32 = 0;
let pBehind: f32 = 0;

/** Perceptual roughness as light along a direction meets it. */
function roughnessTowards(direction: v128): f32 {
  if (!isStretched) return roughness;
  const x2 = xOf(direction) * xOf(direction);
  const y2 = yOf(direction) * yOf(direction);
  const across = x2 + y2;
  if (!(across > 1e-6)) return Mathf.sqrt(Mathf.sqrt((alphaX2 + alphaY2) * 0.5));
  return Mathf.sqrt(Mathf.sqrt((alphaX2 * x2 + alphaY2 * y2) / across));
}

/** A and B over the hemisphere; with stretched facets the mean of two directions that stand for all around. */
function meanAlbedo(): v128 {
  if (!isStretched) return meanAlbedoAt(roughness);
  const near = Mathf.sqrt(Mathf.sqrt(alphaX2 + (alphaY2 - alphaX2) * <f32>0.14644661));
  const far = Mathf.sqrt(Mathf.sqrt(alphaX2 + (alphaY2 - alphaX2) * <f32>0.85355339));
  return scale(add(meanAlbedoAt(near), meanAlbedoAt(far)), 0.5);
}

/** What the dielectric layer leaves to the diffuse base. */
function leftByLayer(a: f32, b: f32): f32 {
  return larger(<f32>1 - (layerF0 * a + layerF90 * b + layerBounced * (<f32>1 - a - b)), 0);
}

/**
 * Takes a point in hand, after `readLayers`. `normal` is the coat's, local like `outgoing` (z > 0). `color` is the one of
 * dispersion that light is bent for (0 none, 1 red .. 3 blue); where `isParting` only that one passes, three times as much.
 * @returns false if it is black.
 */
export function prepareLayered(
  material: usize,
  layers: usize,
  base: v128,
  metallic: f32,
  perceptualRoughness: f32,
  outgoing: v128,
  normal: v128,
  isFront: bool,
  color: u32,
  isParting: bool,
): bool {
  roughness = perceptualRoughness;
  const cosOut = zOf(outgoing);
  isVolume = haveLayers(layers, LAYERS_HAVE_VOLUME);
  isBehind = isVolume && !isFront;
  isTopSeen = !isBehind;

  const alpha = alphaOf(roughness);
  isStretched = anisotropy > 0;
  const alphaX = isStretched ? alpha + (<f32>1 - alpha) * anisotropy * anisotropy : alpha;
  alphaX2 = alphaX * alphaX;
  alphaY2 = alpha * alpha;
  setFacets(outgoing, alphaX, alpha);

  const f0 = f32x4.pmin(splat(1), scale(specularColor, load<f32>(material, MATERIAL_F0)));
  setReflectance(
    scale(f0, specularStrength),
    load<f32>(material, MATERIAL_F90) * specularStrength,
    base,
    filmStrength,
    load<f32>(layers, LAYERS_FILM_IOR),
    filmThickness,
  );
  const body = scale(base, <f32>1 - metallic);
  passing = scale(body, transmission);
  const brightness = luminance(passing);
  if (isParting) passing = mul(passing, vec3(color == 1 ? 3 : 0, color == 2 ? 3 : 0, color == 3 ? 3 : 0));
  const glass: f32 = isVolume ? (<f32>1 - metallic) * transmission : 0;
  const opaque: f32 = <f32>1 - metallic - glass;
  setBodies(metallic, opaque, glass);
  let ior = load<f32>(layers, LAYERS_IOR);
  if (color) {
    const bent = ior + (<f32>color - 2) * load<f32>(layers, LAYERS_DISPERSION);
    ior = ior > 1 ? larger(bent, 1) : bent;
  }
  ior = bendingIor(ior);
  const ratio = isFront ? <f32>1 / ior : ior;
  setPassing(passing, brightness, isVolume, ratio);

  // The layers on top.
  hasCoat = coatStrength > 0;
  coatLeft = 1;
  if (hasCoat) {
    setCoat(coatStrength, coatRoughness, normal, outgoing);
    coatLeft = <f32>1 - coatAlbedo(outgoing);
  }
  sheenBrightest = maxComponent(sheenColor);
  hasSheen = sheenBrightest > 0;
  sheenLeft = 1;
  let sheenOut: f32 = 0;
  if (hasSheen) {
    setSheen(outgoing, sheenAlpha(sheenRoughness));
    sheenOut = sheenAlbedo(sheenRoughness, cosOut);
    sheenLeft = <f32>1 - sheenBrightest * sheenOut;
  }

  // Further bounces and the diffuse base.
  const mean = meanAlbedo();
  const meanA = xOf(mean);
  const meanB = yOf(mean);
  const meanKept = meanA + meanB;
  const towards = albedoAt(roughnessTowards(outgoing), cosOut);
  const a = xOf(towards);
  const b = yOf(towards);
  const loss = larger(<f32>1 - a - b, 0);
  const metalF0 = plainMetalF0();
  const ofDielectric = furtherBounces(plainDielectricF0(), dielectricF90, meanKept);
  let ofAll = scale(ofDielectric, opaque);
  if (metallic > 0) ofAll = add(ofAll, scale(furtherBounces(metalF0, 1, meanKept), metallic));
  layerF0 = highestF0();
  layerF90 = highestF90();
  layerBounced = xOf(furtherBounces(splat(layerF0), layerF90, meanKept));
  const layer = leftByLayer(a, b);
  diffuse = scale(body, <f32>1 - transmission);
  let cosine = luminance(diffuse) * layer;
  diffuse = scale(diffuse, (layer * INVERSE_PI) / larger(leftByLayer(meanA, meanB), LEAST_LOSS));
  hasLoss = <f32>1 - meanKept > LEAST_LOSS;
  bounced = splat(0);
  bouncedThrough = 0;
  let behind: f32 = 0;
  if (hasLoss) {
    const spread = (loss * INVERSE_PI) / (<f32>1 - meanKept);
    cosine += luminance(ofAll) * loss;
    bounced = scale(ofAll, spread);
    if (!isVolume) {
      const through = <f32>1 - layerBounced;
      behind = brightness * through * loss;
      bouncedThrough = through * spread;
    }
  }

  // What meets the interface.
  const plain = add(scale(dielectricF0, opaque * a), splat(dielectricF90 * opaque * b));
  let met = luminance(plain) + metallic * (luminance(metalF0) * a + b);
  glassBounced = 0;
  glassThrough = 0;
  glassTable = 0;
  if (glass > 0) {
    glassTable = load<usize>(layers, LAYERS_GLASS_TABLE);
    const lost = glassLoss(glassTable, isBehind, roughnessTowards(outgoing), cosOut);
    const behindCos = refractedCosine(cosOut, ratio);
    const share: f32 = behindCos < 0 ? 1 : maxComponent(dielectricReflectance(ratio > 1 ? behindCos : cosOut));
    met += (<f32>1 - lost) * (glass * share + brightness * (<f32>1 - share));
    const meanNear = meanGlassLoss(glassTable, isBehind, roughness);
    const meanFar = meanGlassLoss(glassTable, !isBehind, roughness);
    if (meanNear > LEAST_LOSS && meanFar > LEAST_LOSS) {
      // Lost light passes in the share that lets eye and light change places: share * loss * index^2 is the same on both sides.
      const far = meanFar / (ratio * ratio);
      const through = ((<f32>1 - share1(ior)) * smaller(meanNear, far)) / meanNear;
      glassBounced = (glass * (<f32>1 - through) * lost * INVERSE_PI) / meanNear;
      glassThrough = (through * lost * INVERSE_PI) / meanFar;
      cosine += glass * (<f32>1 - through) * lost;
      behind += brightness * through * lost;
    }
  } else met += brightness * larger(a + b - (layerF0 * a + layerF90 * b), 0);

  const below = isTopSeen ? coatLeft * sheenLeft : <f32>1;
  pInterface = met * below;
  pCosine = cosine * below;
  pBehind = behind * below;
  pCoat = hasCoat && isTopSeen ? <f32>1 - coatLeft : 0;
  pSheen = hasSheen && isTopSeen ? luminance(sheenColor) * sheenOut * coatLeft : 0;
  const sum = pInterface + pCosine + pBehind + pCoat + pSheen;
  if (!(sum > 0)) return false;
  const inverse = <f32>1 / sum;
  pInterface *= inverse;
  pCosine *= inverse;
  pBehind *= inverse;
  pCoat *= inverse;
  pSheen *= inverse;
  return true;
}

/** Mean reflectance of a bare interface, both of its sides sharing one number. */
function share1(ior: f32): f32 {
  const root = (ior - 1) / (ior + 1);
  const f0 = root * root;
  return f0 + (<f32>1 - f0) * <f32>(1.0 / 21.0);
}

/** True when nothing but mirrors is in hand. */
export function isLayeredMirror(): bool {
  if (pCosine > 0 || pBehind > 0 || pSheen > 0) return false;
  return isSmooth() && (!(pCoat > 0) || isSmoothCoat());
}

/** (f cos) RGB and density of `sampleLayered`. */
export function evaluateLayered(incoming: v128): v128 {
  const z = zOf(incoming);
  if (z < 0) return evaluateBehind(incoming, f32x4.replace_lane(incoming, 2, -z));
  if (!(z > 0)) return splat(0);
  const met = evaluateReflected(incoming);
  let value = met;
  let density = pInterface * wOf(met);
  if (pCosine > 0) {
    const towards = albedoAt(roughnessTowards(incoming), z);
    const a = xOf(towards);
    const b = yOf(towards);
    value = add(value, scale(diffuse, leftByLayer(a, b) * z));
    if (hasLoss) value = add(value, scale(bounced, larger(<f32>1 - a - b, 0) * z));
    if (glassBounced > 0) {
      value = add(value, splat(glassBounced * glassLoss(glassTable, isBehind, roughnessTowards(incoming), z) * z));
    }
    density += pCosine * z * INVERSE_PI;
  }
  if (!isTopSeen) return withW(value, density);
  if (hasSheen) {
    value = scale(value, smaller(sheenLeft, sheenLeaves(z)));
    value = add(value, scale(sheenColor, sheenTowards(incoming)));
    density += pSheen * INVERSE_TAU;
  }
  if (hasCoat) {
    value = scale(value, smaller(coatLeft, <f32>1 - coatAlbedo(incoming)));
    evaluateCoat(incoming);
    value = add(value, splat(coatValue));
    density += pCoat * coatDensity;
  }
  return withW(value, density);
}

function sheenLeaves(cos: f32): f32 {
  return <f32>1 - sheenBrightest * sheenAlbedo(sheenRoughness, cos);
}

/** The same for a direction behind the surface, also given mirrored to the front. */
function evaluateBehind(incoming: v128, mirrored: v128): v128 {
  const met = evaluatePassed(incoming);
  let value = met;
  let density = pInterface * wOf(met);
  if (pBehind > 0) {
    const z = zOf(mirrored);
    let amount: f32 = 0;
    if (glassThrough > 0) {
      amount = glassThrough * glassLoss(glassTable, !isBehind, roughnessTowards(mirrored), z);
    } else if (bouncedThrough > 0) {
      const towards = albedoAt(roughnessTowards(mirrored), z);
      amount = bouncedThrough * larger(<f32>1 - xOf(towards) - yOf(towards), 0);
    }
    value = add(value, scale(passing, amount * z));
    density += pBehind * z * INVERSE_PI;
  }
  // A volume's coat and sheen are on its outside only; a thin sheet is taken to have them towards both.
  let left: f32 = 1;
  if (hasCoat) {
    const far = <f32>1 - coatAlbedo(mirrored);
    left = !isVolume ? smaller(coatLeft, far) : isBehind ? far : coatLeft;
  }
  if (hasSheen) {
    const far = sheenLeaves(zOf(mirrored));
    left *= !isVolume ? smaller(sheenLeft, far) : isBehind ? far : sheenLeft;
  }
  return withW(scale(value, left), density);
}

/** A direction from three numbers in [0, 1); zero where the light is lost. */
export function sampleLayered(u1: f32, u2: f32, lobe: f32): v128 {
  if (lobe < pInterface) return sampleInterface(u1, u2, lobe / pInterface);
  let rest = lobe - pInterface;
  if (rest < pCoat) return sampleCoat(u1, u2);
  rest -= pCoat;
  if (rest < pSheen) {
    const radius = Mathf.sqrt(clamp(<f32>1 - u2 * u2, 0, 1));
    return f32x4.replace_lane(scale(circle(u1), radius), 2, u2);
  }
  rest -= pSheen;
  const z = Mathf.sqrt(<f32>1 - u2);
  const isThrough = rest >= pCosine && pBehind > 0;
  return f32x4.replace_lane(scale(circle(u1), Mathf.sqrt(u2)), 2, isThrough ? -z : z);
}
