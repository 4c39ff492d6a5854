// Texture look-ups: uv interpolation, KHR_texture_transform, wrap modes, nearest or bilinear, sRGB decoding. Whatever the
// uv is (huge, NaN), the texel read lies inside the image.
import {
  SCENE_UV0,
  SCENE_UV1,
  TEXTURE_HEIGHT,
  TEXTURE_NEAREST,
  TEXTURE_TEXCOORD,
  TEXTURE_TEXELS,
  TEXTURE_TRANSFORM,
  TEXTURE_WIDTH,
  TEXTURE_WRAP_S,
  TEXTURE_WRAP_T,
  WRAP_MIRROR,
  WRAP_REPEAT,
} from './layout';
import { alloc } from './memory';
import { scene } from './scene';
import { clamp, mix, xOf, yOf } from './vector';

/** Linear value of each 8-bit sRGB value (IEC 61966-2-1), rounded once from f64. */
const linearOfSrgb: usize = alloc(256 * 4, 16);

function writeTable(): void {
  for (let i = 0; i < 256; i++) {
    const c = <f64>i / 255;
    const linear = c <= 0.04045 ? c / 12.92 : NativeMath.pow((c + 0.055) / 1.055, 2.4);
    store<f32>(linearOfSrgb + <usize>i * 4, <f32>linear);
  }
}
writeTable();

/** Linear RGBA at barycentrics (u, v) of the triangle whose corners are at `corners`; `isSrgb`: RGB is sRGB encoded. */
export function sampleTexture(texture: usize, corners: usize, u: f32, v: f32, isSrgb: bool): v128 {
  const uv = uvAt(texture, corners, u, v);
  const s = xOf(uv);
  const t = yOf(uv);
  const m = texture + TEXTURE_TRANSFORM;
  return lookUp(
    texture,
    load<f32>(m) * s + load<f32>(m, 4) * t + load<f32>(m, 8),
    load<f32>(m, 12) * s + load<f32>(m, 16) * t + load<f32>(m, 20),
    isSrgb,
  );
}

function uvAt(texture: usize, corners: usize, u: f32, v: f32): v128 {
  const set = load<u32>(texture, TEXTURE_TEXCOORD);
  const table = set ? load<usize>(scene, SCENE_UV1) : load<usize>(scene, SCENE_UV0);
  if (!table) return f32x4.splat(0);
  const a = v128.load64_zero(table + ((<usize>load<u32>(corners)) << 3));
  const b = v128.load64_zero(table + ((<usize>load<u32>(corners, 4)) << 3));
  const c = v128.load64_zero(table + ((<usize>load<u32>(corners, 8)) << 3));
  return f32x4.add(
    f32x4.add(f32x4.mul(a, f32x4.splat(<f32>1 - u - v)), f32x4.mul(b, f32x4.splat(u))),
    f32x4.mul(c, f32x4.splat(v)),
  );
}

/** Folds a coordinate into [0, 1]. */
function wrap(x: f32, mode: u32): f32 {
  if (mode == WRAP_REPEAT) return x - Mathf.floor(x);
  if (mode == WRAP_MIRROR) {
    const t = x - Mathf.floor(x * 0.5) * 2;
    return t > 1 ? <f32>2 - t : t;
  }
  return clamp(x, 0, 1);
}

/** A texel number just outside (the bilinear footprint reaches half a texel over) brought inside. */
function inside(i: i32, size: i32, mode: u32): i32 {
  if (i < 0) return mode == WRAP_REPEAT ? size - 1 : 0;
  if (i >= size) return mode == WRAP_REPEAT ? 0 : size - 1;
  return i;
}

function lookUp(texture: usize, s: f32, t: f32, isSrgb: bool): v128 {
  const texels = load<usize>(texture, TEXTURE_TEXELS);
  const width = load<i32>(texture, TEXTURE_WIDTH);
  const height = load<i32>(texture, TEXTURE_HEIGHT);
  const wrapS = load<u32>(texture, TEXTURE_WRAP_S);
  const wrapT = load<u32>(texture, TEXTURE_WRAP_T);
  const x = wrap(s, wrapS) * <f32>width;
  const y = wrap(t, wrapT) * <f32>height;
  if (load<u32>(texture, TEXTURE_NEAREST)) {
    // Never inside(): a coordinate of exactly 1 is the last texel, not the first.
    const column = min(<i32>x, width - 1);
    const row = min(<i32>y, height - 1);
    return decode(texels + ((<usize>(row * width + column)) << 2), isSrgb);
  }
  const left = Mathf.floor(x - 0.5);
  const top = Mathf.floor(y - 0.5);
  const column0 = inside(<i32>left, width, wrapS);
  const column1 = inside(<i32>left + 1, width, wrapS);
  const row0 = texels + ((<usize>(inside(<i32>top, height, wrapT) * width)) << 2);
  const row1 = texels + ((<usize>(inside(<i32>top + 1, height, wrapT) * width)) << 2);
  const fx = x - <f32>0.5 - left;
  const fy = y - <f32>0.5 - top;
  const upper = mix(
    decode(row0 + ((<usize>column0) << 2), isSrgb),
    decode(row0 + ((<usize>column1) << 2), isSrgb),
    fx,
  );
  const lower = mix(
    decode(row1 + ((<usize>column0) << 2), isSrgb),
    decode(row1 + ((<usize>column1) << 2), isSrgb),
    fx,
  );
  return mix(upper, lower, fy);
}

function decode(texel: usize, isSrgb: bool): v128 {
  const bytes = v128.load32_zero(texel);
  const linear = f32x4.mul(
    f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes))),
    f32x4.splat(<f32>(1.0 / 255.0)),
  );
  if (!isSrgb) return linear;
  const r = load<f32>(linearOfSrgb + ((<usize>load<u8>(texel)) << 2));
  const g = load<f32>(linearOfSrgb + ((<usize>load<u8>(texel, 1)) << 2));
  const b = load<f32>(linearOfSrgb + ((<usize>load<u8>(texel, 2)) << 2));
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(linear, 0, r), 1, g), 2, b);
}
