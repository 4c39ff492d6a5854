/** Small scenes for the tests of this folder: a builder of meshes, a camera, the compiled kernel. */
import { readFile } from 'node:fs/promises';
import type { FlatCamera, FlatImage, FlatMaterial, FlatScene, FlatTexture } from '../scene/index.ts';
import { PLAIN_MATERIAL } from '../scene/test-material.ts';
import type { BlockBounds, Kernel } from './contract.ts';
import { instantiate, type KernelInstance } from './instance.ts';
import { kernelOf } from './kernel.ts';

export type Triple = readonly [number, number, number];
type Pair = readonly [number, number];

const KERNEL = new URL('../../../public/generated/kernel.wasm', import.meta.url);

export async function kernelBytes(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(KERNEL));
  } catch (cause) {
    throw new Error('public/generated/kernel.wasm is missing: run `npm run build:kernel` first', { cause });
  }
}

export async function freshKernel(
  maximumPages?: number,
): Promise<{ kernel: Kernel; instance: KernelInstance }> {
  const instance = await instantiate(await kernelBytes(), maximumPages);
  return { kernel: kernelOf(instance), instance };
}

export function material(changes: Partial<FlatMaterial> = {}): FlatMaterial {
  return { ...PLAIN_MATERIAL, name: 'material', ...changes };
}

export function texture(image: number, changes: Partial<FlatTexture> = {}): FlatTexture {
  return {
    image,
    wrapS: 'repeat',
    wrapT: 'repeat',
    nearest: false,
    texCoord: 0,
    transform: [1, 0, 0, 0, 1, 0],
    ...changes,
  };
}

export function image(width: number, height: number, texels: readonly number[]): FlatImage {
  return { name: 'image', width, height, encoding: 'rgba', bytes: Uint8Array.from(texels) };
}

const subtract = (a: Triple, b: Triple): Triple => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export function unit(a: Triple): Triple {
  // Not Math.hypot: what the host rounds in its own way has no place in a scene with a golden hash.
  const length = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** Triangles by hand; every vertex belongs to one triangle or quad only. */
export class MeshBuilder {
  readonly positions: number[] = [];
  readonly normals: number[] = [];
  readonly tangents: number[] = [];
  readonly uvs: number[] = [];
  readonly indices: number[] = [];
  readonly triangleMaterials: number[] = [];

  // One by one: spread, the vertices of large meshes would be a third of the time of a test.
  #vertex(position: Triple, normal: Triple, tangent: Triple, uv: Pair): number {
    this.positions.push(position[0], position[1], position[2]);
    this.normals.push(normal[0], normal[1], normal[2]);
    this.tangents.push(tangent[0], tangent[1], tangent[2], 1);
    this.uvs.push(uv[0], uv[1]);
    return this.positions.length / 3 - 1;
  }

  triangle(
    material: number,
    a: Triple,
    b: Triple,
    c: Triple,
    normals?: readonly [Triple, Triple, Triple],
  ): this {
    const flat = unit(cross(subtract(b, a), subtract(c, a)));
    const [na, nb, nc] = normals ?? [flat, flat, flat];
    const tangent = unit(subtract(b, a));
    this.indices.push(
      this.#vertex(a, na, tangent, [0, 0]),
      this.#vertex(b, nb, tangent, [1, 0]),
      this.#vertex(c, nc, tangent, [0, 1]),
    );
    this.triangleMaterials.push(material);
    return this;
  }

  /** Corners counter-clockwise as seen from the front; uv (0,0), (1,0), (1,1), (0,1). */
  quad(material: number, a: Triple, b: Triple, c: Triple, d: Triple): this {
    const normal = unit(cross(subtract(b, a), subtract(c, a)));
    const tangent = unit(subtract(b, a));
    const first = this.#vertex(a, normal, tangent, [0, 0]);
    this.#vertex(b, normal, tangent, [1, 0]);
    this.#vertex(c, normal, tangent, [1, 1]);
    this.#vertex(d, normal, tangent, [0, 1]);
    this.indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
    this.triangleMaterials.push(material, material);
    return this;
  }

  /** An axis-aligned box, turned about +Y by the angle of that cosine and sine. */
  box(material: number, centre: Triple, half: Triple, [cos, sin]: Pair = [1, 0]): this {
    const at = (x: number, y: number, z: number): Triple => [
      centre[0] + x * half[0] * cos + z * half[2] * sin,
      centre[1] + y * half[1],
      centre[2] - x * half[0] * sin + z * half[2] * cos,
    ];
    this.quad(material, at(-1, -1, 1), at(1, -1, 1), at(1, 1, 1), at(-1, 1, 1));
    this.quad(material, at(1, -1, -1), at(-1, -1, -1), at(-1, 1, -1), at(1, 1, -1));
    this.quad(material, at(1, -1, 1), at(1, -1, -1), at(1, 1, -1), at(1, 1, 1));
    this.quad(material, at(-1, -1, -1), at(-1, -1, 1), at(-1, 1, 1), at(-1, 1, -1));
    this.quad(material, at(-1, 1, 1), at(1, 1, 1), at(1, 1, -1), at(-1, 1, -1));
    return this.quad(material, at(-1, -1, -1), at(1, -1, -1), at(1, -1, 1), at(-1, -1, 1));
  }

  /** A smooth sphere: the six faces of a cube, steps x steps squares each, blown up. */
  sphere(material: number, centre: Triple, radius: number, steps: number): this {
    const at = (d: Triple): Triple => [
      centre[0] + d[0] * radius,
      centre[1] + d[1] * radius,
      centre[2] + d[2] * radius,
    ];
    for (let face = 0; face < 6; face++) {
      const side = face < 3 ? 1 : -1;
      const direction = (i: number, j: number): Triple => {
        const across = (2 * i) / steps - 1;
        const along = ((2 * j) / steps - 1) * side;
        const turned: Triple[] = [
          [side, across, along],
          [along, side, across],
          [across, along, side],
        ];
        return unit(turned[face % 3] ?? [0, 0, 0]);
      };
      for (let i = 0; i < steps; i++) {
        for (let j = 0; j < steps; j++) {
          const a = direction(i, j);
          const b = direction(i + 1, j);
          const c = direction(i + 1, j + 1);
          const d = direction(i, j + 1);
          this.triangle(material, at(a), at(b), at(c), [a, b, c]);
          this.triangle(material, at(a), at(c), at(d), [a, c, d]);
        }
      }
    }
    return this;
  }

  scene(materials: readonly FlatMaterial[], changes: Partial<FlatScene> = {}): FlatScene {
    return {
      positions: new Float32Array(this.positions),
      normals: new Float32Array(this.normals),
      tangents: new Float32Array(this.tangents),
      colors: new Float32Array(),
      uv0: new Float32Array(this.uvs),
      uv1: new Float32Array(),
      indices: new Uint32Array(this.indices),
      triangleMaterials: new Uint32Array(this.triangleMaterials),
      meshes: [],
      instanceMeshes: new Uint32Array(),
      instanceTransforms: new Float32Array(),
      lights: [],
      materials,
      textures: [],
      images: [],
      cameras: [cameraAt([0, 0, 1], [0, 0, 0], 1)],
      bounds: { min: [0, 0, 0], max: [0, 0, 0] },
      warnings: [],
      ...changes,
    };
  }
}

