/** The full set: every scenario with many seeds, in processes of its own, as many at once as there are cores. */
import { spawn } from 'node:child_process';
import { type Result, worseOf } from './run.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface CampaignOptions {
  readonly firstSeed: number;
  readonly seedsEach: number;
  readonly jobs: number;
  readonly tell: (line: string) => void;
}

/** Seeds of one process: small enough that both cores are busy until the end. */
const SEEDS_AT_ONCE = 50;
const USUAL_SEEDS = 1000;
/** As `npm run sim` has it: events live for a moment, and a collection every few milliseconds finds too many of them alive. */
const YOUNG_GENERATION = '--max-semi-space-size=64';

interface Portion {
  readonly scenario: Scenario;
  readonly nodes: number;
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** One result a scenario, in their order. */
export async function runAll(scenarios: readonly Scenario[], options: CampaignOptions): Promise<Result[]> {
  const portions = scenarios.flatMap((scenario) => portionsOf(scenario, options));
  const results = new Map<string, Result>();
  const total = portions.length;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let portion = portions.shift(); portion !== undefined; portion = portions.shift()) {
      const result = await runApart(portion);
      const { name } = portion.scenario;
      const before = results.get(name);
      const sofar = before === undefined ? result : together(before, result);
      results.set(name, sofar);
      done++;
      const worst =
        sofar.worst && `, worst ${sofar.worst.share.toFixed(2)} of a bound (seed ${sofar.worst.seed})`;
      options.tell(
        `${name} ${portion.firstSeed}..${portion.lastSeed}: ${sofar.seeds} seeds, ${sofar.failures} failed` +
          `${worst ?? ''}; ${done} of ${total} portions done`,
      );
      for (const { seed, what, replay } of result.failed) {
        options.tell(`  seed ${seed}: ${what[0]}\n  replay: ${replay}`);
      }
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return scenarios.flatMap(({ name }) => results.get(name) ?? []);
}

function portionsOf(scenario: Scenario, { firstSeed, seedsEach }: CampaignOptions): Portion[] {
  const { nodes = scenario.nodes, seeds = USUAL_SEEDS } = scenario.fullSet ?? {};
  const lastSeed = firstSeed + Math.max(1, Math.round((seeds * seedsEach) / USUAL_SEEDS)) - 1;
  const portions: Portion[] = [];
  for (let first = firstSeed; first <= lastSeed; first += SEEDS_AT_ONCE) {
    portions.push({
      scenario,
      nodes,
      firstSeed: first,
      lastSeed: Math.min(lastSeed, first + SEEDS_AT_ONCE - 1),
    });
  }
  return portions;
}

function runApart({ scenario, nodes, firstSeed, lastSeed }: Portion): Promise<Result> {
  const [, script = 'scripts/sim.mjs'] = process.argv; // the same that we are
  const seeds = `${firstSeed}..${lastSeed}`;
  const args = [script, '--scenario', scenario.name, '--nodes', `${nodes}`, '--seeds', seeds, '--json'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [YOUNG_GENERATION, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      complaint = `${complaint}${text}`.slice(-2000);
    });
    child.on('error', reject);
    child.on('close', () => {
      try {
        resolve(JSON.parse(output) as Result); // our own line
      } catch {
        reject(new Error(`${scenario.name} ${seeds} ended without a result: ${complaint}`));
      }
    });
  });
}

function together(a: Result, b: Result): Result {
  const events = a.events + b.events;
  const seconds = a.events / a.eventsPerSecond + b.events / b.eventsPerSecond;
  return {
    ...a,
    seeds: a.seeds + b.seeds,
    failures: a.failures + b.failures,
    eventsPerSecond: Math.round(events / seconds),
    events,
    virtualSeconds: a.virtualSeconds + b.virtualSeconds,
    messages: a.messages + b.messages,
    messagesFailed: a.messagesFailed + b.messagesFailed,
    oneSidedDepartures: a.oneSidedDepartures + b.oneSidedDepartures,
    worst: worseOf(a.worst, b.worst),
    failed: [...a.failed, ...b.failed].sort((x, y) => x.seed - y.seed),
  };
}
