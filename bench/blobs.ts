// A Blob that one Node has and many want at once, in virtual time: what that Node has to send of it, and how long it takes until the last one
// has it, over the least that links of 2 to 10 MB/s up and two to five times as much down allow (sim/swarm.ts). Counted: the same everywhere.
//   npm run bench -- blobs [--nodes N] [--megabytes N] [--seeds N] [--json]
import { hashAtOnce } from '../sim/hash-at-once.ts';
import { spread } from '../sim/swarm.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';

export const summary =
  'a blob to many nodes at once: what its first holder sends, and the time over the least possible (simulated)';
export const flags = ['--nodes N', '--megabytes N', '--seeds N'];

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const nodes = Math.ceil(numberOption(args, '--nodes', 16, 64));
  const megabytes = numberOption(args, '--megabytes', 100, 1_000);
  const seeds = Math.ceil(numberOption(args, '--seeds', 4, 1_000));
  const undo = hashAtOnce();
  const rows: {
    readonly uploads: number;
    readonly makespanOverBound: number;
    readonly boundSeconds: number;
  }[] = [];
  try {
    for (let seed = 0; seed < seeds; seed++) {
      const { uploads, makespanMs, boundMs } = await spread(seed, { nodes, bytes: megabytes * 1e6 });
      rows.push({
        uploads: rounded(uploads, 3),
        makespanOverBound: rounded(makespanMs / boundMs, 3),
        boundSeconds: rounded(boundMs / 1_000, 1),
      });
    }
  } finally {
    undo();
  }
  const most = (of: (row: (typeof rows)[number]) => number): number => Math.max(...rows.map(of));
  const json = {
    ...{ nodes, megabytes, seeds },
    uploads: most(({ uploads }) => uploads),
    makespanOverBound: most(({ makespanOverBound }) => makespanOverBound),
    rows,
  };
  const table = [
    `${megabytes} MB from one node to ${nodes} at once, ${seeds} seeds`,
    'seed   sent by the first   time over the least   the least',
    ...rows.map(({ uploads, makespanOverBound, boundSeconds }, seed) =>
      [
        String(seed).padStart(4),
        `${uploads.toFixed(2)}x its size`.padStart(20),
        makespanOverBound.toFixed(2).padStart(22),
        `${boundSeconds} s`.padStart(12),
      ].join(''),
    ),
  ].join('\n');
  return { table, json };
}
