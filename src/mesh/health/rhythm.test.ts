import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { probeRhythmMs, Rhythm } from './rhythm.ts';

describe('the rhythm of a Link', () => {
  it('is a second for a pair, and while the graph does not tell the degrees', () => {
    expect(probeRhythmMs(1, 1)).toBe(1000);
    expect(probeRhythmMs(2, 2)).toBe(1000);
    expect(probeRhythmMs(6, 0)).toBe(1000);
  });

  it('grows with the degree, so that a Node is heard every 450 ms by all its neighbours together', () => {
    for (const degree of [3, 5, 7, 8]) expect(degree / probeRhythmMs(degree, degree)).toBeCloseTo(1 / 450, 9);
  });

  it('is that of the end which fewer watch, whichever asks', () => {
    expect(probeRhythmMs(8, 3)).toBe(1350);
    expect(probeRhythmMs(3, 8)).toBe(1350);
  });

  it('is never above four seconds', () => {
    expect(probeRhythmMs(12, 12)).toBe(4000);
  });
});

describe('after what was heard', () => {
  const rhythm = () => new Rhythm(() => 4000, seededRandom(1));

  it('a single frame changes nothing', () => {
    const each = rhythm();
    each.onFrame(5000);
    expect(each.ms(5000, false)).toBe(4000);
  });

  it('talk without a gap makes its end suspicious after a second, until a probe is answered', () => {
    const each = rhythm();
    for (let at = 0; at <= 2000; at += 500) each.onFrame(at);
    expect(each.ms(2000, false)).toBe(1000);
    expect(each.ms(3100, false)).toBe(4000);
    each.onFrame(3100);
    expect(each.ms(3100, false)).toBe(4000); // 1.1 s after the last one: no talk
  });

  it('degrees count as they were at the last look, and the first is at the first question', () => {
    let degree = 6;
    const each = new Rhythm(() => probeRhythmMs(degree, degree), seededRandom(1));
    degree = 4;
    expect(each.ms(0, false)).toBe(1800);
    degree = 8;
    expect(each.ms(0, false)).toBe(1800);
    each.look();
    expect(each.ms(0, false)).toBe(3600);
    expect(each.restMs).toBe(3600);
  });

  it('a busy page is asked every second', () => {
    expect(rhythm().ms(100, true)).toBe(1000);
  });

  it('pauses differ by up to half, so that neighbours do not miss a Node all at once, and are never below a second', () => {
    const each = rhythm();
    const pauses = Array.from({ length: 200 }, () => {
      each.asked();
      return each.pauseMs(0, false);
    });
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2000);
    expect(Math.min(...pauses)).toBeLessThan(2200);
    expect(Math.max(...pauses)).toBeGreaterThan(3800);
    expect(each.pauseMs(0, true)).toBe(1000);
  });
});
