// Farms in virtual time whose workers have different speeds, up to 1 to 16, over links of some round trip: how much longer a Job takes than
// its work would at best, divided among all by their speeds and nobody ever idle. Counted, not timed: the same on every machine. What is
// computed again to compare (docs/farm.md, "Trust") is work, too; both figures are printed, with it and without.
//   npm run bench -- schedule [--workers N] [--rtt MS] [--seeds N] [--json]
import { makespanOf } from '../sim/farm/makespan.ts';
import { numberOption } from './common/arguments.ts';
import { rounded } from './common/statistics.ts';

export const summary =
  'the time that workers of different speeds take for a job, against the least possible (simulated)';
export const flags = ['--workers N', '--rtt MS', '--seeds N'];

/** Jobs of so many seconds at best. */
const JOB_SECONDS = [20, 60, 180];

interface Row {
  readonly idealSeconds: number;
  /** Means of all seeds, and the worst one. */
  readonly ofIdeal: number;
  readonly withChecks: number;
  readonly worstWithChecks: number;
}

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const workers = Math.ceil(numberOption(args, '--workers', 16, 200));
  const roundTripMs = numberOption(args, '--rtt', 50, 1_000);
  const seeds = Math.ceil(numberOption(args, '--seeds', 4, 1_000));
  const rows = JOB_SECONDS.map((idealSeconds): Row => {
    const all = Array.from({ length: seeds }, (_, seed) =>
      makespanOf(seed, { workers, roundTripMs, idealMs: 1_000 * idealSeconds }),
    );
    const mean = (of: (one: (typeof all)[number]) => number): number =>
      rounded(all.reduce((sum, one) => sum + of(one), 0) / all.length, 4);
    return {
      idealSeconds,
      ofIdeal: mean(({ ofIdeal }) => ofIdeal),
      withChecks: mean(({ withChecks }) => withChecks),
      worstWithChecks: rounded(Math.min(...all.map(({ withChecks }) => withChecks)), 4),
    };
  });
  const table = [
    `${workers} workers of 1 to 16 times the time for a task, ${roundTripMs} ms there and back, ${seeds} seeds; shares of the ideal makespan`,
    'a job of at best      of the work    and of checks   worst seed',
    ...rows.map(({ idealSeconds, ofIdeal, withChecks, worstWithChecks }) =>
      [
        `${idealSeconds} s`.padStart(16),
        ofIdeal.toFixed(3).padStart(17),
        withChecks.toFixed(3).padStart(18),
        worstWithChecks.toFixed(3).padStart(13),
      ].join(''),
    ),
  ].join('\n');
  return { table, json: { workers, roundTripMs, seeds, rows } };
}
