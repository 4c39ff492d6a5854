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
  it('are Links that the graph can spare, not the two nearest', () => {
    const surplus = surplusLinks(crowded().options, 60_000);
    expect(surplus.length).toBeGreaterThan(0);
    for (const peer of surplus) expect(ids.slice(3, 11)).toContain(peer);
  });

  it('is none while a neighbour is silent: many may have died, and the graph does not know', () => {
    const around = crowded();
    around.silent.add(id(10));
    expect(surplusLinks(around.options, 60_000)).toEqual([]);
    around.silent.clear();
    expect(surplusLinks(around.options, 60_000)).not.toEqual([]);
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

  it('beyond the cap is also what its other end would rather keep: it has others', () => {
    const around = crowded(13);
    for (let i = 1; i <= 13; i++) around.degrees.set(id(i), 4);
    expect(surplusLinks(around.options, 60_000)).not.toEqual([]);
    for (let i = 1; i <= 13; i++) around.degrees.set(id(i), 3);
    expect(surplusLinks(around.options, 60_000)).toEqual([]);
  });

  it('is none that has just come', () => {
    expect(surplusLinks(crowded().options, 5_000)).toEqual([]);
    expect(surplusLinks(crowded(13).options, 5_000)).not.toEqual([]);
  });

  it('beyond the cap goes all at once', () => {
    const around = crowded(16);
    const plan = new Plan(around.options, new Set(), 5_000);
    new Surplus(around.options).plan(plan);
    const gone = plan.effects.map((effect) => effect.type === 'disconnect' && effect.peer);
    expect(new Set(gone).size).toBe(4);
  });

  /** Plans when it is time, so often. */
  const looks = (around: Surroundings, count: number, between = (_: number): void => undefined) => {
    const surplus = new Surplus(around.options);
    surplus.changed(60_000);
    let now = 60_000;
    return Array.from({ length: count }, (_, i) => {
      const plan = new Plan(around.options, new Set(), now);
      surplus.plan(plan);
      const look = { atMs: now, effects: plan.effects };
      now = plan.nextWakeAt;
      between(i);
      return look;
    });
  };

  it('goes one at a time, at rest only, three seconds after it was chosen', () => {
    const [early, chosen, gone, next] = looks(crowded(), 4);
    expect([early?.effects, chosen?.effects]).toEqual([[], []]);
    expect(chosen?.atMs).toBeGreaterThanOrEqual(64_000);
    expect((gone?.atMs ?? 0) - (chosen?.atMs ?? 0)).toBe(3_000);
    expect(gone?.effects).toEqual([{ type: 'disconnect', peer: expect.anything(), reason: TRIM_REASON }]);
    expect((next?.atMs ?? 0) - (gone?.atMs ?? 0)).toBeGreaterThanOrEqual(4_000);
  });

  it('stays when a neighbour has fallen silent since it was chosen, and another time it is chosen anew', () => {
    const around = crowded();
    const all = looks(around, 6, (look) => {
      if (look === 1) around.silent.add(id(9));
      if (look === 2) around.silent.clear();
    });
    const went = all.map(({ effects }) => effects.length);
    expect(went.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(went[4]).toBe(1);
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
