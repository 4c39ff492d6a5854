// The rays that the kernel is measured with, 8 floats each as the kernel reads them: ox oy oz tmin dx dy dz tmax.

import { type Random, seededRandom, uniform } from '../../src/runtime/index.ts';
import type { Mesh } from './meshes.ts';

interface Bounds {
  readonly lower: readonly [number, number, number];
  readonly upper: readonly [number, number, number];
}

function boundsOf(mesh: Mesh): Bounds {
  const lower: [number, number, number] = [Infinity, Infinity, Infinity];
  const upper: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  mesh.positions.forEach((value, i) => {
    const axis = (i % 3) as 0 | 1 | 2;
    lower[axis] = Math.min(lower[axis], value);
    upper[axis] = Math.max(upper[axis], value);
  });
  return { lower, upper };
}

function direction(random: Random): [number, number, number] {
  const z = 2 * uniform(random) - 1;
  const angle = 2 * Math.PI * uniform(random);
  const ring = Math.sqrt(1 - z * z);
  return [ring * Math.cos(angle), ring * Math.sin(angle), z];
}

/** Origins uniform in the mesh's bounding box, directions uniform on the sphere: what late bounces look like at worst. */
export function incoherentRays(mesh: Mesh, count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const { lower, upper } = boundsOf(mesh);
  const rays = new Float32Array(count * 8);
  for (let i = 0; i < count; i++) {
    const origin = [0, 1, 2].map((axis) => {
      const low = lower[axis] ?? 0;
      return low + uniform(random) * ((upper[axis] ?? 0) - low);
    });
    rays.set([...origin, 0, ...direction(random), Infinity], i * 8);
  }
  return rays;
}

/** A pinhole camera outside the mesh, one ray a pixel in rows: what the first hit of a picture looks like. */
export function cameraRays(mesh: Mesh, count: number): Float32Array {
  const { lower, upper } = boundsOf(mesh);
  const centre = [0, 1, 2].map((axis) => ((lower[axis] ?? 0) + (upper[axis] ?? 0)) / 2);
  const size = Math.hypot(...[0, 1, 2].map((axis) => (upper[axis] ?? 0) - (lower[axis] ?? 0)));
  const origin = [(centre[0] ?? 0) + 0.1 * size, (centre[1] ?? 0) + 0.2 * size, (centre[2] ?? 0) + size];
  const side = Math.ceil(Math.sqrt(count));
  const rays = new Float32Array(count * 8);
  for (let i = 0; i < count; i++) {
    const x = ((i % side) + 0.5) / side - 0.5;
    const y = (Math.floor(i / side) + 0.5) / side - 0.5;
    const length = Math.hypot(0.8 * x - 0.1, 0.8 * y - 0.2, 1);
    rays.set(
      [...origin, 0, (0.8 * x - 0.1) / length, (0.8 * y - 0.2) / length, -1 / length, Infinity],
      i * 8,
    );
  }
  return rays;
}
