/** For tests only: vectors of doubles for the naive tracer, plain arrays and plain functions. */
export type Vec = readonly [number, number, number];

export const add = (a: Vec, b: Vec): Vec => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const sub = (a: Vec, b: Vec): Vec => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const mul = (a: Vec, b: Vec): Vec => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
export const scale = (a: Vec, s: number): Vec => [a[0] * s, a[1] * s, a[2] * s];
export const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Vec): number => Math.sqrt(dot(a, a));
export const unit = (a: Vec): Vec => scale(a, 1 / length(a));
export const cross = (a: Vec, b: Vec): Vec => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Two tangents that go with a unit normal. */
function tangentsOf(normal: Vec): readonly [Vec, Vec] {
  const side: Vec = Math.abs(normal[0]) > 0.5 ? [0, 1, 0] : [1, 0, 0];
  const tangent = unit(cross(side, normal));
  return [tangent, cross(normal, tangent)];
}

/** From (along the two tangents, along the unit normal) to the world. */
export function fromLocal(local: Vec, normal: Vec): Vec {
  const [tangent, bitangent] = tangentsOf(normal);
  return add(add(scale(tangent, local[0]), scale(bitangent, local[1])), scale(normal, local[2]));
}

export function toLocal(world: Vec, normal: Vec): Vec {
  const [tangent, bitangent] = tangentsOf(normal);
  return [dot(world, tangent), dot(world, bitangent), dot(world, normal)];
}

/** A direction about +z with a density of cos / pi. */
export function cosineDirection(u: number, v: number): Vec {
  const radius = Math.sqrt(u);
  const angle = 2 * Math.PI * v;
  return [radius * Math.cos(angle), radius * Math.sin(angle), Math.sqrt(1 - u)];
}
