import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { Congestion } from './congestion.ts';

const [SLOW, ...QUICK] = ['slow', 'a', 'b', 'c'] as NodeId[] as [NodeId, ...NodeId[]];
const PER_S = 100;

/** A room of which `rate` updates a second come in, of which the slow member takes as many as it is told to, and says so every second. */
class Crowd {
  readonly congestion = new Congestion();
  nowMs = 1_000;
  here = 0;
  taken = 0;
  steps = 0;

  run(seconds: number, takes: number, { rate = PER_S, says = [SLOW, ...QUICK], slow = [SLOW] } = {}): void {
    for (let i = 0; i < seconds; i++) {
      this.nowMs += 1_000;
      this.here += rate * this.congestion.pace.share;
      this.taken = Math.min(this.here, this.taken + takes);
      this.congestion.has(this.here, this.nowMs - 900);
      for (const node of says)
        this.congestion.heard(node, slow.includes(node) ? this.taken : this.here, this.nowMs);
      for (let ms = 0; ms < 1_000; ms += 250) if (this.congestion.step(this.nowMs + ms)) this.steps++;
    }
  }
}

describe('the pace of a room', () => {
  it('is what its slowest member takes, and full again when that has caught up', () => {
    const crowd = new Crowd();
    crowd.run(10, PER_S);
    expect(crowd.congestion.pace).toEqual({ share: 1, slowedBy: [], updates: 0, leftBehind: [] });
    crowd.run(20, 25);
    const { pace } = crowd.congestion;
    expect(pace.slowedBy).toEqual([SLOW]);
    expect(pace.updates).toBe(crowd.here - crowd.taken);
    expect(pace.share).toBeGreaterThan(0.15);
    expect(pace.share).toBeLessThan(0.35);
    // A few seconds of its work.
    expect(pace.updates).toBeLessThan(25 * 8);
    crowd.run(20, 400);
    expect(crowd.congestion.pace.share).toBe(1);
    expect(crowd.congestion.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('is nobody’s business who never had what was here: it has just come', () => {
    const crowd = new Crowd();
    crowd.here = 10_000;
    crowd.congestion.has(crowd.here, 0);
    crowd.run(20, 30);
    expect(crowd.congestion.pace.share).toBe(1);
    expect(crowd.steps).toBe(0);
  });

  it('never comes to nought, and does not wait for a minority for ever', () => {
    const crowd = new Crowd();
    crowd.run(5, PER_S);
    crowd.run(20, 0);
    expect(crowd.congestion.pace.share).toBe(0.02);
    crowd.run(60, 0);
    expect(crowd.congestion.pace).toEqual({ share: 1, slowedBy: [], updates: 0, leftBehind: [SLOW] });
  });

  it('is not slowed again for another minute by who has caught up for a moment, or came back', () => {
    const crowd = new Crowd();
    crowd.run(5, PER_S);
    crowd.run(80, 0);
    crowd.run(1, 1e9);
    expect(crowd.congestion.pace.leftBehind).toEqual([]);
    crowd.congestion.left(SLOW);
    crowd.run(1, 1e9);
    let slowedS = 0;
    for (let s = 0; s < 60; s++) {
      crowd.run(1, 0);
      if (crowd.congestion.pace.share < 1) slowedS++;
    }
    expect(slowedS).toBeGreaterThan(0);
    expect(slowedS).toBeLessThan(12);
  });

  it('waits as long as it takes for most of the members', () => {
    const crowd = new Crowd();
    const [also] = QUICK as [NodeId];
    crowd.run(5, PER_S, { says: [SLOW, also] });
    crowd.run(300, 25, { says: [SLOW, also], slow: [SLOW, also] });
    expect(crowd.congestion.pace.share).toBeLessThan(0.35);
  });

  it('does not wait for ever for one of two', () => {
    const crowd = new Crowd();
    crowd.run(5, PER_S, { says: [SLOW] });
    crowd.run(20, 0, { says: [SLOW] });
    expect(crowd.congestion.pace.share).toBe(0.02);
    crowd.run(60, 0, { says: [SLOW] });
    expect(crowd.congestion.pace).toEqual({ share: 1, slowedBy: [], updates: 0, leftBehind: [SLOW] });
  });

  it('waits again, in time, for who was left behind and has followed since', () => {
    const crowd = new Crowd();
    crowd.run(5, PER_S);
    crowd.run(80, 0);
    expect(crowd.congestion.pace.leftBehind).toEqual([SLOW]);
    crowd.run(700, 1e9);
    crowd.run(20, 25);
    expect(crowd.congestion.pace).toMatchObject({ slowedBy: [SLOW], leftBehind: [] });
  });

  it('is not slowed by what was here before a room began anew', () => {
    const { congestion } = new Crowd();
    congestion.has(100, 1_000);
    congestion.heard(SLOW, 100, 1_000);
    congestion.has(50, 2_000);
    congestion.has(60, 20_000);
    congestion.heard(SLOW, 55, 20_100);
    expect(congestion.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('does not wait for who says nothing, and no longer for who has gone', () => {
    const crowd = new Crowd();
    crowd.run(5, PER_S);
    crowd.run(10, 10);
    expect(crowd.congestion.pace.slowedBy).toEqual([SLOW]);
    crowd.run(6, 10, { says: QUICK });
    expect(crowd.congestion.pace.share).toBe(1);
    crowd.run(10, 1e9);
    crowd.run(5, 10);
    expect(crowd.congestion.pace.slowedBy).toEqual([SLOW]);
    crowd.congestion.left(SLOW);
    crowd.run(1, 10, { says: QUICK });
    expect(crowd.congestion.pace.share).toBe(1);
  });
});
