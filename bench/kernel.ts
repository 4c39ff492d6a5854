// Rays per second of the kernel's hierarchy against three-mesh-bvh and, where it can be compiled, Embree: the same meshes,
// the same rays, one thread. The engines take turns, and a ratio is the median of those within a turn: what else the machine
// does then slows both sides of it.
//   npm run bench -- kernel [--rays N] [--rounds N] [--mesh NAME] [--only NAME] [--json]

import { availableParallelism } from 'node:os';
import { type Engine, embree, leafcutter, type Query, threeMeshBvh } from './kernel/engines.ts';
import { type Mesh, meshes, millionTriangles } from './kernel/meshes.ts';
import { cameraRays, incoherentRays } from './kernel/rays.ts';
import { buildTogether } from './kernel/together.ts';

export const summary = 'rays per second against three-mesh-bvh and Embree';
export const flags = ['--rays N', '--rounds N', '--mesh NAME', '--only NAMES'];

const OURS = 'leafcutter';

const CASES = [
  { name: 'closest incoherent', query: 'closest', raySet: 0 },
  { name: 'any incoherent', query: 'any', raySet: 0 },
  { name: 'closest camera', query: 'closest', raySet: 1 },
  { name: 'any camera', query: 'any', raySet: 1 },
] as const satisfies readonly { name: string; query: Query; raySet: number }[];

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

interface Row {
  readonly mesh: string;
  readonly case: string;
  /** Million rays a second, by engine: medians. */
  readonly speeds: Readonly<Record<string, number>>;
  /** Our speed over the other engine's. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** Milliseconds to build, by engine: medians of three. Leaves every engine with the mesh and the rays. */
async function measureBuild(
  mesh: Mesh,
  engines: readonly Engine[],
  raySets: readonly Float32Array[],
): Promise<Record<string, number>> {
  const builds = new Map(engines.map((engine) => [engine.name, [] as number[]]));
  for (let round = 0; round < 3; round++) {
    for (const engine of engines) builds.get(engine.name)?.push(await engine.load(mesh, raySets));
  }
  return Object.fromEntries([...builds].map(([name, list]) => [name, median(list)]));
}

async function measureMesh(
  mesh: Mesh,
  engines: readonly Engine[],
  rayCount: number,
  rounds: number,
): Promise<{ rows: Row[]; build: Record<string, number>; notes: string[] }> {
  const build = await measureBuild(mesh, engines, [
    incoherentRays(mesh, rayCount, 3),
    cameraRays(mesh, rayCount),
  ]);
  const notes: string[] = [];
  const rows: Row[] = [];
  for (const { name, query, raySet } of CASES) {
    const runs = new Map(engines.map((engine) => [engine.name, [] as number[]]));
    const hits: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      for (const engine of engines) {
        const measured = await engine.trace(query, raySet);
        if (round === 0) hits.push(measured.hits);
        else runs.get(engine.name)?.push(measured.milliseconds);
      }
    }
    const ours = runs.get(OURS) ?? [];
    const speeds: Record<string, number> = {};
    const ratios: Record<string, number> = {};
    for (const [engine, times] of runs) {
      speeds[engine] = rayCount / median(times) / 1000;
      if (engine !== OURS) ratios[engine] = median(times.map((time, i) => time / (ours[i] ?? Number.NaN)));
    }
    if (Math.max(...hits) - Math.min(...hits) > rayCount * 1e-4) {
      notes.push(`${mesh.name}, ${name}: hits differ: ${hits.join(', ')}`);
    }
    rows.push({ mesh: mesh.name, case: name, speeds, ratios });
  }
  return { rows, build, notes };
}

function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const rayCount = Number(option(args, '--rays') ?? 131_072);
  const rounds = Number(option(args, '--rounds') ?? 7);
  const onlyMesh = option(args, '--mesh');
  const onlyEngine = option(args, '--only');
  const notes: string[] = [];
  const engines: Engine[] = [await leafcutter(), threeMeshBvh()];
  const native = await embree();
  if (typeof native === 'string') notes.push(native);
  else engines.push(native);
  const chosen = engines.filter((e) => !onlyEngine || e.name === OURS || onlyEngine.includes(e.name));
  const rows: Row[] = [];
  const builds: Record<string, Record<string, number>> = {};
  try {
    for (const mesh of await meshes()) {
      if (onlyMesh && mesh.name !== onlyMesh) continue;
      const measured = await measureMesh(mesh, chosen, rayCount, rounds);
      rows.push(...measured.rows);
      builds[mesh.name] = measured.build;
      notes.push(...measured.notes);
    }
    if (!onlyMesh) {
      const million = millionTriangles();
      builds[million.name] = await measureBuild(million, chosen, []);
      for (const cores of [1, 2, 4].filter((count) => count <= availableParallelism())) {
        const times: number[] = [];
        for (let round = 0; round < 5; round++) times.push(await buildTogether(million, cores));
        builds[`by ${cores} of our cores`] = { [OURS]: median(times) };
      }
    }
  } finally {
    for (const engine of engines) await engine.close();
  }
  return { table: tableOf(rows, builds, notes), json: jsonOf(rows, builds) };
}

/** The ratio of one case, geometric mean over the meshes. */
function ratio(rows: readonly Row[], name: string, other: string): number | undefined {
  const ratios = rows.flatMap((row) => (row.case === name ? (row.ratios[other] ?? []) : []));
  return ratios.length ? Number(geometricMean(ratios).toFixed(3)) : undefined;
}

function jsonOf(rows: readonly Row[], builds: Record<string, Record<string, number>>): object {
  const cases = CASES.map(({ name }) => ({
    case: name,
    xThreeMeshBvh: ratio(rows, name, 'three-mesh-bvh'),
    xEmbree: ratio(rows, name, 'Embree'),
  }));
  return {
    xThreeMeshBvh: ratio(rows, 'closest incoherent', 'three-mesh-bvh'),
    xEmbree: ratio(rows, 'closest incoherent', 'Embree'),
    cases,
    millionRaysPerSecond: rows,
    buildMilliseconds: builds,
  };
}

function tableOf(
  rows: readonly Row[],
  builds: Record<string, Record<string, number>>,
  notes: readonly string[],
): string {
  const names = Object.keys(rows[0]?.speeds ?? {});
  const others = names.filter((name) => name !== OURS);
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(19) : cell.padStart(16))).join(' ');
  const lines = [line(['mesh', 'Mrays/s', ...names, ...others.map((name) => `x ${name}`)])];
  for (const row of rows) {
    const speeds = names.map((name) => (row.speeds[name] ?? Number.NaN).toFixed(3));
    const ratios = others.map((name) => (row.ratios[name] ?? Number.NaN).toFixed(3));
    lines.push(line([row.mesh, row.case, ...speeds, ...ratios]));
  }
  for (const { name } of CASES) {
    const ratios = others.map((other) => ratio(rows, name, other)?.toFixed(3) ?? '-');
    lines.push(line(['geometric mean', name, ...names.map(() => ''), ...ratios]));
  }
  for (const [mesh, build] of Object.entries(builds)) {
    lines.push(line([mesh, 'build, ms', ...names.map((name) => (build[name] ?? Number.NaN).toFixed(1))]));
  }
  return [...lines, ...notes].join('\n');
}
