// Farms in virtual time some of whose devices compute wrongly, each by a habit: what of that ends in the results, and what the checks
// cost. Both are counted, not timed: the figures are the same on every machine.
//   npm run bench -- trust [--workers N] [--liars N] [--tasks N] [--seeds N] [--json]
import { habits } from '../sim/farm/habits.ts';
import { type LiarsOutcome, playLiars } from '../sim/farm/liars.ts';
import { numberOption } from './common/arguments.ts';

export const summary =
  'wrong results that end in the picture, and the work that checks cost, with devices that lie';
export const flags = ['--workers N', '--liars N', '--tasks N', '--seeds N'];

interface Row {
  readonly habit: string;
  readonly workers: number;
  readonly liars: number;
  readonly found: number;
  readonly wrongShare: number;
  /** Work done only to check, over the work of the Job. */
  readonly extraWork: number;
  /** Work taken back with the liars' results, over the work of the Job. */
  readonly withdrawn: number;
}

const HEADER = 'habit                                                   found   wrong   extra   withdrawn';

export async function run(args: string[]): Promise<{ table: string; json: object }> {
  const whole = (name: string, fallback: number, most: number): number =>
    Math.ceil(numberOption(args, name, fallback, most));
  const workers = whole('--workers', 20, 200);
  const liars = Math.min(workers - 1, whole('--liars', 2, 100));
  const tasks = whole('--tasks', 4_000, 1_000_000);
  const seeds = whole('--seeds', 3, 1_000);
  const rows = Object.keys(habits).map((habit): Row => {
    const outcomes = Array.from({ length: seeds }, (_, seed) =>
      playLiars(seed, { workers, liars, tasks, habit }),
    );
    const row = rowOf(habit, outcomes);
    console.error(line(row));
    return row;
  });
  const most = (of: (row: Row) => number): number => rows.reduce((sum, row) => Math.max(sum, of(row)), 0);
  const json = {
    ...{ workers, liars, tasks, seeds },
    wrongShare: most(({ wrongShare }) => wrongShare),
    extraWork: most(({ extraWork }) => extraWork),
    rows,
  };
  const title = `${workers} devices with a worker each, ${liars} of them lie; ${tasks} tasks, ${seeds} seeds; shares of the work of a job`;
  return { table: [title, HEADER, ...rows.map(line)].join('\n'), json };
}

function rowOf(habit: string, outcomes: readonly LiarsOutcome[]): Row {
  const sum = (of: (outcome: LiarsOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const problem = outcomes.flatMap(({ problems }) => problems)[0];
  if (problem !== undefined) console.error(problem);
  const mean = (of: (outcome: LiarsOutcome) => number): number => sum(of) / outcomes.length;
  return {
    habit,
    workers: outcomes[0]?.workers ?? 0,
    liars: outcomes[0]?.liars ?? 0,
    found: mean(({ found }) => found),
    wrongShare: mean(({ wrongShare }) => wrongShare),
    extraWork: mean(({ checkedShare }) => checkedShare),
    withdrawn: mean(({ withdrawnShare }) => withdrawnShare),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function line({ habit, liars, found, wrongShare, extraWork, withdrawn }: Row): string {
  return [
    habit.padEnd(54),
    `${Number(found.toFixed(2))}/${liars}`.padStart(7),
    percent(wrongShare).padStart(8),
    percent(extraWork).padStart(8),
    percent(withdrawn).padStart(12),
  ].join('');
}
