// From a hit to everything shading asks about the point: position, normals, the factors of the material there.
// The results are globals of this file ("the surface in hand"): one path is shaded at a time.
import { anisotropy, layersOf, readLayers, stretchX, stretchY } from './layers';
import {
  LAYERS_COAT_NORMAL_SCALE,
  LAYERS_COAT_NORMAL_TEXTURE,
  MATERIAL_METALLIC,
  MATERIAL_METALLIC_ROUGHNESS_TEXTURE,
  MATERIAL_NORMAL_SCALE,
  MATERIAL_NORMAL_TEXTURE,
  MATERIAL_ROUGHNESS,
  SCENE_NORMALS,
  SCENE_TANGENTS,
} from './layout';
import { extentOf } from './offset';
import {
  extentPlaced,
  normalPlaced,
  pointPlaced,
  setInstance,
  tangentPlaced,
  vectorPlaced,
} from './placed';
import { cornersOf, interpolate, positionOf, scene } from './scene';
import { sampleTexture } from './texture';
import {
  add,
  clamp,
  cross,
  dot,
  lengthOf,
  load3,
  negate,
  normalize,
  scale,
  sub,
  withW,
  wOf,
  xOf,
  yOf,
  zOf,
} from './vector';

export let position: v128 = f32x4.splat(0);
/** Unit length, on the side the ray came from. */
export let geometricNormal: v128 = f32x4.splat(0);
/** Unit length, interpolated and mapped, on the side the ray came from; see `bendTowards`. */
export let shadingNormal: v128 = f32x4.splat(0);
/** Whether the ray came from the side whose corners run counter-clockwise. */
export let isFront: bool = false;
/** The longest side of the box around the triangle's edges. */
export let extent: f32 = 0;
/** |edge1 x edge2|: twice the triangle's area. */
export let doubleArea: f32 = 0;
export let metallic: f32 = 0;
export let roughness: f32 = 0;
/** The coat's normal, as `shadingNormal`. With the two below for layered materials only. */
export let coatNormal: v128 = f32x4.splat(0);
/** Where a stretched highlight runs along; not unit length, nor at a right angle to the normal. */
export let grain: v128 = f32x4.splat(0);
export let hasGrain: bool = false;

/** Whether the hit is in an instance: its triangle's corners are in a mesh's space, and the instance is in hand. */
let isPlaced: bool = false;

/** Sets position, geometric normal and side; `instance` is -1 in the world itself. @returns false for a triangle without area. */
export function locate(triangle: u32, instance: i32, u: f32, v: f32, direction: v128): bool {
  const corners = cornersOf(triangle);
  const a = positionOf(load<u32>(corners));
  const edge1 = sub(positionOf(load<u32>(corners, 4)), a);
  const edge2 = sub(positionOf(load<u32>(corners, 8)), a);
  // From the corners, not along the ray: the error is that of the triangle's size, not that of the distance.
  position = add(add(a, scale(edge1, u)), scale(edge2, v));
  isPlaced = instance >= 0;
  if (isPlaced) return locatePlaced(instance, edge1, edge2, direction);
  extent = extentOf(edge1, edge2);
  const normal = cross(edge1, edge2);
  doubleArea = Mathf.sqrt(dot(normal, normal));
  if (!(doubleArea > 0)) return false;
  isFront = dot(normal, direction) < 0;
  geometricNormal = scale(normal, (isFront ? <f32>1 : <f32>-1) / doubleArea);
  return true;
}

/** `locate` from the mesh's space, where `position` is still, to the world. */
function locatePlaced(instance: u32, edge1: v128, edge2: v128, direction: v128): bool {
  setInstance(instance);
  position = pointPlaced(position);
  extent = extentPlaced(edge1, edge2, position);
  doubleArea = lengthOf(cross(vectorPlaced(edge1), vectorPlaced(edge2)));
  const normal = normalPlaced(cross(edge1, edge2));
  if (!(dot(normal, normal) > 0)) return false;
  isFront = dot(normal, direction) < 0;
  geometricNormal = isFront ? normal : negate(normal);
  return true;
}

