import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Meter } from './meter.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];

describe('Meter', () => {
  it('counts everything and shows the rate of the last seconds', () => {
    const meter = new Meter();
    for (let ms = 0; ms < 10_000; ms += 100) meter.record(a, 1000, ms);
    const [rate] = meter.rates(10_000);
    expect(rate?.samples).toBe(100_000);
    expect(rate?.samplesPerSecond).toBeGreaterThan(9_500);
    expect(rate?.samplesPerSecond).toBeLessThan(10_500);
  });

  it('does not look slow at the start', () => {
    const meter = new Meter();
    for (let ms = 50_000; ms <= 51_000; ms += 100) meter.record(a, 1000, ms);
    expect(meter.rates(51_000)[0]?.samplesPerSecond).toBeCloseTo(11_000, -3);
  });

  it('forgets the speed of a Node that has left, not its share', () => {
    const meter = new Meter();
    for (let ms = 0; ms < 20_000; ms += 100) {
      meter.record(a, 1000, ms);
      if (ms < 5_000) meter.record(b, 1000, ms);
    }
    expect(meter.rates(20_000)).toMatchObject([
      { node: a, samples: 200_000 },
      { node: b, samples: 50_000, samplesPerSecond: 0 },
    ]);
  });

  it('goes on from what somebody else had counted, without a speed from it', () => {
    const meter = new Meter();
    meter.remember(b, 7_000);
    meter.record(a, 1_000, 100);
    meter.record(b, 1_000, 100);
    expect(meter.rates(60_000)).toEqual([
      { node: b, samples: 8_000, samplesPerSecond: 0 },
      { node: a, samples: 1_000, samplesPerSecond: 0 },
    ]);
  });
});
