// What a mesh costs while nobody says anything: bytes a minute and Node, everything included (records, digests, health), in the
// simulator, with the jitter of a busy Wi-Fi (log-normal, sigma 0.5).
//   npm run bench -- rest [--seeds N] [--most N] [--json]
import { meshStateMaker } from '../sim/mesh-state-maker.ts';
import { measureRest } from '../sim/rest.ts';
import { numberOption } from './common/arguments.ts';
import { median, rounded } from './common/statistics.ts';

export const summary = 'bytes a minute and Node at rest, by the number of Nodes (simulated, with jitter)';
export const flags = ['--seeds N', '--most N'];

const SIZES = [8, 100, 1_000] as const;
const MAX_SEEDS = 100;

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const seeds = Math.ceil(numberOption(args, '--seeds', 1, MAX_SEEDS));
  const most = numberOption(args, '--most', 1_000, 10_000);
  const rows = SIZES.filter((nodes) => nodes <= most).map((nodes) => {
    const runs = Array.from({ length: seeds }, (_, i) => measureRest(nodes, i + 1, meshStateMaker));
    const [first] = runs;
    return {
      nodes,
      kibPerMinute: rounded(median(runs.map((each) => each.kibPerMinute)), 2),
      byType: first?.byType ?? {},
    };
  });
  const table = [
    `${'Nodes'.padStart(8)}${'KiB/min'.padStart(10)}   the largest shares`,
    ...rows.map(({ nodes, kibPerMinute, byType }) => {
      const shares = Object.entries(byType).slice(0, 4);
      const text = shares.map(([type, kib]) => `${type} ${kib.toFixed(1)}`).join(', ');
      return `${String(nodes).padStart(8)}${kibPerMinute.toFixed(1).padStart(10)}   ${text}`;
    }),
    `per Node; median of ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`,
  ].join('\n');
  const kibPerMinute = Object.fromEntries(rows.map((row) => [row.nodes, row.kibPerMinute]));
  return { table, json: { kibPerMinute, sizes: rows, seeds } };
}
