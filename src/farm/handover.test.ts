import { describe, expect, it } from 'vitest';
import { Handover } from './handover.ts';
import { SumStore } from './sums.testing.ts';

const setUp = () => new Handover(new SumStore({ taskCount: 24, spec: Uint8Array.of(7) }), false, 0);
const NONE = new Uint32Array();

describe('what is here of the results', () => {
  it('is let go when the coordinator wants nothing of it', () => {
    const handover = setUp();
    expect(handover.offers(0)).toHaveLength(1);
    handover.wanted(0, NONE);
    expect(handover.isDone).toBe(true);
  });

  it('is not let go for an answer to what was not offered', () => {
    const handover = setUp();
    for (const first of [1, 7, 65_536, 2 ** 32 - 1]) handover.wanted(first, NONE);
    expect(handover.isDone).toBe(false);
    expect(handover.offers(0)).toHaveLength(1);
  });
});
