import { describe, expect, it } from 'vitest';
import { Plan } from './plan.ts';
import { id, ids, Surroundings } from './single-node.testing.ts';
import { nearest, Surplus, surplusLinks, TRIM_REASON } from './surplus.ts';

/** Ten neighbours, the lower their index the nearer, all linked with each other. */
function crowded(count = 10): Surroundings {
  const around = new Surroundings(id(0));
  for (let i = 1; i <= count; i++) {
    around.link(id(i), { rttMs: 10 * i });
    around.degrees.set(id(i), 9);
    for (let j = 0; j < i; j++) around.edges.push({ a: id(j), b: id(i), rttMs: 1 });
  }
  return around;
}

describe('the surplus', () => {
  it('is a Link that the graph can spare, not one of the two nearest', () => {
    for (let seed = 0; seed < 50; seed++) {
      const around = crowded();
      const peers = surplusLinks(
        { ...around.options, random: new Surroundings(id(0), seed).options.random },
        60_000,
      );
      expect(peers).toHaveLength(1);
      expect(ids.slice(3, 11)).toContain(peers[0]);
    }
  });

  it('is none while a neighbour is silent: many may have died, and the graph does not know', () => {
    const around = crowded();
    around.silent.add(id(10));
    expect(surplusLinks(around.options, 60_000)).toEqual([]);
    around.silent.clear();
    expect(surplusLinks(around.options, 60_000)).toHaveLength(1);
  });

  it('is none where nothing leads around it', () => {
    const around = crowded();
    around.hasDetour = false;
    expect(surplusLinks(around.options, 60_000)).toEqual([]);
  });

  it('is none whose loss could cut the graph', () => {
    const around = crowded();
    around.edges.length = 0;
    for (let i = 1; i <= 10; i++) around.edges.push({ a: id(0), b: id(i), rttMs: 1 });
    expect(surplusLinks(around.options, 60_000)).toEqual([]);
  });

  it('is none that its other end needs', () => {
    const around = crowded();
    for (let i = 1; i <= 10; i++) around.degrees.set(id(i), 6);
    expect(surplusLinks(around.options, 60_000)).toEqual([]);
  });

  it('is none that has just come', () => {
    expect(surplusLinks(crowded().options, 5_000)).toEqual([]);
    expect(surplusLinks(crowded(13).options, 5_000)).toHaveLength(1);
  });

  it('beyond the cap goes all at once', () => {
    const peers = surplusLinks(crowded(16).options, 5_000);
    expect(new Set(peers).size).toBe(4);
  });

  it('goes one at a time, at rest only', () => {
    const around = crowded();
    const surplus = new Surplus(around.options);
    surplus.changed(60_000);
    const early = new Plan(around.options, new Set(), 61_000);
    surplus.plan(early);
    expect(early.effects).toEqual([]);
    expect(early.nextWakeAt).toBeGreaterThanOrEqual(64_000);
    const late = new Plan(around.options, new Set(), early.nextWakeAt);
    surplus.plan(late);
    surplus.plan(late);
    expect(late.effects).toEqual([{ type: 'disconnect', peer: expect.anything(), reason: TRIM_REASON }]);
  });

  it('is no matter at eight neighbours', () => {
    const around = crowded(8);
    const plan = new Plan(around.options, new Set(), 60_000);
    new Surplus(around.options).plan(plan);
    expect(plan.effects).toEqual([]);
    expect(plan.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('is looked for less and less often while nothing can be spared', () => {
    const around = crowded();
    around.hasDetour = false;
    const surplus = new Surplus(around.options);
    let now = 60_000;
    const pauses = Array.from({ length: 8 }, () => {
      const plan = new Plan(around.options, new Set(), now);
      surplus.plan(plan);
      const pauseMs = plan.nextWakeAt - now;
      now = plan.nextWakeAt;
      return pauseMs;
    });
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(60_000);
    expect(pauses.at(-1)).toBeLessThanOrEqual(120_000);
  });
});

it('the nearest are those with the shortest round trips; unmeasured ones are not', () => {
  const around = crowded(4);
  around.rtts.delete(id(1));
  expect(nearest(around.options)).toEqual([id(2), id(3)]);
});
