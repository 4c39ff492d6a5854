// What two levels cost at worst: each mesh of `bench -- kernel` as one instance that holds everything, against the same mesh as plain
// triangles. And what is paid by who enters no instance: the mesh as plain triangles, but for its last one. Processor time of one
// thread, the three in turns.
//   npm run bench -- levels [--rays N] [--rounds N] [--json]
import { readFile } from 'node:fs/promises';
import { numberOption } from './common/arguments.ts';
import { medianRatio, quartiles, ratioText, rounded } from './common/statistics.ts';
import { type Mesh, meshes } from './kernel/meshes.ts';
import { cameraRays, incoherentRays } from './kernel/rays.ts';

export const summary = 'what a hierarchy in two levels costs at worst, over one level';
export const flags = ['--rays N', '--rounds N'];

const IDENTITY = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
/** Rays to a call, about as many as the integrator has under way. */
const BATCH = 2048;

interface KernelExports {
  alloc(bytes: number, align: number): number;
  buildBvh(positions: number, indices: number, triangles: number): number;
  buildInstancedBvh(positions: number, indices: number, instances: number): number;
  traceClosest(rays: number, hits: number, count: number, instances: number): void;
  traceAny(rays: number, hits: number, count: number): void;
}

/** Processor microseconds for all rays of a set. */
type Trace = (set: number, query: 'closest' | 'any') => number;

interface Row {
  readonly mesh: string;
  readonly rays: string;
  readonly nanosecondsFlat: number;
  readonly instanceToFlat: number;
  readonly quartiles: readonly [number, number];
  readonly besideToFlat: number;
}

/** @param instanced how many of the mesh's last triangles are in the one instance; undefined: one level */
function traced(
  module: WebAssembly.Module,
  { name, positions, indices }: Mesh,
  sets: readonly Float32Array[],
  instanced?: number,
): Trace {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65535 });
  const abort = (): never => {
    throw new Error('The kernel aborted.');
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort, heapStart: 0 } });
  const kernel = exports as unknown as KernelExports;
  const copyIn = (data: Float32Array | Uint32Array): number => {
    const at = kernel.alloc(Math.max(16, data.byteLength), 64);
    new Uint8Array(memory.buffer, at).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return at;
  };
  const triangles = indices.length / 3;
  const [vertices, corners] = [copyIn(positions), copyIn(indices)];
  let built: number;
  if (instanced === undefined) built = kernel.buildBvh(vertices, corners, triangles);
  else {
    const world = triangles - instanced;
    const mesh = [copyIn(Uint32Array.of(world, instanced)), copyIn(Uint32Array.of(0)), copyIn(IDENTITY)];
    built = kernel.buildInstancedBvh(vertices, corners, copyIn(Uint32Array.of(1, world, 1, ...mesh)));
  }
  if (built < 0) throw new Error(`The kernel refused ${name} with ${built}.`);
  const rays = sets.map((set) => ({ at: copyIn(set), count: set.length / 8 }));
  const hits = kernel.alloc(16 * BATCH, 64);
  return (set, query) => {
    const { at, count } = rays[set] ?? { at: 0, count: 0 };
    const before = process.cpuUsage();
    for (let i = 0; i < count; i += BATCH) {
      const batch = Math.min(BATCH, count - i);
      if (query === 'closest') kernel.traceClosest(at + 32 * i, hits, batch, 0);
      else kernel.traceAny(at + 32 * i, hits, batch);
    }
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const count = Math.ceil(numberOption(args, '--rays', 50_000, 10_000_000));
  const rounds = Math.ceil(numberOption(args, '--rounds', 7, 1_000));
  const module = new WebAssembly.Module(await readFile('public/generated/kernel.wasm'));
  const rows: Row[] = [];
  for (const mesh of await meshes()) {
    const sets = [incoherentRays(mesh, count, 1), cameraRays(mesh, count)];
    const flat = traced(module, mesh, sets);
    const inside = traced(module, mesh, sets, mesh.indices.length / 3);
    const beside = traced(module, mesh, sets, 1);
    for (const [set, kind] of ['incoherent', 'camera'].entries()) {
      for (const query of ['closest', 'any'] as const) {
        const times = Array.from({ length: rounds + 2 }, () =>
          [flat, inside, beside].map((trace) => trace(set, query)),
        );
        // In the first two the engine is still exchanging code for better one.
        const of = (which: number): number[] => times.slice(2).map((round) => round[which] ?? Number.NaN);
        rows.push({
          ...{ mesh: mesh.name, rays: `${query} hit, ${kind}` },
          nanosecondsFlat: Math.round((1000 * Math.min(...of(0))) / count),
          instanceToFlat: rounded(medianRatio(of(1), of(0)), 3),
          quartiles: quartiles(of(1), of(0)),
          besideToFlat: rounded(medianRatio(of(2), of(0)), 3),
        });
      }
    }
  }
  const mean = (of: (row: Row) => number): number =>
    rounded(Math.exp(rows.reduce((sum, row) => sum + Math.log(of(row)), 0) / rows.length), 3);
  const means = {
    instanceToFlat: mean((row) => row.instanceToFlat),
    besideToFlat: mean((row) => row.besideToFlat),
  };
  const table = [
    `${count} rays, ${rounds} rounds, processor time of one thread over that of one level`,
    'mesh          rays                      one level    all in an instance   an instance beside',
    ...rows.map((row) =>
      [
        row.mesh.padEnd(14) + row.rays.padEnd(24),
        `${row.nanosecondsFlat} ns`.padStart(11),
        ratioText(row.instanceToFlat, row.quartiles).padStart(22),
        row.besideToFlat.toFixed(2).padStart(21),
      ].join(''),
    ),
    `geometric means${means.instanceToFlat.toFixed(2).padStart(45)}${means.besideToFlat.toFixed(2).padStart(33)}`,
  ].join('\n');
  return { table, json: { count, rounds, rows, ...means } };
}
