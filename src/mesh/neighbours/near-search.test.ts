import { describe, expect, it } from 'vitest';
import { NEAR_SEARCH_MS } from './limits.ts';
import { NearSearch, nearerMember } from './near-search.ts';
import { Plan } from './plan.ts';
import { id, Surroundings } from './single-node.testing.ts';

const anyone = (peer: string) => peer === id(9);

function far(): Surroundings {
  const around = new Surroundings(id(0));
  for (let i = 1; i <= 6; i++) around.link(id(i), { rttMs: 40 });
  return around;
}

describe('the search for nearer neighbours', () => {
  it('finds one that is at less than half the round trip', () => {
    const around = far();
    around.members.set(id(9), 19);
    expect(nearerMember(around.options, anyone)).toBe(id(9));
    around.members.set(id(9), 21);
    expect(nearerMember(around.options, anyone)).toBeUndefined();
  });

  it('does not bother for less than five milliseconds', () => {
    const around = far();
    for (let i = 1; i <= 6; i++) around.rtts.set(id(i), 5);
    around.members.set(id(9), 1);
    expect(nearerMember(around.options, anyone)).toBeUndefined();
  });

  it('leaves alone who is full', () => {
    const around = far();
    around.members.set(id(9), 1);
    around.degrees.set(id(9), 11);
    expect(nearerMember(around.options, anyone)).toBeUndefined();
  });

  it('looks again after twice the time, each time', () => {
    const around = far();
    const search = new NearSearch(around.options);
    let now = 0;
    const pauses = Array.from({ length: 16 }, () => {
      const plan = new Plan(around.options, new Set(), now);
      search.plan(plan, anyone);
      const pauseMs = plan.nextWakeAt - now;
      now = plan.nextWakeAt;
      return pauseMs;
    });
    expect(pauses[0]).toBeLessThanOrEqual(1.5 * NEAR_SEARCH_MS);
    expect(pauses[5]).toBeGreaterThan(10 * NEAR_SEARCH_MS);
    expect(pauses.at(-1)).toBeLessThanOrEqual(1.5 * 3_600_000);
  });
});