/** Sets the shading normal and the factors; after `locate`. `outgoing` is unit length and points back along the ray. */
export function shade(material: usize, triangle: u32, u: f32, v: f32, outgoing: v128): void {
  const corners = cornersOf(triangle);
  const normals = load<usize>(scene, SCENE_NORMALS);
  let a = load3(normals + <usize>load<u32>(corners) * 12);
  let b = load3(normals + <usize>load<u32>(corners, 4) * 12);
  let c = load3(normals + <usize>load<u32>(corners, 8) * 12);
  if (isPlaced) {
    a = normalPlaced(a);
    b = normalPlaced(b);
    c = normalPlaced(c);
  }
  const smooth = interpolate(a, b, c, u, v);
  const map = load<usize>(material, MATERIAL_NORMAL_TEXTURE);
  const strength = load<f32>(material, MATERIAL_NORMAL_SCALE);
  const normal = map ? mapped(map, strength, corners, u, v, smooth) : smooth;
  // Inlined for speed: the coat's normal is the rarer call.
  shadingNormal = inline.always(facing(normal, outgoing));
  metallic = load<f32>(material, MATERIAL_METALLIC);
  roughness = load<f32>(material, MATERIAL_ROUGHNESS);
  const texture = load<usize>(material, MATERIAL_METALLIC_ROUGHNESS_TEXTURE);
  if (texture) {
    const texel = sampleTexture(texture, corners, u, v, false);
    roughness *= yOf(texel);
    metallic *= zOf(texel);
  }
  const layers = layersOf(material);
  if (layers) shadeLayers(material, layers, corners, u, v, smooth, outgoing);
}

function shadeLayers(
  material: usize,
  layers: usize,
  corners: usize,
  u: f32,
  v: f32,
  smooth: v128,
  outgoing: v128,
): void {
  readLayers(material, layers, corners, u, v);
  const map = load<usize>(layers, LAYERS_COAT_NORMAL_TEXTURE);
  const strength = load<f32>(layers, LAYERS_COAT_NORMAL_SCALE);
  coatNormal = facing(map ? mapped(map, strength, corners, u, v, smooth) : smooth, outgoing);
  hasGrain = false;
  const tangents = load<usize>(scene, SCENE_TANGENTS);
  if (!(anisotropy > 0) || !tangents) return;
  const a = v128.load(tangents + ((<usize>load<u32>(corners)) << 4));
  const b = v128.load(tangents + ((<usize>load<u32>(corners, 4)) << 4));
  const c = v128.load(tangents + ((<usize>load<u32>(corners, 8)) << 4));
  const unit = normalize(smooth);
  let tangent = interpolate(a, b, c, u, v);
  if (isPlaced) tangent = tangentPlaced(withW(tangent, wOf(a)), unit);
  const bitangent = scale(cross(unit, tangent), isPlaced ? wOf(tangent) : wOf(a));
  grain = add(scale(tangent, stretchX), scale(bitangent, stretchY));
  hasGrain = dot(grain, grain) > 1e-12;
}

/** Unit length, turned to the side the ray came from; the geometric normal where there is none. */
function facing(normal: v128, outgoing: v128): v128 {
  const length = Mathf.sqrt(dot(normal, normal));
  if (!(length > 1e-12)) return geometricNormal;
  return bendTowards(scale(normal, (isFront ? <f32>1 : <f32>-1) / length), geometricNormal, outgoing);
}

/** A normal map's normal in world space, not unit length; `normal` where the corners have no tangents. */
function mapped(texture: usize, factor: f32, corners: usize, u: f32, v: f32, normal: v128): v128 {
  const tangents = load<usize>(scene, SCENE_TANGENTS);
  if (!tangents) return normal;
  const a = v128.load(tangents + ((<usize>load<u32>(corners)) << 4));
  const b = v128.load(tangents + ((<usize>load<u32>(corners, 4)) << 4));
  const c = v128.load(tangents + ((<usize>load<u32>(corners, 8)) << 4));
  const unit = normalize(normal);
  let tangent = interpolate(a, b, c, u, v);
  if (isPlaced) tangent = tangentPlaced(withW(tangent, wOf(a)), unit);
  if (!(dot(tangent, tangent) > 1e-12)) return normal;
  const bitangent = scale(cross(unit, tangent), isPlaced ? wOf(tangent) : wOf(a));
  const texel = sampleTexture(texture, corners, u, v, false);
  const strength = factor * 2;
  return add(
    add(scale(tangent, (xOf(texel) - 0.5) * strength), scale(bitangent, (yOf(texel) - 0.5) * strength)),
    scale(unit, zOf(texel) * 2 - 1),
  );
}

/**
 * A shading normal as seen from `outgoing` may mirror into the surface, which shows as black rims. If it does, the mirror
 * direction is lifted to just above the true surface and the normal put halfway (Cycles keeps reflections valid alike).
 */
function bendTowards(normal: v128, trueNormal: v128, outgoing: v128): v128 {
  const cosOut = dot(trueNormal, outgoing);
  const least = clamp(cosOut * 0.9, 0, 0.01);
  const mirrored = sub(scale(normal, dot(normal, outgoing) * 2), outgoing);
  const height = dot(trueNormal, mirrored);
  if (height >= least) return normal;
  const lifted = normalize(add(mirrored, scale(trueNormal, least - height)));
  return normalize(add(lifted, outgoing));
}
