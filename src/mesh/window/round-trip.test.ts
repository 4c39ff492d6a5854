import { describe, expect, it } from 'vitest';
import { RoundTripEstimator } from './round-trip.ts';

describe('the retransmission timeout', () => {
  it('follows RFC 6298: a third of a second before a sample, SRTT + 4 RTTVAR after', () => {
    const estimator = new RoundTripEstimator();
    expect(estimator.timeoutMs).toBe(300);
    estimator.sample(400);
    expect(estimator.timeoutMs).toBe(400 + 4 * 200);
    estimator.sample(800);
    // RTTVAR = 3/4 * 200 + 1/4 * |400 - 800|, then SRTT = 7/8 * 400 + 1/8 * 800
    expect(estimator.timeoutMs).toBe(450 + 4 * 250);
  });

  it('does not fall below what a busy page needs', () => {
    const estimator = new RoundTripEstimator();
    for (let i = 0; i < 50; i++) estimator.sample(0.3);
    expect(estimator.timeoutMs).toBe(200);
  });

  it('doubles on loss up to a cap, and returns with the next sample', () => {
    const estimator = new RoundTripEstimator();
    for (let i = 0; i < 50; i++) estimator.sample(1);
    const timeouts = Array.from({ length: 6 }, () => {
      estimator.expired();
      return estimator.timeoutMs;
    });
    expect(timeouts).toEqual([400, 800, 1600, 2000, 2000, 2000]);
    estimator.sample(1);
    expect(estimator.timeoutMs).toBe(200);
  });

  it('never doubles below a measured round trip', () => {
    const estimator = new RoundTripEstimator();
    for (let i = 0; i < 100; i++) estimator.sample(5000);
    estimator.expired();
    expect(estimator.timeoutMs).toBeGreaterThanOrEqual(5000);
    for (let i = 0; i < 100; i++) estimator.sample(100_000);
    expect(estimator.timeoutMs).toBe(10_000);
  });
});
