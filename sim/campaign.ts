/** The full set: every scenario with many seeds, in as many processes as there are cores. */
import { type Portion, PortionPlayer } from './portion-player.ts';
import { type Result, worseOf } from './run.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface CampaignOptions {
  readonly firstSeed: number;
  readonly seedsEach: number;
  readonly jobs: number;
  /** What a process plays portions with: scripts/sim.mjs. */
  readonly script: string;
  readonly tell: (line: string) => void;
}

/** Seeds of one portion: small enough that both cores are busy until the end. */
const SEEDS_AT_ONCE = 50;
const USUAL_SEEDS = 1000;

/** One result a scenario, in their order. */
export async function runAll(scenarios: readonly Scenario[], options: CampaignOptions): Promise<Result[]> {
  const portions = scenarios.flatMap((scenario) => portionsOf(scenario, options));
  const results = new Map<string, Result>();
  const total = portions.length;
  let done = 0;
  const work = async (player: PortionPlayer): Promise<void> => {
    for (let portion = portions.shift(); portion !== undefined; portion = portions.shift()) {
      const result = await player.play(portion);
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
  const players = Array.from({ length: options.jobs }, () => new PortionPlayer(options.script));
  try {
    await Promise.all(players.map(work));
  } finally {
    for (const player of players) player.end();
  }
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
