import { describe, expect, it } from 'vitest';
import { toyMaker } from './engine/toy-mesh.testing.ts';
import { main } from './main.ts';
import { lastSeedWith, readOptions } from './options.ts';
import { SCENARIOS } from './scenarios/list.ts';

async function sim(args: string, flaw?: 'doubles') {
  const out: string[] = [];
  const err: string[] = [];
  const output = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
  const code = await main(args === '' ? [] : args.split(' '), output, toyMaker(flaw));
  return { code, out, err };
}

describe('npm run sim', () => {
  it('lists one scenario a line, or all in one line of JSON', async () => {
    const plain = await sim('--list');
    expect(plain.code).toBe(0);
    expect(plain.out).toEqual(SCENARIOS.map(({ name }) => name));
    const json = await sim('--list --json');
    expect(json.out).toHaveLength(1);
    expect(JSON.parse(json.out[0] ?? '')).toHaveLength(SCENARIOS.length);
  });

  it('plays a scenario and prints one line of JSON with its figures', async () => {
    const { code, out } = await sim('--scenario quiet --nodes 3 --seeds 1..2 --json');
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
    const result = JSON.parse(out[0] ?? '');
    expect(result).toMatchObject({ scenario: 'quiet', nodes: 3, seeds: 2, failures: 0 });
    expect(result.eventsPerSecond).toBeGreaterThan(1000);
  });

  it('ends with 1 when a seed fails, and prints it with a command that plays the same failure again', async () => {
    const first = await sim('--scenario quiet --nodes 3 --seeds 4..5', 'doubles');
    expect(first.code).toBe(1);
    const told = first.out.join('\n');
    expect(told).toMatch(/seed 4: at /);
    const replay = /replay: npm run sim -- (.*--seeds 4\.\.4) --trace/.exec(told)?.[1] ?? '';
    const failure = /seed 4: (.*)/.exec(told)?.[1];
    const second = await sim(replay, 'doubles');
    expect(second.code).toBe(1);
    expect(second.out.join('\n')).toContain(`seed 4: ${failure}`);
  });

  it('answers every mistake with one clear line and ends with 1', async () => {
    const mistakes: readonly [string, RegExp][] = [
      ['', /which scenario/],
      ['--scenario', /--scenario needs a value/],
      ['--scenario nonsense', /there is no scenario "nonsense". There are: quiet/],
      ['--scenario quiet --nodes many', /--nodes takes a whole number from 2/],
      ['--scenario quiet --nodes 1', /--nodes takes/],
      ['--scenario quiet --seeds 5..2', /--seeds takes A..B/],
      ['--scenario quiet --sedes 5', /there is no flag "--sedes"/],
      ['--scenario quiet --trace --json', /do not go together/],
      ['--scenario quiet --list', /give one of/],
    ];
    for (const [args, complaint] of mistakes) {
      const { code, out, err } = await sim(args);
      expect(code, args).toBe(1);
      expect(out, args).toEqual([]);
      expect(err, args).toHaveLength(1);
      expect(err[0], args).toMatch(complaint);
    }
  });

  it('plays one seed of a large mesh, which takes minutes, unless told otherwise', () => {
    for (const [args, nodes, last] of [
      ['--scenario thousand', 1000, 1],
      ['--scenario thousand --seeds 2..4', 1000, 4],
      ['--scenario churn', 12, 10],
    ] as const)
      expect(lastSeedWith(nodes, readOptions(args.split(' '), 1)), args).toBe(last);
  });

  it('tells how it is used', async () => {
    const { code, out } = await sim('--help');
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/--seeds A\.\.B/);
  });
});
