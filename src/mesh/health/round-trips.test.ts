import { describe, expect, it } from 'vitest';
import { seededRandom, uniform } from '../../runtime/index.ts';
import { encodeAck, encodeSyn } from './datagram.ts';
import { RoundTrips } from './round-trips.ts';

const syn = (i: number) => encodeSyn(new Uint8Array(16).fill(i));

describe('round trips of a Link', () => {
  it('are measured from question to answer, and an answer counts once', () => {
    const trips = new RoundTrips();
    trips.asked(syn(1), 100);
    expect(trips.answered(encodeAck(syn(1)), 124)).toBe(100);
    expect(trips.rttMs).toBe(24);
    expect(trips.answered(encodeAck(syn(1)), 200)).toBeUndefined();
    expect(trips.answered(encodeAck(syn(2)), 200)).toBeUndefined();
  });

  it('count what is lost of the last 32', () => {
    const trips = new RoundTrips();
    for (let i = 0; i < 60; i++) {
      trips.asked(syn(i), i * 1000);
      if (i % 4 !== 0) trips.answered(encodeAck(syn(i)), i * 1000 + 5);
    }
    expect(trips.loss).toBeCloseTo(0.25, 1);
  });

  it('keep no more than eight open questions', () => {
    const trips = new RoundTrips();
    for (let i = 0; i < 9; i++) trips.asked(syn(i), i);
    expect(trips.answered(encodeAck(syn(0)), 20)).toBeUndefined();
    expect(trips.answered(encodeAck(syn(1)), 20)).toBe(1);
  });

  it('forget what was asked before we stood still, without calling it lost', () => {
    const trips = new RoundTrips();
    trips.asked(syn(1), 0);
    trips.forget();
    trips.asked(syn(2), 60_000);
    trips.answered(encodeAck(syn(2)), 60_010);
    expect(trips.loss).toBe(0);
  });

  it('are no news while they only wander as on Wi-Fi', () => {
    const trips = new RoundTrips();
    const random = seededRandom(1);
    let news = 0;
    for (let i = 0; i < 600; i++) {
      const normal = Math.sqrt(-2 * Math.log(1 - uniform(random))) * Math.cos(2 * Math.PI * uniform(random));
      trips.sample(8 * Math.exp(0.5 * normal));
      if (trips.takeNews(i * 1000) !== undefined) news++;
    }
    expect(news).toBeLessThanOrEqual(4); // the first, and hardly more in ten minutes
  });

  it('are news when the path has changed', () => {
    const trips = new RoundTrips();
    for (let i = 0; i < 60; i++) trips.sample(10);
    expect(trips.takeNews(60_000)).toBe(10);
    for (let i = 0; i < 60; i++) trips.sample(80);
    expect(trips.takeNews(120_000)).toBeGreaterThan(60);
  });
});
