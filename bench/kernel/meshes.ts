// The meshes that the kernel is measured on: each about 200,000 triangles, closed or open, one continuous, one of many
// parts that overlap, one a scanned model. All seeded: the same triangles in every run.

import bunny from '@pmndrs/assets/models/bunny.glb.js';
import { readScene } from '../../src/render/scene/index.ts';
import { type Random, seededRandom, uniform } from '../../src/runtime/index.ts';

export interface Mesh {
  readonly name: string;
  /** 3 floats a vertex. */
  readonly positions: Float32Array;
  /** 3 a triangle. */
  readonly indices: Uint32Array;
}

type Surface = (u: number, v: number) => readonly [number, number, number];

/** A grid of `columns` x `rows` quads over (u, v) in [0, 1]^2, two triangles each, appended to the arrays. */
function appendGrid(
  positions: number[],
  indices: number[],
  columns: number,
  rows: number,
  at: Surface,
): void {
  const first = positions.length / 3;
  for (let row = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++) positions.push(...at(column / columns, row / rows));
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const a = first + row * (columns + 1) + column;
      const b = a + columns + 1;
      indices.push(a, b, a + 1, a + 1, b, b + 1);
    }
  }
}

/** A sphere with smooth bumps of many sizes: one continuous surface of `columns` x `rows` x 2 triangles. */
function roughSphere(name: string, columns: number, rows: number): Mesh {
  const positions: number[] = [];
  const indices: number[] = [];
  appendGrid(positions, indices, columns, rows, (u, v) => {
    const longitude = u * 2 * Math.PI;
    const latitude = v * Math.PI;
    let radius = 1;
    for (let octave = 1; octave < 6; octave++) {
      const f = 2 ** octave;
      radius += (0.25 / f) * Math.sin(f * longitude + octave) * Math.sin(f * latitude) * Math.sin(latitude);
    }
    const ring = radius * Math.sin(latitude);
    return [ring * Math.cos(longitude), radius * Math.cos(latitude), ring * Math.sin(longitude)];
  });
  return {
    name,
    positions: Float32Array.from(positions),
    indices: Uint32Array.from(indices),
  };
}

/** A uniformly random rotation (Shoemake 1992) as a function on points. */
function randomRotation(random: Random): (x: number, y: number, z: number) => [number, number, number] {
  const s = uniform(random);
  const a = 2 * Math.PI * uniform(random);
  const b = 2 * Math.PI * uniform(random);
  const [x, y, z, w] = [
    Math.sqrt(1 - s) * Math.sin(a),
    Math.sqrt(1 - s) * Math.cos(a),
    Math.sqrt(s) * Math.sin(b),
    Math.sqrt(s) * Math.cos(b),
  ] as const;
  return (px, py, pz) => [
    (1 - 2 * (y * y + z * z)) * px + 2 * (x * y - z * w) * py + 2 * (x * z + y * w) * pz,
    2 * (x * y + z * w) * px + (1 - 2 * (x * x + z * z)) * py + 2 * (y * z - x * w) * pz,
    2 * (x * z - y * w) * px + 2 * (y * z + x * w) * py + (1 - 2 * (x * x + y * y)) * pz,
  ];
}

/** 400 tori of many sizes through each other: 400 x 25 x 10 x 2 = 200,000 triangles, long and thin on the large ones. */
function tori(): Mesh {
  const random = seededRandom(7);
  const positions: number[] = [];
  const indices: number[] = [];
  for (let i = 0; i < 400; i++) {
    const rotate = randomRotation(random);
    const centre = [uniform(random) * 2 - 1, uniform(random) * 2 - 1, uniform(random) * 2 - 1] as const;
    const size = 0.03 + 0.4 * uniform(random) ** 4;
    appendGrid(positions, indices, 25, 10, (u, v) => {
      const ring = size * (1 + 0.3 * Math.cos(v * 2 * Math.PI));
      const height = size * 0.3 * Math.sin(v * 2 * Math.PI);
      const [x, y, z] = rotate(ring * Math.cos(u * 2 * Math.PI), ring * Math.sin(u * 2 * Math.PI), height);
      return [x + centre[0], y + centre[1], z + centre[2]];
    });
  }
  return { name: 'tori', positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** 36 copies of the bunny of @pmndrs/assets (CC0, 5,648 triangles), turned and scattered: 203,328 triangles. */
async function bunnies(): Promise<Mesh> {
  const bytes = Buffer.from(bunny.slice(bunny.indexOf(',') + 1), 'base64');
  const { scene } = await readScene(new Map([['bunny.glb', bytes]]));
  const model = Float32Array.from(
    [...scene.indices].flatMap((vertex) => [...scene.positions.subarray(3 * vertex, 3 * vertex + 3)]),
  );
  const random = seededRandom(11);
  const positions = new Float32Array(model.length * 36);
  let size = 0;
  for (const value of model) size = Math.max(size, Math.abs(value));
  for (let copy = 0; copy < 36; copy++) {
    const rotate = randomRotation(random);
    const centre = [uniform(random) * 2 - 1, uniform(random) * 2 - 1, uniform(random) * 2 - 1] as const;
    for (let i = 0; i < model.length; i += 3) {
      const scale = 0.3 / size;
      const p = rotate((model[i] ?? 0) * scale, (model[i + 1] ?? 0) * scale, (model[i + 2] ?? 0) * scale);
      for (let axis = 0; axis < 3; axis++) {
        positions[copy * model.length + i + axis] = (p[axis] ?? 0) + (centre[axis] ?? 0);
      }
    }
  }
  return {
    name: 'bunnies',
    positions,
    indices: Uint32Array.from({ length: positions.length / 3 }, (_, i) => i),
  };
}

export async function meshes(): Promise<Mesh[]> {
  return [roughSphere('rough sphere', 317, 316), tori(), await bunnies()];
}

/** 1,000,000 triangles, for the time that building takes. */
export function millionTriangles(): Mesh {
  return roughSphere('one million', 1000, 500);
}
