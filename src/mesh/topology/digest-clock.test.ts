import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { DigestClock } from './digest-clock.ts';

/** When digests go out within a span, while something happens at given times. */
function sentUntil(
  untilMs: number,
  happensAt: readonly number[],
  happen: (clock: DigestClock, now: number) => void,
) {
  const clock = new DigestClock(seededRandom(1), 0);
  const sent: number[] = [];
  const left = [...happensAt];
  for (;;) {
    const next = left[0] ?? Number.POSITIVE_INFINITY;
    const now = Math.min(next, clock.dueAt);
    if (now > untilMs) return sent;
    if (now === next) {
      happen(clock, now);
      left.shift();
    } else {
      sent.push(now);
      clock.sent(now);
    }
  }
}

const change = (clock: DigestClock, now: number) => clock.changed(now);
const differ = (clock: DigestClock, now: number) => clock.lookSoon(now);
const each = (stepMs: number, untilMs: number) =>
  Array.from({ length: Math.floor(untilMs / stepMs) }, (_, i) => (i + 1) * stepMs);
const gaps = (times: readonly number[]) => times.slice(1).map((time, i) => time - (times[i] ?? 0));

describe('a digest is due', () => {
  it('every four to six seconds while nothing happens, never twice after the same time', () => {
    const between = gaps(sentUntil(300_000, [], change));
    expect(Math.min(...between)).toBeGreaterThanOrEqual(4000);
    expect(Math.max(...between)).toBeLessThanOrEqual(6000);
    expect(new Set(between).size).toBe(between.length);
  });

  it.each([
    ['a change', change],
    ['others were different', differ],
  ])('about a second after %s, and about every second for five seconds from then', (_, happen) => {
    const sent = sentUntil(60_000, [30_000], happen).filter((at) => at > 30_000);
    const quick = sent.filter((at) => at < 36_200);
    expect(quick[0]).toBeGreaterThanOrEqual(30_800);
    expect(quick[0]).toBeLessThanOrEqual(31_200);
    expect(quick.length).toBeGreaterThanOrEqual(5);
    expect(quick.length).toBeLessThanOrEqual(7);
    expect(Math.min(...gaps(sent.slice(quick.length)))).toBeGreaterThanOrEqual(4000);
  });

  it('every 12 to 18 seconds while things change all the time', () => {
    const between = gaps(sentUntil(300_000, each(500, 300_000), change));
    expect(between.length).toBeGreaterThan(10);
    expect(Math.min(...between)).toBeGreaterThanOrEqual(12_000);
    expect(Math.max(...between)).toBeLessThanOrEqual(18_000);
  });

  it('about every second while others are different all the time', () => {
    const between = gaps(sentUntil(60_000, each(300, 60_000), differ));
    expect(Math.min(...between)).toBeGreaterThanOrEqual(800);
    expect(Math.max(...between)).toBeLessThanOrEqual(1500);
  });
});

describe('after a change', () => {
  it('things are at rest in half a second, and what is on its way has arrived in one', () => {
    const clock = new DigestClock(seededRandom(1), 0);
    expect(clock.isAtRest(0)).toBe(true);
    clock.changed(10_000);
    expect([10_499, 10_500].map((now) => clock.isAtRest(now))).toEqual([false, true]);
    expect([10_999, 11_000].map((now) => clock.isOnItsWay(now))).toEqual([true, false]);
    clock.lookSoon(20_000);
    expect(clock.isAtRest(20_000)).toBe(true); // only others have changed
    expect(clock.isOnItsWay(20_000)).toBe(false);
  });
});
