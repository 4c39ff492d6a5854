/** The command line of `npm run sim`: read strictly, every mistake with one clear line. */

export interface SimOptions {
  readonly mode: 'help' | 'list' | 'run' | 'all' | 'stdin';
  readonly scenario: string;
  readonly nodes: number | undefined;
  readonly firstSeed: number;
  readonly lastSeed: number;
  /** `--seeds` was there. */
  readonly areSeedsGiven: boolean;
  /** Seeds of a scenario in the full set. */
  readonly seedsEach: number;
  readonly jobs: number;
  readonly isTraced: boolean;
  readonly isJson: boolean;
}

export class UsageError extends Error {}

export const HELP = `npm run sim -- --scenario NAME [--nodes N] [--seeds A..B] [--trace] [--json]
npm run sim -- --list [--json]
npm run sim -- --all [--seeds A..B] [--jobs N] [--json]
npm run sim -- --stdin

  --scenario NAME  plays this one (--list names them)
  --nodes N        with so many Nodes, 2 to 10,000; else with the scenario's own number
  --seeds A..B     with each of these seeds, or one seed A; default 1..10, with 500 Nodes or more
                   1, with --all 1..1000
  --trace          prints every event and what was done
  --all            the full set: every scenario, at least 1,000 seeds each but for the largest
  --jobs N         so many processes at once, with --all; default: one a core
  --stdin          plays what each line of standard input says in these flags, one after the other
  --json           one line of JSON on standard output instead of the table

Exit code 0: nothing failed. A failure prints its seed and the command that plays it again.`;

const MAX_NODES = 10_000;
const MAX_SEED = 0x3fff_ffff;
const FULL_SET_SEEDS = 1000;
const DEFAULT_SEEDS = 10;
const MANY_NODES = 500;

/** @throws UsageError */
export function readOptions(args: readonly string[], cores: number): SimOptions {
  let mode: SimOptions['mode'] | undefined;
  let scenario = '';
  let nodes: number | undefined;
  let seeds: readonly [number, number] | undefined;
  let jobs = cores;
  let isTraced = false;
  let isJson = false;
  const left = [...args];
  const takeValue = (flag: string): string => {
    const value = left.shift();
    if (value === undefined || value.startsWith('--')) throw new UsageError(`${flag} needs a value`);
    return value;
  };
  const setMode = (next: SimOptions['mode']): void => {
    if (mode !== undefined && mode !== next)
      throw new UsageError('give one of --scenario, --list, --all, --stdin');
    mode = next;
  };
  for (let flag = left.shift(); flag !== undefined; flag = left.shift()) {
    switch (flag) {
      case '--help':
      case '-h':
        return {
          mode: 'help',
          scenario,
          nodes,
          firstSeed: 1,
          lastSeed: 1,
          areSeedsGiven: false,
          seedsEach: 1,
          jobs,
          isTraced,
          isJson,
        };
      case '--list':
        setMode('list');
        break;
      case '--all':
        setMode('all');
        break;
      case '--stdin':
        setMode('stdin');
        break;
      case '--scenario':
        setMode('run');
        scenario = takeValue(flag);
        break;
      case '--nodes':
        nodes = readNumber(flag, takeValue(flag), 2, MAX_NODES);
        break;
      case '--jobs':
        jobs = readNumber(flag, takeValue(flag), 1, 64);
        break;
      case '--seeds':
        seeds = readSeeds(takeValue(flag));
        break;
      case '--trace':
        isTraced = true;
        break;
      case '--json':
        isJson = true;
        break;
      default:
        throw new UsageError(`there is no flag "${flag}"; --help tells which there are`);
    }
  }
  if (mode === undefined) throw new UsageError('which scenario? --scenario NAME; --list names them');
  if (isTraced && isJson) throw new UsageError('--trace and --json do not go together');
  if (isTraced && mode !== 'run') throw new UsageError('--trace needs --scenario');
  const [firstSeed, lastSeed] = seeds ?? [1, mode === 'all' ? FULL_SET_SEEDS : isTraced ? 1 : DEFAULT_SEEDS];
  const seedsEach = lastSeed - firstSeed + 1;
  const areSeedsGiven = seeds !== undefined;
  return { mode, scenario, nodes, firstSeed, lastSeed, areSeedsGiven, seedsEach, jobs, isTraced, isJson };
}

/** With so many Nodes a seed takes minutes: whoever wants more than one says so. */
export function lastSeedWith(
  nodes: number,
  { firstSeed, lastSeed, areSeedsGiven }: Pick<SimOptions, 'firstSeed' | 'lastSeed' | 'areSeedsGiven'>,
): number {
  return areSeedsGiven || nodes < MANY_NODES ? lastSeed : firstSeed;
}

function readNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
  }
  return value;
}

function readSeeds(text: string): readonly [number, number] {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first > last || last > MAX_SEED) {
    throw new UsageError(`--seeds takes A..B with A <= B <= ${MAX_SEED}, not "${text}"`);
  }
  return [first, last];
}
