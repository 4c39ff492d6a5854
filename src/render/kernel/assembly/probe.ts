// Hooks for tests: the scattering at a point of a triangle exactly as the integrator meets it, one direction at a time.
import { toLocal, toWorld } from './frame';
import { baseColorAt } from './material';
import { alloc } from './memory';
import { PATH_BYTES, Path } from './paths';
import { evaluateBsdf, prepareScattering, sampleBsdf } from './scattering';
import { materialOf } from './scene';
import { locate, shade } from './surface';
import { negate, splat, vec3 } from './vector';
import { followColor } from './medium';

const path: usize = alloc(PATH_BYTES, 16);
/** Four f32 that the functions below answer in. */
const answer: usize = alloc(16, 16);

/** Looks at barycentrics (u, v) of a triangle along -(x, y, z); `color` is the one that dispersion left (0: all). @returns false if it is black. */
export function probeSurface(triangle: u32, u: f32, v: f32, x: f32, y: f32, z: f32, color: u32): bool {
  const outgoing = vec3(x, y, z);
  const material = materialOf(triangle);
  if (!locate(triangle, -1, u, v, negate(outgoing))) return false;
  shade(material, triangle, u, v, outgoing);
  const probe = changetype<Path>(path);
  probe.throughput = splat(1);
  probe.inside = 0;
  probe.around = 0;
  followColor(probe, color);
  return prepareScattering(probe, material, baseColorAt(material, triangle, u, v), outgoing);
}

/** @returns the address of (f cos) RGB and the density, for light from (x, y, z). */
export function probeValue(x: f32, y: f32, z: f32): usize {
  v128.store(answer, evaluateBsdf(toLocal(vec3(x, y, z))));
  return answer;
}

/** @returns the address of a direction; 0 0 0 where the light is lost. */
export function probeSample(u1: f32, u2: f32, lobe: f32): usize {
  v128.store(answer, toWorld(sampleBsdf(u1, u2, lobe)));
  return answer;
}
