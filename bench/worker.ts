// Does anything stay of the Jobs that a worker without a window has worked on? The built `leafcutter join`, and many small renders.
//   npm run bench -- worker [--minutes N] [--json]
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { startCommand } from '../e2e/support/server.ts';
import { startServerInChild } from '../signaling/child-process.ts';
import { builtKernel } from '../src/cli/built-files.ts';
import { openMeshFarm } from '../src/cli/mesh-farm.ts';
import { joinNetwork, newNetwork } from '../src/library/index.node.ts';
import { openPubSub } from '../src/library/index.pubsub.ts';
import { readScene } from '../src/render/scene/index.ts';
import { DEFAULT_SETTINGS } from '../src/render/settings.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';

export const summary = 'memory, threads and files of `leafcutter join` over many small jobs';
export const flags = ['--minutes N'];

const root = new URL('../', import.meta.url);
const built = {
  page: new URL('dist/page/', root),
  thread: new URL('dist/node/render-thread-worker.js', root),
  reader: new URL('dist/node/read-thread-worker.js', root),
};
const MIB = 1024 * 1024;
const ROWS = 10;
/** Some four dozen Blocks: a Job is mostly its beginning and its end. */
const SHAPE = { width: 96, height: 64, samples: 8 };

interface Footprint {
  readonly minutes: number;
  readonly jobs: number;
  readonly residentBytes: number;
  readonly threads: number;
  readonly fileDescriptors: number;
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const minutes = numberOption(args, '--minutes', 5, 24 * 60);
  if (!existsSync(new URL('dist/node/cli.js', root))) throw new Error('not built: run `npm run build` first');
  const server = await startServerInChild();
  const link = `http://127.0.0.1:${server.port}/#${newNetwork()}`;
  const worker = startCommand(['join', link, '--workers', '1', '--no-disk', '--json']);
  worker.stderr.pipe(process.stderr);
  try {
    await new Promise<void>((resolve) =>
      createInterface({ input: worker.stdout }).once('line', () => resolve()),
    );
    worker.stdout.resume();
    const rows = await manyJobs(link, worker.pid ?? 0, minutes);
    // The first half fills caches and tables up to their bounds: what grows after it is what grows for ever.
    const [first, middle, last] = [rows[0], rows[rows.length >> 1], rows.at(-1)];
    if (!first || !middle || !last) throw new Error('no job was done');
    const jobs = Math.max(1, last.jobs - middle.jobs);
    const json = {
      minutes,
      jobs: last.jobs,
      residentMiB: rows.map(({ residentBytes }) => rounded(residentBytes / MIB, 1)),
      residentBytesPerJob: rounded((last.residentBytes - middle.residentBytes) / jobs, 0),
      threads: [first.threads, last.threads],
      fileDescriptors: [first.fileDescriptors, last.fileDescriptors],
    };
    const table = [
      ' minutes    jobs   resident MiB   threads   files',
      ...rows.map(line),
      `in the second half: ${json.residentBytesPerJob} bytes resident a job`,
    ].join('\n');
    return { table, json };
  } finally {
    worker.kill('SIGKILL');
    await server.kill();
  }
}

/** One render after the other, each with a seed of its own, all of them done by the worker. */
async function manyJobs(link: string, pid: number, minutes: number): Promise<readonly Footprint[]> {
  const kernel = await builtKernel(built);
  const glb = new Uint8Array(await readFile(new URL('public/generated/samples/cornell.glb', root)));
  const { scene, title } = await readScene(new Map([['cornell.glb', glb]]));
  const mesh = await joinNetwork(link);
  const { broker } = openPubSub(mesh);
  const { farm, close } = openMeshFarm(mesh, { kernel, built, workers: 0, broker, isViewer: true });
  const rows: Footprint[] = [];
  const startMs = performance.now();
  try {
    for (let jobs = 1; ; jobs++) {
      const settings = { ...DEFAULT_SETTINGS, ...SHAPE, seed: jobs };
      const job = await farm.submit({ title, scene, settings });
      await job.finished;
      farm.remove(job.id);
      const passed = (performance.now() - startMs) / 60_000;
      if (passed < ((rows.length + 1) * minutes) / ROWS) continue;
      const row = { minutes: passed, jobs, ...(await footprintOf(pid)) };
      rows.push(row);
      console.error(line(row));
      if (passed >= minutes) return rows;
    }
  } finally {
    close();
    await mesh.close();
  }
}

/** As the system sees the process: its heap is not collected for the occasion. */
async function footprintOf(
  pid: number,
): Promise<Pick<Footprint, 'residentBytes' | 'threads' | 'fileDescriptors'>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  const fileDescriptors = (await readdir(`/proc/${pid}/fd`)).length;
  return { residentBytes: 1024 * field('VmRSS'), threads: field('Threads'), fileDescriptors };
}

function line({ minutes, jobs, residentBytes, threads, fileDescriptors }: Footprint): string {
  return [
    minutes.toFixed(1).padStart(8),
    String(jobs).padStart(8),
    (residentBytes / MIB).toFixed(1).padStart(15),
    String(threads).padStart(10),
    String(fileDescriptors).padStart(8),
  ].join('');
}
