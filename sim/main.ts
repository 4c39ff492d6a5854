/** `npm run sim`: what it was told to do, in words or JSON. Answers with the exit code. */
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { runAll } from './campaign.ts';
import type { MeshMaker } from './engine/mesh-maker.ts';
import { HELP, lastSeedWith, readOptions, type SimOptions, UsageError } from './options.ts';
import { type Result, run } from './run.ts';
import { SCENARIOS, scenarioNamed } from './scenarios/list.ts';

export interface Output {
  out(line: string): void;
  err(line: string): void;
}

export async function main(args: readonly string[], output: Output, maker: MeshMaker): Promise<number> {
  try {
    return await act(args, output, maker);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.err(`sim: ${error.message}`);
    return 1;
  }
}

/** @throws UsageError */
async function act(args: readonly string[], { out, err }: Output, maker: MeshMaker): Promise<number> {
  const options = readOptions(args, availableParallelism());
  switch (options.mode) {
    case 'help':
      out(HELP);
      return 0;
    case 'list':
      list(options.isJson, out);
      return 0;
    case 'run':
      return runOne(options, maker, { out, err });
    case 'all':
      return runEverything(options, { out, err });
    case 'stdin':
      return runLines({ out, err }, maker);
  }
}

/** 0 when nothing failed. @throws UsageError at a line that is not understood: whoever waits for its result is not left waiting */
async function runLines(output: Output, maker: MeshMaker): Promise<number> {
  let worst = 0;
  const { stdin } = process;
  try {
    for await (const line of createInterface({ input: stdin }))
      worst = Math.max(worst, await act(line.split(' '), output, maker));
  } finally {
    stdin.destroy(); // open, it would keep the process
  }
  return worst;
}

function list(isJson: boolean, out: (line: string) => void): void {
  if (isJson) out(JSON.stringify(SCENARIOS.map(({ name, about, nodes }) => ({ name, about, nodes }))));
  else for (const { name } of SCENARIOS) out(name);
}

function runOne(options: SimOptions, maker: MeshMaker, { out, err }: Output): number {
  const scenario = scenarioNamed(options.scenario);
  if (scenario === undefined) {
    const names = SCENARIOS.map(({ name }) => name).join(', ');
    throw new UsageError(`there is no scenario "${options.scenario}". There are: ${names}`);
  }
  const nodes = options.nodes ?? scenario.nodes;
  const result = run(scenario, {
    nodes,
    firstSeed: options.firstSeed,
    lastSeed: lastSeedWith(nodes, options),
    maker,
    trace: options.isTraced ? out : undefined,
    onProgress: (seed, virtualMs, ofMs) =>
      err(
        `${scenario.name}, seed ${seed}: ${Math.round(virtualMs / 1000)} of ${Math.round(ofMs / 1000)} virtual s`,
      ),
  });
  if (options.isJson) out(JSON.stringify(result));
  else tell(result, out);
  if (!options.isJson || options.isTraced) return result.failures === 0 ? 0 : 1;
  tellFailures(result, err);
  return result.failures === 0 ? 0 : 1;
}

async function runEverything(options: SimOptions, { out, err }: Output): Promise<number> {
  const { firstSeed, seedsEach, jobs } = options;
  const [, script = 'scripts/sim.mjs'] = process.argv; // the same that we are
  const results = await runAll(SCENARIOS, { firstSeed, seedsEach, jobs, script, tell: err });
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  if (options.isJson) {
    const seeds = results.reduce((sum, result) => sum + result.seeds, 0);
    const events = results.reduce((sum, result) => sum + result.events, 0);
    const seconds = results.reduce((sum, result) => sum + result.events / result.eventsPerSecond, 0);
    const eventsPerSecond = Math.round(events / seconds);
    out(JSON.stringify({ scenario: 'all', nodes: 0, seeds, failures, eventsPerSecond, results }));
  } else for (const result of results) tell(result, out);
  return failures === 0 ? 0 : 1;
}

function tell(result: Result, out: (line: string) => void): void {
  const { scenario, nodes, seeds, failures, eventsPerSecond, events, virtualSeconds, hash } = result;
  const { messages, messagesFailed, worst } = result;
  out(
    `${scenario}: ${nodes} Nodes, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${failures} failed; ` +
      `${virtualSeconds} virtual s, ${messages} messages of which ${messagesFailed} could not be sent, ` +
      `${events} events, ${eventsPerSecond} events/s on one core, hash ${hash}`,
  );
  if (worst) out(`  nearest to a bound, ${worst.share.toFixed(2)} of it: seed ${worst.seed}: ${worst.what}`);
  tellFailures(result, out);
}

function tellFailures({ failed }: Result, out: (line: string) => void): void {
  for (const { seed, what, replay } of failed) {
    out(`  seed ${seed}: ${what[0]}${what.length > 1 ? ` (and ${what.length - 1} more)` : ''}`);
    out(`  replay: ${replay}`);
  }
}
