// Materials with more than metal and roughness, as the KHR_materials extensions stack them (the local frame is bsdf.ts's):
//   coat        coat.ts
//   sheen       sheen.ts
//   interface   interface.ts: reflection, and what passes into a volume or behind a thin sheet
//   cosine      cosine.ts: further bounces between facets, and the diffuse base, of which a part may go on behind
// To the interface, coat and sheen leave the smaller of what they leave towards eye and towards light: the two may change
// places, and no direction gets more than there is.
import { coatAlbedo, coatDensity, coatValue, evaluateCoat, sampleCoat } from './coat';
import {
  addGlass,
  cosineAtFacets,
  cosineBehind,
  cosinePassed,
  cosineReturned,
  cosineTowards,
  isTranslucent,
  keptA,
  keptB,
  setCosine,
  translucentBehind,
} from './cosine';
import { coatLeft, coverLeft, hasCoat, hasSheen, isCoverSmooth, leftTowards, setCover, sheenReturned } from './cover';
import { alphaOf } from './ggx';
import { bendingIor, refractedCosine, smoothedRoughness } from './glass';
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
  filmStrength,
  filmThickness,
  haveLayers,
  sheenColor,
  specularColor,
  specularStrength,
  translucency,
  translucentColor,
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
import { highestReflectance, metalReflectance, setReflectance } from './reflectance';
import { sheenTowards } from './sheen';
import { stretchedAlpha } from './stretched';
import { circle } from './trigonometry';
import {
  add,
  clamp,
  larger,
  luminance,
  mul,
  scale,
  smaller,
  splat,
  vec3,
  withW,
  wOf,
  zOf,
} from './vector';

const INVERSE_PI: f32 = 0.31830987;
const INVERSE_TAU: f32 = 0.15915494;
/** What returns less is black: the inverse of smaller numbers overflows. */
const DARKEST: f32 = 1e-30;

let isVolume: bool = false;
/** Whether the surface is looked at from within its volume. */
let isBehind: bool = false;

// Chances of the lobes.
let pCoat: f32 = 0;
let pSheen: f32 = 0;
let pInterface: f32 = 0;
let pCosine: f32 = 0;
let pBehind: f32 = 0;

/** Index of refraction of the medium for one colour (0: for all). */
function iorOf(layers: usize, color: u32): f32 {
  const ior = load<f32>(layers, LAYERS_IOR);
  if (!color) return bendingIor(ior);
  const bent = ior + (<f32>color - 2) * load<f32>(layers, LAYERS_DISPERSION);
  return bendingIor(ior > 1 ? larger(bent, 1) : bent);
}

/** White for light of all colours; one primary, three times as bright, for the one of three that goes on alone. */
export function onlyColor(color: u32): v128 {
  return vec3(color == 1 ? 3 : 0, color == 2 ? 3 : 0, color == 3 ? 3 : 0);
}

/**
 * Takes a point in hand, after `readLayers`. `coatNormal` is local like `outgoing` (z > 0). `color` is the one of dispersion
 * that light is bent for (0 all, 1 red .. 3 blue); where `isParting` only that one passes, three times as much.
 * @returns false if it is black.
 */