export function cameraAt(position: Triple, target: Triple, yfov: number): FlatCamera {
  const back = unit(subtract(position, target));
  const right = unit(cross(Math.abs(back[1]) > 0.99 ? [0, 0, -1] : [0, 1, 0], back));
  return {
    name: 'camera',
    position,
    right,
    up: cross(back, right),
    back,
    projection: { kind: 'perspective', yfov },
  };
}

/** Straight down on the point (x, 0, z), so narrow that the picture is that point. */
export function cameraDownOn(x: number, z: number): FlatCamera {
  return {
    name: 'down',
    position: [x, 1, z],
    right: [1, 0, 0],
    up: [0, 0, -1],
    back: [0, 1, 0],
    projection: { kind: 'orthographic', ymag: 1e-4 },
  };
}

/** Closed box with a lamp in its ceiling and two blocks: the classic, in the unit cube's proportions. */
export function cornellBox(): FlatScene {
  const white = 0;
  const mesh = new MeshBuilder();
  mesh.quad(white, [-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1]);
  mesh.quad(white, [-1, 2, -1], [1, 2, -1], [1, 2, 1], [-1, 2, 1]);
  mesh.quad(white, [-1, 0, -1], [1, 0, -1], [1, 2, -1], [-1, 2, -1]);
  mesh.quad(1, [-1, 0, 1], [-1, 0, -1], [-1, 2, -1], [-1, 2, 1]);
  mesh.quad(2, [1, 0, -1], [1, 0, 1], [1, 2, 1], [1, 2, -1]);
  mesh.quad(3, [-0.25, 1.99, -0.25], [0.25, 1.99, -0.25], [0.25, 1.99, 0.25], [-0.25, 1.99, 0.25]);
  mesh.box(white, [-0.35, 0.6, -0.3], [0.3, 0.6, 0.3], [0.96, 0.28]);
  mesh.box(4, [0.35, 0.3, 0.35], [0.3, 0.3, 0.3], [0.96, -0.28]);
  return mesh.scene(
    [
      material({ baseColor: [0.73, 0.73, 0.73, 1] }),
      material({ baseColor: [0.65, 0.05, 0.05, 1] }),
      material({ baseColor: [0.12, 0.45, 0.15, 1] }),
      material({ baseColor: [0, 0, 0, 1], emissive: [17, 12, 4] }),
      material({ baseColor: [0.9, 0.7, 0.4, 1], metallic: 1, roughness: 0.3 }),
    ],
    { cameras: [cameraAt([0, 1, 3.8], [0, 1, 0], 0.69)] },
  );
}

/** The mean over all pixels and samples of a square picture. */
export function meanRadiance(
  kernel: Kernel,
  camera: FlatCamera,
  { side = 8, samples = 256, bounces = 8, seed = 1 } = {},
): Triple {
  kernel.setView({ width: side, height: side, camera, bounces, seed });
  return meanOf(
    kernel.renderBlock({ x: 0, y: 0, width: side, height: side, firstSample: 0, sampleCount: samples }),
    samples,
  );
}

export function meanOf(sums: Float32Array, samples: number): Triple {
  const total: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < sums.length; i += 3) {
    total[0] += sums[i] ?? 0;
    total[1] += sums[i + 1] ?? 0;
    total[2] += sums[i + 2] ?? 0;
  }
  const count = (sums.length / 3) * samples;
  return [total[0] / count, total[1] / count, total[2] / count];
}

export function wholeFrame(side: number, firstSample: number, sampleCount: number): BlockBounds {
  return { x: 0, y: 0, width: side, height: side, firstSample, sampleCount };
}
