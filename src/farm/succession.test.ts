import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import { BEAT_MS, ENDED_BEAT_MS, PATIENCE_MS, Succession } from './succession.ts';
import { compareTerms, MAX_TERM, MAX_TERM_STEP } from './term.ts';
import { MIN_TURN_MS } from './turn.ts';

const random = seededRandom(4);
const [self, a, b] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const first = { number: 1, node: a };
const following = () => new Succession(self, first, 0);

describe('terms', () => {
  it('are ordered by number, and equal ones by Node', () => {
    expect(compareTerms(first, { number: 2, node: a })).toBeLessThan(0);
    const [low, high] = a < b ? [a, b] : [b, a];
    expect(compareTerms({ number: 1, node: low }, { number: 1, node: high })).toBeLessThan(0);
    expect(compareTerms(first, { ...first })).toBe(0);
  });
});

describe('Succession', () => {
  it('waits for a silent coordinator, and for a Node its turn', () => {
    const succession = following();
    expect(succession.dueAt(2_000)).toBe(PATIENCE_MS + 2_000);
    expect(succession.hear(first, 5_000)).toBe('coordinator');
    expect(succession.dueAt(2_000)).toBe(5_000 + PATIENCE_MS + 2_000);
    expect([succession.isAttended(14_999), succession.isAttended(15_000)]).toEqual([true, false]);
  });

  it('asks a coordinator that is silent before its patience is over', () => {
    const succession = following();
    expect(succession.askAtMs).toBe(PATIENCE_MS / 2);
    succession.asked(PATIENCE_MS / 2);
    expect(succession.askAtMs).toBe(PATIENCE_MS / 2 + BEAT_MS);
  });

  it('looks for its turn when the first could come, then when its own does, and anew when anything changes', () => {
    const changes: readonly ((one: Succession) => void)[] = [
      (one) => one.left(b, 5_000),
      (one) => one.joined(b, 5_000),
      (one) => one.woke(1_000),
      (one) => one.distrust(1_000),
    ];
    for (const change of changes) {
      const succession = following();
      succession.left(a, 1_000);
      expect(succession.lookAtMs).toBe(1_000 + MIN_TURN_MS);
      expect(succession.isDue(8_000, 3_000)).toBe(false);
      expect(succession.lookAtMs).toBe(9_000);
      expect([8_999, 9_000].map((nowMs) => succession.isDue(8_000, nowMs))).toEqual([false, true]);
      change(succession);
      expect(succession.lookAtMs).toBe(1_000 + MIN_TURN_MS);
    }
  });

  it('takes over sooner when the coordinator has left, and not when it is back', () => {
    const succession = following();
    succession.left(b, 1_000);
    expect(succession.isAttended(1_000)).toBe(true);
    succession.left(a, 1_000);
    expect(succession.dueAt(2_000)).toBe(3_000);
    expect(succession.isAttended(1_000)).toBe(false);
    succession.joined(a, 2_000);
    expect(succession.dueAt(2_000)).toBe(2_000 + PATIENCE_MS + 2_000);
    succession.left(a, 3_000);
    succession.hear(first, 3_500);
    expect(succession.isAttended(3_500)).toBe(true);
  });

  it('counts no silence while this Node stood still', () => {
    const succession = following();
    succession.woke(60_000);
    expect(succession.dueAt(0)).toBe(60_000 + PATIENCE_MS);
    succession.left(a, 61_000);
    succession.woke(90_000);
    expect(succession.dueAt(2_000)).toBe(92_000);
  });

  it('is patient with a Job that is over, of which little is to be told', () => {
    const succession = following();
    succession.setOver(true);
    expect(succession.dueAt(0)).toBe(5 * ENDED_BEAT_MS);
    succession.setOver(false);
    expect(succession.dueAt(0)).toBe(5 * BEAT_MS);
  });

  it('follows the higher term, calls the lower one stale, and takes a higher one still', () => {
    const succession = following();
    expect(succession.hear({ number: 2, node: b }, 0)).toBe('coordinator');
    expect(succession.hear({ number: 1, node: a }, 0)).toBe('stale');
    expect(succession.isCoordinator).toBe(false);
    expect(succession.takeOver(10)).toEqual({ number: 3, node: self });
    expect(succession.isCoordinator).toBe(true);
    expect(succession.dueAt(0)).toBe(Number.POSITIVE_INFINITY);
    expect(succession.hear({ number: 4, node: b }, 20)).toBe('coordinator');
    expect(succession.isCoordinator).toBe(false);
  });

  it('believes nobody who speaks in our name, or comes to a number by no honest steps', () => {
    const succession = following();
    for (const number of [2 + MAX_TERM_STEP, 2 ** 40, MAX_TERM - 1]) {
      expect(succession.hear({ number, node: b }, 0)).toBe('ignored');
    }
    expect(succession.hear({ number: 2, node: self }, 0)).toBe('ignored');
    expect(succession.hear({ number: 1 + MAX_TERM_STEP, node: b }, 0)).toBe('coordinator');
  });

  it('lets one with a lower term coordinate when the higher one has long been silent', () => {
    const succession = new Succession(self, { number: 9, node: a }, 0);
    expect(succession.hear({ number: 3, node: b }, 3 * PATIENCE_MS)).toBe('stale');
    expect(succession.hear({ number: 3, node: b }, 3 * PATIENCE_MS + 1)).toBe('coordinator');
    expect(succession.hear({ number: 9, node: a }, 3 * PATIENCE_MS + 2)).toBe('coordinator');
  });

  it('does without one that gives no work, goes above its term, and hears it again later, each time later', () => {
    const succession = following();
    succession.hear({ number: 5, node: b }, 0);
    succession.distrust(10_000);
    expect(succession.term).toEqual(first);
    expect(succession.dueAt(2_000)).toBe(12_000);
    expect(succession.hear({ number: 6, node: b }, 12_000)).toBe('contested');
    expect(succession.takeOver(12_000)).toEqual({ number: 6, node: self });
    expect(succession.hear({ number: 7, node: b }, 30_000)).toBe('coordinator');
    succession.distrust(30_000);
    expect(succession.hear({ number: 8, node: b }, 69_999)).toBe('contested');
    expect(succession.hear({ number: 8, node: b }, 70_000)).toBe('coordinator');
  });

  it('takes over in its turn from one that it distrusts already, however often that gives no work', () => {
    const succession = new Succession(self, { number: 1, node: b }, 0);
    for (let nowMs = 10_000; nowMs <= 16_000; nowMs += 1_000) succession.distrust(nowMs);
    expect(succession.isDue(6_000, 15_999)).toBe(false);
    expect(succession.isDue(6_000, 16_000)).toBe(true);
    expect(succession.hear({ number: 1, node: b }, 30_000)).toBe('coordinator');
  });

  it('keeps no number that was a lie when it is the first that was heard', () => {
    const succession = new Succession(self, { number: 2 ** 51, node: b }, 0);
    succession.distrust(10_000);
    expect(succession.hear(first, 10_001)).toBe('coordinator');
    const alone = new Succession(self, { number: 2 ** 51, node: b }, 0);
    alone.distrust(10_000);
    expect(alone.takeOver(12_000)).toEqual({ number: 1, node: self });
  });

  it('takes a term of its own when it coordinated in an earlier life', () => {
    const succession = new Succession(self, { number: 4, node: self }, 0);
    succession.abandon(0);
    expect(succession.isCoordinator).toBe(false);
    expect(succession.dueAt(2_000)).toBe(2_000);
    expect(succession.takeOver(2_000)).toEqual({ number: 5, node: self });
  });
});
