import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { blockPlan, inMemory } from '../film/index.ts';
import { Eta } from './eta.ts';
import { Expectation } from './expectation.ts';
import { RenderStore } from './render-store.ts';

const AREA = 64 * 64;
/** Of what is left; the last Blocks are not divided any further. */
const TOLERANCE = 0.25;

interface Race {
  readonly seed: number;
  /** Pixel samples a second of each worker. */
  readonly speeds: readonly number[];
  /** What a sample of each Tile costs, against the average. */
  readonly costs: readonly number[];
  readonly samples: number;
  readonly noise: number;
  /** How much the samples of each Tile differ. */
  readonly spreads: readonly number[];
}

interface Forecast {
  readonly atMs: number;
  readonly etaMs: number | undefined;
}

/** A render in virtual time: each worker takes the next Block when it is done with one, one Node a worker. */
function race({ seed, speeds, costs, samples, noise, spreads }: Race) {
  const random = seededRandom(seed);
  const plan = blockPlan(64 * costs.length, 64, samples, { noise });
  const store = new RenderStore(plan, { samples, noise }, inMemory);
  const expectation = new Expectation(store);
  const eta = new Eta(store.partCount);
  const forecasts: Forecast[] = [];
  let nowMs = 0;
  store.events.on('contributed', ({ worker, part, samples: count }) =>
    eta.record(worker, { tile: part, samples: count }, nowMs),
  );
  const workers = speeds.map((speed, index) => ({
    ...{ speed, ref: { node: newNodeId(random), index }, freeAtMs: 0 },
    task: undefined as number | undefined,
  }));
  let grainMs = 0;
  const taken = new Set<number>();
  const nextTask = (): number | undefined => {
    for (let task = 0; task < plan.taskCount; task++) {
      if (!taken.has(task) && !store.isSettled(task)) return task;
    }
    return undefined;
  };
  for (;;) {
    for (const worker of workers) {
      if (worker.task !== undefined) continue;
      const task = nextTask();
      if (task === undefined) continue;
      taken.add(task);
      worker.task = task;
      const cost = costs[plan.tileOf(task)] ?? 1;
      const ms = (1000 * plan.cost(task) * cost * (0.9 + 0.2 * uniform(random))) / worker.speed;
      grainMs = Math.max(grainMs, ms);
      worker.freeAtMs = nowMs + ms;
    }
    const busy = workers.filter(({ task }) => task !== undefined);
    const first = busy.reduce<(typeof busy)[number] | undefined>(
      (soonest, one) => (soonest && soonest.freeAtMs <= one.freeAtMs ? soonest : one),
      undefined,
    );
    if (first?.task === undefined || store.reel.isComplete) break;
    nowMs = first.freeAtMs;
    store.accept(first.task, sums(first.task), first.ref);
    first.task = undefined;
    const { tilesLeft, samplesLeft } = expectation.measure();
    const seconds = eta.seconds(tilesLeft, samplesLeft, nowMs);
    forecasts.push({ atMs: nowMs, etaMs: seconds === undefined ? undefined : 1000 * seconds });
  }
  return { forecasts, endMs: nowMs, grainMs };

  function sums(task: number): Uint8Array {
    const { sampleCount } = plan.block(task);
    const spread = noise === 0 ? 0 : 4 * (spreads[plan.tileOf(task)] ?? 0) * Math.sqrt(sampleCount);
    const floats = new Float32Array(AREA * 3).fill(sampleCount * 0.5);
    if (spread > 0)
      for (let i = 0; i < floats.length; i++) floats[i] = sampleCount / 2 + spread * (uniform(random) - 0.5);
    return new Uint8Array(floats.buffer);
  }
}

function worstError({ forecasts, endMs, grainMs }: ReturnType<typeof race>): number {
  let worst = 0;
  for (const { atMs, etaMs } of forecasts) {
    if (atMs < endMs / 10) continue;
    const leftMs = endMs - atMs;
    const offMs = etaMs === undefined ? Number.POSITIVE_INFINITY : Math.abs(etaMs - leftMs);
    worst = Math.max(worst, Math.max(0, offMs - grainMs) / Math.max(leftMs, grainMs));
  }
  return worst;
}

