import { describe, expect, it } from 'vitest';
import { runAll } from './campaign.ts';
import { meshStateMaker } from './mesh-state-maker.ts';
import { run } from './run.ts';
import { scenarioNamed } from './scenarios/list.ts';

const scenarios = ['relay-freeze', 'restart-same'].flatMap((name) => scenarioNamed(name) ?? []);
/** More than the 50 of a portion would take a minute: a portion each is enough. */
const options = { firstSeed: 3, seedsEach: 2, jobs: 1, script: 'scripts/sim.mjs' };

describe('the full set', () => {
  it('comes to what each scenario comes to alone, though one process plays them one after the other', async () => {
    const told: string[] = [];
    const results = await runAll(scenarios, { ...options, tell: (line) => told.push(line) });
    const alone = scenarios.map((scenario) =>
      run(scenario, { nodes: scenario.nodes, firstSeed: 3, lastSeed: 4, maker: meshStateMaker }),
    );
    expect(results.map(({ scenario, hash, failures }) => ({ scenario, hash, failures }))).toEqual(
      alone.map(({ scenario, hash, failures }) => ({ scenario, hash, failures })),
    );
    expect(told.at(-1)).toMatch(/2 of 2 portions done/);
  }, 120_000);

  it('says what went wrong in a process that ends without a result', async () => {
    const broken = { ...options, script: 'scripts/no-such-script.mjs', tell: () => {} };
    await expect(runAll(scenarios, broken)).rejects.toThrow(
      /relay-freeze .* ended without a result: .*no-such-script/s,
    );
  }, 60_000);

  it('waits for no result of what a process does not understand', async () => {
    const tooFar = { ...options, firstSeed: 2 ** 30, tell: () => {} };
    await expect(runAll(scenarios, tooFar)).rejects.toThrow(/ended without a result: sim: /);
  }, 60_000);
});
