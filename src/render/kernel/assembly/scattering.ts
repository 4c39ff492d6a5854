// How light scatters at the surface in hand: the door from the integrator to the plain materials of bsdf.ts, which most
// are and which must stay fast, and to those with layers.
import { evaluateBsdf as evaluatePlain, isMirror as isPlainMirror, passesThin, prepareBsdf, sampleBsdf as samplePlain } from './bsdf';
import { setFrame, setFrameAlong, toLocal } from './frame';
import { evaluateLayered, isLayeredMirror, onlyColor, prepareLayered, sampleLayered } from './layered';
import { layersOf } from './layers';
import { LAYERS_DISPERSION } from './layout';
import { absorbed, colorOf, cross, followColor, mediumBefore, mediumOf } from './medium';
import { Path } from './paths';
import { whiteNoise } from './sampler';
import { coatNormal, grain, hasGrain, isFront, metallic, roughness, shadingNormal } from './surface';
import { mul } from './vector';

/** Layers record of the material in hand; 0: plain. */
export let layers: usize = 0;
/** The colour that goes on alone if the light passes, 0: none. */
let parting: u32 = 0;
/** The number behind `whiteNoise` that parts colours; those of coverage are far below. */
const PARTING: u32 = 0x40000000;

/** Takes the surface in hand (after `shade`), as seen along a path. @returns false if it is black. */
export function prepareScattering(path: Path, material: usize, base: v128, outgoing: v128): bool {
  layers = layersOf(material);
  if (layers) return prepareWithLayers(path, material, base, outgoing);
  setFrame(shadingNormal);
  return prepareBsdf(material, base, metallic, roughness, toLocal(outgoing));
}

function prepareWithLayers(path: Path, material: usize, base: v128, outgoing: v128): bool {
  if (hasGrain) setFrameAlong(shadingNormal, grain);
  else setFrame(shadingNormal);
  let color = colorOf(path);
  parting = 0;
  if (!color && load<f32>(layers, LAYERS_DISPERSION) != 0) {
    color = 1 + min(<u32>(whiteNoise(path.pixelHash, path.reversedSample, PARTING) * 3), 2);
    if (isFront) parting = color;
    else {
      // Within, total reflection parts the colours too.
      path.throughput = mul(path.throughput, onlyColor(color));
      followColor(path, color);
    }
  }
  return prepareLayered(
    material,
    layers,
    base,
    metallic,
    roughness,
    toLocal(outgoing),
    toLocal(coatNormal),
    isFront,
    color,
    parting != 0,
  );
}

export function isMirror(): bool {
  return layers ? isLayeredMirror() : isPlainMirror();
}

/** Whether light from behind the surface in hand may come through. */
export function passesLight(): bool {
  return layers ? true : passesThin();
}

/** (f cos) RGB, and in w the density per steradian with which `sampleBsdf` gives this direction. */
export function evaluateBsdf(incoming: v128): v128 {
  return layers ? evaluateLayered(incoming) : evaluatePlain(incoming);
}

/** A direction from three numbers in [0, 1); `evaluateBsdf` says 0 where it is none. */
export function sampleBsdf(u1: f32, u2: f32, lobe: f32): v128 {
  return layers ? sampleLayered(u1, u2, lobe) : samplePlain(u1, u2, lobe);
}

/** What arrives of light that a path found at the end of a segment, or at a surface with this material. */
export function dimBySegment(path: Path, material: usize, distance: f32, isFrontHit: bool): void {
  const medium = mediumBefore(path, layersOf(material), isFrontHit);
  if (medium) path.throughput = absorbed(path.throughput, medium, distance);
}

/** The same, for layered materials and paths within a volume, of light that a shadow ray would bring, from the side that is looked at or through the surface. */
export function dimByShadow(path: Path, light: v128, distance: f32, isThrough: bool): v128 {
  const inside = path.inside;
  const around = path.around;
  if (isThrough) passSurface(path);
  const medium = isThrough ? mediumOf(path) : mediumBefore(path, layers, isFront);
  path.inside = inside;
  path.around = around;
  return medium ? absorbed(light, medium, distance) : light;
}

/** The path goes on behind the layered surface in hand. */
export function passSurface(path: Path): void {
  cross(path, layers, isFront);
  if (parting) followColor(path, parting);
}
