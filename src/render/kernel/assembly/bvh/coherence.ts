// Whether the rays of a batch go the same way as their neighbours, as a camera's do. It decides how they are traced, not
// what they hit, so a sample is enough.

import { HEADER_LOWER, HEADER_SCALE, HEADER_UPPER } from './layout';

const SAMPLES: i32 = 16;
/** So many of the sampled pairs must agree. */
const AGREEING: i32 = 13;
/** Cosine between neighbours: about two degrees. */
const SAME_DIRECTION: f32 = 0.9994;
/** Distance between neighbouring origins, as a share of the scene's size. */
const SAME_PLACE: f32 = 0.02;

function dot(a: v128, b: v128): f32 {
  const product = f32x4.mul(a, b);
  return f32x4.extract_lane(product, 0) + f32x4.extract_lane(product, 1) + f32x4.extract_lane(product, 2);
}

export function isCoherent(header: usize, rays: usize, count: i32): bool {
  if (count < 2 * SAMPLES) return false;
  const diagonal = f32x4.sub(v128.load(header, HEADER_UPPER), v128.load(header, HEADER_LOWER));
  const scale = load<f32>(header, HEADER_SCALE);
  const near = (SAME_PLACE * SAME_PLACE * dot(diagonal, diagonal)) / (scale * scale);
  let agreeing = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const ray = rays + ((<usize>((<i64>sample * (count - 2)) / (SAMPLES - 1))) << 5);
    const step = f32x4.sub(v128.load(ray), v128.load(ray, 32));
    const a = v128.load(ray, 16);
    const b = v128.load(ray, 48);
    const cosine = dot(a, b);
    const parallel = cosine > 0 && cosine * cosine > SAME_DIRECTION * SAME_DIRECTION * dot(a, a) * dot(b, b);
    agreeing += i32(parallel && dot(step, step) <= near);
  }
  return agreeing >= AGREEING;
}
