import { describe, expect, it } from 'vitest';
import type { LinkSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { edgeWidth, TrafficMeter } from './traffic.ts';

const PEER = 'bbbbbbbb-0000-4000-8000-000000000000' as NodeId;
const link = (bytesIn: number, bytesOut: number): LinkSnapshot => ({
  peer: PEER,
  rttMs: 1,
  loss: 0,
  bytesIn,
  bytesOut,
  framesIn: 0,
  framesOut: 0,
  relayed: 0,
  malformed: 0,
  queuedBytes: 0,
  health: 'healthy',
  why: 'full mesh',
  isTreeEdge: false,
});

describe('the traffic meter', () => {
  it('settles on the rate of a steady flow', () => {
    const meter = new TrafficMeter();
    let traffic = meter.update([link(0, 0)], 0);
    for (let second = 1; second <= 20; second += 1) {
      traffic = meter.update([link(2000 * second, 500 * second)], 1000 * second);
    }
    expect(traffic.get(PEER)?.inPerSecond).toBeCloseTo(2000, 0);
    expect(traffic.get(PEER)?.outPerSecond).toBeCloseTo(500, 0);
  });

  it('starts a replaced Link at nought instead of a negative rate', () => {
    const meter = new TrafficMeter();
    meter.update([link(9000, 9000)], 0);
    meter.update([link(19_000, 19_000)], 1000);
    expect(meter.update([link(10, 10)], 2000).get(PEER)).toEqual({ inPerSecond: 0, outPerSecond: 0 });
  });

  it('forgets Links that are gone', () => {
    const meter = new TrafficMeter();
    meter.update([link(1, 1)], 0);
    expect(meter.update([], 1000).size).toBe(0);
  });
});

describe('the width of an Edge', () => {
  it('grows with traffic and stays within bounds', () => {
    expect(edgeWidth(0)).toBe(1.5);
    expect(edgeWidth(100_000)).toBeCloseTo(3.5);
    expect(edgeWidth(1e12)).toBe(7);
  });
});