describe('when it will be done', () => {
  it('is right within a quarter from a tenth on, whatever the speeds of the workers and the costs of the Tiles', () => {
    // All alike likely. Of doubles nearly all would be 0 or 1, and of Tiles that cost the least or ten times that no first Blocks tell the rest.
    const scale = fc.noBias(fc.integer({ min: 0, max: 100 })).map((percent) => percent / 100);
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(scale, { minLength: 1, maxLength: 6 }),
        fc.array(scale, { minLength: 12, maxLength: 24 }),
        (seed, speeds, costs) => {
          const outcome = race({
            seed,
            // Between a phone and a workstation: one to thirty.
            speeds: speeds.map((share) => 50_000 * 30 ** share),
            costs: costs.map((share) => 10 ** (share - 0.5)),
            ...{ samples: 128, noise: 0, spreads: [] },
          });
          expect(worstError(outcome)).toBeLessThan(TOLERANCE);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('holds with a noise goal, where the costly Tiles are the noisy ones', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const random = seededRandom(seed);
      const difficulty = Array.from({ length: 12 }, () => uniform(random));
      const outcome = race({
        seed,
        speeds: [100_000, 1_000_000, 250_000],
        costs: difficulty.map((share) => 10 ** (share - 0.5)),
        spreads: difficulty.map((share) => 0.05 + 0.2 * share),
        ...{ samples: 1024, noise: 0.03 },
      });
      expect(worstError(outcome)).toBeLessThan(TOLERANCE);
    }
  });

  describe('of two workers that each do a thousand samples a second', () => {
    const [stays, goes] = [newNodeId(seededRandom(1)), newNodeId(seededRandom(2))];
    const left = Float64Array.of(100_000);
    function afterMs(ms: number): Eta {
      const eta = new Eta(1);
      for (let atMs = 0; atMs <= ms; atMs += 1000) {
        for (const node of [stays, goes]) eta.record({ node, index: 0 }, { tile: 0, samples: 1000 }, atMs);
      }
      return eta;
    }
    const secondsAt = (eta: Eta, nowMs: number) => eta.seconds(left, 100_000, nowMs) ?? Number.NaN;

    it('is not known before their second results', () => {
      expect(afterMs(0).seconds(left, 100_000, 0)).toBeUndefined();
      expect(secondsAt(afterMs(1000), 1000)).toBeCloseTo(50, 0);
    });

    it('is the time of the other one alone at once when one leaves, and little by little when it falls silent', () => {
      const eta = afterMs(10_000);
      expect(secondsAt(eta, 10_000)).toBeCloseTo(50, 0);
      for (let atMs = 11_000; atMs <= 30_000; atMs += 1000) {
        eta.record({ node: stays, index: 0 }, { tile: 0, samples: 1000 }, atMs);
      }
      expect(secondsAt(eta, 30_000)).toBeGreaterThan(65);
      expect(secondsAt(eta, 30_000)).toBeLessThan(90);
      eta.left(goes);
      expect(secondsAt(eta, 30_000)).toBeCloseTo(100, 0);
    });

    it('is not longer because nobody worked during a pause', () => {
      const eta = afterMs(10_000);
      eta.paused();
      for (const atMs of [600_000, 601_000]) {
        for (const node of [stays, goes]) eta.record({ node, index: 0 }, { tile: 0, samples: 1000 }, atMs);
      }
      expect(secondsAt(eta, 601_000)).toBeCloseTo(50, 0);
    });

    it('follows a worker that becomes slower', () => {
      const eta = afterMs(20_000);
      for (let atMs = 24_000; atMs <= 100_000; atMs += 4000) {
        for (const node of [stays, goes]) eta.record({ node, index: 0 }, { tile: 0, samples: 1000 }, atMs);
      }
      expect(secondsAt(eta, 100_000)).toBeGreaterThan(180);
      expect(secondsAt(eta, 100_000)).toBeLessThan(210);
    });
  });
});
