// Reading ahead. Shading a hit reads a dozen places that have nothing to do with those of the hit before: corners, normals,
// texels. One after the other, each is waited for. Here a few hits are looked at in advance, step by step, with loads that
// follow each other without work in between, so that the memory answers many of them at once (bvh/flight.ts does the same
// for the hierarchy). What is read then lies in the cache when shading asks for it; footprints are kept for it, too.
import { isMany } from './emitters';
import { Footprint, FOOTPRINTS, measureAt } from './footprint';
import {
  MATERIAL_BASE_COLOR_TEXTURE,
  MATERIAL_METALLIC_ROUGHNESS_TEXTURE,
  MATERIAL_NORMAL_TEXTURE,
  SCENE_NORMALS,
  SCENE_POSITIONS,
  SCENE_TANGENTS,
  SCENE_TEXEL_BYTES,
  SCENE_UV0,
  SCENE_VERTEX_COUNT,
  TEXTURE_LAYOUT,
  TEXTURE_TEXELS,
} from './layout';
import { HIT_BYTES, hits } from './paths';
import { cornersOf, materialOf, scene, triangleCount } from './scene';

/** So many hits at once: 16 have some 200 cache lines, well within the first level. */
export const AHEAD: u32 = FOOTPRINTS;
/** Bytes. What is smaller stays in the second level by itself, and looking ahead would only cost (measured: 2 to 4 %). */
const LARGE_TABLES: u32 = 1 << 22;
const LARGE_TEXTURES: u32 = 1 << 20;

/** For hits `first` up to `end` of the batch; footprints of hit i are at i - first. */
export function readAhead(first: u32, end: u32): void {
  const isTextured = load<u32>(scene, SCENE_TEXEL_BYTES) > LARGE_TEXTURES;
  const isLarge = triangleCount() * 16 + load<u32>(scene, SCENE_VERTEX_COUNT) * 24 > LARGE_TABLES;
  if (!isTextured && !isLarge && !isMany()) return;
  for (let i = first; i < end; i++) {
    const triangle = triangleOf(i);
    if (triangle < 0) continue;
    load<u32>(cornersOf(triangle));
    load<u32>(cornersOf(triangle), 8);
    load<u32>(materialOf(triangle));
  }
  const positions = load<usize>(scene, SCENE_POSITIONS);
  const normals = load<usize>(scene, SCENE_NORMALS);
  for (let i = first; i < end; i++) {
    const triangle = triangleOf(i);
    if (triangle < 0) continue;
    const corners = cornersOf(triangle);
    for (let k: usize = 0; k < 12; k += 4) {
      const vertex = <usize>load<u32>(corners + k);
      load<f32>(positions + vertex * 12);
      load<f32>(normals + vertex * 12);
    }
  }
  if (isTextured) readTexturesAhead(first, end);
}

function triangleOf(i: u32): i32 {
  return load<i32>(hits + <usize>i * HIT_BYTES, 12);
}

function readTexturesAhead(first: u32, end: u32): void {
  const tangents = load<usize>(scene, SCENE_TANGENTS);
  const uvs = load<usize>(scene, SCENE_UV0);
  for (let i = first; i < end; i++) {
    const triangle = triangleOf(i);
    if (triangle < 0) continue;
    const corners = cornersOf(triangle);
    for (let k: usize = 0; k < 12; k += 4) {
      const vertex = <usize>load<u32>(corners + k);
      if (uvs) load<f32>(uvs + (vertex << 3));
      if (tangents) load<f32>(tangents + (vertex << 4));
    }
  }
  for (let i = first; i < end; i++) {
    const triangle = triangleOf(i);
    if (triangle < 0) continue;
    const material = materialOf(triangle);
    const metallicRoughness = load<usize>(material, MATERIAL_METALLIC_ROUGHNESS_TEXTURE);
    const normal = load<usize>(material, MATERIAL_NORMAL_TEXTURE);
    let texture = load<usize>(material, MATERIAL_BASE_COLOR_TEXTURE);
    if (!texture) texture = metallicRoughness ? metallicRoughness : normal;
    if (!texture) continue;
    const hit = hits + <usize>i * HIT_BYTES;
    const at = measureAt(i - first, texture, cornersOf(triangle), load<f32>(hit, 4), load<f32>(hit, 8));
    touchTexels(texture, at);
    if (metallicRoughness) touchTexels(metallicRoughness, at);
    if (normal) touchTexels(normal, at);
  }
}

/** Two of the four are in all cache lines that a footprint has, but for the rare one across a corner of four squares. */
function touchTexels(texture: usize, at: Footprint): void {
  if (load<u32>(texture, TEXTURE_LAYOUT) != at.layout) return;
  const texels = load<usize>(texture, TEXTURE_TEXELS);
  load<u32>(texels + at.upperLeft);
  load<u32>(texels + at.lowerRight);
}
