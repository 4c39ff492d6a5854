import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { blockPlan, inMemory } from '../film/index.ts';
import { Expectation } from './expectation.ts';
import { RenderStore } from './render-store.ts';

const AREA = 64 * 64;

/** One Tile of grey, rendered Block by Block; `spreadOf`: how noisy the samples from the given one on are. */
function render(noise: number, spreadOf: (firstSample: number) => number) {
  const random = seededRandom(1);
  const plan = blockPlan(64, 64, 320, { noise });
  const store = new RenderStore(plan, { samples: 320, noise }, inMemory);
  const expectation = new Expectation(store);
  const worker = { node: newNodeId(random), index: 0 };
  const report = () => {
    const { samplesTotal, samplesLeft, tilesLeft } = expectation.measure();
    // One Tile: all that is left is left of it.
    expect(tilesLeft[0]).toBeGreaterThanOrEqual(samplesLeft);
    return { samplesDone: store.doneCost, samplesTotal, samplesLeft };
  };
  const reports = [report()];
  for (let task = 0; task < plan.taskCount && !store.isSettled(task); task++) {
    const { sampleCount, firstSample } = plan.block(task);
    const spread = spreadOf(firstSample) * Math.sqrt(sampleCount);
    const sums = Float32Array.from(
      { length: AREA * 3 },
      () => sampleCount * 0.5 + spread * 4 * (uniform(random) - 0.5),
    );
    store.accept(task, new Uint8Array(sums.buffer), worker);
    reports.push(report());
  }
  return reports;
}

describe('how much there is to do', () => {
  it('is exact without a noise goal', () => {
    for (const { samplesDone, samplesTotal, samplesLeft } of render(0, () => 0.1)) {
      expect(samplesTotal).toBe(320 * AREA);
      expect(samplesLeft).toBe(samplesTotal - samplesDone);
    }
  });

  it('is all samples at first, and soon what the noise lets expect', () => {
    const reports = render(0.03, () => 0.25);
    expect(reports[0]?.samplesTotal).toBe(320 * AREA);
    const end = reports.at(-1)?.samplesDone ?? 0;
    expect(end / AREA).toBeLessThan(320);
    const half = reports.find(({ samplesDone }) => samplesDone >= end / 2);
    expect((half?.samplesTotal ?? 0) / end).toBeGreaterThan(0.75);
    expect((half?.samplesTotal ?? 0) / end).toBeLessThan(1.25);
    expect(reports.at(-1)).toEqual({ samplesDone: end, samplesTotal: end, samplesLeft: 0 });
  });

  it('lets the share that is done stand, not fall, when it turns out to be more', () => {
    const reports = render(0.02, (firstSample) => (firstSample < 64 ? 0.16 : 1));
    const left = reports.map(({ samplesLeft }) => samplesLeft);
    expect(left.some((samples, i) => samples > (left[i - 1] ?? samples))).toBe(true);
    const shares = reports.map(({ samplesDone, samplesTotal }) => samplesDone / samplesTotal);
    for (const [i, share] of shares.entries()) {
      expect(share).toBeGreaterThan((shares[i - 1] ?? 0) - 1e-6);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(shares.at(-1)).toBe(1);
  });
});
