// The compiled kernel with nothing around it, for tests of its hierarchy: triangles and rays in, raw hits out.

import { readFileSync } from 'node:fs';
import type { BuildSite } from '../build-site.ts';

interface RawExports {
  alloc(bytes: number, align: number): number;
  mark(): number;
  release(mark: number): void;
  openCrew(): number;
  closeCrew(): void;
  buildBvh(positions: number, indices: number, triangles: number): number;
  buildInstancedBvh(positions: number, indices: number, instances: number): number;
  traceClosest(rays: number, hits: number, count: number, instances: number): void;
  traceAny(rays: number, hits: number, count: number): void;
}

export interface Triangles {
  /** 3 floats a vertex. */
  readonly positions: Float32Array;
  /** 3 a triangle. */
  readonly indices: Uint32Array;
}

/** Triangles of which all but the first few are drawn where the instances say, and nowhere else. */
export interface Instanced extends Triangles {
  readonly worldTriangles: number;
  /** Number of triangles of each mesh; they follow the world's. */
  readonly meshes: readonly number[];
  readonly instances: readonly { readonly mesh: number; readonly transform: Transform }[];
}

/** 12 numbers: the rows of a 3 x 4 matrix from the mesh to the world. */
export type Transform = readonly number[];

/** The fields of one hit, as the kernel wrote them. */
export interface RawHit {
  readonly t: number;
  readonly u: number;
  readonly v: number;
  readonly triangle: number;
}

const RAY_FLOATS = 8;
const HIT_BYTES = 16;

const compiled = new Map<string, WebAssembly.Module>();

export function kernelModule(name: string): WebAssembly.Module {
  const known = compiled.get(name);
  if (known) return known;
  let bytes: Buffer;
  try {
    bytes = readFileSync(`public/generated/${name}`);
  } catch (cause) {
    throw new Error(`public/generated/${name} is missing: run \`npm run build:kernel\` first.`, { cause });
  }
  const made = new WebAssembly.Module(new Uint8Array(bytes));
  compiled.set(name, made);
  return made;
}

export class KernelUnderTest {
  readonly memory: WebAssembly.Memory;
  readonly #exports: RawExports;

  /** @param maximumPages how far the memory may grow, in pages of 64 KiB. @param shared whether others may join it */
  constructor(maximumPages = 16_384, shared = false) {
    // That much the shared kernel asks for: see scripts/build-kernel.mjs.
    this.memory = shared
      ? new WebAssembly.Memory({ initial: 32, maximum: maximumPages, shared })
      : new WebAssembly.Memory({ initial: Math.min(16, maximumPages), maximum: maximumPages });
    const abort = () => {
      throw new Error('The kernel aborted.');
    };
    const imports = { env: { memory: this.memory, abort, heapStart: 0 } };
    const module = kernelModule(shared ? 'kernel-shared.wasm' : 'kernel.wasm');
    this.#exports = new WebAssembly.Instance(module, imports).exports as unknown as RawExports;
  }

  /** Bytes of memory in use. */
  get used(): number {
    return this.#exports.mark();
  }

  /** Lets others help with what is built next. @returns where they do */
  openSite(): BuildSite {
    return { memory: this.memory, crew: this.#exports.openCrew() };
  }

  closeSite(): void {
    this.#exports.closeCrew();
  }

  /** What is in use from there on. */
  bytesFrom(address: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, this.used - address).slice();
  }

  /** Bytes that the memory has grown to. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** @returns nodes, or the negative error */
  build({ positions, indices }: Triangles): number {
    const at = this.#copyIn(positions);
    return this.#exports.buildBvh(at, this.#copyIn(indices), indices.length / 3);
  }

  /** As `build`. */
  buildInstanced(scene: Instanced): number {
    const firsts: number[] = [];
    scene.meshes.reduce((first, count) => {
      firsts.push(first, count);
      return first + count;
    }, scene.worldTriangles);
    const record = Uint32Array.of(
      scene.instances.length,
      scene.worldTriangles,
      scene.meshes.length,
      this.#copyIn(Uint32Array.from(firsts)),
      this.#copyIn(Uint32Array.from(scene.instances.map(({ mesh }) => mesh))),
      this.#copyIn(Float32Array.from(scene.instances.flatMap(({ transform }) => transform))),
    );
    const positions = this.#copyIn(scene.positions);
    return this.#exports.buildInstancedBvh(positions, this.#copyIn(scene.indices), this.#copyIn(record));
  }

  /** Runs `work` and gives back the memory that it allocated. */
  scoped<T>(work: () => T): T {
    const mark = this.#exports.mark();
    try {
      return work();
    } finally {
      this.#exports.release(mark);
    }
  }

  /** The hits of the rays (8 floats each), 16 bytes each as the kernel wrote them. */
  closest(rays: Float32Array): Uint8Array {
    return this.#trace(rays, (from, to, count) => this.#exports.traceClosest(from, to, count, 0));
  }

  /** The hits, and with each the instance it is in, or -1. */
  closestInstances(rays: Float32Array): { readonly hits: Uint8Array; readonly instances: Int32Array } {
    return this.scoped(() => {
      const count = rays.length / RAY_FLOATS;
      const to = this.#exports.alloc(Math.max(1, count) * 4, 16);
      const hits = this.#trace(rays, (from, at) => this.#exports.traceClosest(from, at, count, to));
      return { hits, instances: new Int32Array(this.memory.buffer, to, count).slice() };
    });
  }

  any(rays: Float32Array): boolean[] {
    const view = viewOf(this.#trace(rays, this.#exports.traceAny));
    return Array.from(
      { length: rays.length / RAY_FLOATS },
      (_, i) => view.getInt32(i * HIT_BYTES + 12, true) >= 0,
    );
  }

  #trace(rays: Float32Array, trace: (rays: number, hits: number, count: number) => void): Uint8Array {
    return this.scoped(() => {
      const count = rays.length / RAY_FLOATS;
      const from = this.#copyIn(rays);
      const to = this.#exports.alloc(Math.max(1, count) * HIT_BYTES, 16);
      trace(from, to, count);
      return new Uint8Array(this.memory.buffer, to, count * HIT_BYTES).slice();
    });
  }

  #copyIn(data: Float32Array | Uint32Array): number {
    const at = this.#exports.alloc(Math.max(16, data.byteLength), 16);
    if (at === 0) throw new Error('The memory under test is too small for the input itself.');
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(this.memory.buffer, at, data.byteLength).set(bytes);
    return at;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function hitsOf(bytes: Uint8Array): RawHit[] {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / HIT_BYTES }, (_, i) => ({
    t: view.getFloat32(i * HIT_BYTES, true),
    u: view.getFloat32(i * HIT_BYTES + 4, true),
    v: view.getFloat32(i * HIT_BYTES + 8, true),
    triangle: view.getInt32(i * HIT_BYTES + 12, true),
  }));
}
