import { describe, expect, it } from 'vitest';
import type { JobWish } from './contract.ts';
import { FIRST_CONTROL, wishedControl } from './control.ts';
import { Wishes } from './wishes.ts';

function setUp() {
  const sent: JobWish[] = [];
  const settled: [number, boolean][] = [];
  const denied: JobWish[] = [];
  const wishes = new Wishes({
    send: (wish) => sent.push(wish),
    settled: (token, isFulfilled) => settled.push([token, isFulfilled]),
    denied: (wish) => denied.push(wish),
  });
  return { wishes, sent, settled, denied };
}

describe('Wishes', () => {
  it('are repeated until the Job is so', () => {
    const { wishes, sent, settled } = setUp();
    wishes.add({ type: 'pause' }, 1, FIRST_CONTROL, 0);
    wishes.wake(1_999);
    expect(sent).toHaveLength(1);
    wishes.wake(wishes.nextWakeAt);
    expect(sent).toHaveLength(2);
    wishes.controlled(wishedControl(FIRST_CONTROL, { type: 'priority', priority: 4 }));
    expect(settled).toEqual([]);
    wishes.controlled(wishedControl(FIRST_CONTROL, { type: 'pause' }));
    expect(settled).toEqual([[1, true]]);
    expect(wishes.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('of a person that are not granted for ten seconds are denied, once; those that are only passed on never', () => {
    const { wishes, denied } = setUp();
    wishes.add({ type: 'pause' }, 1, FIRST_CONTROL, 0);
    wishes.add({ type: 'priority', priority: 4 }, undefined, FIRST_CONTROL, 0);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 1_000) wishes.wake(nowMs);
    expect(denied).toEqual([]);
    for (let nowMs = 10_000; nowMs < 24_000; nowMs += 1_000) wishes.wake(nowMs);
    expect(denied).toEqual([{ type: 'pause' }]);
  });

  it('that are so already are not asked for', () => {
    const { wishes, sent, settled } = setUp();
    wishes.add({ type: 'resume' }, 1, FIRST_CONTROL, 0);
    expect([sent, settled]).toEqual([[], [[1, true]]]);
  });

  it('that take back an open one are over when they are granted, not because the Job is so already', () => {
    const { wishes, sent, settled } = setUp();
    wishes.add({ type: 'pause' }, 1, FIRST_CONTROL, 0);
    wishes.add({ type: 'resume' }, 2, FIRST_CONTROL, 10);
    expect(settled).toEqual([]);
    const paused = wishedControl(FIRST_CONTROL, { type: 'pause' });
    wishes.controlled(paused);
    wishes.wake(2_010);
    expect(sent.map(({ type }) => type)).toEqual(['pause', 'resume', 'resume']);
    wishes.controlled(wishedControl(paused, { type: 'resume' }));
    expect(settled).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(wishes.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('that take back an open one that never came are over in a while', () => {
    const { wishes, settled, denied } = setUp();
    wishes.add({ type: 'priority', priority: 4 }, 1, FIRST_CONTROL, 0);
    wishes.add({ type: 'priority', priority: FIRST_CONTROL.priority }, 2, FIRST_CONTROL, 0);
    for (let nowMs = 0; nowMs < 4_000; nowMs += 1_000) wishes.wake(nowMs);
    expect(settled).toEqual([]);
    wishes.wake(4_000);
    expect([settled.length, denied]).toEqual([2, []]);
  });

  it('that a coordinator was asked for go to the one that it gives way to, and settle nothing', () => {
    const { wishes, sent, settled } = setUp();
    const wanted = { ...FIRST_CONTROL, version: 3, phase: 'paused', priority: 4 } as const;
    wishes.bring(FIRST_CONTROL, wanted, 0);
    wishes.bring({ ...wanted, phase: 'done' }, FIRST_CONTROL, 0);
    expect(sent).toEqual([]);
    wishes.bring(wanted, FIRST_CONTROL, 0);
    expect(sent).toEqual([{ type: 'priority', priority: 4 }, { type: 'pause' }]);
    wishes.controlled(wanted);
    expect([settled, wishes.nextWakeAt]).toEqual([[], Number.POSITIVE_INFINITY]);
  });

  it('of others are granted ten times a second at most', () => {
    const { wishes } = setUp();
    expect([0, 99, 100, 150, 200].map((nowMs) => wishes.mayGrant(nowMs))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('are given up when nobody fulfils them, and when the Job is let go of', () => {
    const { wishes, settled } = setUp();
    wishes.add({ type: 'pause' }, 1, FIRST_CONTROL, 0);
    for (let nowMs = 0; nowMs < 25_000; nowMs += 1_000) wishes.wake(nowMs);
    expect(settled).toEqual([]);
    wishes.wake(25_000);
    wishes.add({ type: 'cancel' }, 2, FIRST_CONTROL, 30_000);
    wishes.close();
    expect(settled).toEqual([
      [1, false],
      [2, false],
    ]);
  });
});
