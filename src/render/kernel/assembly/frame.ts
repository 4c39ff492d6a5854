// The local frame around a normal in which scattering is computed: x and y across, z along it
// (T. Duff et al., "Building an Orthonormal Basis, Revisited", JCGT 6(1), 2017). One frame is in hand at a time.
import { add, cross, dot, scale, sub, xOf, yOf, zOf } from './vector';

let tangentX: v128 = f32x4.splat(0);
let tangentY: v128 = f32x4.splat(0);
let axis: v128 = f32x4.splat(0);

export function setFrame(normal: v128): void {
  axis = normal;
  const x = xOf(normal);
  const y = yOf(normal);
  const z = zOf(normal);
  const sign = copysign<f32>(1, z);
  const a = <f32>-1 / (sign + z);
  const b = x * y * a;
  tangentX = f32x4(<f32>1 + sign * x * x * a, sign * b, -sign * x, 0);
  tangentY = f32x4(b, sign + y * y * a, -y, 0);
}

/** The same with x as close to `tangent` as a right angle to the normal allows. @returns false, with any frame, where the two are parallel. */
export function setFrameAlong(normal: v128, tangent: v128): bool {
  const across = sub(tangent, scale(normal, dot(normal, tangent)));
  const length = Mathf.sqrt(dot(across, across));
  if (!(length > 1e-6)) {
    setFrame(normal);
    return false;
  }
  axis = normal;
  tangentX = scale(across, <f32>1 / length);
  tangentY = cross(normal, tangentX);
  return true;
}

export function toLocal(direction: v128): v128 {
  return f32x4(dot(direction, tangentX), dot(direction, tangentY), dot(direction, axis), 0);
}

export function toWorld(local: v128): v128 {
  return add(add(scale(tangentX, xOf(local)), scale(tangentY, yOf(local))), scale(axis, zOf(local)));
}
