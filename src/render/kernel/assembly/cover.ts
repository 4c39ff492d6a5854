// What lies over the interface of a layered material, coat and sheen, and what the two leave to it. (The extensions count
// what each takes by its directional albedo.)
import { coatAlbedo, coatAlbedoAt, isSmoothCoat, setCoat } from './coat';
import { coatRoughness, coatStrength, sheenColor, sheenRoughness } from './layers';
import { setSheen, sheenAlbedo } from './sheen';
import { luminance, maxComponent, zOf } from './vector';

/** Whether there is any in hand, on the side that is looked at. */
export let hasCoat: bool = false;
export let hasSheen: bool = false;
/** What the coat leaves towards the direction that is looked from, and what both do. */
export let coatLeft: f32 = 1;
export let coverLeft: f32 = 1;
/** Luminance that the sheen returns, before the coat. */
export let sheenReturned: f32 = 0;
let brightest: f32 = 0;
let isCoated: bool = false;
let isSheeny: bool = false;

/** Takes both in hand, after `readLayers`; the coat's normal and the direction are local. Within a volume neither is seen, but light that leaves meets them. */
export function setCover(normal: v128, outgoing: v128, isSeen: bool): void {
  isCoated = coatStrength > 0;
  brightest = maxComponent(sheenColor);
  isSheeny = brightest > 0;
  hasCoat = isCoated && isSeen;
  hasSheen = isSheeny && isSeen;
  coatLeft = 1;
  coverLeft = 1;
  sheenReturned = 0;
  if (isCoated) setCoat(coatStrength, coatRoughness, normal, outgoing);
  if (hasCoat) {
    coatLeft = <f32>1 - coatAlbedo(outgoing);
    coverLeft = coatLeft;
  }
  if (hasSheen) {
    setSheen(outgoing, sheenRoughness);
    const albedo = sheenAlbedo(sheenRoughness, zOf(outgoing));
    sheenReturned = luminance(sheenColor) * albedo;
    coverLeft *= <f32>1 - brightest * albedo;
  }
}

export function hasCover(): bool {
  return hasCoat || hasSheen;
}

/** What both leave towards a local direction with z > 0, from whichever side of the surface light comes. */
export function leftTowards(direction: v128): f32 {
  const left: f32 = isCoated ? <f32>1 - coatAlbedo(direction) : 1;
  return isSheeny ? left * (<f32>1 - brightest * sheenAlbedo(sheenRoughness, zOf(direction))) : left;
}

/** The same by cosine, as if the coat had the surface's normal. */
export function leftAt(cos: f32): f32 {
  const left: f32 = isCoated ? <f32>1 - coatAlbedoAt(cos) : 1;
  return isSheeny ? left * (<f32>1 - brightest * sheenAlbedo(sheenRoughness, cos)) : left;
}

/** True when the coat, if any, is a mirror. */
export function isCoverSmooth(): bool {
  return !hasSheen && (!hasCoat || isSmoothCoat());
}
