// Points, directions and linear RGB colours live in one v128 each (x, y, z and a fourth lane that most operations ignore):
// WebAssembly has no structs to pass or return, and a v128 costs neither memory traffic nor allocation.
// All of it is strict IEEE arithmetic, lane by lane, so the same bits come out everywhere.

export function vec3(x: f32, y: f32, z: f32): v128 {
  return f32x4(x, y, z, 0);
}

export function splat(s: f32): v128 {
  return f32x4.splat(s);
}

export function xOf(v: v128): f32 {
  return f32x4.extract_lane(v, 0);
}

export function yOf(v: v128): f32 {
  return f32x4.extract_lane(v, 1);
}

export function zOf(v: v128): f32 {
  return f32x4.extract_lane(v, 2);
}

export function wOf(v: v128): f32 {
  return f32x4.extract_lane(v, 3);
}

export function withW(v: v128, w: f32): v128 {
  return f32x4.replace_lane(v, 3, w);
}

export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

export function scale(a: v128, s: f32): v128 {
  return f32x4.mul(a, f32x4.splat(s));
}

export function negate(a: v128): v128 {
  return f32x4.neg(a);
}

/** a + (b - a) t */
export function mix(a: v128, b: v128, t: f32): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), f32x4.splat(t)));
}

export function dot(a: v128, b: v128): f32 {
  const m = f32x4.mul(a, b);
  return f32x4.extract_lane(m, 0) + f32x4.extract_lane(m, 1) + f32x4.extract_lane(m, 2);
}

export function cross(a: v128, b: v128): v128 {
  const aYzx = v128.shuffle<f32>(a, a, 1, 2, 0, 3);
  const bYzx = v128.shuffle<f32>(b, b, 1, 2, 0, 3);
  const zxy = f32x4.sub(f32x4.mul(a, bYzx), f32x4.mul(aYzx, b));
  return v128.shuffle<f32>(zxy, zxy, 1, 2, 0, 3);
}

export function lengthOf(a: v128): f32 {
  return Mathf.sqrt(dot(a, a));
}

/** NaN for the zero vector: callers that may meet it check. */
export function normalize(a: v128): v128 {
  return f32x4.div(a, f32x4.splat(Mathf.sqrt(dot(a, a))));
}

/** Of linear Rec. 709. */
export function luminance(c: v128): f32 {
  return dot(c, f32x4(0.2126, 0.7152, 0.0722, 0));
}

export function maxComponent(c: v128): f32 {
  return larger(larger(xOf(c), yOf(c)), zOf(c));
}

/** Not f32.max: that spends instructions on NaN and signed zero. */
export function larger(a: f32, b: f32): f32 {
  return select(a, b, a > b);
}

export function smaller(a: f32, b: f32): f32 {
  return select(a, b, a < b);
}

/** NaN becomes `low`. */
export function clamp(x: f32, low: f32, high: f32): f32 {
  return smaller(larger(x, low), high);
}

/** True when x, y and z are neither NaN nor infinite. */
export function isFinite3(v: v128): bool {
  const zero = f32x4.sub(v, v);
  return xOf(zero) == 0 && yOf(zero) == 0 && zOf(zero) == 0;
}

/** The three floats at `address`; the fourth lane is whatever follows them (the tables are padded for it). */
export function load3(address: usize): v128 {
  return v128.load(address);
}
