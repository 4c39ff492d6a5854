// Texture look-ups: uv interpolation, KHR_texture_transform, wrap modes, nearest or bilinear, sRGB decoding. Whatever the
// uv is (huge, NaN), the texel read lies inside the image.
import { coordinatesAt, footprintOf } from './footprint';
import { TEXTURE_HEIGHT, TEXTURE_NEAREST, TEXTURE_TEXELS, TEXTURE_WIDTH } from './layout';
import { columnPart, decode, rowPart } from './texels';
import { mix, xOf, yOf } from './vector';

/** Linear RGBA at barycentrics (u, v) of the triangle whose corners are at `corners`; `isSrgb`: RGB is sRGB encoded. */
export function sampleTexture(texture: usize, corners: usize, u: f32, v: f32, isSrgb: bool): v128 {
  const texels = load<usize>(texture, TEXTURE_TEXELS);
  if (load<u32>(texture, TEXTURE_NEAREST)) return nearest(texture, corners, u, v, isSrgb);
  const at = footprintOf(texture, corners, u, v);
  const upper = mix(decode(texels + at.upperLeft, isSrgb), decode(texels + at.upperRight, isSrgb), at.x);
  const lower = mix(decode(texels + at.lowerLeft, isSrgb), decode(texels + at.lowerRight, isSrgb), at.x);
  return mix(upper, lower, at.y);
}

function nearest(texture: usize, corners: usize, u: f32, v: f32, isSrgb: bool): v128 {
  const width = load<i32>(texture, TEXTURE_WIDTH);
  const height = load<i32>(texture, TEXTURE_HEIGHT);
  const st = coordinatesAt(texture, corners, u, v);
  // A coordinate of exactly 1 is the last texel, not the first.
  const column = min(<i32>(xOf(st) * <f32>width), width - 1);
  const row = min(<i32>(yOf(st) * <f32>height), height - 1);
  const texel = load<usize>(texture, TEXTURE_TEXELS) + rowPart(row, width) + columnPart(column);
  return decode(texel, isSrgb);
}
