import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Attempts, LONGEST_GHOST_PAUSE_MS, LONGEST_PAUSE_MS, REFUSED_PAUSE_MS } from './attempts.ts';

const random = seededRandom(1);
const peer = newNodeId(random);
const make = () => new Attempts(seededRandom(2));

function pausesOf(attempts: Attempts, isKnown: boolean): number[] {
  let now = 0;
  return Array.from({ length: 12 }, () => {
    attempts.failed(peer, isKnown, now);
    const pauseMs = attempts.notBefore(peer) - now;
    now += pauseMs;
    return pauseMs;
  });
}

describe('attempts', () => {
  it('may be made at once with a peer never tried', () => {
    expect(make().notBefore(peer)).toBe(0);
  });

  it('pause twice as long after each failure, up to a bound, and never stop', () => {
    const pauses = pausesOf(make(), true);
    expect(pauses[0]).toBeLessThanOrEqual(750);
    expect(pauses[3]).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.5 * LONGEST_PAUSE_MS);
  });

  it('pause longer with a peer that only a registry tells of', () => {
    const pauses = pausesOf(make(), false);
    expect(Math.max(...pauses)).toBeGreaterThan(1.5 * LONGEST_PAUSE_MS);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.5 * LONGEST_GHOST_PAUSE_MS);
  });

  it('wait a minute with a peer that refused, though the same call is told as failed, too', () => {
    const attempts = make();
    attempts.refused(peer, false, 0);
    attempts.failed(peer, true, 1);
    expect(attempts.notBefore(peer)).toBe(REFUSED_PAUSE_MS);
  });

  it('wait seconds only with a peer that was full', () => {
    const attempts = make();
    attempts.refused(peer, true, 0);
    attempts.failed(peer, true, 1);
    expect(attempts.notBefore(peer)).toBeLessThan(5_000);
  });

  it('begin anew after a Link that lasted, and count one that did not as a failure', () => {
    const attempts = make();
    attempts.failed(peer, true, 0);
    expect(attempts.ended(peer, 10, 0)).toBe(false);
    expect(attempts.failures(peer)).toBe(2);
    expect(attempts.ended(peer, 60_000, 0)).toBe(true);
    expect(attempts.notBefore(peer)).toBe(0);
  });

  it('are held until a time, and a later hold wins', () => {
    const attempts = make();
    attempts.hold(peer, 500);
    attempts.hold(peer, 300);
    expect(attempts.notBefore(peer)).toBe(500);
  });

  it('are shortened when the rendezvous is back, but not with those that refused', () => {
    const attempts = make();
    const other = newNodeId(random);
    for (let i = 0; i < 8; i++) attempts.failed(peer, true, 0);
    attempts.refused(other, false, 0);
    attempts.relax(500, 100);
    expect(attempts.notBefore(peer)).toBeLessThanOrEqual(600);
    expect(attempts.notBefore(other)).toBe(REFUSED_PAUSE_MS);
  });

  it('are remembered of 4,096 peers, the last tried', () => {
    const attempts = make();
    for (let i = 0; i < 5_000; i++) attempts.failed(newNodeId(random), false, 0);
    attempts.failed(peer, false, 0);
    expect(attempts.size).toBe(4_096);
    expect(attempts.failures(peer)).toBe(1);
  });
});
