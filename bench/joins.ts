// Does anything stay of Nodes that come and go? One Node in a process stays; a thousand others join, say a word and leave.
//   npm run bench -- joins [--times N] [--json]
import { startServerInChild } from '../signaling/child-process.ts';
import { numberOption } from './common/arguments.ts';
import { type Footprint, joinAndLeave } from './common/joins.ts';
import { rounded } from './common/statistics.ts';

export const summary = 'memory, threads and files of a process after 1,000 Nodes that joined and left';
export const flags = ['--times N'];

const ROWS = 10;
const MIB = 1024 * 1024;

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const times = Math.ceil(numberOption(args, '--times', 1_000, 100_000));
  const server = await startServerInChild();
  try {
    const signaling = `http://127.0.0.1:${server.port}/`;
    const every = Math.max(1, Math.floor(times / ROWS));
    const rows = await joinAndLeave(signaling, times, every, (row) => console.error(line(row)));
    // The first tenths fill caches and tables up to their bounds: what grows after the half is what grows for ever.
    const [first, middle, last] = [rows[0], rows[rows.length >> 1], rows.at(-1)];
    if (!first || !middle || !last) throw new Error('a run has at least one join');
    const joins = Math.max(1, last.joins - middle.joins);
    const perJoin = (of: (row: Footprint) => number): number => rounded((of(last) - of(middle)) / joins, 0);
    const json = {
      times,
      residentMiB: rows.map(({ residentBytes }) => rounded(residentBytes / MIB, 1)),
      heapMiB: rows.map(({ heapBytes }) => rounded(heapBytes / MIB, 1)),
      residentBytesPerJoin: perJoin(({ residentBytes }) => residentBytes),
      heapBytesPerJoin: perJoin(({ heapBytes }) => heapBytes),
      threads: [first.threads, last.threads],
      fileDescriptors: [first.fileDescriptors, last.fileDescriptors],
    };
    const table = [
      `   joins   resident MiB   heap MiB   threads   files`,
      ...rows.map(line),
      `in the second half: ${json.residentBytesPerJoin} bytes resident a join, ${json.heapBytesPerJoin} in the heap`,
    ].join('\n');
    return { table, json };
  } finally {
    await server.kill();
  }
}

function line({ joins, residentBytes, heapBytes, threads = 0, fileDescriptors = 0 }: Footprint): string {
  return [
    String(joins).padStart(8),
    (residentBytes / MIB).toFixed(1).padStart(15),
    (heapBytes / MIB).toFixed(1).padStart(11),
    String(threads).padStart(10),
    String(fileDescriptors).padStart(8),
  ].join('');
}
