// What is measured, behind one face: ours, three-mesh-bvh, and Embree where it can be compiled.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BufferAttribute, BufferGeometry, DoubleSide, Ray } from 'three';
import { MeshBVH } from 'three-mesh-bvh';
import type { Mesh } from './meshes.ts';

export type Query = 'closest' | 'any';

export interface Measured {
  readonly milliseconds: number;
  readonly hits: number;
}

export interface Engine {
  readonly name: string;
  /** Builds over the mesh and takes in the ray sets. @returns the build's milliseconds */
  load(mesh: Mesh, raySets: readonly Float32Array[]): Promise<number>;
  trace(query: Query, raySet: number): Promise<Measured>;
  close(): Promise<void>;
}

const COMPILER = 'g++';

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  alloc(bytes: number, align: number): number;
  mark(): number;
  release(mark: number): void;
  buildBvh(positions: number, indices: number, triangles: number): number;
  traceClosest(rays: number, hits: number, count: number): void;
  traceAny(rays: number, hits: number, count: number): void;
}

export async function leafcutter(): Promise<Engine> {
  const bytes = await readFile('public/generated/kernel.wasm').catch((cause) => {
    throw new Error('No compiled kernel: run `npm run build:kernel` first.', { cause });
  });
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65535 });
  const abort = () => {
    throw new Error('The kernel aborted.');
  };
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort, heapStart: 0 } });
  const kernel = instance.exports as unknown as KernelExports;
  const start = kernel.mark();
  let sets: { readonly rays: number; readonly count: number }[] = [];
  let hits = 0;
  const copyIn = (data: Float32Array | Uint32Array): number => {
    const at = kernel.alloc(data.byteLength, 64);
    new Uint8Array(memory.buffer, at).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return at;
  };
  return {
    name: 'leafcutter',
    load: async (mesh, raySets) => {
      kernel.release(start);
      const positions = copyIn(mesh.positions);
      const indices = copyIn(mesh.indices);
      const before = performance.now();
      const nodes = kernel.buildBvh(positions, indices, mesh.indices.length / 3);
      const milliseconds = performance.now() - before;
      if (nodes < 0) throw new Error(`buildBvh refused ${mesh.name} with ${nodes}.`);
      sets = raySets.map((rays) => ({ rays: copyIn(rays), count: rays.length / 8 }));
      hits = kernel.alloc(Math.max(0, ...sets.map((set) => set.count)) * 16, 64);
      return milliseconds;
    },
    trace: async (query, raySet) => {
      const { rays, count } = sets[raySet] ?? { rays: 0, count: 0 };
      const before = performance.now();
      if (query === 'closest') kernel.traceClosest(rays, hits, count);
      else kernel.traceAny(rays, hits, count);
      const milliseconds = performance.now() - before;
      const found = new Int32Array(memory.buffer, hits, count * 4).filter((n, i) => i % 4 === 3 && n >= 0);
      return { milliseconds, hits: found.length };
    },
    close: async () => undefined,
  };
}

/** Both queries by `raycastFirst`, which is what three-mesh-bvh offers. */
export function threeMeshBvh(): Engine {
  let bvh: MeshBVH | undefined;
  let sets: readonly Float32Array[] = [];
  const ray = new Ray();
  return {
    name: 'three-mesh-bvh',
    load: async (mesh, raySets) => {
      sets = raySets;
      const geometry = new BufferGeometry();
      geometry.setAttribute('position', new BufferAttribute(mesh.positions, 3));
      geometry.setIndex(new BufferAttribute(mesh.indices.slice(), 1));
      const before = performance.now();
      bvh = new MeshBVH(geometry, { strategy: 2 });
      return performance.now() - before;
    },
    trace: async (_query, raySet) => {
      const rays = sets[raySet] ?? new Float32Array();
      let hits = 0;
      const before = performance.now();
      for (let i = 0; i < rays.length; i += 8) {
        ray.origin.fromArray(rays, i);
        ray.direction.fromArray(rays, i + 4);
        if (bvh?.raycastFirst(ray, DoubleSide)) hits++;
      }
      return { milliseconds: performance.now() - before, hits };
    },
    close: async () => undefined,
  };
}

/** Compiles the driver into the system's temporary folder; undefined, with the reason, where that is not possible. */
export async function embree(): Promise<Engine | string> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-embree-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const driver = join(folder, 'driver');
  const source = new URL('embree.cpp', import.meta.url).pathname;
  const compiled = spawnSync(COMPILER, ['-O3', '-march=native', source, '-o', driver, '-lembree3']);
  if (compiled.status !== 0) {
    await close();
    return `Embree: left out (needs ${COMPILER} and Debian's libembree-dev).`;
  }
  const child = spawn(driver, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (command: string): Promise<number[]> => {
    child.stdin.write(`${command}\n`);
    const answer = await lines.next();
    if (answer.done) throw new Error('The Embree driver stopped.');
    return String(answer.value).split(' ').map(Number);
  };
  return {
    name: 'Embree',
    load: async (mesh, raySets) => {
      const file = join(folder, 'scene');
      const head = Uint32Array.of(mesh.positions.length / 3, mesh.indices.length / 3, raySets.length);
      const parts = [head, mesh.positions, mesh.indices];
      const withRays = [...parts, ...raySets.flatMap((rays) => [Uint32Array.of(rays.length / 8), rays])];
      await writeFile(
        file,
        Buffer.concat(withRays.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
      );
      const [milliseconds = 0] = await ask(`load ${file}`);
      return milliseconds;
    },
    trace: async (query, raySet) => {
      const [milliseconds = 0, hits = 0] = await ask(`${query} ${raySet}`);
      return { milliseconds, hits };
    },
    close: async () => {
      child.stdin.end();
      await close();
    },
  };
}