export function prepareLayered(
  material: usize,
  layers: usize,
  base: v128,
  metallic: f32,
  perceptualRoughness: f32,
  outgoing: v128,
  coatNormal: v128,
  isFront: bool,
  color: u32,
  isParting: bool,
): bool {
  isVolume = haveLayers(layers, LAYERS_HAVE_VOLUME);
  isBehind = isVolume && !isFront;
  setCover(coatNormal, outgoing, !isBehind);

  let roughness = perceptualRoughness;
  if (isVolume) roughness = smoothedRoughness(roughness, load<f32>(layers, LAYERS_IOR));
  const alpha = alphaOf(roughness);
  setFacets(outgoing, stretchedAlpha(alpha, anisotropy), alpha);
  const f0 = f32x4.pmin(splat(1), scale(specularColor, load<f32>(material, MATERIAL_F0)));
  const f90 = load<f32>(material, MATERIAL_F90) * specularStrength;
  const filmIor = load<f32>(layers, LAYERS_FILM_IOR);
  setReflectance(scale(f0, specularStrength), f90, base, filmStrength, filmIor, filmThickness);

  const body = scale(base, <f32>1 - metallic);
  const solid = scale(body, <f32>1 - transmission);
  // A volume has its diffuse base inside, where nothing goes on.
  const leaving: f32 = isVolume ? 0 : translucency;
  let passing = scale(body, transmission);
  const brightness = luminance(passing);
  if (isParting) passing = mul(passing, onlyColor(color));
  const glass: f32 = isVolume ? (<f32>1 - metallic) * transmission : 0;
  const opaque: f32 = <f32>1 - metallic - glass;
  setBodies(metallic, opaque, glass);
  const ior = iorOf(layers, color);
  const ratio = isFront ? <f32>1 / ior : ior;
  setPassing(passing, brightness, isVolume, ratio);
  setCosine(
    outgoing,
    roughness,
    anisotropy,
    scale(solid, <f32>1 - leaving),
    scale(translucentColor, (<f32>1 - metallic) * (<f32>1 - transmission) * leaving),
    metallic,
    opaque,
    passing,
    !isVolume,
  );

  // How much meets the interface.
  const cosOut = zOf(outgoing);
  const kept = keptA + keptB;
  const cosFacets = cosineAtFacets(keptA, keptB);
  const ofDielectric = highestReflectance(cosFacets);
  let met = opaque * ofDielectric * kept;
  if (metallic > 0) met += metallic * luminance(metalReflectance(cosFacets)) * kept;
  if (glass > 0) {
    const lost = addGlass(outgoing, load<usize>(layers, LAYERS_GLASS_TABLE), isBehind, glass, brightness, ratio);
    const behind = refractedCosine(cosOut, ratio);
    const share: f32 = behind < 0 ? 1 : ratio > 1 ? highestReflectance(behind) : ofDielectric;
    met += (<f32>1 - lost) * (glass * share + brightness * (<f32>1 - share));
  } else met += brightness * (<f32>1 - ofDielectric) * kept;

  pInterface = met * coverLeft;
  pCosine = cosineReturned * coverLeft;
  pBehind = cosinePassed * coverLeft;
  pCoat = <f32>1 - coatLeft;
  pSheen = sheenReturned * coatLeft;
  const sum = pInterface + pCosine + pBehind + pCoat + pSheen;
  if (!(sum > DARKEST)) return false;
  const inverse = <f32>1 / sum;
  pInterface *= inverse;
  pCosine *= inverse;
  pBehind *= inverse;
  pCoat *= inverse;
  pSheen *= inverse;
  return true;
}

/** True when nothing but mirrors is in hand. */
export function isLayeredMirror(): bool {
  return pCosine == 0 && pBehind == 0 && isSmooth() && isCoverSmooth();
}

/** (f cos) RGB and density of `sampleLayered`. */
export function evaluateLayered(incoming: v128): v128 {
  const z = zOf(incoming);
  if (z < 0) return evaluateBehind(incoming, f32x4.replace_lane(incoming, 2, -z));
  if (!(z > 0)) return splat(0);
  const met = evaluateReflected(incoming);
  let value = met;
  let density = pInterface * wOf(met);
  if (hasCoat || hasSheen) value = scale(value, smaller(coverLeft, leftTowards(incoming)));
  if (pCosine > 0) {
    value = add(value, cosineTowards(incoming));
    density += pCosine * z * INVERSE_PI;
  }
  let coatLeaves: f32 = 1;
  if (hasCoat) {
    evaluateCoat(incoming);
    coatLeaves = smaller(coatLeft, <f32>1 - coatAlbedo(incoming));
    value = add(value, splat(coatValue));
    density += pCoat * coatDensity;
  }
  if (hasSheen) {
    value = add(value, scale(sheenColor, sheenTowards(incoming) * coatLeaves));
    density += pSheen * INVERSE_TAU;
  }
  return withW(value, density);
}

/** The same for a direction behind the surface, also given mirrored to the front. */
function evaluateBehind(incoming: v128, mirrored: v128): v128 {
  const met = evaluatePassed(incoming);
  let value = met;
  let density = pInterface * wOf(met);
  if (pBehind > 0) {
    value = add(value, cosineBehind(mirrored));
    density += pBehind * zOf(mirrored) * INVERSE_PI;
  }
  // A volume's cover is on its outside only; a thin sheet is taken to have it towards both.
  const left = isVolume ? (isBehind ? leftTowards(mirrored) : coverLeft) : smaller(coverLeft, leftTowards(mirrored));
  value = scale(value, left);
  return withW(isTranslucent ? add(value, translucentBehind(mirrored)) : value, density);
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
