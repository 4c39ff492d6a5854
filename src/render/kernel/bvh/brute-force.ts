// Every ray against every triangle in doubles: what the hierarchy's answers are judged by. The kernel computes in f32, so a
// ray that passes within rounding of an edge may be taken either way; each triangle is therefore hit `surely` or only
// `perhaps`, and its distance is known to a tolerance, both from the size of f32's rounding in the numbers involved.

import type { RawHit } from './kernel-under-test.ts';

/** A generous multiple of f32's half unit in the last place, for the handful of roundings in one test. */
const ROUNDING = 16 * 2 ** -24;

/** As Triangles; positions may be in doubles. */
export interface AnyTriangles {
  readonly positions: ArrayLike<number>;
  readonly indices: Uint32Array;
}

interface Crossing {
  readonly triangle: number;
  readonly surely: boolean;
  readonly t: number;
  readonly tolerance: number;
}

/** Corner x, y, depth of the triangle at hand in the plane that the ray sees as a point: nine numbers, reused. */
const seen = new Float64Array(9);

/** All triangles that the line of a ray crosses, surely or perhaps, by edge functions in the plane square to it. */
function crossings({ positions, indices }: AnyTriangles, ray: Float32Array, rounding: number): Crossing[] {
  const at = (i: number): number => ray[i] ?? Number.NaN;
  const sizes = [at(4), at(5), at(6)].map(Math.abs);
  const kz = sizes.indexOf(Math.max(...sizes));
  const [kx, ky] = [(kz + 1) % 3, (kz + 2) % 3];
  const [ox, oy, oz] = [at(kx), at(ky), at(kz)];
  const [dx, dy, dz] = [at(4 + kx), at(4 + ky), at(4 + kz)];
  const fromOrigin = Math.max(Math.abs(ox), Math.abs(oy), Math.abs(oz));
  const found: Crossing[] = [];
  for (let triangle = 0; triangle < indices.length / 3; triangle++) {
    let reach = fromOrigin;
    let spread = 0;
    for (let corner = 0; corner < 3; corner++) {
      const vertex = (indices[triangle * 3 + corner] ?? 0) * 3;
      const x = (positions[vertex + kx] ?? 0) - ox;
      const y = (positions[vertex + ky] ?? 0) - oy;
      const z = (positions[vertex + kz] ?? 0) - oz;
      const [acrossX, acrossY] = [x - (dx / dz) * z, y - (dy / dz) * z];
      reach = Math.max(reach, Math.abs(x), Math.abs(y), Math.abs(z));
      spread = Math.max(spread, Math.abs(acrossX), Math.abs(acrossY));
      seen[corner * 3] = acrossX;
      seen[corner * 3 + 1] = acrossY;
      seen[corner * 3 + 2] = z / dz;
    }
    // One by one: taken apart as a list they cost as much as all the rest.
    const [ax, ay, az] = [seen[0] as number, seen[1] as number, seen[2] as number];
    const [bx, by, bz] = [seen[3] as number, seen[4] as number, seen[5] as number];
    const [cx, cy, cz] = [seen[6] as number, seen[7] as number, seen[8] as number];
    const u = cx * by - cy * bx;
    const v = ax * cy - ay * cx;
    const w = bx * ay - by * ax;
    const error = rounding * reach * spread;
    const least = Math.min(u, v, w);
    const most = Math.max(u, v, w);
    if (least < -error && most > error) continue;
    const sum = u + v + w;
    const nearest = Math.min(az, bz, cz);
    const range = Math.max(az, bz, cz) - nearest;
    const share = sum === 0 ? 1 : Math.min(1, (3 * error) / Math.abs(sum));
    const farthest = Math.max(Math.abs(az), Math.abs(bz), Math.abs(cz), reach / Math.abs(dz));
    found.push({
      triangle,
      surely: (least > error || most < -error) && Math.abs(sum) > 3 * error,
      // Where weights of both signs make `perhaps`, their mean may lie anywhere; the triangle does not.
      t: sum === 0 ? az : Math.min(nearest + range, Math.max(nearest, (u * az + v * bz + w * cz) / sum)),
      tolerance: share * range + rounding * farthest,
    });
  }
  return found;
}

/**
 * What is wrong with the kernel's answer for a ray, or undefined when it can be right. `rounding` is relative to the distances
 * from the ray's origin.
 */
export function complaint(
  mesh: AnyTriangles,
  ray: Float32Array,
  hit: RawHit,
  rounding = ROUNDING,
): string | undefined {
  const tmin = ray[3] ?? 0;
  const tmax = ray[7] ?? 0;
  const all = crossings(mesh, ray, rounding);
  const own = all.find((crossing) => crossing.triangle === hit.triangle);
  if (hit.triangle >= 0) {
    if (!own) return `triangle ${hit.triangle} is not on the ray`;
    if (!(hit.t > tmin && hit.t < tmax)) return `t ${hit.t} is not in (${tmin}, ${tmax})`;
    if (Math.abs(hit.t - own.t) > own.tolerance) return `t ${hit.t} should be ${own.t} +- ${own.tolerance}`;
    if (!(hit.u >= 0 && hit.v >= 0 && hit.u + hit.v <= 1 + ROUNDING))
      return `barycentrics ${hit.u}, ${hit.v}`;
  }
  const limit = hit.triangle >= 0 ? hit.t : tmax;
  for (const other of all) {
    if (!other.surely) continue;
    const nearest = other.t - other.tolerance;
    const farthest = other.t + other.tolerance;
    if (nearest > tmin && farthest < limit) return `triangle ${other.triangle} at ${other.t} was passed by`;
  }
  return undefined;
}
