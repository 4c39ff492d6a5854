import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Alert } from './alert.ts';

const random = seededRandom(1);
const ids = Array.from({ length: 20 }, () => newNodeId(random));
const [a, b] = ids as [(typeof ids)[0], (typeof ids)[0]];

describe('an alert', () => {
  it('makes us look closely for two seconds, and not again before ten', () => {
    const alert = new Alert();
    expect(alert.isOn(0)).toBe(false);
    expect(alert.raise(a, 1000)).toBe(true);
    expect([1000, 2999, 3000].map((now) => alert.isOn(now))).toEqual([true, true, false]);
    expect(alert.raise(b, 10_999)).toBe(false);
    expect(alert.isOn(10_999)).toBe(false);
    expect(alert.raise(b, 11_000)).toBe(true);
  });

  it('is answered once to who raised it, when something was heard since, and to nobody later', () => {
    const alert = new Alert();
    alert.raise(a, 1000);
    expect(alert.takeAnswer(1000, 1100)).toBeUndefined();
    expect(alert.isAwaited).toBe(true);
    expect(alert.takeAnswer(1001, 1100)).toBe(a);
    expect(alert.isAwaited).toBe(false);
    expect(alert.takeAnswer(1002, 1100)).toBeUndefined();
    alert.raise(b, 20_000);
    expect(alert.takeAnswer(21_000, 22_000)).toBeUndefined();
    expect(alert.isAwaited).toBe(false);
  });

  it('leaves witnesses for five seconds, sixteen at most, and none that took it back', () => {
    const alert = new Alert();
    for (const id of ids) alert.raise(id, 1000);
    expect([...alert.witnesses(5999)]).toEqual(ids.slice(0, 16));
    alert.withdraw(b);
    alert.raise(a, 3000);
    expect([...alert.witnesses(6000)]).toEqual([a]);
    alert.clearWitnesses();
    expect([...alert.witnesses(3000)]).toEqual([]);
  });

  it('is not put off by a clock that went back', () => {
    const alert = new Alert();
    alert.raise(a, 100_000);
    alert.forgive(1000);
    expect(alert.isOn(3000)).toBe(false);
    expect(alert.raise(b, 11_000)).toBe(true);
  });
});
