import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeShare } from '../../render/job/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { shareSlices } from './shares.ts';

const share = (node: string, samples: number): NodeShare => ({
  node: node as NodeId,
  deviceName: `device ${node}`,
  samples,
  samplesPerSecond: 0,
});

describe('the share bar', () => {
  it('keeps the order in which it is told of the Nodes', () => {
    const slices = shareSlices([share('a', 10), share('b', 30), share('c', 0)]);
    expect(slices.map((slice) => [slice.node, slice.percent])).toEqual([
      ['a', 25],
      ['b', 75],
      ['c', 0],
    ]);
  });

  it('rounds three equal thirds to a whole', () => {
    const percents = shareSlices([share('a', 1), share('b', 1), share('c', 1)]).map((s) => s.percent);
    expect([...percents].sort()).toEqual([33, 33, 34]);
  });

  it('adds up to 100 percent and to the whole bar, whatever the shares', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 20 }), (samples) => {
        const slices = shareSlices(samples.map((count, index) => share(String(index), count)));
        const any = samples.some((count) => count > 0);
        expect(slices.reduce((sum, slice) => sum + slice.percent, 0)).toBe(any ? 100 : 0);
        expect(slices.reduce((sum, slice) => sum + slice.fraction, 0)).toBeCloseTo(any ? 1 : 0, 9);
      }),
    );
  });

  it('is empty of percents before the first sample', () => {
    expect(shareSlices([share('a', 0)])).toMatchObject([{ percent: 0, fraction: 0 }]);
  });
});
