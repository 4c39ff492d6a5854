import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobControl, JobWish } from './contract.ts';
import {
  compareControls,
  endedControl,
  FIRST_CONTROL,
  isFinal,
  isFulfilled,
  PHASES,
  wishedControl,
} from './control.ts';

const wishes: readonly JobWish[] = [
  ...(['pause', 'resume', 'cancel', 'requeue'] as const).map((type) => ({ type })),
  { type: 'priority', priority: 4 },
];
const anyControl: fc.Arbitrary<JobControl> = fc.record({
  version: fc.integer({ min: 0, max: 200_000 }),
  phase: fc.constantFrom(...PHASES),
  reason: fc.constantFrom(undefined, 'a', 'b'),
  priority: fc.integer({ min: 0, max: 4 }),
});

describe('a control', () => {
  it('is greater after each wish that changes something, and the wish is fulfilled then', () => {
    fc.assert(
      fc.property(anyControl, fc.constantFrom(...wishes), (control, wish) => {
        const after = wishedControl(control, wish);
        expect(isFulfilled(after, wish)).toBe(true);
        if (after === control) expect(isFulfilled(control, wish)).toBe(true);
        else expect(compareControls(after, control)).toBeGreaterThan(0);
      }),
    );
  });

  it('is ordered totally: any two Nodes that merge come to the same', () => {
    fc.assert(
      fc.property(anyControl, anyControl, anyControl, (a, b, c) => {
        expect(Math.sign(compareControls(a, b))).toBe(-Math.sign(compareControls(b, a)) + 0);
        if (compareControls(a, b) === 0) expect(a).toEqual(b);
        if (compareControls(a, b) <= 0 && compareControls(b, c) <= 0) {
          expect(compareControls(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it('that is final is greater than any that is not, whatever came after, but not than one that began again', () => {
    const done = endedControl(FIRST_CONTROL, 'done', undefined);
    const changed = { ...FIRST_CONTROL, version: 60_000, priority: 4 };
    expect(compareControls(done, changed)).toBeGreaterThan(0);
    const cancelled = wishedControl(changed, { type: 'cancel' });
    const again = wishedControl(cancelled, { type: 'requeue' });
    expect(again).toMatchObject({ phase: 'running', priority: 4, reason: undefined });
    expect(compareControls(again, done)).toBeGreaterThan(0);
    expect(isFinal(again.phase)).toBe(false);
  });

  it('of what is done changes by no wish', () => {
    const done = endedControl(FIRST_CONTROL, 'done', undefined);
    for (const wish of wishes) expect(wishedControl(done, wish)).toBe(done);
  });
});
