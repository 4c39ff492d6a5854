import { describe, expect, it } from 'vitest';
import { scenarioNamed } from '../scenarios/list.ts';
import { play } from '../scenarios/player.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { toyMaker } from './toy-mesh.testing.ts';

const quiet = named('quiet');

function named(name: string): Scenario {
  const scenario = scenarioNamed(name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return scenario;
}

describe('a simulation', () => {
  it('is the same for the same seed, event by event, and another for another', () => {
    const once = play(quiet, { nodes: 6, seed: 5, maker: toyMaker() });
    const again = play(quiet, { nodes: 6, seed: 5, maker: toyMaker() });
    const other = play(quiet, { nodes: 6, seed: 6, maker: toyMaker() });
    expect(once.failures).toEqual([]);
    expect(again).toEqual(once);
    expect(other.hash).not.toBe(once.hash);
    expect(once.events).toBeGreaterThan(5000);
  });

  it('prints the same trace for the same seed, and one does not disturb the run', () => {
    const traces: string[][] = [[], []];
    for (const lines of traces) {
      play(quiet, { nodes: 3, seed: 1, maker: toyMaker(), trace: (line) => lines.push(line) });
    }
    expect(traces[0]).toEqual(traces[1]);
    expect(traces[0]?.length).toBeGreaterThan(1000);
    expect(traces[0]?.some((line) => /channel 1 opened/.test(line))).toBe(true);
  });
});
